package worker

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// run runs the jobs in the background of a synctest bubble; stop ends them and waits.
func run(jobs ...Job) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { Run(ctx, quiet(), jobs); close(done) }()
	return func() { cancel(); <-done }
}

func TestRunReturnsAfterItsJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Bool
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			Run(ctx, quiet(), []Job{{Name: "slow", Every: time.Hour, Do: func(ctx context.Context, _ time.Time) (int, error) {
				<-ctx.Done()
				time.Sleep(5 * time.Second)
				ended.Store(true)
				return 0, ctx.Err()
			}}})
			if !ended.Load() {
				t.Error("Run returned before its job")
			}
			close(done)
		}()
		synctest.Wait()
		cancel()
		<-done
	})
}

// looks is a job that writes down when it looked, since the start, in the bubble's time.
type looks struct {
	mu    sync.Mutex
	start time.Time
	at    []time.Duration
}

func (l *looks) do(answer func(look int) (int, error)) func(context.Context, time.Time) (int, error) {
	l.start = time.Now()
	return func(_ context.Context, now time.Time) (int, error) {
		l.mu.Lock()
		l.at = append(l.at, now.Sub(l.start))
		n := len(l.at)
		l.mu.Unlock()
		return answer(n)
	}
}

func TestRegularLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l looks
		stop := run(Job{Every: time.Minute, Do: l.do(func(int) (int, error) { return 0, nil })})
		time.Sleep(150 * time.Second)
		stop()
		if want := []time.Duration{0, time.Minute, 2 * time.Minute}; !slices.Equal(l.at, want) {
			t.Errorf("looked at %v, want %v", l.at, want)
		}
	})
}

func TestMoreWorkIsDoneAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l looks
		stop := run(Job{Every: time.Minute, Do: l.do(func(n int) (int, error) { return 3 - min(n, 3), nil })})
		time.Sleep(time.Second)
		stop()
		if want := []time.Duration{0, 0, 0}; !slices.Equal(l.at, want) {
			t.Errorf("looked at %v, want %v", l.at, want)
		}
	})
}

func TestBellWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l looks
		bell := NewBell()
		stop := run(Job{Every: time.Hour, Wake: bell, Do: l.do(func(int) (int, error) { return 0, nil })})
		time.Sleep(time.Second)
		for range 10 {
			bell.Ring()
		}
		time.Sleep(time.Second)
		stop()
		if n := len(l.at); n < 2 || n > 3 || l.at[1] != time.Second {
			t.Errorf("looked at %v; ten rings are one, at most two looks", l.at)
		}
		(*Bell)(nil).Ring()
	})
}

// A ring while the job works is not lost.
func TestBellWhileWorking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l looks
		bell := NewBell()
		stop := run(Job{Every: time.Hour, Wake: bell, Do: l.do(func(n int) (int, error) {
			if n == 1 {
				bell.Ring()
			}
			return 0, nil
		})})
		time.Sleep(time.Second)
		stop()
		if len(l.at) != 2 {
			t.Errorf("looked at %v, want a second look at once", l.at)
		}
	})
}

func TestPanicsAndFailuresAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bad, good looks
		bell := NewBell()
		stop := run(
			Job{Every: time.Hour, Wake: bell, Do: bad.do(func(n int) (int, error) {
				if n <= 15 {
					bell.Ring() // must not shorten the pause
				}
				if n == 1 {
					panic("broken row")
				}
				if n <= 15 {
					return 1, errors.New("no database")
				}
				return 0, nil
			})},
			Job{Every: time.Minute, Do: good.do(func(int) (int, error) { return 0, nil })},
		)
		time.Sleep(30 * time.Minute)
		stop()
		if len(bad.at) < 16 {
			t.Fatalf("the job was given up after %d looks", len(bad.at))
		}
		var pauses []time.Duration
		for i := 1; i < 16; i++ {
			pauses = append(pauses, bad.at[i]-bad.at[i-1])
		}
		if pauses[0] < 100*time.Millisecond || pauses[0] > 300*time.Millisecond {
			t.Errorf("the first pause is %s", pauses[0])
		}
		if last := pauses[14]; last < 30*time.Second || last > 90*time.Second {
			t.Errorf("the pauses %v do not grow to a minute", pauses)
		}
		if len(good.at) != 30 && len(good.at) != 31 {
			t.Errorf("the other job looked %d times in 30 minutes", len(good.at))
		}
	})
}

func TestEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most, done atomic.Int32
		rows := make([]int, 20)
		for i := range rows {
			rows[i] = i
		}
		broken := errors.New("broken")
		err := Each(rows, 4, func(i int) error {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			time.Sleep(time.Second)
			switch i {
			case 3:
				return broken
			case 7:
				panic("row 7")
			}
			done.Add(1)
			return nil
		})
		if !errors.Is(err, broken) || done.Load() != 18 || most.Load() > 4 || now.Load() != 0 {
			t.Errorf("%v, %d done, %d at once", err, done.Load(), most.Load())
		}
		if err := Each(nil, 0, func(int) error { return broken }); err != nil {
			t.Errorf("no rows: %v", err)
		}
	})
}
