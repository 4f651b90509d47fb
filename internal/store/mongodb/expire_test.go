package mongodb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/mongodb"
	"earshot/internal/store/mongotest"
)

// TestExpire removes what ended and what is past its retention, in more than one batch, and nothing
// else.
func TestExpire(t *testing.T) {
	ctx := context.Background()
	s, err := mongodb.Open(ctx, mongotest.Start(t).URI(t), mongodb.Options{Retention: 90 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := start()
	var old []*feedback.Response
	for i := range 2500 {
		r := response(i)
		r.Rev, r.AnsweredAt = 1, now.AddDate(0, 0, -90).Add(-time.Duration(i+1)*time.Millisecond)
		old = append(old, r)
	}
	must(t, s.Responses().(*mongodb.Responses).Put(ctx, old))
	kept := response(9999)
	kept.AnsweredAt = now.AddDate(0, 0, -90)
	must(t, s.Responses().Insert(ctx, kept))
	timeless := feedback.Case{Record: feedback.Record{ID: "timeless"}}
	must(t, s.Cases().Insert(ctx, &timeless))
	must(t, s.Cases().Insert(ctx, &feedback.Case{Record: feedback.Record{ID: "old"}, OpenedAt: now.AddDate(-1, 0, 0)}))
	must(t, s.Interactions().Insert(ctx, &feedback.Interaction{Record: feedback.Record{ID: "old"}, EndedAt: now.AddDate(-1, 0, 0)}))
	must(t, s.Invitations().Insert(ctx, &feedback.Invitation{Record: feedback.Record{ID: "old"}, CreatedAt: now.AddDate(-1, 0, 0)}))
	must(t, s.Links().Insert(ctx, &feedback.Link{Record: feedback.Record{ID: "old"}, ExpiresAt: now.Add(-time.Millisecond)}))
	must(t, s.Links().Insert(ctx, &feedback.Link{Record: feedback.Record{ID: "kept"}, ExpiresAt: now}))
	must(t, s.Sessions().Insert(ctx, &feedback.Session{Record: feedback.Record{ID: "old"}, ExpiresAt: now.Add(-time.Millisecond)}))

	must(t, s.Expire(ctx, now))
	_, noCase := s.Cases().Get(ctx, "old")
	_, noInteraction := s.Interactions().Get(ctx, "old")
	_, noInvitation := s.Invitations().Get(ctx, "old")
	_, noLink := s.Links().Get(ctx, "old")
	_, noSession := s.Sessions().Get(ctx, "old")
	for i, err := range []error{noCase, noInteraction, noInvitation, noLink, noSession} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("group %d: %v, want ErrNotFound", i, err)
		}
	}
	left, err := s.Responses().(*mongodb.Responses).Scan(ctx, "", 10)
	must(t, err)
	if len(left) != 1 || left[0].ID != kept.ID {
		t.Errorf("%d responses are left, want the one that is as old as the retention", len(left))
	}
	_, err = s.Links().Get(ctx, "kept")
	must(t, err)
	_, err = s.Cases().Get(ctx, "timeless")
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestCopy copies a table in pieces, some of them twice, with everything a row has.
func TestCopy(t *testing.T) {
	ctx := context.Background()
	server := mongotest.Start(t)
	from, to := open(t, server.URI(t)), open(t, server.URI(t))
	defer from.Close()
	defer to.Close()
	for i := range 25 {
		must(t, from.Responses().Insert(ctx, response(i)))
	}
	_, err := from.Responses().Claim(ctx, store.Claim{Holder: "h", Now: start(), Lease: time.Hour, Limit: 5})
	must(t, err)
	source, target := from.Responses().(*mongodb.Responses), to.Responses().(*mongodb.Responses)
	n := 0
	for after := ""; ; {
		rows, err := source.Scan(ctx, after, 10)
		must(t, err)
		if len(rows) == 0 {
			break
		}
		must(t, target.Put(ctx, rows))
		must(t, target.Put(ctx, rows))
		n, after = n+len(rows), rows[len(rows)-1].ID
	}
	want, err := source.Scan(ctx, "", 100)
	must(t, err)
	got, err := target.Scan(ctx, "", 100)
	must(t, err)
	if d := gocmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" || n != 25 {
		t.Errorf("a copy of %d rows:\n%s", n, d)
	}
	if err := to.Responses().Insert(ctx, response(0)); !errors.Is(err, store.ErrExists) {
		t.Errorf("Insert over a copied row: %v, want ErrExists", err)
	}
	if rows, err := to.Responses().Claim(ctx, store.Claim{Holder: "h", Now: start(), Lease: time.Hour, Limit: 100}); err != nil || len(rows) != 20 {
		t.Errorf("of the copied rows %s were claimable, want the 20 without a lease", fmt.Sprint(len(rows), err))
	}
}
