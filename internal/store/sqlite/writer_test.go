package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"earshot/internal/store"
)

// hold stops the writer inside a transaction until release is called, so that what comes meanwhile
// shares the next transaction.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	inside, leave, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		done <- s.writer.do(context.Background(), func() error {
			once.Do(func() { close(inside) })
			<-leave
			return nil
		})
	}()
	<-inside
	return func() {
		close(leave)
		if err := <-done; err != nil {
			t.Errorf("the holding write: %v", err)
		}
	}
}

// waiting returns once n writes wait in the queue.
func waiting(s *Store, n int) {
	for len(s.writer.queue) < n {
		tick := make(chan struct{})
		go close(tick)
		<-tick
	}
}

// TestOneFailsAlone puts a write that fails, one that is refused and good ones into one transaction.
func TestOneFailsAlone(t *testing.T) {
	s := openNew(t)
	defer closeStore(t, s)
	ctx := context.Background()
	if err := s.People().Insert(ctx, person("taken")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	release := hold(t, s)
	calls := []func() error{
		func() error { return s.People().Insert(ctx, person("a")) },
		func() error { return s.People().Insert(ctx, person("taken")) },
		func() error { return s.writer.do(ctx, func() error { return broken }) },
		func() error { return s.People().Insert(ctx, person("b")) },
		func() error { return s.People().Delete(ctx, "nobody") },
		func() error { return s.People().Insert(ctx, person("c")) },
	}
	want := []error{nil, store.ErrExists, broken, nil, store.ErrNotFound, nil}
	got := make([]error, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { got[i] = call() })
		waiting(s, i+1)
	}
	release()
	all.Wait()
	for i := range calls {
		if !errors.Is(got[i], want[i]) {
			t.Errorf("call %d: %v, want %v", i, got[i], want[i])
		}
	}
	for _, id := range []string{"a", "b", "c"} {
		if _, err := s.People().Get(ctx, id); err != nil {
			t.Errorf("a good write beside a broken one: %v", err)
		}
	}
}

// TestGivenUp cancels writes while they wait for their turn: they are never written.
func TestGivenUp(t *testing.T) {
	s := openNew(t)
	defer closeStore(t, s)
	release := hold(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	const n = maxGroup + 10 // some of them wait for a place in the queue
	errs := make(chan error, n)
	for i := range n {
		go func() { errs <- s.People().Insert(ctx, person(fmt.Sprint("given up ", i))) }()
	}
	waiting(s, maxGroup)
	cancel()
	for range n {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("a write given up: %v, want Canceled", err)
		}
	}
	release()
	if err := s.Ping(context.Background()); err != nil {
		t.Fatal(err)
	}
	var written int
	if err := s.readers.QueryRow("SELECT count(*) FROM people").Scan(&written); err != nil || written != 0 {
		t.Errorf("%d writes were done after they were given up, %v", written, err)
	}
}

// TestReadersDoNotWait reads and lists while the writer stands inside a transaction.
func TestReadersDoNotWait(t *testing.T) {
	s := openNew(t)
	defer closeStore(t, s)
	ctx := context.Background()
	if err := s.People().Insert(ctx, person("mara")); err != nil {
		t.Fatal(err)
	}
	release := hold(t, s)
	defer release()
	if _, err := s.People().Get(ctx, "mara"); err != nil {
		t.Error(err)
	}
	if _, err := s.Responses().NextDue(ctx); err != nil {
		t.Error(err)
	}
	rows, err := s.Responses().Claim(ctx, store.Claim{Holder: "w", Limit: 10})
	if err != nil || len(rows) != 0 {
		t.Errorf("Claim without work: %d rows, %v", len(rows), err)
	}
}

// TestCloseWaits closes the store while writes wait: those that were accepted are written, the others
// are told.
func TestCloseWaits(t *testing.T) {
	folder := t.TempDir()
	s := openAt(t, folder)
	ctx := context.Background()
	release := hold(t, s)
	const n = 20
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = s.People().Insert(ctx, person(fmt.Sprint(i))) })
	}
	waiting(s, n)
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	<-s.writer.stop
	release()
	all.Wait()
	if err := <-closed; err != nil {
		t.Fatalf("Close: %v", err)
	}
	if err := s.People().Insert(ctx, person("late")); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Insert into a closed store: %v, want ErrUnavailable", err)
	}
	s = openAt(t, folder)
	defer closeStore(t, s)
	for i, err := range errs {
		if err != nil {
			t.Errorf("write %d was accepted before Close: %v", i, err)
		}
		if _, err := s.People().Get(ctx, fmt.Sprint(i)); err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
}

// TestLogStaysSmall writes much more than the log holds while readers never pause.
func TestLogStaysSmall(t *testing.T) {
	folder := t.TempDir()
	s := openAt(t, folder)
	defer closeStore(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	if err := s.writer.exec("PRAGMA wal_autocheckpoint = 100"); err != nil { // 400 kB, to be quick
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Users().List(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var written, largest int64
	for i := 0; written < 5<<20; i++ {
		row := person(fmt.Sprint(i))
		row.Name = strings.Repeat("x", 50_000)
		written += int64(len(row.Name))
		if err := s.People().Insert(ctx, row); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(folder, fileName+"-wal"))
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, info.Size())
	}
	cancel()
	readers.Wait()
	t.Logf("the log grew to %d kB for %d kB written", largest>>10, written>>10)
	if largest > 2<<20 {
		t.Errorf("the log grew to %d bytes for %d written", largest, written)
	}
}
