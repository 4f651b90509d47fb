package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// tableCase is a case of what every group of rows offers.
type tableCase[T any, R store.Row[T]] struct {
	name string
	run  func(t *testing.T, table store.Table[T])
}

// table runs the cases of store.Table for one group.
func table[T any, R store.Row[T]](t *testing.T, open Open, name string, of func(store.Store) store.Table[T]) {
	cases := []tableCase[T, R]{
		{"keeps every field", keepsFields[T, R]},
		{"keeps nothing but zero", keepsZero[T, R]},
		{"keeps times as feedback.UTC yields them", keepsTimes[T, R]},
		{"insert of a taken id", insertTaken[T, R]},
		{"get of nothing", getNothing[T, R]},
		{"save replaces and counts", saveReplaces[T, R]},
		{"save from an old revision", saveStale[T, R]},
		{"save of nothing", saveNothing[T, R]},
		{"delete", deletes[T, R]},
		{"ids are exact", exactIDs[T, R]},
		{"rows belong to the caller", ownRows[T, R]},
		{"an ended context", endedContext[T, R]},
		{"scan goes through all rows by id", scans[T, R]},
		{"put writes rows as they are", puts[T, R]},
		{"one insert wins", insertRace[T, R]},
		{"one save wins", saveRace[T, R]},
		{"one delete wins", deleteRace[T, R]},
		{"no update is lost", updateRace[T, R]},
	}
	for _, c := range cases {
		t.Run(name+"/"+c.name, func(t *testing.T) { c.run(t, of(fresh(t, open))) })
	}
}

func keepsFields[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	for range 5 {
		row := made[T, R](t, r, feedback.InteractionID("keeps", filler{t, r}.text()+time.Duration(r.Int64()).String()))
		want := *row
		insert(t, table, row)
		R(&want).Rec().Rev = 1
		if d := diff(&want, row); d != "" {
			t.Fatalf("Insert changed more of the given row than Rev:\n%s", d)
		}
		if d := diff(&want, get(t, table, R(row).Rec().ID)); d != "" {
			t.Fatalf("Get after Insert:\n%s", d)
		}
	}
}

func keepsZero[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	for _, id := range []string{"nil pointers", "pointers to zero"} {
		row := new(T)
		if id == "pointers to zero" {
			pointers(reflect.ValueOf(row).Elem())
		}
		R(row).Rec().ID = id
		insert(t, table, row)
		if d := diff(row, get(t, table, id)); d != "" {
			t.Errorf("%s: Get after Insert:\n%s", id, d)
		}
	}
}

func keepsTimes[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	row := made[T, R](t, r, "times")
	abroad := time.FixedZone("abroad", 5*3600+1800)
	retime(reflect.ValueOf(row).Elem(), func(at time.Time) time.Time {
		return at.Add(time.Duration(r.IntN(1e6))).In(abroad)
	})
	insert(t, table, row)
	want := *row
	retime(reflect.ValueOf(&want).Elem(), feedback.UTC)
	if d := diff(&want, get(t, table, "times")); d != "" {
		t.Errorf("Get after Insert:\n%s", d)
	}
}

func insertTaken[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	first := made[T, R](t, r, "taken")
	insert(t, table, first)
	if err := table.Insert(context.Background(), made[T, R](t, r, "taken")); !errors.Is(err, store.ErrExists) {
		t.Errorf("second Insert: %v, want ErrExists", err)
	}
	if d := diff(first, get(t, table, "taken")); d != "" {
		t.Errorf("the second Insert changed the row:\n%s", d)
	}
}

func getNothing[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	insert(t, table, made[T, R](t, random(t), "other"))
	row, err := table.Get(context.Background(), "nothing")
	if !errors.Is(err, store.ErrNotFound) || row != nil {
		t.Errorf("Get = %v, %v; want nil, ErrNotFound", row, err)
	}
}

func saveReplaces[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	insert(t, table, made[T, R](t, r, "row"))
	insert(t, table, made[T, R](t, r, "bystander"))
	bystander := get(t, table, "bystander")
	zero := new(T)
	R(zero).Rec().ID = "row"
	for rev, row := range []*T{made[T, R](t, r, "row"), zero, made[T, R](t, r, "row")} {
		R(row).Rec().Rev = int64(rev + 1)
		want := *row
		save(t, table, row)
		R(&want).Rec().Rev = int64(rev + 2)
		if d := diff(&want, row); d != "" {
			t.Fatalf("Save changed more of the given row than Rev:\n%s", d)
		}
		if d := diff(&want, get(t, table, "row")); d != "" {
			t.Fatalf("Get after Save from revision %d:\n%s", rev+1, d)
		}
	}
	if d := diff(bystander, get(t, table, "bystander")); d != "" {
		t.Errorf("Save changed another row:\n%s", d)
	}
}

func saveStale[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	insert(t, table, made[T, R](t, r, "row"))
	stale, current := get(t, table, "row"), get(t, table, "row")
	save(t, table, current)
	for _, rev := range []int64{1, 0, 3, -1} {
		R(stale).Rec().Rev = rev
		if err := table.Save(context.Background(), stale); !errors.Is(err, store.ErrConflict) {
			t.Errorf("Save from revision %d of 2: %v, want ErrConflict", rev, err)
		}
		if got := R(stale).Rec().Rev; got != rev {
			t.Errorf("a refused Save changed the given Rev from %d to %d", rev, got)
		}
	}
	if d := diff(current, get(t, table, "row")); d != "" {
		t.Errorf("a refused Save wrote:\n%s", d)
	}
}

func saveNothing[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	for _, rev := range []int64{0, 1} {
		row := made[T, R](t, r, "never")
		R(row).Rec().Rev = rev
		if err := table.Save(context.Background(), row); !errors.Is(err, store.ErrConflict) {
			t.Errorf("Save of a row that never was, from revision %d: %v, want ErrConflict", rev, err)
		}
	}
	gone := made[T, R](t, r, "gone")
	insert(t, table, gone)
	if err := table.Delete(context.Background(), "gone"); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	if err := table.Save(context.Background(), gone); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Save of a deleted row: %v, want ErrConflict", err)
	}
	for _, id := range []string{"never", "gone"} {
		if _, err := table.Get(context.Background(), id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get(%q) after refused Save: %v, want ErrNotFound", id, err)
		}
	}
}

func deletes[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	ctx, r := context.Background(), random(t)
	if err := table.Delete(ctx, "row"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Delete of nothing: %v, want ErrNotFound", err)
	}
	row := made[T, R](t, r, "row")
	insert(t, table, row)
	insert(t, table, made[T, R](t, r, "bystander"))
	save(t, table, row)
	if err := table.Delete(ctx, "row"); err != nil {
		t.Fatalf("Delete at revision 2: %v", err)
	}
	if _, err := table.Get(ctx, "row"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get after Delete: %v, want ErrNotFound", err)
	}
	if err := table.Delete(ctx, "row"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("second Delete: %v, want ErrNotFound", err)
	}
	get(t, table, "bystander")
	again := made[T, R](t, r, "row")
	insert(t, table, again)
	if d := diff(again, get(t, table, "row")); d != "" {
		t.Errorf("Get after a second life:\n%s", d)
	}
}

func exactIDs[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	long := make([]byte, 500)
	for i := range long {
		long[i] = byte('a' + i%26)
	}
	ids := []string{"a", "A", "a ", " a", "aa", "é", "e\u0301", "😀", `'"\`, "%", "_", "a/b", "a.b", "$a", "0", "00", "mara@example.com",
		feedback.InteractionID("zendesk", "1"), string(long), string(long) + "!"}
	r := random(t)
	rows := map[string]*T{}
	for _, id := range ids {
		rows[id] = made[T, R](t, r, id)
		insert(t, table, rows[id])
	}
	for _, id := range ids {
		if d := diff(rows[id], get(t, table, id)); d != "" {
			t.Errorf("Get(%q):\n%s", id, d)
		}
	}
}

func ownRows[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	row := made[T, R](t, random(t), "row")
	insert(t, table, row)
	want := get(t, table, "row")
	scribble(reflect.ValueOf(row).Elem())
	scribbled := get(t, table, "row")
	if d := diff(want, scribbled); d != "" {
		t.Errorf("the store kept the row handed in:\n%s", d)
	}
	scribble(reflect.ValueOf(scribbled).Elem())
	if d := diff(want, get(t, table, "row")); d != "" {
		t.Errorf("the store kept the row handed out:\n%s", d)
	}
}

func endedContext[T any, R store.Row[T]](t *testing.T, table store.Table[T]) {
	r := random(t)
	row := made[T, R](t, r, "row")
	insert(t, table, row)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	late, stop := context.WithDeadline(context.Background(), base().AddDate(-10, 0, 0))
	defer stop()
	for want, ctx := range map[error]context.Context{context.Canceled: cancelled, context.DeadlineExceeded: late} {
		_, got := table.Get(ctx, "row")
		_, scanned := table.Scan(ctx, "", 1)
		calls := map[string]error{
			"Get": got, "Scan": scanned, "Put": table.Put(ctx, []*T{made[T, R](t, r, "row")}), "Insert": table.Insert(ctx, made[T, R](t, r, "new")),
			"Save": table.Save(ctx, row), "Delete": table.Delete(ctx, "row"),
		}
		for call, err := range calls {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", call, err, want)
			}
		}
	}
	if d := diff(row, get(t, table, "row")); d != "" {
		t.Errorf("a call with an ended context wrote:\n%s", d)
	}
}
