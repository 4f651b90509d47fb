package mail

import (
	"errors"
	"time"
)

// Pauses between attempts to send one message.
const (
	firstPause   = 2 * time.Second
	longestPause = 15 * time.Minute
	accountPause = 5 * time.Minute
)

// Backoff returns how long to wait after the given attempt (from 1) failed with err: what the
// provider asked for, else a pause that doubles from two seconds to a quarter of an hour. After
// ErrAccount it is at least five minutes, since only an administrator can help.
func Backoff(attempt int, err error) time.Duration {
	pause := firstPause << min(max(attempt-1, 0), 16)
	pause = min(pause, longestPause)
	if errors.Is(err, ErrAccount) {
		pause = max(pause, accountPause)
	}
	return max(pause, RetryAfter(err))
}

// Class names the error's class for a log line: it holds nothing about the message or its recipient.
func Class(err error) string {
	switch {
	case errors.Is(err, ErrRejected):
		return "rejected"
	case errors.Is(err, ErrAccount):
		return "account"
	}
	return "temporary"
}
