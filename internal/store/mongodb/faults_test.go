package mongodb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/mongodb"
	"earshot/internal/store/mongotest"
)

// How long writes may wait for a new primary: after the end of the old one, which its peers notice
// at once, and after it fell silent, which they notice by several timeouts one after the other.
const (
	resumesAfterKill  = 15 * time.Second
	resumesAfterPause = time.Minute
)

const writers = 8

// faults is how often each fault happens; EARSHOT_TEST_MONGODB_FAULTS sets it (30 for a full run).
func faults() int {
	if n, err := strconv.Atoi(os.Getenv("EARSHOT_TEST_MONGODB_FAULTS")); err == nil {
		return n
	}
	return 3
}

// load inserts responses from several goroutines until it is stopped, and remembers which were
// acknowledged.
type load struct {
	store *mongodb.Store
	next  atomic.Int64
	stop  context.CancelFunc
	done  sync.WaitGroup

	mu       sync.Mutex
	acked    []string
	last     time.Time     // of the latest acknowledgement
	longest  time.Duration // longest time without one
	refused  int           // calls that answered ErrUnavailable
	problems []error
}

func startLoad(s *mongodb.Store, writers int) *load {
	ctx, stop := context.WithCancel(context.Background())
	l := &load{store: s, stop: stop, last: time.Now()}
	for range writers {
		l.done.Go(func() {
			for ctx.Err() == nil {
				l.write(ctx, int(l.next.Add(1)))
			}
		})
	}
	return l
}

// write inserts one response as a caller does: what was not available is tried again, and a row that
// is there already is the one of the try before, of which the answer was lost.
func (l *load) write(ctx context.Context, i int) {
	row := response(i)
	for ctx.Err() == nil {
		err := l.store.Responses().Insert(ctx, row)
		switch {
		case err == nil, errors.Is(err, store.ErrExists):
			l.ack(row.ID)
			return
		case errors.Is(err, store.ErrUnavailable):
			l.mu.Lock()
			l.refused++
			l.mu.Unlock()
		case ctx.Err() == nil:
			l.mu.Lock()
			l.problems = append(l.problems, err)
			l.mu.Unlock()
			return
		}
	}
}

func (l *load) ack(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.longest, l.last = max(l.longest, now.Sub(l.last)), now
	l.acked = append(l.acked, id)
}

// grows waits until n more writes are acknowledged, and returns how long that took. One more than
// there are writers tells that writes go on, whatever was under way before.
func (l *load) grows(t *testing.T, n int, within time.Duration) time.Duration {
	t.Helper()
	began := time.Now()
	count := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.acked)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for target := count() + n; count() < target; <-tick.C {
		if time.Since(began) > within {
			t.Fatalf("not %d writes within %v", n, within)
		}
	}
	return time.Since(began)
}

// verify stops the load and looks for every acknowledged response.
func (l *load) verify(t *testing.T) {
	t.Helper()
	l.stop()
	l.done.Wait()
	if err := errors.Join(l.problems...); err != nil {
		t.Errorf("writes failed with errors that a caller cannot wait out: %v", err)
	}
	found := map[string]bool{}
	scan := l.store.Responses().(*mongodb.Responses).Scan
	for after := ""; ; {
		rows, err := scan(context.Background(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			found[row.ID], after = true, row.ID
		}
		if len(rows) < 1000 {
			break
		}
	}
	lost := slices.DeleteFunc(slices.Clone(l.acked), func(id string) bool { return found[id] })
	if len(lost) > 0 {
		t.Errorf("%d of %d acknowledged responses are lost: %v", len(lost), len(l.acked), lost[:min(5, len(lost))])
	}
	t.Logf("%d responses acknowledged, none lost; %d calls answered that the database is not available; the longest silence was %v",
		len(l.acked), l.refused, l.longest.Round(time.Millisecond))
}

func TestPrimaryKilled(t *testing.T) {
	set := mongotest.StartReplicaSet(t, 3, mongotest.Quick)
	s := open(t, set.URI(t))
	defer s.Close()
	l := startLoad(s, writers)
	defer l.stop()
	l.grows(t, 50, resumesAfterPause)
	var slowest time.Duration
	for range faults() {
		primary, err := set.Primary(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		primary.Kill()
		slowest = max(slowest, l.grows(t, writers+1, resumesAfterKill))
		if err := primary.Restart(); err != nil {
			t.Fatal(err)
		}
		whole(t, set)
	}
	t.Logf("%d primaries killed; writes resumed within %v", faults(), slowest.Round(time.Millisecond))
	l.verify(t)
}

func whole(t *testing.T, set *mongotest.ReplicaSet) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute) // a busy machine needs its time
	defer cancel()
	if err := set.Whole(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestPrimaryPaused(t *testing.T) {
	set := mongotest.StartReplicaSet(t, 3, mongotest.Quick)
	s := open(t, set.URI(t))
	defer s.Close()
	l := startLoad(s, writers)
	defer l.stop()
	l.grows(t, 50, resumesAfterPause)
	primary, err := set.Primary(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := primary.Pause(); err != nil {
		t.Fatal(err)
	}
	t.Logf("writes resumed within %v", l.grows(t, writers+1, resumesAfterPause).Round(time.Millisecond))
	// The primary of before wakes and must not take back, or answer for, what happened since.
	if err := primary.Resume(); err != nil {
		t.Fatal(err)
	}
	whole(t, set)
	l.grows(t, 50, resumesAfterPause)
	l.verify(t)
}

// TestOutage sees every call answer within its time while no server runs, and all resume by itself.
func TestOutage(t *testing.T) {
	server := mongotest.Standalone(t)
	s, err := mongodb.Open(context.Background(), server.URI(t), mongodb.Options{Timeout: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Responses().Insert(context.Background(), response(1)); err != nil {
		t.Fatal(err)
	}
	server.Node.Kill()
	ctx := context.Background()
	calls := map[string]func() error{
		"Get":    func() error { _, err := s.Responses().Get(ctx, "x"); return err },
		"Insert": func() error { return s.Responses().Insert(ctx, response(2)) },
		"Save":   func() error { return s.Responses().Save(ctx, response(1)) },
		"Claim": func() error {
			_, err := s.Responses().Claim(ctx, store.Claim{Holder: "h", Now: start(), Lease: time.Minute, Limit: 1})
			return err
		},
		"List": func() error { _, err := s.Cases().List(ctx, store.CaseFilter{}, store.Page{}); return err },
		"MarkDirty": func() error {
			return s.Rollups().MarkDirty(ctx, []feedback.Rollup{leaf("a", "2026-03-01")}, start(), start())
		},
		"Expire": func() error { return s.Expire(ctx, start()) },
		"Ping":   func() error { return s.Ping(ctx) },
	}
	for name, call := range calls {
		began := time.Now()
		err := call()
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "MongoDB at "+server.Node.Addr) {
			t.Errorf("%s without a server: %v, want ErrUnavailable that says why", name, err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s took %v to say so, with a timeout of 500ms", name, took)
		}
	}
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if err := s.Ping(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ping under the caller's own deadline: %v, want DeadlineExceeded", err)
	}
	if err := server.Node.Restart(); err != nil {
		t.Fatal(err)
	}
	for name, call := range calls {
		if err := call(); errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s after the server is back: %v", name, err)
		}
	}
	if _, err := s.Responses().Get(ctx, response(1).ID); err != nil {
		t.Errorf("a response from before the outage: %v", err)
	}
}

// TestFullDisk fills a small disk. A mongod without room for its journal ends itself, so what a
// caller sees is ErrUnavailable either way.
func TestFullDisk(t *testing.T) {
	mongotest.Wanted(t)
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here (it takes root): %v: %s", err, out)
	}
	t.Cleanup(func() { exec.Command("umount", "-l", disk).Run() })
	server := mongotest.StandaloneIn(t, disk)
	s, err := mongodb.Open(context.Background(), server.URI(t), mongodb.Options{Timeout: 3 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Responses().Insert(context.Background(), response(0)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(disk, "filler"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	exec.Command("dd", "if=/dev/zero", "of="+filepath.Join(disk, "filler"), "bs=64k").Run() // ends when the disk is full
	for i := range 5000 {
		row := response(i + 1)
		row.Comment = strings.Repeat(fmt.Sprint(i, " late again. "), 5000)
		err := s.Responses().Insert(context.Background(), row)
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "disk") && !strings.Contains(err.Error(), "MongoDB at ") {
			t.Errorf("on a full disk: %v, want ErrUnavailable in words", err)
		}
		t.Logf("after %d responses: %v", i, err)
		return
	}
	t.Error("the disk never became full")
}
