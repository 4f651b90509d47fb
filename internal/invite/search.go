package invite

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Entry is an interaction with every decision about it.
type Entry struct {
	Interaction *feedback.Interaction
	Ledger      []feedback.Line // oldest first
	Invitations []*feedback.Invitation
}

// Search returns the interactions of the person who has an address, newest first, each with its
// decisions. A person of several rows is gone through row by row. store.ErrCursor.
func (s *Service) Search(ctx context.Context, email string, page store.Page) (entries []Entry, next string, err error) {
	ids, err := s.idsOf(ctx, email)
	if err != nil {
		return nil, "", err
	}
	row := 0
	if page.After != "" {
		n, after, ok := strings.Cut(page.After, ".")
		if row, err = strconv.Atoi(n); err != nil || !ok || row < 0 || row >= len(ids) {
			return nil, "", store.ErrCursor
		}
		page.After = after
	}
	for ; row < len(ids); row, page.After = row+1, "" {
		list, err := s.Store.Interactions().List(ctx, store.InteractionFilter{Person: ids[row]}, page)
		if err != nil {
			return nil, "", err
		}
		for _, in := range list.Items {
			e, err := s.entry(ctx, in)
			if err != nil {
				return nil, "", err
			}
			entries = append(entries, e)
		}
		if list.Next != "" {
			return entries, strconv.Itoa(row) + "." + list.Next, nil
		}
		if page.Limit -= len(list.Items); page.Limit <= 0 && row+1 < len(ids) {
			return entries, strconv.Itoa(row+1) + ".", nil
		}
	}
	return entries, "", nil
}

// idsOf lists the rows of the person who has an address.
func (s *Service) idsOf(ctx context.Context, email string) ([]string, error) {
	id := feedback.PersonID("", "", email)
	p, err := store.PersonOf(ctx, s.Store.People(), id)
	if errors.Is(err, store.ErrNotFound) {
		return []string{id}, nil
	}
	if err != nil {
		return nil, err
	}
	return p.IDs(), nil
}

// Entry returns one interaction with its decisions. store.ErrNotFound.
func (s *Service) Entry(ctx context.Context, source, external string) (Entry, error) {
	in, err := s.Store.Interactions().Get(ctx, feedback.InteractionID(source, external))
	if err != nil {
		return Entry{}, err
	}
	return s.entry(ctx, in)
}

func (s *Service) entry(ctx context.Context, in *feedback.Interaction) (Entry, error) {
	e := Entry{Interaction: in, Ledger: slices.Clone(in.Ledger)}
	list, err := s.Store.Invitations().List(ctx, store.InvitationFilter{Interaction: in.ID}, store.Page{})
	if err != nil {
		return e, err
	}
	e.Invitations = list.Items
	for _, v := range list.Items {
		e.Ledger = append(e.Ledger, v.Ledger...)
	}
	sort.SliceStable(e.Ledger, func(i, j int) bool { return e.Ledger[i].At.Before(e.Ledger[j].At) })
	return e, nil
}

// Sources lists the sources of the latest interactions, so that an id alone can be looked for.
func (s *Service) Sources(ctx context.Context) ([]string, error) {
	list, err := s.Store.Interactions().List(ctx, store.InteractionFilter{}, store.Page{Limit: 500})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, in := range list.Items {
		if !slices.Contains(out, in.Source) {
			out = append(out, in.Source)
		}
	}
	return out, nil
}

// Standing is how a person stands with surveys.
type Standing struct {
	Person  *feedback.Person
	Blocked []*feedback.Person // the rows, one for an address, to which no mail may go
	// Next is from when on each survey may be sent to them, by the rest and their slots; in the order of
	// the catalog.
	Next []NextAsk
}

// NextAsk is the first moment at which a survey may be sent to somebody.
type NextAsk struct {
	Survey string
	At     time.Time
}

// Standing returns how the person who has an address stands. store.ErrNotFound for nobody we know.
func (s *Service) Standing(ctx context.Context, email string, now time.Time) (Standing, error) {
	p, err := store.PersonOf(ctx, s.Store.People(), feedback.PersonID("", "", email))
	if err != nil {
		return Standing{}, err
	}
	out := Standing{Person: p}
	for _, id := range p.IDs() {
		row, err := s.Store.People().Get(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return out, err
		}
		if err == nil && row.Blocked != "" {
			out.Blocked = append(out.Blocked, row)
		}
	}
	for _, d := range s.Catalog.All() {
		if d.ID == feedback.RecoveredSurvey {
			continue
		}
		draft := *p
		at := draft.Reserve("", now, d.Ask.Rest)
		out.Next = append(out.Next, NextAsk{d.ID, at})
	}
	return out, nil
}
