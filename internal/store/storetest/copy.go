package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// scans goes through a table in small steps.
func scans[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	want := map[string]*T{}
	var ids []string
	for i := range 23 {
		id := feedback.InteractionID("scan", fmt.Sprint(i))
		row := made[T, R](t, r, id)
		insert(t, table, row)
		want[id] = row
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var got []string
	for after := ""; ; {
		rows, err := table.Scan(context.Background(), after, 5)
		if err != nil {
			t.Fatalf("Scan: %v", err)
		}
		if len(rows) > 5 {
			t.Fatalf("Scan returned %d rows, 5 were asked for", len(rows))
		}
		for _, row := range rows {
			after = R(row).Rec().ID
			got = append(got, after)
			if d := diff(want[after], row); d != "" {
				t.Errorf("Scan of %s:\n%s", after, d)
			}
		}
		if len(rows) == 0 {
			break
		}
	}
	if !slices.Equal(got, ids) {
		t.Errorf("Scan went through %v, want %v", got, ids)
	}
}

// puts writes over a row and beside it, twice.
func puts[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r, ctx := random(t), context.Background()
	old := made[T, R](t, r, "taken")
	insert(t, table, old)
	rows := []*T{made[T, R](t, r, "taken"), made[T, R](t, r, "new")}
	for i, row := range rows {
		R(row).Rec().Rev = int64(40 + i)
	}
	for range 2 { // once more changes nothing
		if err := table.Put(ctx, rows); err != nil {
			t.Fatalf("Put: %v", err)
		}
		for _, want := range rows {
			if d := diff(want, get(t, table, R(want).Rec().ID)); d != "" {
				t.Errorf("Get after Put:\n%s", d)
			}
		}
	}
	if err := table.Put(ctx, nil); err != nil {
		t.Errorf("Put of nothing: %v", err)
	}
	if err := table.Save(ctx, rows[0]); err != nil {
		t.Errorf("Save from the revision that Put wrote: %v", err)
	}
}
