package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"earshot/internal/store"
)

// racers is how many goroutines meet on one row.
const racers = 16

// race runs n calls at once and returns their errors.
func race(n int, call func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	done.Wait()
	return errs
}

// winner returns the index of the one call that succeeded; every other one must have lost with lost.
func winner(t *testing.T, errs []error, lost error) int {
	t.Helper()
	won := -1
	for i, err := range errs {
		switch {
		case err == nil && won >= 0:
			t.Fatalf("calls %d and %d both won", won, i)
		case err == nil:
			won = i
		case !errors.Is(err, lost):
			t.Fatalf("call %d: %v, want %v", i, err, lost)
		}
	}
	if won < 0 {
		t.Fatal("no call won")
	}
	return won
}

func insertRace[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	rows := make([]*T, racers)
	for i := range rows {
		rows[i] = made[T, R](t, r, "row")
	}
	errs := race(racers, func(i int) error { return table.Insert(context.Background(), rows[i]) })
	won := winner(t, errs, store.ErrExists)
	if d := diff(rows[won], get(t, table, "row")); d != "" {
		t.Errorf("the row is not the winner's:\n%s", d)
	}
}

func saveRace[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	insert(t, table, made[T, R](t, r, "row"))
	for rev := int64(1); rev <= 3; rev++ {
		rows := make([]*T, racers)
		for i := range rows {
			rows[i] = made[T, R](t, r, "row")
			R(rows[i]).Rec().Rev = rev
		}
		errs := race(racers, func(i int) error { return table.Save(context.Background(), rows[i]) })
		won := winner(t, errs, store.ErrConflict)
		if d := diff(rows[won], get(t, table, "row")); d != "" {
			t.Errorf("revision %d is not the winner's:\n%s", rev+1, d)
		}
	}
}

func deleteRace[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	insert(t, table, made[T, R](t, random(t), "row"))
	winner(t, race(racers, func(int) error { return table.Delete(context.Background(), "row") }), store.ErrNotFound)
}

// updateRace counts in one row from many goroutines, each of which reads again when it lost.
func updateRace[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	row := made[T, R](t, random(t), "row")
	R(row).Rec().Attempts = 0
	insert(t, table, row)
	errs := race(racers, func(int) error {
		_, err := store.Update(context.Background(), table, "row", func(row *T) error {
			R(row).Rec().Attempts++
			return nil
		})
		return err
	})
	for i, err := range errs {
		if err != nil {
			t.Fatalf("update %d: %v", i, err)
		}
	}
	rec := R(get(t, table, "row")).Rec()
	if rec.Attempts != racers || rec.Rev != racers+1 {
		t.Errorf("after %d updates: counted %d, revision %d", racers, rec.Attempts, rec.Rev)
	}
}
