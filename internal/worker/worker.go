// Package worker runs due work until the context ends. It knows nothing of what the work is: a job
// claims its own rows, does one step of each, and says how many it had.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Job is one kind of due work.
type Job struct {
	Name string
	// Do claims what is due at now, does it and returns how many rows it worked on. More than zero
	// means that there may be more: it is called again at once. It must be safe to repeat.
	Do func(ctx context.Context, now time.Time) (int, error)
	// Every is the longest pause between two looks when nothing wakes the job.
	Every time.Duration
	// Wake makes the job look at once; nil for a job that only looks regularly.
	Wake *Bell
}

// Bell wakes a job. Ringing never waits, and any number of rings before the job looks are one.
type Bell struct {
	c chan struct{}
}

// NewBell returns a bell for one job.
func NewBell() *Bell { return &Bell{make(chan struct{}, 1)} }

// Ring wakes the job. A nil bell does nothing.
func (b *Bell) Ring() {
	if b == nil {
		return
	}
	select {
	case b.c <- struct{}{}:
	default:
	}
}

func (b *Bell) rung() <-chan struct{} {
	if b == nil {
		return nil
	}
	return b.c
}

// Run runs every job until ctx ends, and returns after all of them have returned. A job that fails or
// panics is logged and tried again after a pause that grows to a minute.
func Run(ctx context.Context, log *slog.Logger, jobs []Job) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Go(func() { loop(ctx, log, j) })
	}
	wg.Wait()
}

func loop(ctx context.Context, log *slog.Logger, j Job) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = 200*time.Millisecond, time.Minute
	for ctx.Err() == nil {
		n, err := once(ctx, j)
		wait := j.Every
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			wait = pause.NextBackOff()
			log.Error("work failed", "job", j.Name, "error", err.Error(), "retry_in", wait.Round(time.Millisecond).String())
			sleep(ctx, wait, nil)
			continue
		case n > 0:
			pause.Reset()
			continue
		}
		pause.Reset()
		sleep(ctx, wait, j.Wake.rung())
	}
}

func once(ctx context.Context, j Job) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return j.Do(ctx, time.Now().UTC())
}

func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-wake:
	}
}

// Each runs step for every row on at most parallel goroutines and waits for all. A step's error ends
// nothing else; the first one is returned.
func Each[T any](rows []T, parallel int, step func(T) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var first error
	slots := make(chan struct{}, max(parallel, 1))
	for _, row := range rows {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := guarded(row, step); err != nil {
				mu.Lock()
				defer mu.Unlock()
				if first == nil {
					first = err
				}
			}
		})
	}
	wg.Wait()
	return first
}

func guarded[T any](row T, step func(T) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return step(row)
}
