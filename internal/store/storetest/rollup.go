package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func rollups(t *testing.T, open Open) {
	cases := map[string]func(*testing.T, store.Rollups){
		"MarkDirty/inserts what is missing":       markInserts,
		"MarkDirty/wakes what is clean":           markWakes,
		"MarkDirty/leaves what is due":            markLeaves,
		"MarkDirty/fences what is being computed": markFences,
		"MarkDirty/many at once":                  markMany,
		"MarkDirty/an ended context":              markEnded,
		"MarkDirty/no mark is lost":               markRace,
		"Range/every filter":                      rangeFilters,
		"Range/an ended context":                  rangeEnded,
	}
	for name, run := range cases {
		t.Run("Rollups/"+name, func(t *testing.T) { run(t, fresh(t, open).Rollups()) })
	}
}

// leaf is the figures of an agent's day, without any figure.
func leaf(agent, day string) feedback.Rollup {
	return feedback.Rollup{
		Record: feedback.Record{ID: feedback.RollupID(feedback.ScopeAgent, agent, "t1", "csat", day)},
		Scope:  feedback.ScopeAgent, Name: agent, Team: "t1", Survey: "csat", Metric: feedback.CSAT, Day: day,
	}
}

func mark(t *testing.T, q store.Rollups, due time.Time, rows ...feedback.Rollup) {
	t.Helper()
	if err := q.MarkDirty(context.Background(), rows, due, base()); err != nil {
		t.Fatalf("MarkDirty: %v", err)
	}
}

// computed stores a rollup with figures that is not due.
func computed(t *testing.T, q store.Rollups, agent string) *feedback.Rollup {
	t.Helper()
	row := leaf(agent, "2026-03-01")
	row.Tally = feedback.Tally{Asked: 5, Answered: 3, Labels: map[string]int64{"negative": 2}}
	row.Tally.Scores[4] = 3
	insert(t, q, &row)
	return &row
}

func markInserts(t *testing.T, q store.Rollups) {
	given := leaf("sam", "2026-03-01")
	given.Tally.Asked = 7
	mark(t, q, base(), given)
	want := leaf("sam", "2026-03-01")
	want.Rev, want.Due = 1, base()
	if d := diff(&want, get(t, q, want.ID)); d != "" {
		t.Errorf("a new dirty rollup (the figures are not the marker's to write):\n%s", d)
	}
}

func markWakes(t *testing.T, q store.Rollups) {
	want := computed(t, q, "idle")
	mark(t, q, base(), leaf("idle", "2026-03-01"))
	want.Rev, want.Due = 2, base()
	if d := diff(want, get(t, q, want.ID)); d != "" {
		t.Errorf("a clean rollup, marked:\n%s", d)
	}
	mark(t, q, base().Add(-time.Minute), leaf("idle", "2026-03-01"))
	want.Rev, want.Due = 3, base().Add(-time.Minute)
	if d := diff(want, get(t, q, want.ID)); d != "" {
		t.Errorf("a rollup due later, marked:\n%s", d)
	}
}

func markLeaves(t *testing.T, q store.Rollups) {
	row := computed(t, q, "due")
	row.Due = base()
	save(t, q, row)
	mark(t, q, base(), leaf("due", "2026-03-01"))
	mark(t, q, base().Add(time.Minute), leaf("due", "2026-03-01"))
	if d := diff(row, get(t, q, row.ID)); d != "" {
		t.Errorf("a rollup that was due before, marked:\n%s", d)
	}
}

func markFences(t *testing.T, q store.Rollups) {
	for name, now := range map[string]time.Time{"while its lease runs": base(), "after its lease ran out": base().Add(-time.Hour)} {
		row := leaf(name, "2026-03-01")
		row.Due = base().Add(-2 * time.Hour)
		insert(t, q, &row)
		worker := claimOne(t, q, "worker", now)
		due := base().Add(time.Second)
		mark(t, q, due, leaf(name, "2026-03-01"))
		marked := get(t, q, row.ID)
		if marked.Rev != worker.Rev+1 || !marked.Due.Equal(due) || marked.Lease != (feedback.Lease{}) {
			t.Errorf("%s: marked to Rev %d, Due %v, Lease %v", name, marked.Rev, marked.Due, marked.Lease)
		}
		worker.Next(time.Time{})
		if err := q.Save(context.Background(), worker); !errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: Save of figures that are out of date: %v, want ErrConflict", name, err)
		}
		claimNone(t, q, due.Add(-time.Millisecond))
		again := claimOne(t, q, "worker", due)
		again.Next(time.Time{})
		save(t, q, again)
	}
}

func markMany(t *testing.T, q store.Rollups) {
	mark(t, q, base())
	var rows []feedback.Rollup
	for i := range 300 {
		rows = append(rows, leaf(fmt.Sprint("agent ", i%150), "2026-03-01")) // each one twice
	}
	row := rows[3]
	insert(t, q, &row)
	mark(t, q, base(), rows...)
	for i, given := range rows[:150] {
		got, want := get(t, q, given.ID), int64(1)
		if i == 3 {
			want = 2
		}
		if !got.Due.Equal(base()) || got.Rev != want {
			t.Errorf("row %d of many: Due %v, Rev %d; want Rev %d", i, got.Due, got.Rev, want)
		}
	}
}

func markEnded(t *testing.T, q store.Rollups) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	row := leaf("sam", "2026-03-01")
	if err := q.MarkDirty(ctx, []feedback.Rollup{row}, base(), base()); !errors.Is(err, context.Canceled) {
		t.Errorf("MarkDirty: %v, want Canceled", err)
	}
	if _, err := q.Get(context.Background(), row.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get after a cancelled MarkDirty: %v, want ErrNotFound", err)
	}
}

// markRace lets writers raise a number and mark the day, while workers copy the number into the
// figures. When all marks are worked off the figures know the last number: none was lost.
func markRace(t *testing.T, q store.Rollups) {
	const day = "2026-03-01"
	ctx := context.Background()
	source := leaf("the raw truth", day)
	insert(t, q, &source)
	work := func() (bool, error) {
		rows, err := q.Claim(ctx, store.Claim{Holder: "w", Now: base(), Lease: time.Minute, Limit: 1})
		if err != nil || len(rows) == 0 {
			return false, err
		}
		truth, err := q.Get(ctx, source.ID)
		if err != nil {
			return true, err
		}
		rows[0].Tally.Asked = truth.Tally.Asked
		rows[0].Next(time.Time{})
		if err := q.Save(ctx, rows[0]); err != nil && !errors.Is(err, store.ErrConflict) {
			return true, err
		}
		return true, nil
	}
	errs := race(racers, func(i int) error {
		if i%2 == 0 {
			_, err := work()
			return err
		}
		_, err := store.Update(ctx, store.Table[feedback.Rollup](q), source.ID, func(r *feedback.Rollup) error {
			r.Tally.Asked++
			return nil
		})
		if err != nil {
			return err
		}
		return q.MarkDirty(ctx, []feedback.Rollup{leaf("sam", day)}, base(), base())
	})
	for more := true; more; {
		var err error
		more, err = work()
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if got := get(t, q, leaf("sam", day).ID).Tally.Asked; got != racers/2 {
		t.Errorf("the figures know %d of %d", got, racers/2)
	}
}

func rangeFilters(t *testing.T, q store.Rollups) {
	r := random(t)
	var rows []*feedback.Rollup
	for _, scope := range []string{feedback.ScopeAgent, feedback.ScopeChannel} {
		for _, name := range []string{"", "a1", "a2", "b"} {
			for _, survey := range []string{"csat", "nps"} {
				for day := 1; day <= 9; day++ {
					date := fmt.Sprintf("2026-02-%02d", day+20)
					team := pick(r, "t1", "t2")
					rows = append(rows, &feedback.Rollup{Record: feedback.Record{ID: feedback.RollupID(scope, name, team, survey, date)},
						Scope: scope, Name: name, Team: team, Survey: survey, Day: date, Tally: feedback.Tally{Asked: r.Int64()}})
				}
			}
		}
	}
	for _, i := range r.Perm(len(rows)) {
		insert(t, q, rows[i])
	}
	like := rows[r.IntN(len(rows))]
	for _, f := range combine(
		func(f *store.RollupFilter) { f.Name = like.Name },
		func(f *store.RollupFilter) { f.Team = like.Team },
		func(f *store.RollupFilter) { f.Survey = like.Survey },
		func(f *store.RollupFilter) { f.From = max("2026-02-23", f.From) }) {
		f.Scope, f.From, f.To = like.Scope, max(f.From, "2026-02-21"), pick(r, like.Day, "2026-02-28", "2026-12-31")
		if f.To < f.From {
			f.From = f.To
		}
		got, err := q.Range(context.Background(), f)
		if err != nil {
			t.Fatalf("Range(%+v): %v", f, err)
		}
		if d := diff(wantRange(rows, f), got); d != "" {
			t.Errorf("Range(%+v):\n%s", f, d)
		}
	}
	none, err := q.Range(context.Background(), store.RollupFilter{Scope: "topic", From: "2026-01-01", To: "2026-12-31"})
	if err != nil || len(none) != 0 {
		t.Errorf("Range of a scope without rows: %d rows, %v", len(none), err)
	}
}

// wantRange is the slow answer.
func wantRange(rows []*feedback.Rollup, f store.RollupFilter) []*feedback.Rollup {
	var out []*feedback.Rollup
	for _, v := range rows {
		if v.Scope == f.Scope && is(f.Name, v.Name) && is(f.Team, v.Team) && is(f.Survey, v.Survey) && f.From <= v.Day && v.Day <= f.To {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b *feedback.Rollup) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Survey, b.Survey), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func rangeEnded(t *testing.T, q store.Rollups) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := q.Range(ctx, store.RollupFilter{Scope: "all", From: "2026-01-01", To: "2026-12-31"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Range: %v, want Canceled", err)
	}
}
