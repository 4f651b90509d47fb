package recovery

import (
	"context"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Undo takes back the latest step of a person on a case, where nothing has gone out because of it.
// feedback.ErrTransition when there is nothing to take back.
func (s *Service) Undo(ctx context.Context, id, by string, now time.Time) error {
	_, err := store.Update(ctx, s.Store.Cases(), id, func(c *feedback.Case) error { return c.Undo(by, now) })
	if err != nil {
		return fmt.Errorf("undo: %w", err)
	}
	s.Wake()
	return nil
}
