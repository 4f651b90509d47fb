package feedback

import (
	"fmt"
	"strings"
	"time"
)

// Window is a daily span of clock time, in minutes after midnight. From may be after To: the span
// then runs over midnight. Equal bounds mean no window.
type Window struct {
	From, To int
}

// ParseWindow reads "20:00-08:00"; an empty string is no window.
func ParseWindow(s string) (Window, error) {
	if strings.TrimSpace(s) == "" {
		return Window{}, nil
	}
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return Window{}, fmt.Errorf("%q is not a span of time such as 20:00-08:00", s)
	}
	a, err := parseClock(from)
	if err != nil {
		return Window{}, err
	}
	b, err := parseClock(to)
	if err != nil {
		return Window{}, err
	}
	return Window{a, b}, nil
}

func parseClock(s string) (int, error) {
	s = strings.TrimSpace(s)
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time of day such as 09:00", s)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// IsZero tells whether there is no window.
func (w Window) IsZero() bool { return w.From == w.To }

// Contains tells whether t lies inside the window on the clock of its location.
func (w Window) Contains(t time.Time) bool {
	if w.IsZero() {
		return false
	}
	m := t.Hour()*60 + t.Minute()
	if w.From < w.To {
		return m >= w.From && m < w.To
	}
	return m >= w.From || m < w.To
}

// Next returns t, or the end of the window when t lies inside it. The result is on t's clock, so a
// change to or from daylight saving time moves the instant, never the time of day.
func (w Window) Next(t time.Time) time.Time {
	if !w.Contains(t) {
		return t
	}
	day := t
	if t.Hour()*60+t.Minute() >= w.To {
		day = noon(t, 1)
	}
	end := clockTime(day, w.To)
	if !end.After(t) { // the hour that daylight saving time repeats: the second time counts
		_, then := end.Zone()
		_, now := t.Zone()
		end = end.Add(time.Duration(then-now) * time.Second)
	}
	return end
}

// NextDay returns the beginning of the day after t's, on t's clock.
func NextDay(t time.Time) time.Time { return clockTime(noon(t, 1), 0) }

// noon returns noon of the day that lies days after t's, on t's clock. Midnight would not do to walk
// along days with: some zones (Chile, Cuba) leave it out once a year.
func noon(t time.Time, days int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, 12, 0, 0, 0, t.Location())
}

// clockTime returns the moment of t's day at which its clock shows the given minutes after midnight,
// or, when daylight saving time leaves that out, the moment at which the clock jumps over it.
func clockTime(t time.Time, minutes int) time.Time {
	at := time.Date(t.Year(), t.Month(), t.Day(), 0, minutes, 0, 0, t.Location())
	want := time.Date(t.Year(), t.Month(), t.Day(), 0, minutes, 0, 0, time.UTC)
	shown := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, time.UTC)
	begins, ends := at.ZoneBounds()
	switch {
	case shown.Before(want):
		return ends
	case shown.After(want):
		return begins
	}
	return at
}

// Hours are weekly working hours: which days, and one span a day. The zero value means always.
type Hours struct {
	Days [7]bool // by time.Weekday
	Span Window
}

var weekdays = map[string]time.Weekday{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

// ParseHours reads "mon-fri 09:00-18:00" or "mon,wed,fri 10:00-16:00"; an empty string is always.
func ParseHours(s string) (Hours, error) {
	if strings.TrimSpace(s) == "" {
		return Hours{}, nil
	}
	days, span, ok := strings.Cut(strings.TrimSpace(s), " ")
	if !ok {
		return Hours{}, fmt.Errorf("%q are not working hours such as mon-fri 09:00-18:00", s)
	}
	var h Hours
	for _, part := range strings.Split(strings.ToLower(days), ",") {
		if err := h.addDays(part); err != nil {
			return Hours{}, err
		}
	}
	w, err := ParseWindow(span)
	if err != nil {
		return Hours{}, err
	}
	if w.From >= w.To {
		return Hours{}, fmt.Errorf("%q: working hours must end after they begin, on the same day", s)
	}
	h.Span = w
	return h, nil
}

func (h *Hours) addDays(part string) error {
	first, last, isRange := strings.Cut(part, "-")
	if !isRange {
		last = first
	}
	a, ok1 := weekdays[first]
	b, ok2 := weekdays[last]
	if !ok1 || !ok2 {
		return fmt.Errorf("%q is not a weekday or a range such as mon-fri", part)
	}
	for d := a; ; d = (d + 1) % 7 {
		h.Days[d] = true
		if d == b {
			return nil
		}
	}
}

// Always tells whether the clock never stops.
func (h Hours) Always() bool { return h.Span.IsZero() }

// Add returns the moment at which d of working time has passed since start, counted on the clock of
// loc. Hours that daylight saving time removes or repeats count as they really pass.
func (h Hours) Add(start time.Time, d time.Duration, loc *time.Location) time.Time {
	if h.Always() {
		return UTC(start.Add(d))
	}
	t := start.In(loc)
	for range 20 * 366 { // twenty years of days: more than any clock runs
		from, to := h.on(t)
		if from.Before(t) {
			from = t
		}
		if h.Days[t.Weekday()] && from.Before(to) {
			if open := to.Sub(from); d <= open {
				return UTC(from.Add(d))
			} else {
				d -= open
			}
		}
		t = clockTime(noon(t, 1), 0)
	}
	return UTC(t)
}

func (h Hours) on(t time.Time) (from, to time.Time) {
	return clockTime(t, h.Span.From), clockTime(t, h.Span.To)
}
