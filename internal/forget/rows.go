package forget

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// eachOf erases the rows that list gives until it gives none: an erased row is nobody's, so it is not
// given again. The figures of a row's day are marked before it changes, which a crash in between cannot
// undo, and afterwards, because a recovery that ends has nothing at risk any more.
func eachOf[T any, R store.Row[T]](ctx context.Context, s *Service, t store.Table[T], now time.Time,
	list func(store.Page) (store.List[T], error), leaves func(*T) []feedback.Rollup, erase func(*T)) (int, error) {
	n := 0
	for {
		rows, err := list(store.Page{Limit: 100})
		if err != nil || len(rows.Items) == 0 {
			return n, err
		}
		for _, row := range rows.Items {
			marks := leaves(row)
			if err := s.mark(ctx, marks, now); err != nil {
				return n, err
			}
			_, err := store.Update(ctx, t, R(row).Rec().ID, func(r *T) error { erase(r); return nil })
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return n, err
			}
			if err := s.mark(ctx, marks, now); err != nil {
				return n, err
			}
			n++
		}
	}
}

// mark makes figures be counted again.
func (s *Service) mark(ctx context.Context, leaves []feedback.Rollup, now time.Time) error {
	if len(leaves) == 0 {
		return nil
	}
	return s.Store.Rollups().MarkDirty(ctx, leaves, now, now)
}

func (s *Service) eraseInteractions(ctx context.Context, person string, now time.Time) (Erased, error) {
	n, err := eachOf(ctx, s, s.Store.Interactions(), now, func(p store.Page) (store.List[feedback.Interaction], error) {
		return s.Store.Interactions().List(ctx, store.InteractionFilter{Person: person}, p)
	}, func(*feedback.Interaction) []feedback.Rollup { return nil }, (*feedback.Interaction).Erase)
	return Erased{Interactions: n}, err
}

func (s *Service) eraseInvitations(ctx context.Context, person string, now time.Time) (Erased, error) {
	n, err := eachOf(ctx, s, s.Store.Invitations(), now, func(p store.Page) (store.List[feedback.Invitation], error) {
		return s.Store.Invitations().List(ctx, store.InvitationFilter{Person: person}, p)
	}, func(v *feedback.Invitation) []feedback.Rollup { return v.Leaves(s.Zone) }, (*feedback.Invitation).Erase)
	return Erased{Invitations: n}, err
}

func (s *Service) eraseResponses(ctx context.Context, person string, now time.Time) (Erased, error) {
	n, err := eachOf(ctx, s, s.Store.Responses(), now, func(p store.Page) (store.List[feedback.Response], error) {
		return s.Store.Responses().List(ctx, store.ResponseFilter{Person: person}, p)
	}, func(r *feedback.Response) []feedback.Rollup { return r.Leaves(s.Zone) }, (*feedback.Response).Erase)
	return Erased{Responses: n}, err
}

func (s *Service) eraseCases(ctx context.Context, person string, now time.Time) (Erased, error) {
	n, err := eachOf(ctx, s, s.Store.Cases(), now, func(p store.Page) (store.List[feedback.Case], error) {
		return s.Store.Cases().List(ctx, store.CaseFilter{Person: person}, p)
	}, func(c *feedback.Case) []feedback.Rollup { return c.Leaves(s.Zone) }, func(c *feedback.Case) { c.Erase(now) })
	return Erased{Cases: n}, err
}

// held tells whether a worker has one of the rows in hand at now.
func (f *found) held(now time.Time) bool {
	leased := func(r *feedback.Record) bool { return r.Lease.Until.After(now) }
	return slices.ContainsFunc(f.invitations, func(v *feedback.Invitation) bool { return leased(v.Rec()) }) ||
		slices.ContainsFunc(f.cases, func(c *feedback.Case) bool { return leased(c.Rec()) }) ||
		slices.ContainsFunc(f.responses, func(r *feedback.Response) bool { return leased(r.Rec()) })
}

// requestPrefix begins the settings in which customers' own wishes about their data are kept.
const requestPrefix = "data-request/"

// eraseRequests takes the person out of the wishes that they expressed, and calls them done.
func (s *Service) eraseRequests(ctx context.Context, email string, now time.Time) error {
	rows, err := s.Store.Settings().Scan(ctx, requestPrefix, 1000)
	if err != nil {
		return err
	}
	for _, row := range rows {
		var wish map[string]any
		if !strings.HasPrefix(row.ID, requestPrefix) || json.Unmarshal(row.Value, &wish) != nil || !strings.EqualFold(fmt.Sprint(wish["email"]), email) {
			continue
		}
		delete(wish, "email")
		delete(wish, "name")
		wish["person"], wish["done"], wish["done_by"] = "", feedback.UTC(now), "earshot"
		if row.Value, err = json.Marshal(wish); err != nil {
			return err
		}
		if err := s.Store.Settings().Save(ctx, row); err != nil && !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return nil
}
