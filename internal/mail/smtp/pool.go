package smtp

import (
	"context"
	"sync"
	"time"
)

const (
	perConnection = 100              // messages, after which a connection is closed; servers have limits
	idleFor       = 20 * time.Second // after which an idle connection is not trusted any more
)

// pool bounds the connections in use and keeps idle ones.
type pool struct {
	slots chan struct{}
	mu    sync.Mutex
	conns []*conn
	done  bool
}

func newPool(size int) *pool { return &pool{slots: make(chan struct{}, size)} }

// enter waits for a free slot.
func (p *pool) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pool) leave() { <-p.slots }

// idle takes the most recently used idle connection, or nil. Older ones than idleFor are closed.
func (p *pool) idle() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.conns)
	if n == 0 {
		return nil
	}
	c := p.conns[n-1]
	if time.Since(c.last) > idleFor { // then all the others are older still
		for _, old := range p.conns {
			go old.quit()
		}
		p.conns = nil
		return nil
	}
	p.conns = p.conns[:n-1]
	return c
}

// put keeps a connection for the next message; false when the pool is closed.
func (p *pool) put(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done {
		return false
	}
	c.last = time.Now()
	p.conns = append(p.conns, c)
	return true
}

func (p *pool) close() {
	p.mu.Lock()
	conns := p.conns
	p.conns, p.done = nil, true
	p.mu.Unlock()
	for _, c := range conns {
		c.quit()
	}
}
