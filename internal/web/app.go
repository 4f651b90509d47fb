// Package web is everything that speaks HTTP: the API under /v1, the customers' pages under /s, and
// the pages of the staff. It is the only package that knows Fiber; it calls the verbs of the loop and
// holds no rule of its own.
//
// One file per screen or group of addresses, the template of a screen has the name of its file.
// Handlers return errors; errors.go alone turns them into a status and a page or a problem document.
// Every request passes the table in middleware.go.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"

	"earshot/internal/coaching"
	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/forget"
	"earshot/internal/holiday"
	"earshot/internal/invite"
	"earshot/internal/learn"
	"earshot/internal/mail/outbox"
	"earshot/internal/perception"
	"earshot/internal/recovery"
	"earshot/internal/sentiment"
	"earshot/internal/staff"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
)

// Limits of the server.
const (
	// bodyLimit is the most bytes that a request body may have; more is answered 413.
	bodyLimit = 1 << 20
	// headLimit is the most bytes that a request's head may have; more is answered 431.
	headLimit = 16 << 10
	// requestTime is how long a handler may wait for the store before the visitor is asked to come back.
	requestTime = 20 * time.Second
	// stopTime is how long running requests may take to end when the server stops.
	stopTime = 10 * time.Second
)

// Config is what the server needs. Everything but Outbox is required.
type Config struct {
	BaseURL    string // where customers and staff reach this server, without a slash at the end
	Org        string // the organisation's name, shown to customers
	Zone       *time.Location
	Version    string
	Store      store.Store
	Surveys    *store.Catalog
	Tokens     feedback.Tokens
	Invite     *invite.Service
	Collect    *collect.Service
	Recovery   *recovery.Service
	Coaching   *coaching.Service
	Perception *perception.Service
	Staff      *staff.Service
	Forget     *forget.Service
	Learn      *learn.Service
	Outbox     *outbox.Outbox // nil when mail does not go to the outbox folder
	Hooks      Hooks
	Log        *slog.Logger
	Metrics    *prometheus.Registry
	Now        func() time.Time
}

// Server serves HTTP.
type Server struct {
	app   *app
	fiber *fiber.App
}

// app is what the handlers share. It is written once, by New.
type app struct {
	Config
	secure     bool   // whether visitors come by https
	host       string // host and port of BaseURL
	views      *views
	assets     *assets
	words      map[string]words
	staffWords staffWords
	glances    *glances
	styles     *sentiment.Styles
	meter      *meter
	gauges     *scoreGauges
	throttle   *throttle
	streams    *streams
	visits     visits
	holidays   *holiday.Calendar
}

// New returns a server that is ready to serve, or says which part is missing or broken.
func New(c Config) (*Server, error) {
	a, err := newApp(c)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	f := fiber.New(fiber.Config{
		DisableStartupMessage:        true,
		Immutable:                    true, // otherwise strings change under whoever keeps them
		CaseSensitive:                true,
		BodyLimit:                    bodyLimit,
		ReadBufferSize:               headLimit,
		ReadTimeout:                  15 * time.Second,
		WriteTimeout:                 30 * time.Second,
		IdleTimeout:                  60 * time.Second,
		DisablePreParseMultipartForm: true,
		ErrorHandler:                 a.fail,
		Views:                        a.views,
	})
	f.Server().HeaderReceived = streamConfig
	a.middleware(f)
	a.routes(f)
	return &Server{app: a, fiber: f}, nil
}

func newApp(c Config) (*app, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("base URL %q is not of the form https://host", c.BaseURL)
	}
	a := &app{Config: c, secure: base.Scheme == "https", host: base.Host, throttle: newThrottle(), holidays: holiday.New()}
	a.glances = &glances{last: map[string]glance{}}
	a.streams = &streams{stop: make(chan struct{}), look: streamLook}
	if a.styles, err = sentiment.NewStyles(); err != nil {
		return nil, err
	}
	if a.assets, err = loadAssets(embedded); err != nil {
		return nil, err
	}
	if a.words, err = loadWords(embedded); err != nil {
		return nil, err
	}
	if a.staffWords, err = loadStaffWords(embedded, sortedKeys(a.words)); err != nil {
		return nil, err
	}
	if a.views, err = loadViews(embedded, a.assets); err != nil {
		return nil, err
	}
	if a.gauges, err = newScoreGauges(c.Metrics); err != nil {
		return nil, err
	}
	a.meter, err = newMeter(c.Metrics)
	return a, err
}

// Serve answers requests on ln until ctx ends, then lets running requests end and closes ln. It is
// called once.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	conns := newConns(ln)
	done := make(chan error, 1)
	go func() { done <- s.fiber.Listener(conns) }()
	select {
	case err := <-done:
		return fmt.Errorf("web: serve: %w", err)
	case <-ctx.Done():
	}
	close(s.app.streams.stop)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	conns.stop()
	err := s.fiber.ShutdownWithContext(stop)
	_ = ln.Close() // a server stopped before it began to listen does not know its listener
	<-done
	if errors.Is(err, context.DeadlineExceeded) {
		s.app.Log.Warn("stopped before every request had ended", "waited", stopTime.String())
		return nil
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("web: stop: %w", err)
	}
	return nil
}
