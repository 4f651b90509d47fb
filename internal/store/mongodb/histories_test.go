package mongodb_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/mongotest"
	"earshot/internal/store/sqlite"
)

// TestHistories lets random histories of calls happen to the embedded store and to this one, and
// compares every answer. -rapid.checks sets how many.
func TestHistories(t *testing.T) {
	mongo := open(t, mongotest.Start(t).URI(t))
	t.Cleanup(func() { mongo.Close() })
	embedded, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embedded.Close() })
	both := [2]store.Store{embedded, mongo}
	rapid.Check(t, func(rt *rapid.T) {
		kinds := map[string]func(*rapid.T, [2]store.Store){
			"interactions": interactionHistory, "invitations": invitationHistory, "responses": responseHistory,
			"cases": caseHistory, "rollups": rollupHistory, "remarks": remarkHistory,
		}
		kinds[rapid.SampledFrom(slices.Sorted(keysOf(kinds))).Draw(rt, "kind")](rt, both)
	})
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// history is one run of calls on the same group of two stores. Its rows have few IDs and few values,
// so that calls meet.
type history[T any, R store.Row[T]] struct {
	queues [2]store.Queue[T]
	ids    []string
	fill   func(rt *rapid.T, id string) *T
	// known are rows as they were read at some time, to save from.
	known []*T
}

func (h *history[T, R]) run(rt *rapid.T, more map[string]func(*rapid.T)) {
	for _, q := range h.queues {
		for _, id := range h.ids {
			if err := q.Delete(context.Background(), id); err != nil && !errors.Is(err, store.ErrNotFound) {
				rt.Fatal(err)
			}
		}
	}
	actions := map[string]func(*rapid.T){
		"insert": h.insert, "get": h.get, "save": h.save, "delete": h.delete, "claim": h.claim, "next due": h.nextDue,
	}
	for name, action := range more {
		actions[name] = action
	}
	rt.Repeat(actions)
}

// same compares an answer of both stores.
func same(rt *rapid.T, call string, got [2]any, errs [2]error) {
	rt.Helper()
	if a, b := kind(errs[0]), kind(errs[1]); a != b {
		rt.Fatalf("%s: SQLite says %v, MongoDB says %v", call, errs[0], errs[1])
	}
	if d := gocmp.Diff(got[0], got[1], cmpopts.EquateEmpty()); d != "" {
		rt.Fatalf("%s: SQLite (-) and MongoDB (+) differ:\n%s", call, d)
	}
}

// kind is what a caller can tell of an error.
func kind(err error) string {
	for _, known := range []error{store.ErrNotFound, store.ErrExists, store.ErrConflict, store.ErrCursor} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if err != nil {
		return "another error"
	}
	return ""
}

func (h *history[T, R]) id(rt *rapid.T) string { return rapid.SampledFrom(h.ids).Draw(rt, "id") }

// moment is one of few.
func moment(rt *rapid.T, name string) time.Time {
	n := rapid.IntRange(-1, 6).Draw(rt, name)
	if n < 0 {
		return time.Time{}
	}
	return start().Add(time.Duration(n) * time.Second)
}

func (h *history[T, R]) insert(rt *rapid.T) {
	row := h.fill(rt, h.id(rt))
	copies := [2]*T{row, new(T)}
	*copies[1] = *row
	var errs [2]error
	for i, q := range h.queues {
		errs[i] = q.Insert(context.Background(), copies[i])
	}
	same(rt, "Insert", [2]any{copies[0], copies[1]}, errs)
}

func (h *history[T, R]) get(rt *rapid.T) {
	id := h.id(rt)
	var got [2]*T
	var errs [2]error
	for i, q := range h.queues {
		got[i], errs[i] = q.Get(context.Background(), id)
	}
	same(rt, "Get", [2]any{got[0], got[1]}, errs)
	if errs[0] == nil {
		h.known = append(h.known, got[0])
	}
}

// save writes new content from a revision that was read before, or one near it.
func (h *history[T, R]) save(rt *rapid.T) {
	if len(h.known) == 0 {
		rt.Skip("nothing was read yet")
	}
	from := R(rapid.SampledFrom(h.known).Draw(rt, "known")).Rec()
	row := h.fill(rt, from.ID)
	R(row).Rec().Rev = from.Rev + int64(rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(rt, "ahead"))
	copies := [2]*T{row, new(T)}
	*copies[1] = *row
	var errs [2]error
	for i, q := range h.queues {
		errs[i] = q.Save(context.Background(), copies[i])
	}
	same(rt, "Save", [2]any{copies[0], copies[1]}, errs)
}

func (h *history[T, R]) delete(rt *rapid.T) {
	id := h.id(rt)
	var errs [2]error
	for i, q := range h.queues {
		errs[i] = q.Delete(context.Background(), id)
	}
	same(rt, "Delete", [2]any{}, errs)
}

// claim takes everything that is due: with a smaller limit the stores may choose differently.
func (h *history[T, R]) claim(rt *rapid.T) {
	c := store.Claim{
		Holder: rapid.SampledFrom([]string{"a", "$b"}).Draw(rt, "holder"), Now: start().Add(time.Duration(rapid.IntRange(0, 6).Draw(rt, "now")) * time.Second),
		Lease: time.Duration(rapid.IntRange(1, 3).Draw(rt, "lease")) * time.Second, Limit: 2 * len(h.ids),
	}
	var got [2][]*T
	var errs [2]error
	for i, q := range h.queues {
		got[i], errs[i] = q.Claim(context.Background(), c)
		slices.SortFunc(got[i], func(a, b *T) int { return cmp.Compare(R(a).Rec().ID, R(b).Rec().ID) })
	}
	same(rt, fmt.Sprintf("Claim(%+v)", c), [2]any{got[0], got[1]}, errs)
	h.known = append(h.known, got[0]...)
}

func (h *history[T, R]) nextDue(rt *rapid.T) {
	var got [2]any
	var errs [2]error
	for i, q := range h.queues {
		got[i], errs[i] = q.NextDue(context.Background())
	}
	same(rt, "NextDue", got, errs)
}

// list walks a list of both stores in pages of the same size.
func list[T any](rt *rapid.T, call string, page func(i int, p store.Page) (store.List[T], error)) {
	limit := rapid.IntRange(1, 4).Draw(rt, "limit")
	after := [2]string{}
	for more := true; more; {
		var got [2]any
		var errs [2]error
		for i := range after {
			l, err := page(i, store.Page{Limit: limit, After: after[i]})
			got[i], errs[i], after[i] = l, err, l.Next
		}
		same(rt, call, got, errs)
		more = errs[0] == nil && after[0] != ""
	}
}

// row draws the record of a row.
func row(rt *rapid.T, id string) feedback.Record {
	rec := feedback.Record{ID: id, Due: moment(rt, "due"), Started: moment(rt, "started"), Attempts: rapid.IntRange(0, 3).Draw(rt, "attempts")}
	if rapid.Bool().Draw(rt, "leased") {
		rec.Lease = feedback.Lease{Holder: "$b", Until: start().Add(time.Duration(rapid.IntRange(0, 6).Draw(rt, "until")) * time.Second)}
	}
	return rec
}

func word(rt *rapid.T, name string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, name) }

func maybe(rt *rapid.T, name string, of ...string) string {
	return word(rt, name, append([]string{"", ""}, of...)...)
}

func rowIDs() []string { return []string{"r1", "r2", "r3", "r4", "r5", "r6"} }
