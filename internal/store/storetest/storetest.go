// Package storetest checks that a backend keeps the contract of package store. A backend's test
// calls Run once and lists no cases of its own for the contract: each sentence of the contract is a
// case here, and each case gets a fresh store.
//
// Cases with random data log their seed; setting EARSHOT_TEST_SEED repeats them.
package storetest

import (
	"context"
	"hash/maphash"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Open returns a fresh, empty store. The suite closes it.
type Open func(t *testing.T) store.Store

// Run checks every sentence of the contract against stores from open.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	queue(t, open, "Interactions", func(s store.Store) store.Queue[feedback.Interaction] { return s.Interactions() })
	queue(t, open, "Invitations", func(s store.Store) store.Queue[feedback.Invitation] { return s.Invitations() })
	queue(t, open, "Responses", func(s store.Store) store.Queue[feedback.Response] { return s.Responses() })
	queue(t, open, "Cases", func(s store.Store) store.Queue[feedback.Case] { return s.Cases() })
	queue(t, open, "Remarks", func(s store.Store) store.Queue[feedback.Remark] { return s.Remarks() })
	queue(t, open, "Rollups", func(s store.Store) store.Queue[feedback.Rollup] { return s.Rollups() })
	queue(t, open, "Links", store.Store.Links)
	table(t, open, "People", store.Store.People)
	table(t, open, "Definitions", store.Store.Definitions)
	table(t, open, "Users", func(s store.Store) store.Table[feedback.User] { return s.Users() })
	table(t, open, "Sessions", func(s store.Store) store.Table[feedback.Session] { return s.Sessions() })
	table(t, open, "Keys", func(s store.Store) store.Table[feedback.APIKey] { return s.Keys() })
	table(t, open, "Settings", store.Store.Settings)

	lists(t, open)
	search(t, open)
	rollups(t, open)
	staff(t, open)
}

// fresh opens a store for one case and closes it when the case ends.
func fresh(t *testing.T, open Open) store.Store {
	t.Helper()
	s := open(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// random returns a source of randomness whose seed stands in the log of a failed case.
func random(t *testing.T) *rand.Rand {
	t.Helper()
	seed := new(maphash.Hash).Sum64()
	if s := os.Getenv("EARSHOT_TEST_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("EARSHOT_TEST_SEED: %v", err)
		}
		seed = n
	}
	t.Logf("EARSHOT_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, seed))
}

// diff compares rows as the contract means it: nil and empty lists are the same, times are the same
// instant in UTC.
func diff(want, got any) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b time.Time) bool {
		return a.Equal(b) && a.Location().String() == b.Location().String()
	}))
}

// base is the moment around which the cases play.
func base() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func insert[T any](t *testing.T, table store.Table[T], row *T) {
	t.Helper()
	if err := table.Insert(context.Background(), row); err != nil {
		t.Fatalf("Insert: %v", err)
	}
}

func get[T any](t *testing.T, table store.Table[T], id string) *T {
	t.Helper()
	row, err := table.Get(context.Background(), id)
	if err != nil {
		t.Fatalf("Get(%q): %v", id, err)
	}
	return row
}

func save[T any](t *testing.T, table store.Table[T], row *T) {
	t.Helper()
	if err := table.Save(context.Background(), row); err != nil {
		t.Fatalf("Save: %v", err)
	}
}
