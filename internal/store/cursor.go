package store

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cursor is the place after a row in a list ordered by a time and the ID. Backends share its form.
type Cursor struct {
	At time.Time // zero where the list's time is zero
	ID string
}

// String encodes the cursor for a client to hand back.
func (c Cursor) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", c.millis(), c.ID))
}

func (c Cursor) millis() int64 {
	if c.At.IsZero() {
		return 0
	}
	return c.At.UnixMilli()
}

// ParseCursor reads what String wrote; ErrCursor for anything else.
func ParseCursor(s string) (Cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return Cursor{}, ErrCursor
	}
	at, id, ok := strings.Cut(string(b), " ")
	ms, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || id == "" {
		return Cursor{}, ErrCursor
	}
	c := Cursor{ID: id}
	if ms != 0 {
		c.At = time.UnixMilli(ms).UTC()
	}
	return c, nil
}

// Bound returns the page's limit within the contract's bounds.
func (p Page) Bound() int {
	if p.Limit <= 0 {
		return 100
	}
	return min(p.Limit, 1000)
}
