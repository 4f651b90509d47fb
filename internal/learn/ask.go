package learn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/sentiment"
)

// errTaken means that another instance works on it, or that there is nothing to do.
var errTaken = errors.New("nothing to do")

// Ask lets a worker learn soon, on behalf of an administrator.
func (s *Service) Ask(ctx context.Context, by string) error {
	_, err := s.change(ctx, func(st *State) error { st.Wanted = by; return nil })
	return err
}

// Work takes up a version that another instance brought into use, and learns when somebody asked for it.
func (s *Service) Work(ctx context.Context, now time.Time) (int, error) {
	if err := s.Refresh(ctx); err != nil {
		return 0, err
	}
	by := ""
	_, err := s.change(ctx, func(st *State) error {
		if st.Wanted == "" {
			return errTaken
		}
		by, st.Wanted = st.Wanted, ""
		st.Outcome, st.OutcomeAt = "Learning …", feedback.UTC(now)
		return nil
	})
	if errors.Is(err, errTaken) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	t, used, err := s.Learn(ctx, by, false, now)
	if err != nil && !errors.Is(err, sentiment.ErrFewLabels) {
		return 0, err
	}
	_, err = s.change(ctx, func(st *State) error {
		st.Outcome, st.OutcomeAt = Words(t, used), feedback.UTC(now)
		return nil
	})
	return 1, err
}

// Words says how an attempt to learn ended, in numbers.
func Words(t sentiment.Trial, used bool) string {
	if t.Labels < sentiment.LeastLabels {
		return fmt.Sprintf("There are %d verdicts of yours; at least %d are needed.", t.Labels, sentiment.LeastLabels)
	}
	numbers := fmt.Sprintf("On %d of your verdicts that it had not seen it was right %d times before and %d times after (loss %.3f and %.3f); of %d comments that nobody corrected it would judge %d otherwise.",
		t.Single, t.Before, t.After, t.LossBefore, t.LossAfter, t.Others, t.Flipped)
	switch {
	case used:
		return "Learnt. " + numbers
	case t.Better():
		return "Worth learning. " + numbers
	}
	return "Refused: not better. " + numbers
}
