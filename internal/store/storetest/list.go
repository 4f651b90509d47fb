package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// listing is one of the store's lists with what a slow program would do in its place.
type listing[T any, R store.Row[T], F any] struct {
	table func(store.Store) store.Table[T]
	list  func(store.Store, context.Context, F, store.Page) (store.List[T], error)
	// row invents a row whose fields take few values, so that filters meet many rows and times tie.
	row func(r *rand.Rand, id string) *T
	// full tells whether a row has a value for each field that a filter knows.
	full func(*T) bool
	// filters returns filters with each combination of fields set, to values of like, a full row.
	filters func(r *rand.Rand, like *T) []F
	match   func(F, *T) bool
	// order is the list's order without ties.
	order func(F, *T, *T) int
	// all is a filter that matches row and every copy of it with another id.
	all func(row *T) F
}

func lists(t *testing.T, open Open) {
	listCases(t, open, "Interactions", interactionList())
	listCases(t, open, "Invitations", invitationList())
	listCases(t, open, "Responses", responseList())
	listCases(t, open, "Cases", caseList())
	listCases(t, open, "Remarks", remarkList())
}

func listCases[T any, R store.Row[T], F any](t *testing.T, open Open, name string, l listing[T, R, F]) {
	cases := map[string]func(*testing.T, store.Store){
		"every filter":          l.everyFilter,
		"stable under writes":   l.stable,
		"bounds of a page":      l.bounds,
		"not a cursor":          l.badCursor,
		"an ended context":      l.endedContext,
		"rows are whole, alone": l.whole,
	}
	for c, run := range cases {
		t.Run(name+"/List/"+c, func(t *testing.T) { run(t, fresh(t, open)) })
	}
}

// seed inserts n invented rows from several goroutines.
func (l listing[T, R, F]) seed(t *testing.T, s store.Store, r *rand.Rand, n int) []*T {
	t.Helper()
	rows := make([]*T, n)
	for i := range rows {
		rows[i] = l.row(r, feedback.InteractionID("list", fmt.Sprint(i, r.Uint64())))
	}
	l.insertAll(t, s, rows)
	return rows
}

func (l listing[T, R, F]) insertAll(t *testing.T, s store.Store, rows []*T) {
	t.Helper()
	errs := race(racers, func(part int) error {
		for i := part; i < len(rows); i += racers {
			if err := l.table(s).Insert(context.Background(), rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatalf("Insert: %v", err)
	}
}

// want is the slow answer: all rows that match, in order, ties by ID.
func (l listing[T, R, F]) want(rows []*T, f F) []*T {
	var out []*T
	for _, row := range rows {
		if l.match(f, row) {
			out = append(out, row)
		}
	}
	slices.SortFunc(out, func(a, b *T) int {
		return cmp.Or(l.order(f, a, b), cmp.Compare(R(a).Rec().ID, R(b).Rec().ID))
	})
	return out
}

// page reads one page.
func (l listing[T, R, F]) page(t *testing.T, s store.Store, f F, p store.Page) store.List[T] {
	t.Helper()
	got, err := l.list(s, context.Background(), f, p)
	if err != nil {
		t.Fatalf("List(%+v, %+v): %v", f, p, err)
	}
	if len(got.Items) > p.Bound() {
		t.Fatalf("List(%+v, %+v) returned %d rows", f, p, len(got.Items))
	}
	return got
}

// walk reads a list to its end in pages of limit.
func (l listing[T, R, F]) walk(t *testing.T, s store.Store, f F, limit int) []*T {
	t.Helper()
	var all []*T
	p := store.Page{Limit: limit}
	for {
		got := l.page(t, s, f, p)
		all = append(all, got.Items...)
		if got.Next == "" {
			return all
		}
		if len(got.Items) == 0 || len(all) > 10_000 {
			t.Fatalf("List(%+v, %+v): a next page again after %d rows, %d of them on this one", f, p, len(all), len(got.Items))
		}
		p.After = got.Next
	}
}

func ids[T any, R store.Row[T]](rows []*T) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = R(row).Rec().ID
	}
	return out
}

func (l listing[T, R, F]) everyFilter(t *testing.T, s store.Store) {
	r := random(t)
	rows := l.seed(t, s, r, 300)
	like := rows[slices.IndexFunc(rows, l.full)]
	for _, f := range l.filters(r, like) {
		want := l.want(rows, f)
		if len(want) == 0 {
			t.Fatalf("the filter %+v matches none of the case's rows", f)
		}
		limit := 1 + r.IntN(len(want)+2)
		if len(want) > 20 {
			limit = max(limit, len(want)/5)
		}
		if d := diff(ids[T, R](want), ids[T, R](l.walk(t, s, f, limit))); d != "" {
			t.Fatalf("List(%+v) in pages of %d:\n%s", f, limit, d)
		}
	}
}

// stable inserts and deletes around a reader that is between two pages.
func (l listing[T, R, F]) stable(t *testing.T, s store.Store) {
	r := random(t)
	rows := l.seed(t, s, r, 40)
	for _, row := range rows[1:] {
		id := R(row).Rec().ID
		*row = *rows[0]
		R(row).Rec().ID = id
		save(t, l.table(s), row)
	}
	f := l.all(rows[0])
	want := ids[T, R](l.want(rows, f))
	first := l.page(t, s, f, store.Page{Limit: 15})
	if d := diff(want[:15], ids[T, R](first.Items)); d != "" {
		t.Fatalf("first page, all times tied:\n%s", d)
	}
	before, after := *rows[0], *rows[0]
	R(&before).Rec().ID, R(&after).Rec().ID = want[3]+"0", want[33]+"0"
	insert(t, l.table(s), &before)
	insert(t, l.table(s), &after)
	if err := l.table(s).Delete(context.Background(), want[14]); err != nil {
		t.Fatalf("Delete of the row that the cursor names: %v", err)
	}
	rest := l.page(t, s, f, store.Page{Limit: 100, After: first.Next})
	if d := diff(slices.Insert(slices.Clone(want[15:]), 34-15, want[33]+"0"), ids[T, R](rest.Items)); d != "" {
		t.Errorf("the rest after an insert before the cursor, one after it, and the loss of its row:\n%s", d)
	}
	if rest.Next != "" {
		t.Errorf("the last page has a next one: %q", rest.Next)
	}
}

func (l listing[T, R, F]) bounds(t *testing.T, s store.Store) {
	r := random(t)
	one := l.row(r, "0")
	rows := make([]*T, 1003)
	for i := range rows {
		rows[i] = new(T)
		*rows[i] = *one
		R(rows[i]).Rec().ID = fmt.Sprintf("%04d", i)
	}
	l.insertAll(t, s, rows)
	f := l.all(one)
	for limit, want := range map[int]int{0: 100, 1: 1, 999: 999, 1000: 1000, 5000: 1000, -1: 100} {
		got := l.page(t, s, f, store.Page{Limit: limit})
		if len(got.Items) != want || got.Next == "" {
			t.Errorf("Limit %d of 1003 rows: %d rows, next %q; want %d", limit, len(got.Items), got.Next, want)
		}
	}
	half := l.page(t, s, f, store.Page{Limit: 1000})
	if rest := l.page(t, s, f, store.Page{Limit: 3, After: half.Next}); len(rest.Items) != 3 || rest.Next != "" {
		t.Errorf("a last page that is just full: %d rows, next %q; want 3 and the end", len(rest.Items), rest.Next)
	}
}

func (l listing[T, R, F]) badCursor(t *testing.T, s store.Store) {
	r := random(t)
	rows := l.seed(t, s, r, 3)
	for _, after := range []string{"x", "!", "eA", "0", "' OR 1=1 --"} {
		_, err := l.list(s, context.Background(), l.all(rows[0]), store.Page{After: after})
		if !errors.Is(err, store.ErrCursor) {
			t.Errorf("After %q: %v, want ErrCursor", after, err)
		}
	}
}

func (l listing[T, R, F]) endedContext(t *testing.T, s store.Store) {
	rows := l.seed(t, s, random(t), 3)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.list(s, ctx, l.all(rows[0]), store.Page{}); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v, want Canceled", err)
	}
}

// whole sees that a list hands out what Get does, and nothing to whom nothing belongs.
func (l listing[T, R, F]) whole(t *testing.T, s store.Store) {
	r := random(t)
	lone := l.row(r, "lone")
	f := l.all(lone)
	if got := l.page(t, s, f, store.Page{}); len(got.Items) != 0 || got.Next != "" {
		t.Errorf("an empty store lists %d rows, next %q", len(got.Items), got.Next)
	}
	insert(t, l.table(s), lone)
	R(lone).Rec().Next(base().Add(time.Hour))
	save(t, l.table(s), lone)
	got := l.page(t, s, f, store.Page{})
	if d := diff([]*T{get(t, l.table(s), "lone")}, got.Items); d != "" {
		t.Errorf("List against Get:\n%s", d)
	}
}
