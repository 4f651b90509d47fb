package encoder

import (
	"context"
	"errors"
	"fmt"
)

// ErrPieces is what Run returns, wrapped, for pieces that no Encode of this model made.
var ErrPieces = errors.New("encoder: pieces that do not fit the model")

// groupPieces is how many pieces of a batch are worked on together: enough to use every weight often while it is in the cache,
// few enough that a caller with one short text waits at most some tens of milliseconds for an import.
const groupPieces = 512

// Run reads texts. The readings are in the order of the batch, and each is the same whatever else is in the batch and however
// many goroutines call. One call works on one core. The error is ctx's, when it ends first, or wraps ErrPieces.
func (m *Model) Run(ctx context.Context, batch []Pieces) ([]Reading, error) {
	for i := range batch {
		if err := m.check(batch[i].List); err != nil {
			return nil, fmt.Errorf("text %d: %w", i, err)
		}
	}
	readings := make([]Reading, 0, len(batch))
	for len(batch) > 0 {
		n, pieces := 1, len(batch[0].List)
		for n < len(batch) && pieces+len(batch[n].List) <= groupPieces {
			pieces += len(batch[n].List)
			n++
		}
		group, err := m.runGroup(ctx, batch[:n], pieces)
		if err != nil {
			return nil, err
		}
		readings = append(readings, group...)
		batch = batch[n:]
	}
	return readings, nil
}

func (m *Model) check(list []Piece) error {
	if len(list) == 0 || len(list) > m.meta.Positions {
		return fmt.Errorf("%w: %d pieces, 1 to %d are possible", ErrPieces, len(list), m.meta.Positions)
	}
	for _, p := range list {
		if p.ID < 0 || int(p.ID) >= m.meta.Rows {
			return fmt.Errorf("%w: piece %d", ErrPieces, p.ID)
		}
	}
	return nil
}

// runGroup waits for a scratch, which is the permission to use a core, and reads the texts of one group.
func (m *Model) runGroup(ctx context.Context, group []Pieces, pieces int) ([]Reading, error) {
	var s *scratch
	select {
	case s = <-m.idle:
		defer func() { m.idle <- s }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.fit(m, pieces)
	m.embed(s, group)
	for i := range m.layers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.forward(s, &m.layers[i], group, pieces)
	}
	readings := make([]Reading, len(group))
	at := 0
	for i := range group {
		n := len(group[i].List)
		readings[i] = m.read(group[i], s.states[at*m.meta.Hidden:(at+n)*m.meta.Hidden])
		at += n
	}
	return readings, nil
}
