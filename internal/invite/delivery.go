package invite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// The mail service's news of a survey mail. ref is the X-Earshot-Ref of a mail of the kinds invitation,
// reminder and resurvey, and of no other: an alert carries the same ref, but went to an agent. Hearing
// the same twice changes nothing. store.ErrNotFound when no invitation has the ref.

// Delivered hears that the recipient's mail server took the mail.
func (s *Service) Delivered(ctx context.Context, ref string, at time.Time, detail string) error {
	_, err := s.heard(ctx, ref, func(v *feedback.Invitation) bool { return v.Delivered(at, detail) })
	return err
}

// Bounced hears that the mail came back for good (a hard bounce; one that may pass is no news). No more
// surveys go to the address, and a survey of which too many come back pauses.
func (s *Service) Bounced(ctx context.Context, ref string, at time.Time, detail string) error {
	v, err := s.heard(ctx, ref, func(v *feedback.Invitation) bool { return v.Bounced(at, detail) })
	if err != nil {
		return err
	}
	if err := s.block(ctx, v.Customer, "the mail came back for good", at); err != nil {
		return err
	}
	return s.watch(ctx, v.Survey, at)
}

// Complained hears that the customer called the mail unwanted. It is taken as an opt-out from surveys,
// and a survey of which too many complain pauses.
func (s *Service) Complained(ctx context.Context, ref string, at time.Time, detail string) error {
	v, err := s.heard(ctx, ref, func(v *feedback.Invitation) bool { return v.Complained(at, detail) })
	if err != nil {
		return err
	}
	if err := s.block(ctx, v.Customer, "a survey was marked as unwanted", at); err != nil {
		return err
	}
	_, err = s.change(ctx, v.Person, v.Customer, func(p *feedback.Person) error { // of all their addresses
		p.OptedOut = feedback.Earliest(p.OptedOut, feedback.UTC(at))
		return nil
	})
	if err != nil {
		return err
	}
	return s.watch(ctx, v.Survey, at)
}

// heard writes news into the invitation. News that is not new is no error: what follows from it is
// done again, because the first time may have been interrupted.
func (s *Service) heard(ctx context.Context, ref string, news func(*feedback.Invitation) bool) (*feedback.Invitation, error) {
	v, err := store.Update(ctx, s.Store.Invitations(), ref, func(v *feedback.Invitation) error {
		if !news(v) {
			return errKnown
		}
		return nil
	})
	if errors.Is(err, errKnown) {
		return v, nil
	}
	if err != nil {
		return nil, fmt.Errorf("news of a mail: %w", err)
	}
	s.Wake()
	return v, nil
}

var errKnown = errors.New("known already")

// block keeps surveys from an address.
func (s *Service) block(ctx context.Context, c feedback.Customer, reason string, at time.Time) error {
	id := feedback.PersonID("", "", c.Email)
	if err := s.known(ctx, id, c); err != nil {
		return err
	}
	_, err := store.Update(ctx, s.Store.People(), id, func(p *feedback.Person) error {
		if p.Blocked != "" {
			return errKnown
		}
		p.Blocked, p.BlockedAt = reason, feedback.UTC(at)
		return nil
	})
	if errors.Is(err, errKnown) {
		return nil
	}
	return err
}
