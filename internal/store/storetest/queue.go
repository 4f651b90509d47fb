package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// queueCase is a case of what every group of rows that are work offers.
type queueCase[T any, R store.Row[T]] struct {
	name string
	run  func(t *testing.T, q store.Queue[T])
}

// queue runs the cases of store.Table and of store.Queue for one group.
func queue[T any, R store.Row[T]](t *testing.T, open Open, name string, of func(store.Store) store.Queue[T]) {
	table[T, R](t, open, name, func(s store.Store) store.Table[T] { return of(s) })
	cases := []queueCase[T, R]{
		{"nothing is due", nothingDue[T, R]},
		{"due from its moment on", dueMoment[T, R]},
		{"a claim writes the lease", claimWrites[T, R]},
		{"a lease runs out", leaseRunsOut[T, R]},
		{"a claim is a fence", claimFences[T, R]},
		{"a step ends", stepEnds[T, R]},
		{"a claim is bounded", claimBounded[T, R]},
		{"moments between milliseconds", betweenMillis[T, R]},
		{"an ended context does not claim", endedClaim[T, R]},
		{"no row is handed out twice", claimRace[T, R]},
		{"the next moment", nextMoment[T, R]},
	}
	for _, c := range cases {
		t.Run(name+"/"+c.name, func(t *testing.T) { c.run(t, of(fresh(t, open))) })
	}
}

// job is a row with every field set, due at due, that nobody has claimed.
func job[T any, R store.Row[T]](t *testing.T, id string, due time.Time) *T {
	t.Helper()
	row := made[T, R](t, rand.New(rand.NewPCG(1, uint64(len(id)))), id)
	rec := R(row).Rec()
	rec.Due, rec.Lease, rec.Started, rec.Attempts = due, feedback.Lease{}, time.Time{}, 0
	return row
}

func claim[T any](t *testing.T, q store.Queue[T], holder string, now time.Time, limit int) []*T {
	t.Helper()
	rows, err := q.Claim(context.Background(), store.Claim{Holder: holder, Now: now, Lease: time.Minute, Limit: limit})
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	if len(rows) > limit {
		t.Fatalf("Claim handed out %d rows, limit %d", len(rows), limit)
	}
	return rows
}

// claimOne claims the only due row.
func claimOne[T any](t *testing.T, q store.Queue[T], holder string, now time.Time) *T {
	t.Helper()
	rows := claim(t, q, holder, now, 10)
	if len(rows) != 1 {
		t.Fatalf("Claim at %v handed out %d rows, want 1", now, len(rows))
	}
	return rows[0]
}

func claimNone[T any](t *testing.T, q store.Queue[T], now time.Time) {
	t.Helper()
	if rows := claim(t, q, "nobody", now, 10); len(rows) != 0 {
		t.Fatalf("Claim at %v handed out %d rows, want none", now, len(rows))
	}
}

func wantNextDue[T any](t *testing.T, q store.Queue[T], want time.Time) {
	t.Helper()
	got, err := q.NextDue(context.Background())
	if err != nil {
		t.Fatalf("NextDue: %v", err)
	}
	if d := diff(want, got); d != "" {
		t.Fatalf("NextDue:\n%s", d)
	}
}

func nothingDue[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	claimNone(t, q, base())
	wantNextDue(t, q, time.Time{})
	idle := job[T, R](t, "idle", time.Time{})
	insert(t, q, idle)
	leased := job[T, R](t, "leased, but not due", time.Time{})
	R(leased).Rec().Lease = feedback.Lease{Holder: "somebody", Until: base().Add(-time.Hour)}
	insert(t, q, leased)
	claimNone(t, q, base())
	wantNextDue(t, q, time.Time{})
	if d := diff(idle, get(t, q, "idle")); d != "" {
		t.Errorf("Claim wrote a row that was not due:\n%s", d)
	}
}

func dueMoment[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	insert(t, q, job[T, R](t, "row", base()))
	claimNone(t, q, base().Add(-time.Millisecond))
	wantNextDue(t, q, base())
	claimOne(t, q, "a", base())
}

func claimWrites[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	want := job[T, R](t, "row", base())
	insert(t, q, want)
	now := base().Add(time.Hour)
	got := claimOne(t, q, "worker a", now)
	rec := R(want).Rec()
	rec.Rev, rec.Attempts, rec.Started = 2, 1, now
	rec.Lease = feedback.Lease{Holder: "worker a", Until: now.Add(time.Minute)}
	if d := diff(want, got); d != "" {
		t.Errorf("Claim:\n%s", d)
	}
	if d := diff(want, get(t, q, "row")); d != "" {
		t.Errorf("Get after Claim:\n%s", d)
	}
}

func leaseRunsOut[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	insert(t, q, job[T, R](t, "row", base()))
	first := claimOne(t, q, "a", base())
	until := base().Add(time.Minute)
	claimNone(t, q, base())
	claimNone(t, q, until.Add(-time.Millisecond))
	wantNextDue(t, q, until)
	second := claimOne(t, q, "b", until)
	want := *first
	rec := R(&want).Rec()
	rec.Rev, rec.Attempts, rec.Lease = 3, 2, feedback.Lease{Holder: "b", Until: until.Add(time.Minute)}
	if d := diff(&want, second); d != "" {
		t.Errorf("second Claim (Started stays, Attempts counts):\n%s", d)
	}
}

func claimFences[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	ctx := context.Background()
	insert(t, q, job[T, R](t, "row", base()))
	reader := get(t, q, "row")
	first := claimOne(t, q, "a", base())
	if err := q.Save(ctx, reader); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Save of what was read before the claim: %v, want ErrConflict", err)
	}
	second := claimOne(t, q, "b", base().Add(2*time.Minute))
	if err := q.Save(ctx, first); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Save by the worker that lost its lease: %v, want ErrConflict", err)
	}
	R(second).Rec().Next(time.Time{})
	save(t, q, second)
	if d := diff(second, get(t, q, "row")); d != "" {
		t.Errorf("Get after the successor's Save:\n%s", d)
	}
}

func stepEnds[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	insert(t, q, job[T, R](t, "row", base()))
	row := claimOne(t, q, "a", base())
	again := base().Add(10 * time.Second)
	R(row).Rec().Retry(again, "the mail server did not answer")
	save(t, q, row)
	claimNone(t, q, again.Add(-time.Millisecond))
	wantNextDue(t, q, again)
	row = claimOne(t, q, "b", again)
	rec := R(row).Rec()
	if rec.Attempts != 2 || !rec.Started.Equal(base()) || rec.LastError != "the mail server did not answer" {
		t.Errorf("after a retry: Attempts %d, Started %v, LastError %q", rec.Attempts, rec.Started, rec.LastError)
	}
	tomorrow := base().AddDate(0, 0, 1)
	rec.Next(tomorrow)
	save(t, q, row)
	wantNextDue(t, q, tomorrow)
	claimNone(t, q, tomorrow.Add(-time.Millisecond))
	row = claimOne(t, q, "c", tomorrow)
	if rec := R(row).Rec(); rec.Attempts != 1 || !rec.Started.Equal(tomorrow) {
		t.Errorf("a new step: Attempts %d, Started %v", rec.Attempts, rec.Started)
	}
	R(row).Rec().Next(time.Time{})
	save(t, q, row)
	claimNone(t, q, tomorrow.AddDate(1, 0, 0))
	insert(t, q, job[T, R](t, "deleted", base()))
	if err := q.Delete(context.Background(), "deleted"); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	claimNone(t, q, base())
	wantNextDue(t, q, time.Time{})
}

func claimBounded[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	const n = 25
	for i := range n {
		insert(t, q, job[T, R](t, fmt.Sprintf("row %d", i), base().Add(-time.Duration(i)*time.Second)))
	}
	insert(t, q, job[T, R](t, "tomorrow", base().AddDate(0, 0, 1)))
	seen := map[string]bool{}
	for {
		rows := claim(t, q, "a", base(), 4)
		if len(rows) == 0 {
			break
		}
		for _, row := range rows {
			id := R(row).Rec().ID
			if seen[id] {
				t.Fatalf("%s was handed out twice", id)
			}
			seen[id] = true
		}
	}
	if len(seen) != n || seen["tomorrow"] {
		t.Errorf("claims handed out %d rows, want the %d due ones: %v", len(seen), n, seen)
	}
}

func betweenMillis[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	insert(t, q, job[T, R](t, "row", base().Add(time.Millisecond)))
	claimNone(t, q, base().Add(time.Millisecond-time.Nanosecond))
	row := claimOne(t, q, "a", base().Add(time.Millisecond+time.Microsecond).In(time.FixedZone("abroad", 3600)))
	want := *row
	retime(reflect.ValueOf(&want).Elem(), feedback.UTC)
	if d := diff(&want, row); d != "" {
		t.Errorf("Claim:\n%s", d)
	}
	if d := diff(row, get(t, q, "row")); d != "" {
		t.Errorf("Get after Claim:\n%s", d)
	}
}

func endedClaim[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	row := job[T, R](t, "row", base())
	insert(t, q, row)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := q.Claim(ctx, store.Claim{Holder: "a", Now: base(), Lease: time.Minute, Limit: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("Claim: %v, want Canceled", err)
	}
	if _, err := q.NextDue(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("NextDue: %v, want Canceled", err)
	}
	if d := diff(row, get(t, q, "row")); d != "" {
		t.Errorf("the cancelled Claim wrote:\n%s", d)
	}
}

// claimRace lets workers drain a queue while others insert into it.
func claimRace[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	const perRacer = 8
	rows := make([][]*T, racers)
	for i := range rows {
		for j := range perRacer {
			rows[i] = append(rows[i], job[T, R](t, fmt.Sprintf("row %d of %d", j, i), base()))
		}
	}
	var mu sync.Mutex
	seen := map[string]int{}
	take := func(holder string) (int, error) {
		got, err := q.Claim(context.Background(), store.Claim{Holder: holder, Now: base(), Lease: time.Minute, Limit: 5})
		mu.Lock()
		defer mu.Unlock()
		for _, row := range got {
			seen[R(row).Rec().ID]++
		}
		return len(got), err
	}
	errs := race(racers, func(i int) error {
		for _, row := range rows[i] {
			if err := q.Insert(context.Background(), row); err != nil {
				return err
			}
			if _, err := take(fmt.Sprint("worker ", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for n := 1; n > 0; {
		var err error
		if n, err = take("last"); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != racers*perRacer {
		t.Errorf("%d of %d rows were handed out", len(seen), racers*perRacer)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was handed out %d times", id, n)
		}
	}
}

// nextMoment compares NextDue with a slow look at random rows.
func nextMoment[T any, R store.Row[T]](t *testing.T, q store.Queue[T]) {
	r := random(t)
	var want time.Time
	for i := range 20 {
		row := job[T, R](t, fmt.Sprint("row ", i), base().Add(time.Duration(r.IntN(1000))*time.Second))
		rec := R(row).Rec()
		if r.IntN(2) == 0 {
			rec.Lease = feedback.Lease{Holder: "h", Until: base().Add(time.Duration(r.IntN(1000)) * time.Second)}
		}
		ready := rec.Due
		if rec.Lease.Until.After(ready) {
			ready = rec.Lease.Until
		}
		want = feedback.Earliest(want, ready)
		insert(t, q, row)
		wantNextDue(t, q, want)
	}
	claimNone(t, q, want.Add(-time.Millisecond))
	if len(claim(t, q, "a", want, 30)) == 0 {
		t.Error("nothing was claimable at the moment that NextDue named")
	}
}
