package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

func openAt(t testing.TB, folder string) *Store {
	t.Helper()
	s, err := Open(context.Background(), folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openNew(t testing.TB) *Store {
	t.Helper()
	return openAt(t, t.TempDir())
}

func closeStore(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// person is a small row.
func person(id string) *feedback.Person {
	return &feedback.Person{Record: feedback.Record{ID: id}, Name: "Mara Lind"}
}

func TestContract(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	folder := t.TempDir()
	closeStore(t, openAt(t, folder))
	empty, err := os.ReadFile(filepath.Join(folder, fileName))
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, func(t *testing.T) store.Store {
		t.Parallel()
		folder := t.TempDir() // a copy of an empty store saves making its tables each time
		if err := os.WriteFile(filepath.Join(folder, fileName), empty, 0o600); err != nil {
			t.Fatal(err)
		}
		return openAt(t, folder)
	})
}

// TestFoldersNamedOddly opens the store where the name of the folder means something in a URI.
func TestFoldersNamedOddly(t *testing.T) {
	for _, name := range []string{"plain", "with space", "100%", "%41", "a?b=c", "a#b", "é 😀", "a&b;c", "it's"} {
		folder := filepath.Join(t.TempDir(), name, "deeper")
		closeStore(t, openAt(t, folder))
		if _, err := os.Stat(filepath.Join(folder, fileName)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestReopen(t *testing.T) {
	folder := t.TempDir()
	s := openAt(t, folder)
	if err := s.People().Insert(context.Background(), person("mara")); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	if left, err := filepath.Glob(filepath.Join(folder, "*-wal")); err != nil || len(left) != 0 {
		t.Errorf("Close left %v, %v", left, err)
	}
	s = openAt(t, folder)
	defer closeStore(t, s)
	if got, err := s.People().Get(context.Background(), "mara"); err != nil || got.Name != "Mara Lind" {
		t.Errorf("after opening again: %v, %v", got, err)
	}
}

func TestInUse(t *testing.T) {
	folder := t.TempDir()
	s := openAt(t, folder)
	_, err := Open(context.Background(), folder, Options{})
	if !errors.Is(err, store.ErrInUse) {
		t.Fatalf("second Open: %v, want ErrInUse", err)
	}
	for _, want := range []string{folder, fmt.Sprint("process ", os.Getpid())} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %q", err, want)
		}
	}
	closeStore(t, s)
	closeStore(t, openAt(t, folder))
}

// TestRefusedToOpen gives Open what it must not touch, and wants the reason in words.
func TestRefusedToOpen(t *testing.T) {
	defer goleak.VerifyNone(t)
	for name, c := range map[string]struct {
		prepare func(t *testing.T, folder string)
		want    string
	}{
		"a newer database":     {func(t *testing.T, folder string) { edit(t, folder, "PRAGMA user_version = 99") }, "newer Earshot"},
		"somebody else's mark": {func(t *testing.T, folder string) { edit(t, folder, "PRAGMA application_id = 7") }, "somebody else's"},
		"not a database":       {func(t *testing.T, folder string) { overwrite(t, folder, 0, 4096) }, "not a database"},
		"a damaged database":   {func(t *testing.T, folder string) { overwrite(t, folder, 100, 3000) }, "damaged"},
		"somebody else's file": {func(t *testing.T, folder string) {
			if err := os.Remove(filepath.Join(folder, fileName)); err != nil {
				t.Fatal(err)
			}
			edit(t, folder, "CREATE TABLE theirs (x)")
		}, "somebody else's"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			closeStore(t, openAt(t, folder))
			c.prepare(t, folder)
			before, err := os.ReadFile(filepath.Join(folder, fileName))
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(context.Background(), folder, Options{})
			if err == nil {
				closeStore(t, s)
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q does not say %q", err, c.want)
			}
			if after, err := os.ReadFile(filepath.Join(folder, fileName)); err != nil || string(after) != string(before) {
				t.Errorf("the refused file was changed: %v", err)
			}
		})
	}
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), blocked, Options{}); err == nil || !strings.Contains(err.Error(), "data folder") {
		t.Errorf("a file in the folder's place: %v", err)
	}
}

// edit changes a closed store behind its back.
func edit(t *testing.T, folder, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, fileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// overwrite damages a closed store from byte from on.
func overwrite(t *testing.T, folder string, from int64, n int) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(folder, fileName), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(strings.Repeat("damage! ", n/8)), from); err != nil {
		t.Fatal(err)
	}
}

// TestFullDisk lets the file grow no further, which SQLite reports like a full disk.
func TestFullDisk(t *testing.T) {
	s := openNew(t)
	defer closeStore(t, s)
	ctx := context.Background()
	if err := s.writer.do(ctx, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	var pages int
	if err := s.readers.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if _, err := s.writer.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 20)
	var kept []string
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		row := person(fmt.Sprint("person ", i))
		row.Name = strings.Repeat("x", 1000)
		if err = s.People().Insert(ctx, row); err == nil {
			kept = append(kept, row.ID)
		}
	}
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "the disk is full") {
		t.Fatalf("Insert on a full disk: %v, want ErrUnavailable in words", err)
	}
	limit(1 << 30)
	if err := s.Ping(ctx); err != nil {
		t.Errorf("Ping when there is room again: %v", err)
	}
	for _, id := range kept {
		if _, err := s.People().Get(ctx, id); err != nil {
			t.Errorf("an acknowledged row is gone: %v", err)
		}
	}
	if err := s.People().Insert(ctx, person("after")); err != nil {
		t.Errorf("Insert when there is room again: %v", err)
	}
}

func TestExpireRemoves(t *testing.T) {
	s := openNew(t)
	defer closeStore(t, s)
	ctx, now := context.Background(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for id, end := range map[string]time.Time{"ended": now.Add(-time.Millisecond), "endless": {}} {
		if err := s.Links().Insert(ctx, &feedback.Link{Record: feedback.Record{ID: id}, ExpiresAt: end}); err != nil {
			t.Fatal(err)
		}
		if err := s.Sessions().Insert(ctx, &feedback.Session{Record: feedback.Record{ID: id}, ExpiresAt: end}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Expire(ctx, now); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]error{"ended": store.ErrNotFound, "endless": nil} {
		_, link := s.Links().Get(ctx, id)
		_, session := s.Sessions().Get(ctx, id)
		if !errors.Is(link, want) || !errors.Is(session, want) {
			t.Errorf("%s after Expire: link %v, session %v; want %v", id, link, session, want)
		}
	}
}

// TestUnfiltered asks for invitations by nothing that they could be found by.
func TestUnfiltered(t *testing.T) {
	s := openNew(t)
	defer closeStore(t, s)
	for _, f := range []store.InvitationFilter{{}, {Agent: "sam"}, {SentFrom: time.Unix(1, 0)}} {
		if _, err := s.Invitations().List(context.Background(), f, store.Page{}); !errors.Is(err, errFilter) {
			t.Errorf("List(%+v): %v, want %v", f, err, errFilter)
		}
	}
}
