package web

import (
	"net"
	"sync"
)

// silences is a listener that knows its connections that have not sent a byte, such as browsers open
// in advance. The server closes idle connections by itself when it stops, but would wait for these.
type silences struct {
	net.Listener

	mu      sync.Mutex
	silent  map[*silence]struct{}
	stopped bool
}

func newSilences(ln net.Listener) *silences {
	return &silences{Listener: ln, silent: map[*silence]struct{}{}}
}

// Accept waits for the next connection.
func (s *silences) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	conn := &silence{Conn: c, of: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		_ = c.Close()
	}
	s.silent[conn] = struct{}{}
	return conn, nil
}

// stop closes the silent connections, and those that are opened from now on.
func (s *silences) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	for conn := range s.silent {
		_ = conn.Conn.Close()
	}
}

// silence is a connection until its first byte, and then a connection like any other.
type silence struct {
	net.Conn
	of    *silences
	ended sync.Once
}

// Read reads, and ends the silence.
func (c *silence) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.ended.Do(c.end)
	return n, err
}

// Close closes the connection.
func (c *silence) Close() error {
	c.ended.Do(c.end)
	return c.Conn.Close()
}

func (c *silence) end() {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	delete(c.of.silent, c)
}
