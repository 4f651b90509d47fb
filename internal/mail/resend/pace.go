package resend

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	firstRate   = 5               // requests a second, Resend's default for a team
	longestWait = 5 * time.Second // for which a request stands in line; a longer wait is the caller's
)

// pace keeps requests within the window that the API announces in its headers ratelimit-limit,
// -remaining and -reset (draft-ietf-httpapi-ratelimit-headers). Other users of the same account are
// seen through -remaining.
type pace struct {
	mu    sync.Mutex
	limit int       // requests in a window
	left  int       // of this window
	reset time.Time // when the next window begins
}

func newPace() *pace { return &pace{limit: firstRate} }

// tooLong says that a turn comes only after d.
type tooLong struct{ d time.Duration }

func (e *tooLong) Error() string { return fmt.Sprintf("the rate is used up for %s", e.d) }

// enter waits until a request may go out.
func (p *pace) enter(ctx context.Context) error {
	for {
		wait := p.take(time.Now())
		if wait <= 0 {
			return ctx.Err()
		}
		if wait > longestWait {
			return &tooLong{wait}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// take uses up one request of the window, or says how long to wait.
func (p *pace) take(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !now.Before(p.reset) {
		p.left, p.reset = p.limit, now.Add(time.Second)
	}
	if p.left > 0 {
		p.left--
		return 0
	}
	return p.reset.Sub(now)
}

// learn reads the window from an answer's headers. What is left never grows by an answer, because
// other requests may be under way, except when the window turns out to be larger than thought.
func (p *pace) learn(h http.Header, status int) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if limit, err := strconv.Atoi(h.Get("ratelimit-limit")); err == nil && limit > 0 {
		if more := limit - p.limit; more > 0 && now.Before(p.reset) {
			p.left += more
		}
		p.limit = limit
	}
	if remaining, err := strconv.Atoi(h.Get("ratelimit-remaining")); err == nil {
		p.left = min(p.left, max(remaining, 0))
		if reset := seconds(h.Get("ratelimit-reset")); reset > 0 {
			p.reset = now.Add(reset)
		}
	}
	if status == http.StatusTooManyRequests {
		p.left = 0
		p.reset = now.Add(max(seconds(h.Get("retry-after")), seconds(h.Get("ratelimit-reset")), time.Second))
	}
}
