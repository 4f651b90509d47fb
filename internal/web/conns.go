package web

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// conns is a listener that looks after its connections where the server does not: see silent, and
// conn.linger.
type conns struct {
	net.Listener

	mu sync.Mutex
	// silent are the connections that have not sent a byte, such as browsers open in advance. The
	// server closes idle connections by itself when it stops, but would wait for these.
	silent  map[*conn]struct{}
	stopped bool
}

func newConns(ln net.Listener) *conns {
	return &conns{Listener: ln, silent: map[*conn]struct{}{}}
}

// Accept waits for the next connection.
func (s *conns) Accept() (net.Conn, error) {
	raw, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, of: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		_ = raw.Close()
	}
	s.silent[c] = struct{}{}
	return c, nil
}

// stop closes the silent connections, and those that are opened from now on.
func (s *conns) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	for c := range s.silent {
		_ = c.Conn.Close()
	}
}

// conn is a connection of conns.
type conn struct {
	net.Conn
	of     *conns
	spoken sync.Once
	linger atomic.Bool
}

// Bounds of what is read from a connection that lingers.
const (
	lingerBytes = 64 << 20
	lingerTime  = 2 * time.Second
)

// Read reads, and takes the connection off the silent ones.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.spoken.Do(c.heard)
	return n, err
}

// Close closes the connection. One whose request was refused before it had arrived whole reads the
// rest of it first: closing on unread bytes resets the connection, and with it what the client has
// not read yet, the refusal.
func (c *conn) Close() error {
	c.spoken.Do(c.heard)
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if c.linger.Swap(false) && ok && half.CloseWrite() == nil {
		_ = c.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.Copy(io.Discard, io.LimitReader(c.Conn, lingerBytes))
	}
	return c.Conn.Close()
}

func (c *conn) heard() {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	delete(c.of.silent, c)
}
