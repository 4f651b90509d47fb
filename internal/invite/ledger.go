package invite

import (
	"context"
	"errors"
	"sort"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Dossier is everything known about one interaction.
type Dossier struct {
	Interaction *feedback.Interaction
	Ledger      []feedback.Line // the why-ledger, oldest first
	Invitations []*feedback.Invitation
	Responses   []*feedback.Response
	Cases       []*feedback.Case
}

// Interaction gathers everything known about an interaction. store.ErrNotFound.
func (s *Service) Interaction(ctx context.Context, source, external string) (*Dossier, error) {
	in, err := s.Store.Interactions().Get(ctx, feedback.InteractionID(source, external))
	if err != nil {
		return nil, err
	}
	d := &Dossier{Interaction: in, Ledger: in.Ledger}
	list, err := s.Store.Invitations().List(ctx, store.InvitationFilter{Interaction: in.ID}, store.Page{})
	if err != nil {
		return nil, err
	}
	for _, v := range list.Items {
		d.Invitations = append(d.Invitations, v)
		d.Ledger = append(d.Ledger, v.Ledger...)
		if err := s.answers(ctx, d, v.ID); err != nil {
			return nil, err
		}
	}
	sort.SliceStable(d.Ledger, func(i, j int) bool { return d.Ledger[i].At.Before(d.Ledger[j].At) })
	sort.SliceStable(d.Invitations, func(i, j int) bool { return d.Invitations[i].CreatedAt.Before(d.Invitations[j].CreatedAt) })
	return d, nil
}

// answers adds the response and the case that carry the invitation's ID.
func (s *Service) answers(ctx context.Context, d *Dossier, id string) error {
	r, err := s.Store.Responses().Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Responses = append(d.Responses, r)
	c, err := s.Store.Cases().Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Cases = append(d.Cases, c)
	return nil
}

// OptOut stops all surveys to the person whom an invitation's link belongs to. Once more changes
// nothing. feedback.ErrToken or store.ErrNotFound for a link that is not ours.
func (s *Service) OptOut(ctx context.Context, token string, now time.Time) (*feedback.Invitation, error) {
	return s.choose(ctx, token, now, "opted_out", "The customer asked not to be surveyed.", func(p *feedback.Person) {
		if p.OptedOut.IsZero() {
			p.OptedOut = feedback.UTC(now)
		}
	})
}

// OptIn takes an opt-out back.
func (s *Service) OptIn(ctx context.Context, token string, now time.Time) (*feedback.Invitation, error) {
	return s.choose(ctx, token, now, "opted_in", "The customer wants surveys again.", func(p *feedback.Person) { p.OptedOut = time.Time{} })
}

func (s *Service) choose(ctx context.Context, token string, now time.Time, decision, reason string, change func(*feedback.Person)) (*feedback.Invitation, error) {
	id, err := s.Tokens.Open(token)
	if err != nil {
		return nil, err
	}
	v, err := s.Store.Invitations().Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.change(ctx, v.Person, v.Customer, func(p *feedback.Person) error { change(p); return nil }); err != nil {
		return nil, err
	}
	return store.Update(ctx, s.Store.Invitations(), id, func(v *feedback.Invitation) error {
		if n := len(v.Ledger); n == 0 || v.Ledger[n-1].Decision != decision {
			v.Log(now, decision, "person."+decision, reason)
		}
		return nil
	})
}
