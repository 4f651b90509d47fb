package web

import (
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// query reads the parameters of a list and gathers every mistake. A parameter that nobody asked for
// is one: a mistyped filter must not silently return everything.
type query struct {
	values url.Values
	zone   *time.Location
	known  []string
	errs   []feedback.FieldError
}

func (a *app) query(c *fiber.Ctx) *query {
	q := &query{zone: a.Zone}
	var err error
	if q.values, err = url.ParseQuery(string(c.Context().URI().QueryString())); err != nil {
		q.add("(query)", "is not a valid query string")
	}
	return q
}

func (q *query) add(name, detail string) {
	q.errs = append(q.errs, feedback.FieldError{Field: name, Detail: detail})
}

func (q *query) text(name string) string {
	q.known = append(q.known, name)
	values := q.values[name]
	if len(values) > 1 {
		q.add(name, "is given more than once")
	}
	v := strings.TrimSpace(q.values.Get(name))
	if len(v) > 400 || clean(v) != v {
		q.add(name, "is too long or no text")
		return ""
	}
	return v
}

func (q *query) oneOf(name string, allowed ...string) string {
	v := q.text(name)
	if v != "" && !slices.Contains(allowed, v) {
		q.add(name, "must be one of "+strings.Join(allowed, ", "))
	}
	return v
}

// listOf reads values separated by commas.
func (q *query) listOf(name string, allowed ...string) []string {
	v := q.text(name)
	if v == "" {
		return nil
	}
	out := strings.Split(v, ",")
	for _, s := range out {
		if !slices.Contains(allowed, s) {
			q.add(name, fmt.Sprintf("%q is not one of %s", s, strings.Join(allowed, ", ")))
		}
	}
	return out
}

// from reads the first moment of a span: an RFC 3339 time, or a day on the organisation's clock.
func (q *query) from(name string) time.Time { return q.moment(name, 0) }

// to reads the end of a span, which is not part of it; a day is part of it as a whole.
func (q *query) to(name string) time.Time { return q.moment(name, 1) }

func (q *query) moment(name string, days int) time.Time {
	v := q.text(name)
	if v == "" {
		return time.Time{}
	}
	if t, err := time.ParseInLocation(time.DateOnly, v, q.zone); err == nil {
		return t.AddDate(0, 0, days)
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		q.add(name, expectTime+" or a day such as 2026-11-20")
		return time.Time{}
	}
	return t.UTC()
}

// maxLimit is the most rows of one page.
const maxLimit = 1000

func (q *query) page() store.Page {
	p := store.Page{Limit: 100, After: q.text("after")}
	if v := q.text("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > maxLimit {
			q.add("limit", fmt.Sprintf("must be a whole number from 1 to %d", maxLimit))
			return p
		}
		p.Limit = n
	}
	return p
}

// done reports all mistakes, among them parameters that are not known.
func (q *query) done() error {
	var unknown []string
	for name := range q.values {
		if !slices.Contains(q.known, name) {
			unknown = append(unknown, name)
		}
	}
	sort.Strings(unknown)
	for _, name := range unknown {
		q.add(name, "is not a parameter that is known here; known are "+strings.Join(q.known, ", "))
	}
	return refuse(q.errs)
}
