package mongodb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/mongotest"
)

// busy returns lanes whose batches are handed out and answered by the test, all lanes taken.
func busy(t *testing.T) (l *lanes[int, int], batches chan []*request[int, int], carried chan struct{}) {
	t.Helper()
	batches, carried = make(chan []*request[int, int]), make(chan struct{})
	l = &lanes[int, int]{carry: func(batch []*request[int, int]) {
		batches <- batch
		<-carried
	}}
	for i := range laneCount {
		go func() { _, _ = l.do(context.Background(), -i) }()
		if got := len(<-batches); got != 1 {
			t.Fatalf("a single call travels with %d", got)
		}
	}
	return l, batches, carried
}

func (l *lanes[In, Out]) queued() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// until waits for something that other goroutines are about to do.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestCallsShareALaneAndKeepTheirResults(t *testing.T) {
	l, batches, carried := busy(t)
	const callers = laneSize + 20
	gone, leave := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := l.do(gone, 1000); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that leaves gets %v", err)
		}
	})
	until(t, "the caller that leaves waits", func() bool { return l.queued() == 1 })
	leave()
	for i := range callers {
		wg.Go(func() {
			out, err := l.do(context.Background(), i)
			if want := i%2 == 0; out != i*10 || (err == nil) != want {
				t.Errorf("call %d got %d, %v", i, out, err)
			}
		})
	}
	until(t, "all wait", func() bool { return l.queued() == callers+1 })
	var sizes []int
	for range 2 {
		carried <- struct{}{}
		batch := <-batches
		sizes = append(sizes, len(batch))
		for _, c := range batch {
			if c.out = c.in * 10; c.in%2 != 0 {
				c.err = fmt.Errorf("call %d", c.in)
			}
			if c.in == 1000 {
				t.Error("a call is carried after its caller has gone")
			}
		}
	}
	for range laneCount {
		carried <- struct{}{}
	}
	wg.Wait()
	if !slices.Equal(sizes, []int{laneSize, 20}) {
		t.Errorf("the waiting calls went in batches of %v", sizes)
	}
	until(t, "all lanes end", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.running == 0 })
}

// TestInsertsTogether has many callers insert at once, most of them a row that others insert too: each
// learns its own result, and each row is there once.
func TestInsertsTogether(t *testing.T) {
	server := mongotest.Start(t)
	s, err := Open(context.Background(), server.URI(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := context.Background()
	const callers, rows = 600, 150
	won := make([]int, rows)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			row := &feedback.Response{Comment: fmt.Sprint(i)}
			row.ID = fmt.Sprint(i % rows)
			err := s.Responses().Insert(ctx, row)
			if err != nil && (!errors.Is(err, store.ErrExists) || row.Rev != 0) {
				t.Errorf("insert: %v, Rev %d", err, row.Rev)
			}
			got, getErr := s.Responses().Get(ctx, row.ID)
			if getErr != nil {
				t.Errorf("get: %v", getErr)
				return
			}
			if err == nil {
				mu.Lock()
				won[i%rows]++
				mu.Unlock()
				if row.Rev != 1 || got.Comment != row.Comment {
					t.Errorf("row %s at Rev %d says %q, not %q", row.ID, row.Rev, got.Comment, row.Comment)
				}
			}
			if _, err := s.Responses().Get(ctx, "missing "+row.ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a missing row: %v", err)
			}
			got.Customer.Name = "changed by its reader"
		})
	}
	wg.Wait()
	for id, n := range won {
		if n != 1 {
			t.Errorf("row %d was inserted %d times", id, n)
		}
	}
}
