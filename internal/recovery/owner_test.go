package recovery

import (
	"testing"
	"time"

	"earshot/internal/feedback"
)

// TestRoute gives a case to the deputy of somebody who is away, to the lead when the deputy cannot either,
// and keeps the score with who earned it. Friday noon: see noon.
func TestRoute(t *testing.T) {
	person := func(c CalendarRow) func(*CalendarRow) { return func(row *CalendarRow) { *row = c } }
	away := []feedback.Absence{{From: "2026-11-20", To: "2026-11-24", Why: "ill"}}
	for name, c := range map[string]struct {
		sam, ivy CalendarRow
		busy     int // Sam's open cases
		want     string
	}{
		"there":                         {CalendarRow{}, CalendarRow{}, 3, "sam@acme.test"},
		"away":                          {CalendarRow{Away: away, Deputy: "ivy@acme.test"}, CalendarRow{}, 0, "ivy@acme.test"},
		"away, nobody stands in":        {CalendarRow{Away: away}, CalendarRow{}, 0, "lena@acme.test"},
		"both away":                     {CalendarRow{Away: away, Deputy: "ivy@acme.test"}, CalendarRow{Away: away}, 0, "lena@acme.test"},
		"not working on Fridays":        {CalendarRow{Hours: "mon-thu 09:00-17:00", Deputy: "ivy@acme.test"}, CalendarRow{}, 0, "ivy@acme.test"},
		"a day off of the own calendar": {CalendarRow{Days: []feedback.DayOff{{Date: "2026-11-20"}}, Deputy: "ivy@acme.test"}, CalendarRow{}, 0, "ivy@acme.test"},
		"too much open":                 {CalendarRow{MaxOpen: 2, Deputy: "ivy@acme.test"}, CalendarRow{}, 2, "ivy@acme.test"},
		"not too much open":             {CalendarRow{MaxOpen: 3, Deputy: "ivy@acme.test"}, CalendarRow{}, 2, "sam@acme.test"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.user("ivy", feedback.RoleAgent, "Billing")
			for i := range c.busy {
				w.openFor(string(rune('a'+i)), "busy", noon())
			}
			for email, row := range map[string]CalendarRow{"sam@acme.test": c.sam, "ivy@acme.test": c.ivy} {
				if err := w.ChangeCalendar(t.Context(), OfPerson, email, person(row)); err != nil {
					t.Fatal(err)
				}
			}
			k := w.open()
			if k.Owner.Email != c.want || k.Agent.Email != "sam@acme.test" || (k.Routed == "") != (c.want == "sam@acme.test") {
				t.Errorf("owner %s (%s), earned by %s; want %s", k.Owner.Email, k.Routed, k.Agent.Email, c.want)
			}
			w.work(noon())
			if k = w.get(k.ID); k.Notices[0].To != c.want {
				t.Errorf("%s was alerted", k.Notices[0].To)
			}
		})
	}
}

// TestClockOfTheTeam runs the clock in the team's hours and over its holidays.
func TestClockOfTheTeam(t *testing.T) {
	w := newWorld(t)
	err := w.ChangeCalendar(t.Context(), OfTeam, "Billing", func(c *CalendarRow) {
		c.Hours, c.Zone, c.Days = "mon-fri 09:00-17:00", "Europe/Berlin", []feedback.DayOff{{Date: "2026-11-23", Name: "Day of the company"}}
	})
	if err != nil {
		t.Fatal(err)
	}
	k := w.open() // Friday 13:00 in Berlin: four hours are left
	if want := time.Date(2026, 11, 20, 13, 0, 0, 0, time.UTC); !k.AcknowledgeBy.Equal(want) {
		t.Errorf("to acknowledge by %s, want %s", k.AcknowledgeBy, want)
	}
	if want := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC); !k.ContactBy.Equal(want) {
		t.Errorf("to contact by %s, want %s", k.ContactBy, want)
	}
	late := w.openFor("2", "tom", noon().Add(4*time.Hour)) // at the very end of the day: Tuesday is next
	if want := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC); !late.AcknowledgeBy.Equal(want) {
		t.Errorf("to acknowledge by %s, want %s", late.AcknowledgeBy, want)
	}
	for what, bad := range map[string]func(*CalendarRow){
		"hours": func(c *CalendarRow) { c.Hours = "always" }, "zone": func(c *CalendarRow) { c.Zone = "Mars/Base" },
		"absence": func(c *CalendarRow) { c.Away = []feedback.Absence{{From: "2026-11-25", To: "2026-11-20"}} },
		"deputy":  func(c *CalendarRow) { c.Deputy = "nobody@acme.test" }, "open": func(c *CalendarRow) { c.MaxOpen = -1 },
	} {
		if err := w.ChangeCalendar(t.Context(), OfPerson, "sam@acme.test", bad); err == nil {
			t.Errorf("a wrong %s is taken", what)
		}
	}
}
