package invite

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// StopAsking keeps surveys from the person who has an address, whether they were ever served or not. An
// earlier opt-out keeps its time; changed is false then. A *feedback.Invalid for what is no address.
func (s *Service) StopAsking(ctx context.Context, email string, at time.Time) (changed bool, err error) {
	email = strings.TrimSpace(email)
	if !feedback.ValidEmail(email) {
		return false, feedback.Refuse("email", fmt.Sprintf("%q is not an e-mail address", email))
	}
	_, err = s.change(ctx, feedback.PersonID("", "", email), feedback.Customer{Email: email}, func(p *feedback.Person) error {
		if !p.OptedOut.IsZero() {
			return errKnown
		}
		p.OptedOut = feedback.UTC(at)
		return nil
	})
	if errors.Is(err, errKnown) {
		return false, nil
	}
	return err == nil, err
}

// AskAgain takes an opt-out back, and lets mail to all addresses of the person through again that was
// stopped after a bounce or complaint: a person who knows better says so. changed is false for
// somebody who may be asked anyway.
func (s *Service) AskAgain(ctx context.Context, email string) (changed bool, err error) {
	ids, err := s.idsOf(ctx, email)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		_, err := store.Update(ctx, s.Store.People(), id, func(p *feedback.Person) error {
			if p.OptedOut.IsZero() && p.Blocked == "" {
				return errKnown
			}
			p.OptedOut, p.Blocked, p.BlockedAt = time.Time{}, "", time.Time{}
			return nil
		})
		switch {
		case errors.Is(err, errKnown), errors.Is(err, store.ErrNotFound):
		case err != nil:
			return changed, err
		default:
			changed = true
		}
	}
	return changed, nil
}

// OptOut is an address to which no survey goes, and why.
type OptOut struct {
	Email     string
	OptedOut  time.Time // zero: only the address is blocked
	Blocked   string
	BlockedAt time.Time
}

// OptOuts goes through all addresses to which no survey goes, by address. It ends with the first error.
func (s *Service) OptOuts(ctx context.Context) iter.Seq2[OptOut, error] {
	return func(yield func(OptOut, error) bool) {
		for after := ""; ; {
			rows, err := s.Store.People().Scan(ctx, after, 500)
			if err != nil {
				yield(OptOut{}, err)
				return
			}
			if len(rows) == 0 {
				return
			}
			for _, p := range rows {
				after = p.ID
				o, err := s.optOutOf(ctx, p)
				if err != nil || o.Email != "" && (!o.OptedOut.IsZero() || o.Blocked != "") {
					if !yield(o, err) || err != nil {
						return
					}
				}
			}
		}
	}
}

// optOutOf is what holds for one row: an opt-out of the person, a block of the address.
func (s *Service) optOutOf(ctx context.Context, p *feedback.Person) (OptOut, error) {
	o := OptOut{Email: p.Email, OptedOut: p.OptedOut, Blocked: p.Blocked, BlockedAt: p.BlockedAt}
	if p.MergedInto == "" {
		return o, nil
	}
	root, err := store.PersonOf(ctx, s.Store.People(), p.MergedInto)
	if errors.Is(err, store.ErrNotFound) {
		return o, nil
	}
	if err == nil {
		o.OptedOut = root.OptedOut
	}
	return o, err
}

// Block keeps surveys from an address that cannot be reached, as Bounced does. An earlier reason stays.
func (s *Service) Block(ctx context.Context, email, reason string, at time.Time) error {
	if !feedback.ValidEmail(email) {
		return feedback.Refuse("email", fmt.Sprintf("%q is not an e-mail address", email))
	}
	return s.block(ctx, feedback.Customer{Email: email}, reason, at)
}
