package collect

import (
	"context"
	"slices"
	"strings"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// VoteFilter narrows what an administrator looks through; zero fields do not.
type VoteFilter struct {
	Survey  string
	Way     string
	Verdict string
	Text    string // part of the customer's address, in any case
}

// lookFor bounds the rows that one page of a filtered list goes through.
const lookFor = 2_000

// Votes lists votes, newest first, and the cursor of the next page.
func (s *Service) Votes(ctx context.Context, f VoteFilter, p store.Page) (store.List[feedback.Response], error) {
	return look(p, func(q store.Page) (store.List[feedback.Response], error) {
		return s.Store.Responses().List(ctx, store.ResponseFilter{Survey: f.Survey}, q)
	}, func(r *feedback.Response) bool {
		return r.Scored && (f.Way == "" || r.Vote.Way == f.Way) && (f.Verdict == "" || r.Vote.Verdict == f.Verdict) && f.holds(r.Customer)
	})
}

// Intents lists invitations whose links were clicked without a vote that counts, newest first. Without
// a survey it goes through the latest of every survey and has no next page.
func (s *Service) Intents(ctx context.Context, f VoteFilter, p store.Page) (store.List[feedback.Invitation], error) {
	if f.Survey != "" {
		return s.intentsOf(ctx, f, p)
	}
	var out store.List[feedback.Invitation]
	for _, survey := range s.Catalog.All() {
		f.Survey = survey.ID
		list, err := s.intentsOf(ctx, f, store.Page{Limit: p.Limit})
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, list.Items...)
	}
	slices.SortStableFunc(out.Items, func(a, b *feedback.Invitation) int { return b.CreatedAt.Compare(a.CreatedAt) })
	if len(out.Items) > p.Limit {
		out.Items = out.Items[:p.Limit]
	}
	return out, nil
}

func (s *Service) intentsOf(ctx context.Context, f VoteFilter, p store.Page) (store.List[feedback.Invitation], error) {
	return look(p, func(q store.Page) (store.List[feedback.Invitation], error) {
		return s.Store.Invitations().List(ctx, store.InvitationFilter{Survey: f.Survey}, q)
	}, func(v *feedback.Invitation) bool {
		return v.State != feedback.Answered && (len(v.Intents) > 0 || len(v.Signs) > 0 || v.Withdrawn != nil) && f.holds(v.Customer)
	})
}

func (f VoteFilter) holds(c feedback.Customer) bool {
	return f.Text == "" || strings.Contains(strings.ToLower(c.Email), strings.ToLower(f.Text))
}

// look goes through a list until a page is full of rows that hold, or it has seen enough. The cursor it
// returns continues after the last row seen.
func look[T any](p store.Page, next func(store.Page) (store.List[T], error), holds func(*T) bool) (store.List[T], error) {
	var out store.List[T]
	out.Next = p.After
	for seen := 0; seen < lookFor; {
		list, err := next(store.Page{Limit: p.Limit, After: out.Next})
		if err != nil {
			return out, err
		}
		seen += len(list.Items)
		for _, row := range list.Items {
			if holds(row) {
				out.Items = append(out.Items, row)
			}
		}
		if out.Next = list.Next; out.Next == "" || len(out.Items) >= p.Limit {
			return out, nil
		}
	}
	return out, nil
}
