package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/worker"
)

// Sizes of a worker's step.
const (
	batch    = 64
	parallel = 16
	lease    = time.Minute
)

// Work understands new and changed responses, hands low ones to recovery and tells the figures.
func (s *Service) Work(ctx context.Context, now time.Time) (int, error) {
	rows, err := s.Store.Responses().Claim(ctx, store.Claim{Holder: s.Holder, Now: now, Lease: lease, Limit: batch})
	if err != nil {
		return 0, err
	}
	slices.SortStableFunc(rows, func(a, b *feedback.Response) int { return rank(a) - rank(b) })
	return len(rows), worker.Each(rows, parallel, func(r *feedback.Response) error {
		err := s.process(ctx, r, now)
		if errors.Is(err, store.ErrConflict) {
			return nil // the customer changed the answer; the new version is due by itself
		}
		return err
	})
}

// rank puts the answers that somebody waits for first.
func rank(r *feedback.Response) int {
	if r.Low && !r.HasCase && !r.Imported() {
		return 0
	}
	return 1
}

// process takes a claimed response through its steps. Each can be repeated: the verdict is the same,
// there is one case for a response, and marking figures twice rebuilds them once.
func (s *Service) process(ctx context.Context, r *feedback.Response, now time.Time) error {
	survey, err := s.surveyOf(ctx, r)
	if err != nil {
		return err
	}
	if err := s.understand(ctx, r, survey, now); err != nil {
		return err
	}
	if err := s.Store.Responses().Save(ctx, r); err != nil { // the alert is written from what is stored
		return err
	}
	if err := s.recover(ctx, r, survey, now); err != nil {
		return fmt.Errorf("recovery of response: %w", err)
	}
	if err := s.keepLabel(ctx, r); err != nil {
		return fmt.Errorf("keep label: %w", err)
	}
	if s.Coaching != nil {
		if err := s.Coaching.Found(ctx, r, now); err != nil {
			return fmt.Errorf("praise in response: %w", err)
		}
	}
	if err := s.answered(ctx, r); err != nil {
		return fmt.Errorf("mark invitation answered: %w", err)
	}
	if err := s.place(ctx, r); err != nil {
		return fmt.Errorf("place response in its customer's journey: %w", err)
	}
	if err := s.Store.Rollups().MarkDirty(ctx, r.Leaves(s.Zone), now, now); err != nil {
		return fmt.Errorf("mark figures: %w", err)
	}
	r.Next(s.next(r, now))
	return s.Store.Responses().Save(ctx, r)
}

// next is when a bare low vote has waited long enough for its comment.
func (s *Service) next(r *feedback.Response, now time.Time) time.Time {
	if !r.HasCase && r.CaseReason() != "" && r.Settle.After(now) {
		return r.Settle
	}
	return time.Time{}
}

func (s *Service) surveyOf(ctx context.Context, r *feedback.Response) (feedback.Survey, error) {
	if r.Survey == feedback.FeedbackSurvey {
		d, ok := s.Catalog.Current("csat")
		if !ok && len(s.Catalog.All()) > 0 {
			d = s.Catalog.All()[0]
		}
		return feedback.Survey{ID: feedback.FeedbackSurvey, Recover: d.Recover}, nil
	}
	survey, err := s.Catalog.Version(ctx, r.Survey, r.Version)
	if err != nil {
		return survey, fmt.Errorf("survey of response: %w", err)
	}
	return survey, nil
}

// recover opens the case of a low response, tells an existing one of a change, or brings the answer
// to a re-survey back to the case it is about.
func (s *Service) recover(ctx context.Context, r *feedback.Response, survey feedback.Survey, now time.Time) error {
	if r.Original != "" {
		return s.Recovery.Followed(ctx, r, survey, now)
	}
	reason := r.CaseReason()
	if r.HasCase || len(r.Versions) > 0 {
		known, err := s.tell(ctx, r, now)
		if known || err != nil {
			return err
		}
	}
	switch {
	case reason == "":
		return nil
	case r.Settle.After(now), tidiedLate(r):
		return nil
	}
	if err := s.Recovery.Open(ctx, r, survey, now); err != nil {
		return err
	}
	r.HasCase = true
	return nil
}

// tell brings a change of the answer to its case. An answer with earlier versions may have one without
// knowing: the customer changed it just when the case was opened.
func (s *Service) tell(ctx context.Context, r *feedback.Response, now time.Time) (known bool, err error) {
	err = s.Recovery.Changed(ctx, r, now)
	if errors.Is(err, store.ErrNotFound) {
		return r.HasCase, nil // a case that was erased is not opened again
	}
	if err == nil {
		r.HasCase = true
	}
	return true, err
}

// answered ends the invitation's reminders.
func (s *Service) answered(ctx context.Context, r *feedback.Response) error {
	if r.Invitation == "" {
		return nil
	}
	_, err := store.Update(ctx, s.Store.Invitations(), r.Invitation, func(v *feedback.Invitation) error {
		if v.State == feedback.Answered {
			return errKept
		}
		v.MarkAnswered(r.AnsweredAt)
		return nil
	})
	if errors.Is(err, errKept) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
