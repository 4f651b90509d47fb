package mongodb

import (
	"context"
	"sync"
)

// Calls of one kind that arrive while others are on their way share the next round trip. A single
// caller notices nothing; under load many callers cost the server and the driver one command. Each
// call stays a write or read of one document with a result of its own.
const (
	laneCount = 4   // commands of one kind that are on their way at once
	laneSize  = 100 // calls that share a command at most
)

// lanes carries calls that take an In and yield an Out.
type lanes[In, Out any] struct {
	// carry gives each call its result.
	carry func([]*request[In, Out])

	mu      sync.Mutex
	waiting []*request[In, Out]
	running int
}

// request is one caller's part of a command.
type request[In, Out any] struct {
	ctx  context.Context // the caller's
	in   In
	out  Out
	err  error
	done chan struct{}
}

// do carries in and waits for its result, or for ctx.
func (l *lanes[In, Out]) do(ctx context.Context, in In) (Out, error) {
	c := &request[In, Out]{ctx: ctx, in: in, done: make(chan struct{})}
	l.mu.Lock()
	l.waiting = append(l.waiting, c)
	if l.running < laneCount {
		l.running++
		go l.run()
	}
	l.mu.Unlock()
	select {
	case <-c.done:
		return c.out, c.err
	case <-ctx.Done():
		var none Out
		return none, ctx.Err()
	}
}

// run carries calls until none waits.
func (l *lanes[In, Out]) run() {
	for {
		batch := l.take()
		if batch == nil {
			return
		}
		l.carry(batch)
		for _, c := range batch {
			close(c.done)
		}
	}
}

// take returns the calls that go next, without those whose callers have gone. It ends the lane when
// there are none.
func (l *lanes[In, Out]) take() []*request[In, Out] {
	l.mu.Lock()
	defer l.mu.Unlock()
	var batch []*request[In, Out]
	for len(l.waiting) > 0 && len(batch) < laneSize {
		c := l.waiting[0]
		l.waiting = l.waiting[1:]
		if c.ctx.Err() == nil {
			batch = append(batch, c)
		}
	}
	if batch == nil {
		l.running--
	}
	return batch
}
