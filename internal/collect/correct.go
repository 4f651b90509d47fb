package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// labelPrefix begins the settings that name the comments with a person's verdict. They hold the label;
// the comment itself stays in its response alone, and with it its erasure.
const labelPrefix = "label:"

// lateCorrection is the age from which a corrected answer opens no case: nobody is alerted about what was
// said long ago because somebody tidies up today.
const lateCorrection = 14 * 24 * time.Hour

// Correct puts a person's verdict on a comment in the place of the engine's, or confirms it. The figures
// and the case follow; the comment becomes an example that the engine can learn from. An empty label takes
// a correction back. ErrNotFound of the store; a *feedback.Invalid for what cannot be said.
func (s *Service) Correct(ctx context.Context, id, label, by string, now time.Time) (*feedback.Response, error) {
	if label != "" && !slices.Contains(feedback.CorrectionLabels(), label) {
		return nil, feedback.Refuse("label", "must be one of "+strings.Join(feedback.CorrectionLabels(), ", "))
	}
	if strings.TrimSpace(by) == "" {
		return nil, feedback.Refuse("by", "is required: who says so")
	}
	r, err := store.Update(ctx, s.Store.Responses(), id, func(r *feedback.Response) error {
		if r.Comment == "" || !r.Analysed || r.Sentiment == nil {
			return feedback.Refuse("label", "cannot be given: there is no comment that was read")
		}
		if label == "" {
			r.Sentiment.Restore()
		} else {
			r.Sentiment.Correct(label, by, now)
		}
		r.FindConflict()
		r.Next(feedback.UTC(now)) // the worker tells the figures and the case
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("correct the verdict: %w", err)
	}
	s.Wake()
	return r, nil
}

// tidiedLate tells whether a verdict was corrected too long after the answer to alert anybody.
func tidiedLate(r *feedback.Response) bool {
	return r.Sentiment != nil && r.Sentiment.Corrected != nil && r.Sentiment.Corrected.At.Sub(r.AnsweredAt) > lateCorrection
}

// keepLabel notes that a comment has a person's verdict, or no longer has.
func (s *Service) keepLabel(ctx context.Context, r *feedback.Response) error {
	row := &feedback.Setting{}
	row.ID, row.Rev = labelPrefix+r.ID, 1
	if r.Sentiment != nil && r.Sentiment.Corrected != nil {
		r.Labelled, row.Value = true, []byte(r.Sentiment.Corrected.Label)
		return s.Store.Settings().Put(ctx, []*feedback.Setting{row})
	}
	if !r.Labelled {
		return nil
	}
	if err := s.Store.Settings().Delete(ctx, row.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	r.Labelled = false
	return nil
}

// Labelled calls use for every response whose comment has a person's verdict, in an order of its own that
// is always the same.
func (s *Service) Labelled(ctx context.Context, use func(*feedback.Response) error) error {
	after := labelPrefix
	for {
		rows, err := s.Store.Settings().Scan(ctx, after, 200)
		if err != nil {
			return fmt.Errorf("list labels: %w", err)
		}
		for _, row := range rows {
			id, ok := strings.CutPrefix(row.ID, labelPrefix)
			if !ok {
				return nil
			}
			r, err := s.Store.Responses().Get(ctx, id)
			if errors.Is(err, store.ErrNotFound) || err == nil && (r.Comment == "" || r.Sentiment == nil || r.Sentiment.Corrected == nil) {
				continue // erased, or written anew since
			}
			if err != nil {
				return err
			}
			if err := use(r); err != nil {
				return err
			}
		}
		if len(rows) == 0 {
			return nil
		}
		after = rows[len(rows)-1].ID
	}
}
