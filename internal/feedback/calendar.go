package feedback

import (
	"strings"
	"time"
)

// Calendar says when a person or a team works: the hours of the week, the days off, and, of a person, who
// stands in. A zero field leaves the question to the next wider calendar: the team's, the organisation's.
type Calendar struct {
	Hours    Hours
	HasHours bool
	Zone     *time.Location
	Days     []DayOff  // holidays of a team or the organisation
	Away     []Absence // of a person
	Deputy   string    // address of who stands in
	MaxOpen  int       // open cases from which on new ones go to the deputy; zero: any number
}

// DayOff is a date off, as YYYY-MM-DD, with its name.
type DayOff struct{ Date, Name string }

// Absence is a span of days off, both inclusive, as YYYY-MM-DD.
type Absence struct{ From, To, Why string }

// Over returns the calendar of somebody in a team: what c leaves open is answered by wider. Days off add up.
func (c Calendar) Over(wider Calendar) Calendar {
	if !c.HasHours {
		c.Hours, c.HasHours = wider.Hours, wider.HasHours
	}
	if c.Zone == nil {
		c.Zone = wider.Zone
	}
	if c.Deputy == "" {
		c.Deputy = wider.Deputy
	}
	if c.Away == nil {
		c.Away = wider.Away
	}
	if c.MaxOpen == 0 {
		c.MaxOpen = wider.MaxOpen
	}
	c.Days = append(append([]DayOff{}, c.Days...), wider.Days...)
	return c
}

// off tells whether a date is a holiday.
func (c Calendar) off(date string) bool {
	for _, d := range c.Days {
		if d.Date == date {
			return true
		}
	}
	return false
}

// AwayOn returns the absence that covers a moment on the calendar's clock.
func (c Calendar) AwayOn(at time.Time) (Absence, bool) {
	date := at.In(c.zone()).Format(time.DateOnly)
	for _, a := range c.Away {
		if a.From <= date && date <= a.To {
			return a, true
		}
	}
	return Absence{}, false
}

func (c Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// Add returns the moment at which d of working time has passed since start: inside the hours, on no
// holiday, on the clock of the calendar's zone. Absences do not stop the clock: somebody stands in. Hours
// that daylight saving time removes or repeats count as they really pass. A calendar without any working
// day within twenty years answers with the end of that search.
func (c Calendar) Add(start time.Time, d time.Duration) time.Time {
	if c.Hours.Always() && len(c.Days) == 0 {
		return UTC(start.Add(d))
	}
	t := start.In(c.zone())
	for range 20 * 366 {
		from, to := c.on(t)
		if from.Before(t) {
			from = t
		}
		if from.Before(to) {
			open := to.Sub(from)
			if d <= open {
				return UTC(from.Add(d))
			}
			d -= open
		}
		t = clockTime(noon(t, 1), 0)
	}
	return UTC(t)
}

// on returns the working span of t's day; an empty one when nobody works.
func (c Calendar) on(t time.Time) (from, to time.Time) {
	if c.off(t.Format(time.DateOnly)) {
		return t, t
	}
	if c.Hours.Always() {
		return clockTime(t, 0), clockTime(noon(t, 1), 0)
	}
	if !c.Hours.Days[t.Weekday()] {
		return t, t
	}
	return c.Hours.on(t)
}

// CanSee tells whether the person works at any moment from..by and is not away then: whoever cannot see a
// case before it has to be acknowledged should not get it.
func (c Calendar) CanSee(from, by time.Time) bool {
	t := from.In(c.zone())
	for range 366 {
		begin, end := c.on(t)
		if begin.Before(t) {
			begin = t
		}
		_, away := c.AwayOn(t)
		if !away && begin.Before(end) && !begin.After(by) {
			return true
		}
		if t = clockTime(noon(t, 1), 0); t.After(by) {
			return false
		}
	}
	return false
}

// ParseDays reads one date a line, "2026-12-25 Christmas"; empty lines are passed over.
func ParseDays(text string) ([]DayOff, error) {
	var out []DayOff
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		date, name, _ := strings.Cut(line, " ")
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return nil, Refuse("holidays", "have the line "+line+", which does not begin with a date such as 2026-12-25")
		}
		out = append(out, DayOff{date, strings.TrimSpace(name)})
	}
	return out, nil
}
