package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/staff"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// httpError is an error of the request itself, with the sentence that the visitor may read.
type httpError struct {
	status int
	detail string
	errors []feedback.FieldError
}

func (e *httpError) Error() string {
	if e.detail == "" {
		return http.StatusText(e.status)
	}
	return e.detail
}

func badRequest(detail string) error {
	return &httpError{status: fiber.StatusBadRequest, detail: detail}
}

func notFound(detail string) error { return &httpError{status: fiber.StatusNotFound, detail: detail} }

func forbidden(detail string) error {
	return &httpError{status: fiber.StatusForbidden, detail: detail}
}

// problem is a problem document of RFC 9457.
type problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty"`
	Errors    []problemField `json:"errors,omitempty"`
	RequestID string         `json:"request_id,omitempty"`
}

// problemField is one mistake in one field of the request.
type problemField struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// retryAfter is what a 503 asks clients to wait, in seconds.
const retryAfter = "5"

// meaning is one line of the table from errors to answers. Visitors never see err.Error() of an error
// that is not ours.
type meaning struct {
	is     error
	status int
	detail string // empty: the error's own words, which are ours
}

func meanings() []meaning {
	return []meaning{
		{store.ErrUnavailable, 503, "The database cannot be reached right now. Nothing is lost; try again in a moment."},
		{context.DeadlineExceeded, 503, "This took too long. Try again in a moment."},
		{context.Canceled, 503, "The server is restarting. Try again in a moment."},
		{store.ErrNotFound, 404, "There is nothing at this address."},
		{collect.ErrUnknown, 404, "This link is not one of ours, or a part of it is missing."},
		{collect.ErrGone, 410, "This survey is closed."},
		{staff.ErrLink, 410, ""},
		{staff.ErrKey, 401, "Send a valid API key as Authorization: Bearer <key>."},
		{staff.ErrNoSession, 401, "Sign in first."},
		{staff.ErrThrottled, 429, ""},
		{feedback.ErrTransition, 409, ""},
		{store.ErrConflict, 409, "Somebody else changed this at the same moment. Look again and repeat what you did."},
		{store.ErrExists, 409, "This exists already."},
	}
}

// describe turns an error into what the visitor is told.
func describe(err error) problem {
	p := problem{Type: "about:blank", Status: 500, Detail: "Something went wrong on our side. It has been noted."}
	var own *httpError
	var routing *fiber.Error
	var invalid *feedback.Invalid
	switch {
	case errors.As(err, &own):
		p.Status, p.Detail = own.status, own.detail
		p.Errors = problemFields(own.errors)
	case errors.As(err, &invalid):
		p.Status, p.Errors = 422, problemFields(invalid.Errors)
		p.Detail = "Some of what was sent cannot be accepted; nothing was saved."
	case errors.Is(err, store.ErrCursor):
		p.Status, p.Detail = 422, "after is not a cursor that this list returned as next."
		p.Errors = []problemField{{"after", "is not a cursor of this list"}}
	case errors.As(err, &routing):
		p.Status, p.Detail = routing.Code, routingDetail(routing.Code)
	default:
		for _, m := range meanings() {
			if !errors.Is(err, m.is) {
				continue
			}
			if p.Status, p.Detail = m.status, m.detail; p.Detail == "" {
				p.Detail = sentence(err.Error())
			}
			break
		}
	}
	p.Title = http.StatusText(p.Status)
	return p
}

func routingDetail(code int) string {
	switch code {
	case fiber.StatusNotFound:
		return "There is nothing at this address."
	case fiber.StatusMethodNotAllowed:
		return "This address does not take that method; the Allow header says which it takes."
	case fiber.StatusRequestEntityTooLarge:
		return "The request is larger than 1 MiB. Send it in parts."
	case fiber.StatusRequestHeaderFieldsTooLarge:
		return "The request's head is larger than 16 KiB."
	case fiber.StatusRequestTimeout:
		return "The request did not arrive in time."
	}
	return "The request could not be understood."
}

// sentence makes an error of ours readable as a sentence.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

func problemFields(in []feedback.FieldError) []problemField {
	var out []problemField
	for _, e := range in {
		out = append(out, problemField{e.Field, e.Detail})
	}
	return out
}

// fail answers a request whose handler returned an error. It is also Fiber's error handler, for
// requests that never reach the middleware.
func (a *app) fail(c *fiber.Ctx, err error) error {
	p := describe(err)
	p.RequestID = requestID(c)
	if p.RequestID == "" { // the server gave up before the middleware: a body too large, a broken head
		a.setSecureHeaders(c)
		a.meter.observe(c.Method(), "unmatched", p.Status, 0)
		a.Log.Info("request refused", "status", p.Status)
		if open, ok := c.Context().Conn().(*conn); ok {
			open.linger.Store(true)
		}
	}
	if p.Status >= 500 {
		a.Log.Error("request failed", "status", p.Status, "error", scrub(err.Error()), "request_id", p.RequestID)
	}
	if p.Status == fiber.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, retryAfter)
	}
	if p.Status == fiber.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="Earshot API"`)
	}
	c.Status(p.Status)
	if wantsProblem(c) {
		return sendProblem(c, p)
	}
	return a.lastResort(c, p)
}

// lastResort sends the error page, and a line of plain text when even that page fails: nothing above
// it catches a panic, and one would end the process.
func (a *app) lastResort(c *fiber.Ctx, p problem) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			a.Log.Error("panic in the error page", "panic", scrub(fmt.Sprint(cause)), "request_id", p.RequestID)
			c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
			err = c.SendString(p.Title + ". " + p.Detail + " Request " + p.RequestID + "\n")
		}
	}()
	return a.errorPage(c, p)
}

func sendProblem(c *fiber.Ctx, p problem) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Send(b)
}

// wantsProblem tells whether the client is a program: everything under /v1 and /hooks, and whoever
// sends JSON.
func wantsProblem(c *fiber.Ctx) bool {
	path := c.Path()
	if strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/hooks/") || path == "/v1" {
		return true
	}
	return isJSON(c)
}

func isJSON(c *fiber.Ctx) bool {
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == fiber.MIMEApplicationJSON || strings.HasSuffix(kind, "+json")
}

// addresses are cut out of whatever is logged.
var addresses = regexp.MustCompile(`[^\s<>"':,;()]+@[^\s<>"':,;()]+`)

func scrub(s string) string { return addresses.ReplaceAllString(s, "<address>") }

// errorPage is the kind page for people. Under /s it speaks the customer's language.
func (a *app) errorPage(c *fiber.Ctx, p problem) error {
	if strings.HasPrefix(c.Path(), "/s/") {
		return a.customerError(c, p)
	}
	page := errorView{Status: p.Status, Title: p.Title, Detail: p.Detail}
	return a.page(c, "error", page)
}

// errorView is the page struct of error.html.
type errorView struct {
	Status        int
	Title, Detail string
}
