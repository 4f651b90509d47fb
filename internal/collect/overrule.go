package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// ErrAnswered: the customer has answered meanwhile, so that an older click is of no use any more.
var ErrAnswered = fmt.Errorf("%w: the customer has answered meanwhile", feedback.ErrTransition)

// Overruling is what an administrator says about who gave a score.
type Overruling struct {
	Verdict string // feedback.Human or feedback.Machine
	Score   int    // which of the clicks is the customer's, when none was a vote
	Scored  bool
	By      string // address
	Note    string
}

// Overrule changes the verdict on an invitation's answer, and the figures follow. A vote that was a
// machine's counts nowhere any more, its case is closed, and the customer may still answer; a vote that
// was withdrawn comes back; a click that was the customer's becomes a vote. Who changed what, when and
// why stands with the vote and in the why-ledger. The same correction twice is one.
// store.ErrNotFound, ErrAnswered, *feedback.Invalid.
func (s *Service) Overrule(ctx context.Context, id string, c Overruling, now time.Time) error {
	c.Note = Tidy(c.Note)
	if len(c.Note) > maxAnswer {
		return feedback.Refuse("note", fmt.Sprintf("is longer than %d bytes", maxAnswer))
	}
	v, err := s.Store.Invitations().Get(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case c.Verdict == feedback.Machine:
		err = s.withdraw(ctx, v, c, now)
	case c.Verdict != feedback.Human:
		return feedback.Refuse("verdict", "must be human or machine")
	case v.Withdrawn != nil:
		err = s.restore(ctx, v, c, now)
	default:
		err = s.countClick(ctx, v, c, now)
	}
	if err == nil {
		s.Log.Info("verdict corrected", "invitation", id, "verdict", c.Verdict)
	}
	return err
}

func (c Overruling) line(from string, now time.Time) feedback.Correction {
	return feedback.Correction{At: feedback.UTC(now), By: c.By, From: from, To: c.Verdict, Note: c.Note}
}

// withdraw takes an answer out of everything that counts and keeps it with its invitation. Doing it
// again after a crash finishes it.
func (s *Service) withdraw(ctx context.Context, v *feedback.Invitation, c Overruling, now time.Time) error {
	r, err := s.Store.Responses().Get(ctx, v.ID)
	if errors.Is(err, store.ErrNotFound) && v.Withdrawn != nil {
		return nil
	}
	if err != nil {
		return err
	}
	r.Vote.Corrections = append(r.Vote.Corrections, c.line(r.Vote.Verdict, now))
	r.Vote.Verdict = feedback.Machine
	v, err = store.Update(ctx, s.Store.Invitations(), v.ID, func(v *feedback.Invitation) error {
		v.Withdraw(r, now)
		v.Log(now, "withdrawn", "verdict", c.By+" said that a machine gave this answer."+because(c.Note))
		return nil
	})
	if err != nil {
		return fmt.Errorf("withdraw answer: %w", err)
	}
	if err := s.Store.Responses().Delete(ctx, r.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("withdraw answer: %w", err)
	}
	if err := s.Store.Rollups().MarkDirty(ctx, r.Leaves(s.Zone), now, now); err != nil {
		return fmt.Errorf("mark figures: %w", err)
	}
	if err := s.remember(ctx, v, []string{feedback.SignAdmin}, now); err != nil {
		return err
	}
	return s.Recovery.Void(ctx, r.ID, c.By, "The answer was a machine's."+because(c.Note), now)
}

func because(note string) string {
	if note == "" {
		return ""
	}
	return " " + note
}

// restore brings a withdrawn answer back as it was.
func (s *Service) restore(ctx context.Context, v *feedback.Invitation, c Overruling, now time.Time) error {
	r := *v.Withdrawn
	r.Vote.Corrections = append(r.Vote.Corrections, c.line(r.Vote.Verdict, now))
	r.Vote.Verdict = feedback.Human
	r.Rev = 0
	r.Next(feedback.UTC(now))
	err := s.Store.Responses().Insert(ctx, &r)
	if errors.Is(err, store.ErrExists) {
		return ErrAnswered
	}
	if err != nil {
		return fmt.Errorf("restore answer: %w", err)
	}
	if err := s.counted(ctx, v.ID, r.AnsweredAt, c, now); err != nil {
		return err
	}
	if r.HasCase {
		_, err := s.Recovery.Act(ctx, r.ID, "reopen", feedback.Step{By: c.By, Note: "The answer is the customer's after all." + because(c.Note)}, now)
		if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, feedback.ErrTransition) {
			return fmt.Errorf("reopen case: %w", err)
		}
	}
	s.Wake()
	return nil
}

// countClick makes a vote of a click, at the time of the click.
func (s *Service) countClick(ctx context.Context, v *feedback.Invitation, c Overruling, now time.Time) error {
	at := time.Time{}
	for _, in := range v.Intents {
		if c.Scored && in.Score == c.Score {
			at = in.At
		}
	}
	if at.IsZero() {
		return feedback.Refuse("score", "is none of the scores that were clicked")
	}
	survey, err := s.Catalog.Version(ctx, v.Survey, v.Version)
	if err != nil {
		return fmt.Errorf("survey of invitation: %w", err)
	}
	r := newResponse(&View{Invitation: v, Language: v.Language})
	vote := feedback.Vote{Way: feedback.WayAdmin, Verdict: feedback.Human, Corrections: []feedback.Correction{c.line(feedback.Unproven, now)}}
	r.Give(feedback.Answer{Score: c.Score, Scored: true, Vote: vote}, survey, at)
	err = s.Store.Responses().Insert(ctx, r)
	if errors.Is(err, store.ErrExists) {
		return ErrAnswered
	}
	if err != nil {
		return fmt.Errorf("count click: %w", err)
	}
	if err := s.counted(ctx, v.ID, at, c, now); err != nil {
		return err
	}
	s.Wake()
	return nil
}

// counted writes into the invitation that it has an answer after all.
func (s *Service) counted(ctx context.Context, id string, at time.Time, c Overruling, now time.Time) error {
	_, err := store.Update(ctx, s.Store.Invitations(), id, func(v *feedback.Invitation) error {
		v.Withdrawn = nil
		v.MarkAnswered(at)
		v.Log(now, "restored", "verdict", c.By+" said that the customer gave this answer."+because(c.Note))
		return nil
	})
	return wrap("mark invitation answered", err)
}
