package web

import (
	"sync"
	"time"
)

// Bounds of what one address may do at the sign-in form, beside the bound of the mailbox that the
// store keeps.
const (
	throttleWindow = 10 * time.Minute
	throttleLimit  = 60
	throttleMost   = 10_000 // addresses remembered at once
)

// throttle counts attempts by client address in fixed windows. It is this process's own; several
// instances allow as many times more.
type throttle struct {
	mu    sync.Mutex
	start time.Time
	count map[string]int
}

func newThrottle() *throttle { return &throttle{count: map[string]int{}} }

// allow tells whether the address may try once more.
func (t *throttle) allow(address string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.start) >= throttleWindow || len(t.count) >= throttleMost {
		t.start, t.count = now, map[string]int{}
	}
	t.count[address]++
	return t.count[address] <= throttleLimit
}
