// Package forget answers a person's two questions about their data: what is kept of me, and take me out.
//
// # Erasing
//
// Everything that leads to a person goes: the address, the name, what they wrote, what was written about
// them, the mails in the outbox, the row that knew when they were asked. What stays cannot be led back to
// them and keeps every total right: that somebody was served by whom and when, the score, and which
// topics a comment spoke of. A veiled name stays as well, so that the person is not asked again.
//
// An erasure is a row of work. It is written first and removed last, and every step can be repeated, so
// one that was interrupted is finished by whoever comes next: the same command, or the service itself.
package forget

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail/outbox"
	"earshot/internal/store"
)

// Config is what the Service needs. Outbox is nil where mail is sent for real; Zone is the clock on which
// the figures' days begin.
type Config struct {
	Store  store.Store
	Tokens feedback.Tokens
	Outbox *outbox.Outbox
	Zone   *time.Location
	Log    *slog.Logger
}

// Service erases and discloses. It is safe for concurrent use.
type Service struct{ Config }

// New returns a Service.
func New(c Config) *Service {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// Erased counts what an erasure changed; all zero when there was nothing (left).
type Erased struct {
	Interactions, Invitations, Responses, Cases, Mails, People int
}

// Nothing tells whether nothing was changed.
func (e Erased) Nothing() bool { return e == Erased{} }

func (e *Erased) add(o Erased) {
	e.Interactions += o.Interactions
	e.Invitations += o.Invitations
	e.Responses += o.Responses
	e.Cases += o.Cases
	e.Mails += o.Mails
	e.People += o.People
}

// pendingPrefix begins the settings that are erasures not finished yet. Their value is the address.
const pendingPrefix = "erase:"

// Forget erases the person with an address, and returns what was changed. Doing it again changes
// nothing more. A mistake in the address is a *feedback.Invalid.
func (s *Service) Forget(ctx context.Context, email string, now time.Time) (Erased, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if !feedback.ValidEmail(email) {
		return Erased{}, feedback.Refuse("email", "is not an e-mail address")
	}
	work := &feedback.Setting{Value: []byte(email)}
	work.ID = pendingPrefix + s.Tokens.Veil(feedback.PersonID("", "", email))
	if err := s.Store.Settings().Insert(ctx, work); err != nil && !errors.Is(err, store.ErrExists) {
		return Erased{}, fmt.Errorf("begin an erasure: %w", err)
	}
	return s.finish(ctx, work.ID, email, now)
}

// Work finishes erasures that were interrupted; it returns how many it finished.
func (s *Service) Work(ctx context.Context, now time.Time) (int, error) {
	pending, err := s.Store.Settings().Scan(ctx, pendingPrefix, 100)
	if err != nil {
		return 0, fmt.Errorf("look for erasures: %w", err)
	}
	n := 0
	for _, w := range pending {
		if !strings.HasPrefix(w.ID, pendingPrefix) {
			break
		}
		if _, err := s.finish(ctx, w.ID, string(w.Value), now); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// finish does all of an erasure, from wherever it stands. It goes around until a round finds nothing:
// a survey may be answered while it runs.
func (s *Service) finish(ctx context.Context, id, email string, now time.Time) (total Erased, err error) {
	busy := false
	for {
		round, held, err := s.round(ctx, email, now)
		total.add(round)
		busy = busy || held
		if err != nil {
			return total, fmt.Errorf("erase: %w; the same again goes on from here", err)
		}
		if round.Nothing() {
			break
		}
	}
	if err := s.eraseRequests(ctx, email, now); err != nil {
		return total, err
	}
	if busy { // a mail may be on its way at this moment: the service looks once more
		return total, nil
	}
	if err := s.Store.Settings().Delete(ctx, id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return total, fmt.Errorf("end an erasure: %w", err)
	}
	s.Log.Info("a person was erased", "interactions", total.Interactions, "invitations", total.Invitations,
		"responses", total.Responses, "cases", total.Cases, "mails", total.Mails)
	return total, nil
}

// suppress keeps the veiled name of the person, who is not asked again.
func (s *Service) suppress(ctx context.Context, email string, now time.Time) error {
	p := &feedback.Person{OptedOut: feedback.UTC(now)}
	p.ID = VeiledID(s.Tokens, email)
	if err := s.Store.People().Insert(ctx, p); err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("keep the wish not to be asked: %w", err)
	}
	return nil
}

// VeiledID is the ID of the row that keeps an erased person from being asked again.
func VeiledID(t feedback.Tokens, email string) string {
	return "erased:" + t.Veil(feedback.PersonID("", "", email))
}

// round erases what there is now. The mails and the rows under other names come before those by which
// they are found, the person's own row last.
// held tells that a worker had one of the rows in hand.
func (s *Service) round(ctx context.Context, email string, now time.Time) (done Erased, held bool, err error) {
	f, err := s.find(ctx, email)
	if err != nil {
		return done, false, err
	}
	held = f.held(now)
	for _, address := range f.emails {
		if err := s.suppress(ctx, address, now); err != nil {
			return done, held, err
		}
	}
	if done.Mails, err = s.eraseMails(ctx, f); err != nil {
		return done, held, err
	}
	slices.Reverse(f.people) // other names first: the address leads to them
	for _, person := range f.people {
		for _, step := range []func(context.Context, string, time.Time) (Erased, error){s.eraseCases, s.eraseResponses, s.eraseInvitations, s.eraseInteractions} {
			n, err := step(ctx, person, now)
			done.add(n)
			if err != nil {
				return done, held, err
			}
		}
		err := s.Store.People().Delete(ctx, person)
		if err == nil {
			done.People++
		} else if !errors.Is(err, store.ErrNotFound) {
			return done, held, err
		}
	}
	return done, held, nil
}
