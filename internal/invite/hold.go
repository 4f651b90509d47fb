package invite

import (
	"context"
	"errors"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// late is how much later than its slot a mail may be before its rest period is looked at again.
const late = time.Hour

// hold applies, at the moment of sending, the rules whose answer may have changed since the mail was
// planned, on whatever path it came here: first mail, reminder or re-survey. It reports whether the mail
// was ended or put off.
func (s *Service) hold(ctx context.Context, v *feedback.Invitation, survey feedback.Survey, now time.Time) (bool, error) {
	p, err := s.row(ctx, v.Person, v.Customer)
	if err != nil {
		return false, err
	}
	blocked, err := s.blockedAddress(ctx, p, v.Customer.Email)
	if err != nil {
		return false, err
	}
	if r := unwelcome(p, blocked); r != nil {
		return true, s.drop(ctx, v, r, now)
	}
	if r, err := s.pointless(ctx, v, survey, p); err != nil || r != nil {
		if err != nil {
			return false, err
		}
		return true, s.drop(ctx, v, r, now)
	}
	b, err := s.Brake(ctx, v.Survey)
	if err != nil {
		return false, err
	}
	if b.Paused() {
		return true, s.wait(ctx, v, b, now)
	}
	if at, moved := s.clock.allowed(survey.Ask, v.Customer, now); moved != nil {
		v.Defer(now, at, moved.rule, moved.reason)
		return true, s.Store.Invitations().Save(ctx, v)
	}
	return s.rested(ctx, v, survey, p, now)
}

// pointless tells why a first mail is better not sent any more.
func (s *Service) pointless(ctx context.Context, v *feedback.Invitation, survey feedback.Survey, p *feedback.Person) (*refusal, error) {
	switch {
	case v.State != feedback.Scheduled:
		return nil, nil
	case v.Original != "": // nobody decided on a re-survey when its interaction came in
		return exempt(survey.Ask.Except, v.Tags, v.Channel, v.Agent.Team), nil
	}
	return s.unsettled(ctx, p, v.Interaction, v.Subject)
}

// rested keeps the rest period where no slot guards the moment: for a re-survey, which nobody planned
// ahead, and for a mail that goes out much later than planned. A reminder belongs to its first mail.
func (s *Service) rested(ctx context.Context, v *feedback.Invitation, survey feedback.Survey, p *feedback.Person, now time.Time) (bool, error) {
	guarded := slices.ContainsFunc(p.Asked, func(slot feedback.Slot) bool { return slot.Invitation == v.ID && now.Sub(slot.At) < late })
	if v.State != feedback.Scheduled || v.Attempts > 1 || guarded {
		return false, nil
	}
	var at time.Time
	_, err := s.change(ctx, p.ID, v.Customer, func(p *feedback.Person) error {
		at = s.clock.free(p, v.Customer, survey.Ask, v.ID, feedback.UTC(now))
		if !at.Before(v.ExpiresAt) {
			return errRefused
		}
		return nil
	})
	switch {
	case errors.Is(err, errRefused):
		return true, s.drop(ctx, v, &refusal{"ask.rest", "The customer was asked too recently, and by the time the rest is over this is too long ago."}, now)
	case err != nil:
		return false, err
	case at.After(now):
		v.Defer(now, at, "ask.rest", "The customer was asked recently; this survey waits until the rest is over.")
		return true, s.Store.Invitations().Save(ctx, v)
	}
	return false, nil
}

// drop ends an invitation that was not sent, or its reminders, by a rule.
func (s *Service) drop(ctx context.Context, v *feedback.Invitation, r *refusal, now time.Time) error {
	if v.State != feedback.Scheduled {
		v.Remind = nil
		v.Log(now, feedback.Skipped, r.rule, r.reason)
		v.MarkCounted()
		return s.Store.Invitations().Save(ctx, v)
	}
	v.End(now, feedback.Cancelled, r.rule, r.reason)
	if err := s.Store.Invitations().Save(ctx, v); err != nil {
		return err
	}
	return s.release(ctx, v)
}

// release gives the slot of an invitation that will not be sent back, so that it keeps nothing else from
// being asked.
func (s *Service) release(ctx context.Context, v *feedback.Invitation) error {
	_, err := s.change(ctx, v.Person, v.Customer, func(p *feedback.Person) error {
		p.Release(v.ID)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
