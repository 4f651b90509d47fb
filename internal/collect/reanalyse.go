package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/worker"
)

// reanalyseID is the setting in which a re-analysis notes how far it came.
const reanalyseID = "reanalyse"

// Batch of a re-analysis: it shares its database with a service that has customers waiting.
const (
	again         = 100
	againParallel = 4
)

// Reanalysis says what to read again.
type Reanalysis struct {
	Since  time.Time // answers from then on
	Engine string    // name of the engine in use: what it has read already is not read again
	Alert  bool      // whether an answer that now needs a case gets one
	// Progress is called after every batch with how much was done and how far back it came; may be nil.
	Progress func(done Reread, at time.Time)
}

// Reread counts the answers of a re-analysis.
type Reread struct {
	Seen    int // with a comment
	Read    int // read again
	Changed int // whose label is another now
}

// mark is how far a re-analysis came.
type mark struct {
	Since  time.Time `json:"since"`
	Engine string    `json:"engine"`
	After  string    `json:"after"`
	Done   Reread    `json:"done"`
}

// Reanalyse reads comments again with the engine in use, newest first, and lets figures and cases follow.
// Corrections stand. Interrupted, the same call goes on where it stopped.
func (s *Service) Reanalyse(ctx context.Context, q Reanalysis, now time.Time) (Reread, error) {
	m, err := s.resume(ctx, q)
	if err != nil {
		return m.Done, err
	}
	f := store.ResponseFilter{From: feedback.UTC(q.Since), Comments: true}
	for {
		list, err := s.Store.Responses().List(ctx, f, store.Page{Limit: again, After: m.After})
		if err != nil {
			return m.Done, fmt.Errorf("list comments: %w", err)
		}
		if err := s.batchAgain(ctx, q, list.Items, &m.Done, now); err != nil {
			return m.Done, err
		}
		if q.Progress != nil && len(list.Items) > 0 {
			q.Progress(m.Done, list.Items[len(list.Items)-1].AnsweredAt)
		}
		if m.After = list.Next; m.After == "" {
			break
		}
		if err := s.keepMark(ctx, m); err != nil {
			return m.Done, err
		}
	}
	if err := s.Store.Settings().Delete(ctx, reanalyseID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return m.Done, fmt.Errorf("tidy up: %w", err)
	}
	return m.Done, nil
}

// resume finds where an interrupted re-analysis of the same kind stopped.
func (s *Service) resume(ctx context.Context, q Reanalysis) (mark, error) {
	fresh := mark{Since: feedback.UTC(q.Since), Engine: q.Engine}
	row, err := s.Store.Settings().Get(ctx, reanalyseID)
	if errors.Is(err, store.ErrNotFound) {
		return fresh, nil
	}
	if err != nil {
		return fresh, fmt.Errorf("find where it stopped: %w", err)
	}
	var m mark
	if json.Unmarshal(row.Value, &m) != nil || !m.Since.Equal(fresh.Since) || m.Engine != fresh.Engine {
		return fresh, nil
	}
	return m, nil
}

func (s *Service) keepMark(ctx context.Context, m mark) error {
	row := &feedback.Setting{}
	row.ID, row.Rev = reanalyseID, 1
	var err error
	if row.Value, err = json.Marshal(m); err != nil {
		return err
	}
	if err := s.Store.Settings().Put(ctx, []*feedback.Setting{row}); err != nil {
		return fmt.Errorf("note how far it came: %w", err)
	}
	return nil
}

// batchAgain reads some answers again. The figures of all of them are marked, also of those that an
// interrupted run had read already: it may have ended before it marked them.
func (s *Service) batchAgain(ctx context.Context, q Reanalysis, rows []*feedback.Response, done *Reread, now time.Time) error {
	var read, changed atomic.Int64
	err := worker.Each(rows, againParallel, func(r *feedback.Response) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		did, other, err := s.readAgain(ctx, q, r, now)
		if did {
			read.Add(1)
		}
		if other {
			changed.Add(1)
		}
		return err
	})
	if err != nil {
		return err
	}
	var leaves []feedback.Rollup
	for _, r := range rows {
		leaves = append(leaves, r.Leaves(s.Zone)...)
	}
	if err := s.Store.Rollups().MarkDirty(ctx, leaves, now, now); err != nil {
		return fmt.Errorf("mark figures: %w", err)
	}
	done.Seen += len(rows)
	done.Read += int(read.Load())
	done.Changed += int(changed.Load())
	return nil
}

// readAgain reads one comment again, unless this engine has read it or a worker is about to.
func (s *Service) readAgain(ctx context.Context, q Reanalysis, r *feedback.Response, now time.Time) (did, changed bool, err error) {
	if !r.Analysed || r.Comment == "" || r.Sentiment != nil && r.Sentiment.Engine == q.Engine {
		return false, false, nil
	}
	comment, v := r.Comment, s.Analyser.Analyse(r.Comment, r.Language)
	fresh, err := store.Update(ctx, s.Store.Responses(), r.ID, func(r *feedback.Response) error {
		if !r.Analysed || r.Comment != comment {
			return errKept // the customer has just changed it
		}
		before := ""
		if r.Sentiment != nil {
			before = r.Sentiment.Label
		}
		r.Sentiment = r.Sentiment.Renewed(Understood(v))
		r.FindConflict()
		changed = r.Sentiment.Label != before
		if q.Alert && !r.HasCase && r.Original == "" && r.CaseReason() != "" {
			r.Next(feedback.UTC(now)) // the worker opens the case
		}
		return nil
	})
	if errors.Is(err, errKept) || errors.Is(err, store.ErrNotFound) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("keep sentiment: %w", err)
	}
	if fresh.HasCase && changed {
		if _, err := s.tell(ctx, fresh, now); err != nil {
			return true, changed, fmt.Errorf("tell the case: %w", err)
		}
	}
	return true, changed, nil
}
