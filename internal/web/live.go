package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// Bounds of what pages of the staff watch.
const (
	// liveRows is how many of the most urgent cases of a desk are watched.
	liveRows = 100
	// maxStaffStreams is how many open pages one process keeps up to date; the others work without.
	maxStaffStreams = 512
)

// glances keeps what each desk looked like a moment ago, so that any number of open pages of one team
// cost the store one look.
type glances struct {
	open atomic.Int64
	mu   sync.Mutex
	last map[string]glance
}

// glance is a desk at a moment: a fingerprint of its cases, and how many wait and are late.
type glance struct {
	at            time.Time
	print         uint64
	open, overdue int
}

// GET /desk/stream: server-sent events named desk, for the open pages of who is signed in, whenever
// something on their desk has changed. They carry counts only; the page then asks for itself again.
func (a *app) deskStream(c *fiber.Ctx) error {
	_, filter := deskScope(userOf(c), c.Query("whose"))
	if a.glances.open.Add(1) > maxStaffStreams {
		a.glances.open.Add(-1)
		return &httpError{status: fiber.StatusServiceUnavailable, detail: "Too many pages are open. This one works, without moving by itself."}
	}
	first, err := a.glance(c.UserContext(), filter)
	if err != nil {
		a.glances.open.Add(-1)
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no") // proxies pass each event on at once
	id := requestID(c)
	c.Context().SetBodyStreamWriter(func(out *bufio.Writer) {
		defer a.glances.open.Add(-1)
		a.watchDesk(out, filter, first, id)
	})
	return nil
}

// watchDesk writes an event for every change until the page is closed, the server stops or the
// stream's time is over.
func (a *app) watchDesk(out *bufio.Writer, filter store.CaseFilter, seen glance, id string) {
	ctx, cancel := context.WithTimeout(context.Background(), streamTime)
	defer cancel()
	look := time.NewTicker(a.streams.look)
	defer look.Stop()
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	_, err := out.WriteString("retry: 5000\n: the stream begins\n\n")
	for err = errors.Join(err, out.Flush()); err == nil; err = out.Flush() {
		select {
		case <-ctx.Done():
			return
		case <-a.streams.stop:
			return
		case <-beat.C:
			_, err = out.WriteString(": still here\n\n")
		case <-look.C:
			now, lookErr := a.glance(ctx, filter)
			if lookErr != nil {
				a.Log.Warn("desk stream: the store cannot be read", "error", scrub(lookErr.Error()), "request_id", id)
				continue
			}
			if now.print != seen.print {
				seen = now
				_, err = fmt.Fprintf(out, "event: desk\ndata: {\"open\":%d,\"overdue\":%d}\n\n", now.open, now.overdue)
			}
		}
		if err != nil {
			return
		}
	}
}

// glance looks at a desk, or remembers what it looked like less than a look ago.
func (a *app) glance(ctx context.Context, filter store.CaseFilter) (glance, error) {
	key := url.Values{"owner": {filter.Owner}, "team": {filter.OwnerTeam}}.Encode()
	real := time.Now() // measures the age of a memory; a.Now may stand still in tests
	a.glances.mu.Lock()
	known, ok := a.glances.last[key]
	a.glances.mu.Unlock()
	if ok && real.Sub(known.at) < a.streams.look/2 {
		return known, nil
	}
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	filter.States = []feedback.CaseState{feedback.CaseOpen, feedback.CaseAcknowledged, feedback.CaseContacted}
	filter.ByDeadline = true
	list, err := a.Store.Cases().List(ctx, filter, store.Page{Limit: liveRows})
	if err != nil {
		return glance{}, err
	}
	g := glance{at: real, open: len(list.Items)}
	h := fnv.New64a()
	for _, k := range list.Items {
		late := !k.Deadline.IsZero() && k.Deadline.Before(a.Now())
		if late {
			g.overdue++
		}
		fmt.Fprintln(h, k.ID, k.State, k.Owner.Email, k.Score, k.Label, len(k.History), late)
	}
	g.print = h.Sum64()
	a.glances.mu.Lock()
	defer a.glances.mu.Unlock()
	if len(a.glances.last) > 1000 {
		clear(a.glances.last)
	}
	a.glances.last[key] = g
	return g, nil
}

// POST /desk/cases/{id}/undo: takes the reader's latest step back, where nothing went out.
func (a *app) undoStep(c *fiber.Ctx) error {
	k, err := a.visibleCase(c)
	if err != nil {
		return err
	}
	err = a.Recovery.Undo(c.UserContext(), k.ID, userOf(c).Email, a.Now())
	if err != nil && !errors.Is(err, feedback.ErrTransition) {
		return err
	}
	return c.Redirect("/desk/cases/"+url.PathEscape(k.ID), fiber.StatusSeeOther)
}

// liveOf is the stream that a page follows: the desk's own pages, with whose cases they show.
func liveOf(c *fiber.Ctx, page string) string {
	switch page {
	case "desk", "case", "team":
		whose := c.Query("whose")
		if page == "team" {
			whose = "team"
		}
		return "/desk/stream?" + url.Values{"whose": {whose}}.Encode()
	}
	return ""
}
