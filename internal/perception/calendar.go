package perception

import (
	"fmt"
	"time"

	"earshot/internal/feedback"
)

// Lengths of a bucket.
const (
	Daily   = "day"
	Weekly  = "week" // begins on Monday
	Monthly = "month"
)

// maxDays bounds the span of one question: ten years.
const maxDays = 3660

// span is a run of whole days on the organisation's clock, both ends inclusive.
type span struct {
	first, last time.Time // midnight UTC of the civil day, for counting only
	zone        *time.Location
}

// newSpan covers every day that from..to (exclusive) touches on the clock of zone.
func newSpan(from, to time.Time, zone *time.Location) (span, error) {
	if from.IsZero() {
		return span{}, feedback.Refuse("from", "is required, as an RFC 3339 time")
	}
	if !to.After(from) {
		return span{}, feedback.Refuse("to", "must be later than from")
	}
	s := span{civil(from.In(zone)), civil(to.Add(-time.Millisecond).In(zone)), zone}
	if s.days() > maxDays {
		return span{}, feedback.Refuse("from", fmt.Sprintf("is more than %d days before to", maxDays))
	}
	return s, nil
}

func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func (s span) days() int { return int(s.last.Sub(s.first)/(24*time.Hour)) + 1 }

// before is the span of the same length that ends where s begins.
func (s span) before() span {
	n := s.days()
	return span{s.first.AddDate(0, 0, -n), s.first.AddDate(0, 0, -1), s.zone}
}

func (s span) from() string { return s.first.Format(time.DateOnly) }
func (s span) to() string   { return s.last.Format(time.DateOnly) }

// calendar sorts the days of a span into buckets.
type calendar struct {
	starts []time.Time    // first instant of each bucket on the organisation's clock
	index  map[string]int // bucket by day
}

// newCalendar lays out buckets of the given length; the first and the last one may be cut by the span.
func newCalendar(s span, every string) (calendar, error) {
	c := calendar{index: map[string]int{}}
	if every == "" {
		return c, nil
	}
	last := time.Time{}
	for day := s.first; !day.After(s.last); day = day.AddDate(0, 0, 1) {
		start, ok := bucketStart(day, every)
		if !ok {
			return c, feedback.Refuse("every", "must be day, week or month")
		}
		if len(c.starts) == 0 || !start.Equal(last) {
			last = start
			c.starts = append(c.starts, time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, s.zone))
		}
		c.index[day.Format(time.DateOnly)] = len(c.starts) - 1
	}
	return c, nil
}

func bucketStart(day time.Time, every string) (time.Time, bool) {
	switch every {
	case Daily:
		return day, true
	case Weekly:
		return day.AddDate(0, 0, -(int(day.Weekday())+6)%7), true
	case Monthly:
		return day.AddDate(0, 0, 1-day.Day()), true
	}
	return day, false
}
