package invite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
	"earshot/internal/worker"
)

// Sizes of a worker's step.
const (
	batch    = 64
	parallel = 32
	lease    = time.Minute
	// giveUp ends the attempts to hand a mail over: Resend forgets an idempotency key after 24 hours.
	giveUp = 23 * time.Hour
)

// Decide takes up decisions that were interrupted.
func (s *Service) Decide(ctx context.Context, now time.Time) (int, error) {
	rows, err := s.Store.Interactions().Claim(ctx, s.claim(now))
	if err != nil {
		return 0, err
	}
	return len(rows), worker.Each(rows, parallel, func(in *feedback.Interaction) error {
		_, err := s.decide(ctx, in, now)
		return err
	})
}

func (s *Service) claim(now time.Time) store.Claim {
	return store.Claim{Holder: s.Holder, Now: now, Lease: lease, Limit: batch}
}

// Work sends the invitations and reminders that are due, and ends those whose time is over.
func (s *Service) Work(ctx context.Context, now time.Time) (int, error) {
	if sender, ok := s.Sender.(mail.BatchSender); ok {
		return s.workBatches(ctx, sender, now)
	}
	rows, err := s.Store.Invitations().Claim(ctx, s.claim(now))
	if err != nil {
		return 0, err
	}
	return len(rows), worker.Each(rows, parallel, func(v *feedback.Invitation) error {
		err := s.step(ctx, v, now)
		if errors.Is(err, store.ErrConflict) {
			return nil // somebody else changed the row; whatever is due on it now is claimed again
		}
		return err
	})
}

// step does what is due on a claimed invitation and saves it.
func (s *Service) step(ctx context.Context, v *feedback.Invitation, now time.Time) error {
	switch {
	case !v.Changed.IsZero():
		return s.count(ctx, v, now)
	case v.State != feedback.Scheduled && v.State != feedback.Sent:
		v.Next(time.Time{})
		return s.Store.Invitations().Save(ctx, v)
	case !now.Before(v.ExpiresAt):
		v.End(now, feedback.Expired, "ask.expires", "The survey's time to be answered is over.")
		return s.Store.Invitations().Save(ctx, v)
	}
	return s.send(ctx, v, now)
}

// count tells the figures of the day about the invitation. The row stays due until they know.
func (s *Service) count(ctx context.Context, v *feedback.Invitation, now time.Time) error {
	if err := s.Store.Rollups().MarkDirty(ctx, v.Leaves(s.Zone), now, now); err != nil {
		return fmt.Errorf("mark figures: %w", err)
	}
	v.MarkCounted()
	return s.Store.Invitations().Save(ctx, v)
}

// send hands the mail that is due to the sender, unless a rule has something against it by now.
func (s *Service) send(ctx context.Context, v *feedback.Invitation, now time.Time) error {
	m, ready, err := s.ready(ctx, v, now)
	if err != nil || !ready {
		return err
	}
	if _, err = s.Sender.Send(ctx, m); err != nil {
		return s.unsent(ctx, v, err, now)
	}
	if v, err = s.sent(ctx, v, now); err != nil {
		return err
	}
	s.Log.Info("mail sent", "kind", string(m.Kind), "invitation", v.ID, "survey", v.Survey)
	return s.count(ctx, v, now)
}

// ready writes the mail that is due, unless a rule has something against it by now, it cannot be written,
// or it was tried so long ago that a provider may have forgotten that it has it.
func (s *Service) ready(ctx context.Context, v *feedback.Invitation, now time.Time) (m mail.Message, ready bool, err error) {
	survey, err := s.Catalog.Version(ctx, v.Survey, v.Version)
	if err != nil {
		return m, false, fmt.Errorf("survey of invitation: %w", err)
	}
	stopped, err := s.hold(ctx, v, survey, now)
	if err != nil || stopped {
		return m, false, err
	}
	if v.Attempts > 1 && now.Sub(v.Started) > giveUp {
		return m, false, s.unsent(ctx, v, mail.Rejected("it was tried for 23 hours; whether an earlier attempt arrived is not known, and another might send it twice", nil), now)
	}
	if m, err = s.message(v, survey); err != nil {
		return m, false, s.unsent(ctx, v, mail.Rejected("the mail could not be written", err), now)
	}
	return m, true, nil
}

// sent writes down that the mail went out. It is a fact that a change made meanwhile (a click, an
// opt-out) cannot undo, so it is written over such a change, but never a second time.
func (s *Service) sent(ctx context.Context, v *feedback.Invitation, now time.Time) (*feedback.Invitation, error) {
	state, reminded := v.State, v.Reminded
	v.MarkSent(now)
	err := s.Store.Invitations().Save(ctx, v)
	if !errors.Is(err, store.ErrConflict) {
		return v, err
	}
	return store.Update(ctx, s.Store.Invitations(), v.ID, func(v *feedback.Invitation) error {
		if v.State != state || v.Reminded != reminded {
			return store.ErrConflict
		}
		v.MarkSent(now)
		return nil
	})
}

// wait puts the mail of a paused survey off. Its ledger says so once.
func (s *Service) wait(ctx context.Context, v *feedback.Invitation, b Brake, now time.Time) error {
	lines := v.Ledger
	v.Defer(now, now.Add(brakeWait), b.Rule, "The survey is paused until a person lets it go on. "+b.Reason)
	if n := len(lines); n > 0 && lines[n-1].Rule == b.Rule && lines[n-1].Decision == feedback.Deferred {
		v.Ledger = lines
	}
	return s.Store.Invitations().Save(ctx, v)
}

// unsent keeps the row for another attempt, or as a dead letter with the reason.
func (s *Service) unsent(ctx context.Context, v *feedback.Invitation, sendErr error, now time.Time) error {
	s.Log.Warn("mail not sent", "invitation", v.ID, "attempt", v.Attempts, "reason", mail.Class(sendErr))
	if errors.Is(sendErr, mail.ErrRejected) || now.Sub(v.Started) > giveUp {
		v.LastError = mail.Reason(sendErr)
		reason := v.LastError
		v.End(now, feedback.Failed, "mail", "The mail could not be handed over: "+reason)
		return s.Store.Invitations().Save(ctx, v)
	}
	v.Retry(feedback.UTC(now.Add(mail.Backoff(v.Attempts, sendErr))), mail.Reason(sendErr))
	return s.Store.Invitations().Save(ctx, v)
}
