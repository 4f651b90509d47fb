package invite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// maxAddresses is how many addresses one customer id makes one person of. An id that more share is
// an account, or a default; further addresses stay people of their own.
const maxAddresses = 5

// identify returns the person whom a source's customer is: by address, and by the source's own id where
// that has been seen with another address.
func (s *Service) identify(ctx context.Context, source string, c feedback.Customer) (string, error) {
	id := feedback.PersonID(source, c.ID, c.Email)
	if c.ID != "" && c.Email != "" {
		if err := s.link(ctx, feedback.PersonID(source, c.ID, ""), id, c); err != nil {
			return "", fmt.Errorf("identify customer: %w", err)
		}
	}
	p, err := store.PersonOf(ctx, s.Store.People(), id)
	if errors.Is(err, store.ErrNotFound) {
		return id, nil
	}
	if err != nil {
		return "", err
	}
	return p.ID, nil
}

// link makes a source's customer id a name of the person with an address. When it is the name of
// another address already, the two are one person.
func (s *Service) link(ctx context.Context, name, address string, c feedback.Customer) error {
	p := &feedback.Person{MergedInto: address}
	p.ID = name
	err := s.Store.People().Insert(ctx, p)
	if err == nil || !errors.Is(err, store.ErrExists) {
		return err
	}
	known, err := store.PersonOf(ctx, s.Store.People(), name)
	if errors.Is(err, store.ErrNotFound) { // the address it names was not asked yet, and has no row
		return s.linkAddress(ctx, name, address, c)
	}
	if err != nil {
		return err
	}
	mine, err := store.PersonOf(ctx, s.Store.People(), address)
	if err == nil && mine.ID == known.ID {
		return nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if known.Email == "" { // so far the source had told no address
		return s.merge(ctx, address, known.ID, c)
	}
	if len(known.Names) >= maxAddresses-1 {
		return nil
	}
	return s.merge(ctx, known.ID, address, c)
}

// linkAddress gives the address behind a name its row, and links again.
func (s *Service) linkAddress(ctx context.Context, name, address string, c feedback.Customer) error {
	p, err := s.Store.People().Get(ctx, name)
	if err != nil {
		return err
	}
	if p.MergedInto == address {
		return s.known(ctx, address, c)
	}
	if err := s.known(ctx, p.MergedInto, feedback.Customer{Email: p.MergedInto, Name: c.Name}); err != nil {
		return err
	}
	return s.link(ctx, name, address, c)
}

// Merge makes two addresses one person: rest periods, opt-outs and matters hold for both from now on.
// What was kept under either stays readable under both.
func (s *Service) Merge(ctx context.Context, keep, other string, now time.Time) error {
	for _, email := range []string{keep, other} {
		if !feedback.ValidEmail(email) {
			return feedback.Refuse("email", fmt.Sprintf("%q is not an e-mail address", email))
		}
	}
	return s.merge(ctx, feedback.PersonID("", "", keep), feedback.PersonID("", "", other), feedback.Customer{})
}

// merge makes the row other a name of the row keep. It is repeatable: the one that stays takes over
// first, then the other points at it, and whoever reserved a slot in between makes it start again.
func (s *Service) merge(ctx context.Context, keep, other string, c feedback.Customer) error {
	for {
		a, err := s.row(ctx, keep, c)
		if err != nil {
			return err
		}
		b, err := s.row(ctx, other, c)
		if err != nil || a.ID == b.ID {
			return err
		}
		if _, err := store.Update(ctx, s.Store.People(), a.ID, func(p *feedback.Person) error { p.Absorb(b); return nil }); err != nil {
			return err
		}
		b.MergedInto = a.ID
		err = s.Store.People().Save(ctx, b)
		if err == nil || !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

// row returns the row of the person with an ID, a new one where there is none.
func (s *Service) row(ctx context.Context, id string, c feedback.Customer) (*feedback.Person, error) {
	p, err := store.PersonOf(ctx, s.Store.People(), id)
	if !errors.Is(err, store.ErrNotFound) {
		return p, err
	}
	if feedback.ValidEmail(id) {
		c.Email = id
	}
	if err := s.known(ctx, id, c); err != nil {
		return nil, err
	}
	return store.PersonOf(ctx, s.Store.People(), id)
}

// known makes sure that there is a row for a person.
func (s *Service) known(ctx context.Context, id string, c feedback.Customer) error {
	p := &feedback.Person{Email: c.Email, Name: c.Name}
	p.ID = id
	if err := s.Store.People().Insert(ctx, p); err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("know person: %w", err)
	}
	return nil
}

// change changes the row of the person whom id names, which is made when it is missing. The row may be
// merged into another meanwhile; then the change is made there.
func (s *Service) change(ctx context.Context, id string, c feedback.Customer, do func(*feedback.Person) error) (*feedback.Person, error) {
	for {
		p, err := s.row(ctx, id, c)
		if err != nil {
			return nil, err
		}
		p, err = store.Update(ctx, s.Store.People(), p.ID, func(p *feedback.Person) error {
			if p.MergedInto != "" {
				return errMerged
			}
			return do(p)
		})
		if !errors.Is(err, errMerged) {
			return p, err
		}
	}
}

var errMerged = errors.New("merged into another row")

// blockedAddress returns why no mail may be sent to an address; empty when it may.
func (s *Service) blockedAddress(ctx context.Context, p *feedback.Person, email string) (string, error) {
	id := feedback.PersonID("", "", email)
	if p.ID == id {
		return p.Blocked, nil
	}
	own, err := s.Store.People().Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return own.Blocked, nil
}
