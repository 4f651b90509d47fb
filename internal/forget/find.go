package forget

import (
	"context"
	"errors"
	"slices"
	"strings"

	"earshot/internal/export"
	"earshot/internal/feedback"
	"earshot/internal/mail/outbox"
	"earshot/internal/store"
)

// found is everything that is kept of a person.
type found struct {
	people []string // IDs of the person, the address's own first
	emails []string // the person's addresses, in lower case
	rows   []*feedback.Person

	interactions []*feedback.Interaction
	invitations  []*feedback.Invitation
	responses    []*feedback.Response
	cases        []*feedback.Case
}

// find gathers a human being's rows: those under the address, those under other names that were found to
// be the same person, and those under the customer numbers that sources use for the address.
func (s *Service) find(ctx context.Context, email string) (*found, error) {
	f := &found{emails: []string{email}, people: []string{feedback.PersonID("", "", email)}}
	for i := 0; i < len(f.people); i++ {
		if err := s.gather(ctx, f, f.people[i]); err != nil {
			return nil, err
		}
		for _, in := range f.interactions {
			f.know(in.Source, in.Customer)
		}
		for _, v := range f.invitations {
			f.know(v.Source, v.Customer)
		}
	}
	return f, nil
}

// know adds a customer number that stands beside an address of the person as another name of theirs.
func (f *found) know(source string, c feedback.Customer) {
	f.address(c.Email)
	if c.ID != "" && slices.Contains(f.people, feedback.PersonID("", "", c.Email)) {
		f.name(feedback.PersonID(source, c.ID, ""))
	}
}

// address adds an address that stands in a row of the person.
func (f *found) address(email string) {
	if email = strings.ToLower(strings.TrimSpace(email)); email != "" && !slices.Contains(f.emails, email) {
		f.emails = append(f.emails, email)
	}
}

func (f *found) name(id string) {
	if id != "" && !slices.Contains(f.people, id) {
		f.people = append(f.people, id)
	}
}

// gather reads the rows under one of the person's IDs.
func (s *Service) gather(ctx context.Context, f *found, person string) error {
	row, err := s.Store.People().Get(ctx, person)
	if err == nil {
		f.rows = append(f.rows, row)
		f.address(row.Email)
		f.name(row.MergedInto)
		for _, other := range row.Names {
			f.name(other)
		}
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return errors.Join(
		all(ctx, &f.interactions, func(ctx context.Context, p store.Page) (store.List[feedback.Interaction], error) {
			return s.Store.Interactions().List(ctx, store.InteractionFilter{Person: person}, p)
		}),
		all(ctx, &f.invitations, func(ctx context.Context, p store.Page) (store.List[feedback.Invitation], error) {
			return s.Store.Invitations().List(ctx, store.InvitationFilter{Person: person}, p)
		}),
		all(ctx, &f.responses, func(ctx context.Context, p store.Page) (store.List[feedback.Response], error) {
			return s.Store.Responses().List(ctx, store.ResponseFilter{Person: person}, p)
		}),
		all(ctx, &f.cases, func(ctx context.Context, p store.Page) (store.List[feedback.Case], error) {
			return s.Store.Cases().List(ctx, store.CaseFilter{Person: person}, p)
		}))
}

func all[T any](ctx context.Context, to *[]*T, list func(context.Context, store.Page) (store.List[T], error)) error {
	for row, err := range export.Pages(ctx, list) {
		if err != nil {
			return err
		}
		*to = append(*to, row)
	}
	return nil
}

// refs are the rows' names as mails carry them.
func (f *found) refs() map[string]bool {
	refs := map[string]bool{}
	for _, v := range f.invitations { // a response and a case have their invitation's ID
		refs[v.ID] = true
	}
	for _, r := range f.responses {
		refs[r.ID] = true
	}
	for _, c := range f.cases {
		refs[c.ID] = true
	}
	return refs
}

// mails calls use with each mail in the outbox that is about the person: of one of their rows, or with
// their address in it.
func (s *Service) mails(ctx context.Context, f *found, use func(outbox.Stored) error) error {
	if s.Outbox == nil {
		return nil
	}
	refs := f.refs()
	for after := ""; ; {
		entries, next, err := s.Outbox.List(after, 200)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			m, err := s.Outbox.Read(e.Name)
			if errors.Is(err, outbox.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if refs[m.Ref] || mentions(m, f.emails) {
				if err := use(m); err != nil {
					return err
				}
			}
		}
		if after = next; next == "" {
			return nil
		}
	}
}

// mentions tells whether one of the addresses stands anywhere in a mail.
func mentions(m outbox.Stored, emails []string) bool {
	text := strings.ToLower(strings.Join([]string{m.To, m.From, m.Subject, m.Text, m.HTML, string(m.Raw)}, "\n"))
	return slices.ContainsFunc(emails, func(email string) bool { return strings.Contains(text, email) })
}

func (s *Service) eraseMails(ctx context.Context, f *found) (n int, err error) {
	err = s.mails(ctx, f, func(m outbox.Stored) error {
		if err := s.Outbox.Remove(m.Name); err != nil && !errors.Is(err, outbox.ErrNotFound) {
			return err
		}
		n++
		return nil
	})
	return n, err
}
