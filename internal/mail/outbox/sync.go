package outbox

import (
	"os"
	"sync"
)

// dirSync makes directory entries durable. One fsync of a directory covers every entry made before
// it, so callers that come while one is running share the next: the cost falls with the load.
type dirSync struct {
	dir     string
	mu      sync.Mutex
	waiting []chan error
	running bool
}

func newDirSync(dir string) *dirSync { return &dirSync{dir: dir} }

// wait returns when every entry made before the call is durable.
func (s *dirSync) wait() error {
	done := make(chan error, 1)
	s.mu.Lock()
	s.waiting = append(s.waiting, done)
	start := !s.running
	s.running = true
	s.mu.Unlock()
	if start {
		go s.run()
	}
	return <-done
}

// run syncs for as long as somebody waits.
func (s *dirSync) run() {
	for {
		s.mu.Lock()
		batch := s.waiting
		s.waiting = nil
		s.running = len(batch) > 0
		s.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		err := syncDir(s.dir)
		for _, done := range batch {
			done <- err
		}
	}
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
