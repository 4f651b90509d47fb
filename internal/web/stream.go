package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"earshot/internal/perception"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Bounds of a stream of changes.
const (
	// streamTime is how long one stream lasts; clients of server-sent events come back by themselves.
	streamTime = time.Hour
	// streamLook is the pause between two looks into the store. Looking, and not listening, is what makes
	// the stream right with several instances on one database.
	streamLook = 2 * time.Second
	// streamBeat is how often something is sent when nothing happens, so that a client that is gone is noticed.
	streamBeat = 15 * time.Second
	// streamRows is how many of the latest responses and cases are watched for changes.
	streamRows = 200
	// maxStreams is how many streams one process serves.
	maxStreams = 64
)

// streamConfig lets a stream and a download take their time; every other request has the server's limits.
func streamConfig(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	if path == "/v1/stream" || path == "/desk/stream" {
		return fasthttp.RequestConfig{WriteTimeout: streamTime + time.Minute}
	}
	if downloads(path) {
		return fasthttp.RequestConfig{WriteTimeout: downloadTime + time.Minute}
	}
	return fasthttp.RequestConfig{}
}

// streams counts what is open and ends it when the server stops.
type streams struct {
	open atomic.Int64
	stop chan struct{}
	look time.Duration
}

// GET /v1/stream: server-sent events named response, case and score, each with the row as the API
// shows it. What stood before the stream began is not sent.
func (a *app) stream(c *fiber.Ctx) error {
	q := a.query(c)
	if err := q.done(); err != nil {
		return err
	}
	if a.streams.open.Add(1) > maxStreams {
		a.streams.open.Add(-1)
		return &httpError{status: fiber.StatusServiceUnavailable, detail: "Too many streams are open; close some."}
	}
	w := &watcher{app: a, id: requestID(c), seen: map[string]string{}}
	if err := w.prime(c.UserContext()); err != nil {
		a.streams.open.Add(-1)
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no") // proxies pass each event on at once
	c.Context().SetBodyStreamWriter(func(out *bufio.Writer) {
		defer a.streams.open.Add(-1)
		w.run(out)
	})
	return nil
}

// watcher compares what it saw last with what the store holds now.
type watcher struct {
	app  *app
	id   string            // of the request, for the log
	seen map[string]string // event and row → its fingerprint
}

// event is one thing to tell.
type event struct {
	name, key, print string
	data             any
}

// run writes events until the client leaves, the server stops or the stream's time is over.
func (w *watcher) run(out *bufio.Writer) {
	ctx, cancel := context.WithTimeout(context.Background(), streamTime)
	defer cancel()
	look := time.NewTicker(w.app.streams.look)
	defer look.Stop()
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	_, err := out.WriteString("retry: 3000\n: the stream begins\n\n")
	for err = errors.Join(err, out.Flush()); err == nil; err = out.Flush() {
		select {
		case <-ctx.Done():
			return
		case <-w.app.streams.stop:
			return
		case <-beat.C:
			_, err = out.WriteString(": still here\n\n")
		case <-look.C:
			err = w.tell(ctx, out)
		}
		if err != nil {
			return
		}
	}
}

// tell writes what changed. A store that cannot be read now is asked again at the next look.
func (w *watcher) tell(ctx context.Context, out *bufio.Writer) error {
	events, err := w.current(ctx)
	if err != nil {
		w.app.Log.Warn("stream: the store cannot be read", "error", scrub(err.Error()), "request_id", w.id)
		return nil
	}
	for _, e := range events {
		if w.seen[e.key] == e.print {
			continue
		}
		w.seen[e.key] = e.print
		b, err := json.Marshal(e.data)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "event: %s\ndata: %s\n\n", e.name, b); err != nil {
			return err
		}
	}
	w.forget(events)
	return nil
}

// prime remembers what is there already.
func (w *watcher) prime(ctx context.Context) error {
	events, err := w.current(ctx)
	for _, e := range events {
		w.seen[e.key] = e.print
	}
	return err
}

// forget keeps the memory as small as what is watched.
func (w *watcher) forget(events []event) {
	if len(w.seen) < 4*streamRows {
		return
	}
	w.seen = map[string]string{}
	for _, e := range events {
		w.seen[e.key] = e.print
	}
}

// current lists everything that is watched, oldest first.
func (w *watcher) current(ctx context.Context) ([]event, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	page := store.Page{Limit: streamRows}
	responses, err := w.app.Store.Responses().List(ctx, store.ResponseFilter{}, page)
	if err != nil {
		return nil, err
	}
	cases, err := w.app.Store.Cases().List(ctx, store.CaseFilter{}, page)
	if err != nil {
		return nil, err
	}
	scores, err := w.app.Perception.Scores(ctx, w.app.lately())
	if err != nil {
		return nil, err
	}
	var out []event
	for i := len(responses.Items) - 1; i >= 0; i-- {
		r := responses.Items[i]
		out = append(out, event{"response", "response " + r.ID, fmt.Sprint(r.ChangedAt.UnixMilli(), r.Analysed), responseOut(r)})
	}
	for i := len(cases.Items) - 1; i >= 0; i-- {
		k := cases.Items[i]
		out = append(out, event{"case", "case " + k.ID, fmt.Sprint(k.State, k.Owner.Email, len(k.History)), caseOut(k)})
	}
	for _, s := range scores {
		out = append(out, event{"score", "score " + s.Survey, fmt.Sprint(s.N, s.Asked, s.Answered, value(s.Score)), s})
	}
	return out, nil
}

func value(f *float64) float64 {
	if f == nil {
		return -1
	}
	return *f
}

// lately asks for the scores of the last thirty days.
func (a *app) lately() perception.Query {
	y, m, d := a.Now().In(a.Zone).Date()
	end := time.Date(y, m, d+1, 0, 0, 0, 0, a.Zone)
	return perception.Query{By: perception.ByAll, From: end.AddDate(0, 0, -defaultSpan), To: end}
}
