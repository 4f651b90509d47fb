package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Names under which middleware keeps what later handlers read.
const (
	localID      = "request-id"
	localUser    = "user"
	localSession = "session"
	localRoute   = "route"
)

// middleware is what every request passes, in this order.
func (a *app) middleware(f *fiber.App) {
	for _, m := range []fiber.Handler{
		a.identify,      // a request id, given or made
		a.observe,       // one log line and the metrics, whatever happens below
		a.secureHeaders, // before anything that may answer
		a.rescue,        // a panic becomes an error
		a.refuseCoding,  // a compressed body is a bomb until proven otherwise
		a.deadline,      // Fiber's context never ends by itself
	} {
		f.Use(m)
	}
}

func (a *app) identify(c *fiber.Ctx) error {
	id := c.Get(fiber.HeaderXRequestID)
	if !safeID(id) {
		id = rand.Text()[:16]
	}
	c.Locals(localID, id)
	c.Set(fiber.HeaderXRequestID, id)
	return c.Next()
}

// safeID tells whether a proxy's request id may stand in logs and headers.
func safeID(id string) bool {
	if len(id) < 4 || len(id) > 64 {
		return false
	}
	for _, r := range id {
		if !(r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return false
		}
	}
	return true
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(localID).(string)
	return id
}

// observe writes the access log and the metrics. It names the route's template, never the path: a
// path carries tokens and external ids.
func (a *app) observe(c *fiber.Ctx) error {
	start := time.Now() // measures how long the machine worked; a.Now may stand still in tests
	err := c.Next()
	route := routeOf(c, err)
	c.Locals(localRoute, route)
	if err != nil {
		if err := a.fail(c, err); err != nil {
			return err
		}
	}
	took := time.Since(start)
	status := c.Response().StatusCode()
	a.meter.observe(c.Method(), route, status, took)
	a.Log.LogAttrs(c.UserContext(), slog.LevelInfo, "request",
		slog.String("method", knownMethod(c.Method())), slog.String("route", route), slog.Int("status", status),
		slog.Duration("took", took.Round(time.Microsecond)), slog.String("request_id", requestID(c)))
	return nil
}

// routeOf is the template of the route that answered, in the form of OpenAPI.
func routeOf(c *fiber.Ctx, err error) string {
	var routing *fiber.Error
	if errors.As(err, &routing) && (routing.Code == fiber.StatusNotFound || routing.Code == fiber.StatusMethodNotAllowed) {
		return "unmatched" // only the router itself returns these two as a fiber.Error
	}
	return openPath(c.Route().Path)
}

// openPath turns Fiber's "/s/:token" into "/s/{token}".
func openPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.ReplaceAll(strings.Join(parts, "/"), `\:`, ":")
}

// secureHeaders forbids browsers everything that the pages do not need. Handlers may narrow or widen
// single headers afterwards.
func (a *app) secureHeaders(c *fiber.Ctx) error {
	a.setSecureHeaders(c)
	return c.Next()
}

func (a *app) setSecureHeaders(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, a.views.policy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(), microphone=(), geolocation=(), interest-cohort=()")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if a.secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
}

// rescue turns a panic into an error, with its stack in the log and nothing of it on the page.
func (a *app) rescue(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			a.Log.Error("panic in a handler", "panic", scrub(fmt.Sprint(p)), "route", openPath(c.Route().Path),
				"request_id", requestID(c), "stack", string(debug.Stack()))
			err = &httpError{status: fiber.StatusInternalServerError}
		}
	}()
	return c.Next()
}

// refuseCoding answers 415 to any Content-Encoding: Fiber would unpack 2 kB into 512 MiB, past the
// limit of bodies.
func (a *app) refuseCoding(c *fiber.Ctx) error {
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return &httpError{status: fiber.StatusUnsupportedMediaType, detail: "Send the body without a Content-Encoding."}
	}
	return c.Next()
}

func (a *app) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}
