package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// staff runs the cases of the small groups and of the store as a whole.
func staff(t *testing.T, open Open) {
	cases := map[string]func(*testing.T, store.Store){
		"Users/List":                usersList,
		"Keys/List":                 keysList,
		"Sessions/DeleteOf":         sessionsDeleteOf,
		"Store/Expire":              expire,
		"Store/Ping":                ping,
		"Store/groups stand apart":  apart,
		"Store/writes side by side": sideBySide,
	}
	for name, run := range cases {
		t.Run(name, func(t *testing.T) { run(t, fresh(t, open)) })
	}
}

func usersList(t *testing.T, s store.Store) {
	listAll(t, store.Table[feedback.User](s.Users()), s.Users().List)
}

func keysList(t *testing.T, s store.Store) {
	listAll(t, store.Table[feedback.APIKey](s.Keys()), s.Keys().List)
}

func listAll[T any, R store.Row[T]](t *testing.T, table store.Table[T], list func(context.Context) ([]*T, error)) {
	r := random(t)
	if got, err := list(context.Background()); err != nil || len(got) != 0 {
		t.Fatalf("List of nothing: %d rows, %v", len(got), err)
	}
	var want []*T
	for _, id := range []string{"B", "a", "a@b", "b", "é"} {
		want = append(want, made[T, R](t, r, id))
	}
	for _, i := range r.Perm(len(want)) {
		insert(t, table, want[i])
	}
	got, err := list(context.Background())
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	if d := diff(want, got); d != "" {
		t.Errorf("List:\n%s", d)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := list(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v, want Canceled", err)
	}
}

func sessionsDeleteOf(t *testing.T, s store.Store) {
	ctx, sessions := context.Background(), s.Sessions()
	for id, user := range map[string]string{"1": "sam", "2": "sam", "3": "ivy", "4": "Sam", "5": ""} {
		insert(t, sessions, &feedback.Session{Record: feedback.Record{ID: id}, User: user, ExpiresAt: base()})
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := sessions.DeleteOf(ended, "sam"); !errors.Is(err, context.Canceled) {
		t.Errorf("DeleteOf: %v, want Canceled", err)
	}
	for _, user := range []string{"sam", "nobody", "sam"} {
		if err := sessions.DeleteOf(ctx, user); err != nil {
			t.Errorf("DeleteOf(%q): %v", user, err)
		}
	}
	for id, want := range map[string]error{"1": store.ErrNotFound, "2": store.ErrNotFound, "3": nil, "4": nil, "5": nil} {
		if _, err := sessions.Get(ctx, id); !errors.Is(err, want) {
			t.Errorf("session %s: %v, want %v", id, err, want)
		}
	}
}

// expire sees that nothing goes before its end. That something goes at all is a backend's own
// affair: it may do so later.
func expire(t *testing.T, s store.Store) {
	ctx := context.Background()
	for id, end := range map[string]time.Time{"ended": base().Add(-time.Millisecond), "ends now": base(), "runs": base().AddDate(0, 0, 1)} {
		insert(t, s.Links(), &feedback.Link{Record: feedback.Record{ID: id}, ExpiresAt: end})
		insert(t, s.Sessions(), &feedback.Session{Record: feedback.Record{ID: id}, ExpiresAt: end})
	}
	insert(t, s.Settings(), &feedback.Setting{Record: feedback.Record{ID: "ended"}})
	if err := s.Expire(ctx, base()); err != nil {
		t.Fatalf("Expire: %v", err)
	}
	for _, id := range []string{"ends now", "runs"} {
		get(t, s.Links(), id)
		get(t, store.Table[feedback.Session](s.Sessions()), id)
	}
	get(t, s.Settings(), "ended")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Expire(cancelled, base()); !errors.Is(err, context.Canceled) {
		t.Errorf("Expire: %v, want Canceled", err)
	}
}

func ping(t *testing.T, s store.Store) {
	for range 2 {
		if err := s.Ping(context.Background()); err != nil {
			t.Errorf("Ping: %v", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Ping(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Ping: %v, want Canceled", err)
	}
}

// apart sees that the same ID in two groups is two rows: a response and its case share theirs.
func apart(t *testing.T, s store.Store) {
	ctx, r := context.Background(), random(t)
	response := made[feedback.Response](t, r, "shared")
	insert(t, s.Responses(), response)
	insert(t, s.Invitations(), made[feedback.Invitation](t, r, "shared"))
	insert(t, s.Cases(), made[feedback.Case](t, r, "shared"))
	insert(t, s.People(), made[feedback.Person](t, r, "shared"))
	if err := s.Cases().Delete(ctx, "shared"); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	if d := diff(response, get(t, store.Table[feedback.Response](s.Responses()), "shared")); d != "" {
		t.Errorf("the response after its case was deleted:\n%s", d)
	}
}

// sideBySide lets writers of different rows and groups work at once, some of them in vain: every
// write that was acknowledged is there, and is seen by whoever reads after it.
func sideBySide(t *testing.T, s store.Store) {
	ctx, r := context.Background(), random(t)
	insert(t, s.Settings(), made[feedback.Setting](t, r, "taken"))
	rows := make([]*feedback.Person, racers)
	for i := range rows {
		rows[i] = made[feedback.Person](t, r, feedback.InteractionID("person", string(rune('a'+i))))
	}
	errs := race(racers, func(i int) error {
		if err := s.Settings().Insert(ctx, &feedback.Setting{Record: feedback.Record{ID: "taken"}}); !errors.Is(err, store.ErrExists) {
			return errors.New("the taken id was not refused")
		}
		if err := s.People().Insert(ctx, rows[i]); err != nil {
			return err
		}
		if err := s.People().Delete(ctx, "nobody"); !errors.Is(err, store.ErrNotFound) {
			return errors.New("deleting nobody was not refused")
		}
		got, err := s.People().Get(ctx, rows[i].ID)
		if err != nil {
			return err
		}
		if d := diff(rows[i], got); d != "" {
			return errors.New("a reader after the write does not see it:\n" + d)
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}
