package feedback

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestCalendarAdd holds, over zones with every kind of change of the clock, random hours and holidays: the
// end lies inside working time, no working time is lost or gained on the way, and two steps are one.
func TestCalendarAdd(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		from := rapid.IntRange(0, 22*60).Draw(t, "from")
		c := Calendar{Zone: zone, HasHours: true, Hours: Hours{Span: Window{from, rapid.IntRange(from+30, 24*60).Draw(t, "to")}}}
		for d := range c.Hours.Days {
			c.Hours.Days[d] = rapid.Bool().Draw(t, "day")
		}
		c.Hours.Days[rapid.IntRange(0, 6).Draw(t, "some day")] = true
		start := UTC(time.Unix(rapid.Int64Range(1_770_000_000, 1_800_000_000).Draw(t, "start"), 0))
		for range rapid.IntRange(0, 5).Draw(t, "holidays") {
			c.Days = append(c.Days, DayOff{Date: start.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "off")).Format(time.DateOnly)})
		}
		a := time.Duration(rapid.IntRange(1, 40*60).Draw(t, "a")) * time.Minute
		b := time.Duration(rapid.IntRange(1, 40*60).Draw(t, "b")) * time.Minute
		end := c.Add(start, a)
		if end.Before(start.Add(a)) {
			t.Fatalf("%s of working time end after %s", a, end.Sub(start))
		}
		if begin, close := c.on(end.In(zone)); end.Before(begin) || end.After(close) || !begin.Before(close) {
			t.Fatalf("%s lies outside working time", end.In(zone))
		}
		if two, one := c.Add(c.Add(start, a), b), c.Add(start, a+b); !two.Equal(one) {
			t.Fatalf("%s then %s end at %s, together at %s", a, b, two, one)
		}
		if later := c.Add(start.Add(time.Hour), a); later.Before(end) {
			t.Fatalf("who begins later ends earlier: %s before %s", later, end)
		}
		more := c
		more.Days = append(more.Days, DayOff{Date: start.In(zone).Format(time.DateOnly)})
		if moved := more.Add(start, a); moved.Before(end) {
			t.Fatalf("one more holiday makes the clock end earlier: %s before %s", moved, end)
		}
		if !c.CanSee(start, end) {
			t.Fatalf("somebody works %s until %s and cannot see anything", a, end)
		}
	})
}

func TestCalendarOver(t *testing.T) {
	hours, err := ParseHours("mon-fri 09:00-17:00")
	if err != nil {
		t.Fatal(err)
	}
	team := Calendar{Hours: hours, HasHours: true, Zone: time.UTC, Days: []DayOff{{"2026-12-25", "Christmas"}}, Deputy: "ivy@acme.test"}
	own := Calendar{Away: []Absence{{"2026-11-20", "2026-11-24", "ill"}}}.Over(team)
	friday := at(t, "2026-11-20T12:00:00Z")
	if a, ok := own.AwayOn(friday); !ok || a.Why != "ill" || own.CanSee(friday, friday.Add(time.Hour)) || own.Deputy != "ivy@acme.test" {
		t.Errorf("away: %+v, can see %v, deputy %q", a, own.CanSee(friday, friday.Add(time.Hour)), own.Deputy)
	}
	if !own.CanSee(at(t, "2026-11-24T20:00:00Z"), at(t, "2026-11-25T10:00:00Z")) {
		t.Error("back on Wednesday morning, in time")
	}
	if got := own.Add(at(t, "2026-12-24T16:00:00Z"), 2*time.Hour); !got.Equal(at(t, "2026-12-28T10:00:00Z")) {
		t.Errorf("over Christmas and the weekend: %s", got)
	}
}
