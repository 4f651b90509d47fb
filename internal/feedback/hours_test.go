package feedback

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at reads a moment with its offset.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParseWindowRefuses(t *testing.T) {
	for _, bad := range []string{"20:00", "20:00-", "-08:00", "25:00-08:00", "20:60-08:00", "8-20", "night", "20:00-08:00-09:00", "24:01-08:00"} {
		if w, err := ParseWindow(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, w)
		}
	}
	for in, want := range map[string]Window{"": {}, "  ": {}, "20:00-08:00": {1200, 480}, " 9:00 - 24:00 ": {540, 1440}, "00:00-00:00": {}} {
		if w, err := ParseWindow(in); err != nil || w != want {
			t.Errorf("%q was read as %+v, %v; want %+v", in, w, err, want)
		}
	}
}

func TestWindowNext(t *testing.T) {
	for _, c := range []struct{ name, zone, window, from, want string }{
		{"outside", "Europe/Berlin", "20:00-08:00", "2026-11-20T19:59:59+01:00", "2026-11-20T19:59:59+01:00"},
		{"evening", "Europe/Berlin", "20:00-08:00", "2026-11-20T20:00:00+01:00", "2026-11-21T08:00:00+01:00"},
		{"after midnight", "Europe/Berlin", "20:00-08:00", "2026-11-21T00:30:00+01:00", "2026-11-21T08:00:00+01:00"},
		{"the end is outside", "Europe/Berlin", "20:00-08:00", "2026-11-21T08:00:00+01:00", "2026-11-21T08:00:00+01:00"},
		{"night into summer time", "Europe/Berlin", "20:00-08:00", "2026-03-28T23:00:00+01:00", "2026-03-29T08:00:00+02:00"},
		{"night out of summer time", "Europe/Berlin", "20:00-08:00", "2026-10-24T23:00:00+02:00", "2026-10-25T08:00:00+01:00"},
		{"New York into summer time", "America/New_York", "20:00-08:00", "2026-03-07T22:00:00-05:00", "2026-03-08T08:00:00-04:00"},
		{"New York out of summer time", "America/New_York", "20:00-08:00", "2026-10-31T22:00:00-04:00", "2026-11-01T08:00:00-05:00"},
		{"end of month", "Europe/Berlin", "22:00-07:00", "2026-12-31T23:00:00+01:00", "2027-01-01T07:00:00+01:00"},
		{"within one day", "Europe/Berlin", "12:00-13:30", "2026-11-20T12:10:00+01:00", "2026-11-20T13:30:00+01:00"},
		{"until midnight", "Europe/Berlin", "20:00-24:00", "2026-11-20T20:10:00+01:00", "2026-11-21T00:00:00+01:00"},
		{"an end that does not exist, east", "Europe/Berlin", "22:00-02:30", "2026-03-29T01:45:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"an end that does not exist, west", "America/New_York", "22:00-02:30", "2026-03-08T01:45:00-05:00", "2026-03-08T03:00:00-04:00"},
		{"an end that comes twice, east", "Europe/Berlin", "22:00-02:30", "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00+01:00"},
		{"an end that comes twice, west", "America/New_York", "22:00-01:30", "2026-11-01T01:10:00-05:00", "2026-11-01T01:30:00-05:00"},
		{"a midnight that does not exist", "America/Santiago", "20:00-24:00", "2026-09-05T22:00:00-04:00", "2026-09-06T01:00:00-03:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := ParseWindow(c.window)
			if err != nil {
				t.Fatal(err)
			}
			got := w.Next(at(t, c.from).In(zone(t, c.zone)))
			if !got.Equal(at(t, c.want)) {
				t.Errorf("from %s on it is %s, want %s", c.from, got.Format(time.RFC3339), c.want)
			}
		})
	}
}

// Whatever the window and the moment: what Next returns is not inside, not earlier, and not more than
// a day and an hour later.
func TestWindowNextLeavesTheWindow(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia"}
	rapid.Check(t, func(r *rapid.T) {
		w := Window{rapid.IntRange(0, 1439).Draw(r, "from"), rapid.IntRange(0, 1440).Draw(r, "to")}
		if w.To-w.From >= 1440 {
			r.Skip("never outside")
		}
		from := time.Unix(rapid.Int64Range(1735689600, 1830000000).Draw(r, "moment"), 0).In(zone(t, rapid.SampledFrom(zones).Draw(r, "zone")))
		got := w.Next(from)
		if w.Contains(got) || got.Before(from) || got.Sub(from) > 25*time.Hour {
			r.Fatalf("Next(%s) of %+v is %s", from, w, got)
		}
	})
}

func TestParseHoursRefuses(t *testing.T) {
	for _, bad := range []string{"mon-fri", "always", "mon-fri 18:00-09:00", "mon-fri 09:00-09:00", "mo-fr 09:00-18:00", "mon-fri 9-18", "mon,,fri 09:00-18:00", "mon-wed-fri 09:00-18:00"} {
		if h, err := ParseHours(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, h)
		}
	}
}

func TestHoursAdd(t *testing.T) {
	const office = "mon-fri 09:00-18:00"
	for _, c := range []struct{ name, zone, hours, start, add, want string }{
		{"always", "Europe/Berlin", "", "2026-11-21T03:00:00+01:00", "1h", "2026-11-21T04:00:00+01:00"},
		{"within the day", "Europe/Berlin", office, "2026-11-20T10:00:00+01:00", "4h", "2026-11-20T14:00:00+01:00"},
		{"up to the end", "Europe/Berlin", office, "2026-11-20T10:00:00+01:00", "8h", "2026-11-20T18:00:00+01:00"},
		{"over the weekend", "Europe/Berlin", office, "2026-11-20T17:30:00+01:00", "1h", "2026-11-23T09:30:00+01:00"},
		{"on a Sunday", "Europe/Berlin", office, "2026-11-22T12:00:00+01:00", "1h", "2026-11-23T10:00:00+01:00"},
		{"before the day begins", "Europe/Berlin", office, "2026-11-20T03:00:00+01:00", "1h", "2026-11-20T10:00:00+01:00"},
		{"after the day ended", "Europe/Berlin", office, "2026-11-19T22:00:00+01:00", "1h", "2026-11-20T10:00:00+01:00"},
		{"48 hours are more than a week", "Europe/Berlin", office, "2026-11-20T09:00:00+01:00", "48h", "2026-11-27T12:00:00+01:00"},
		{"a weekend that loses an hour", "Europe/Berlin", office, "2026-03-27T17:00:00+01:00", "2h", "2026-03-30T10:00:00+02:00"},
		{"a weekend that gains an hour", "America/New_York", office, "2026-10-30T17:00:00-04:00", "2h", "2026-11-02T10:00:00-05:00"},
		{"a shift of the lost hour is 2 hours", "Europe/Berlin", "sun 01:00-04:00", "2026-03-29T00:00:00+01:00", "2h", "2026-03-29T04:00:00+02:00"},
		{"a shift of the repeated hour is 4 hours", "Europe/Berlin", "sun 01:00-04:00", "2026-10-25T00:00:00+02:00", "4h", "2026-10-25T04:00:00+01:00"},
		{"single days", "Europe/Berlin", "mon,wed 10:00-11:00", "2026-11-23T10:30:00+01:00", "1h", "2026-11-25T10:30:00+01:00"},
		{"a week end range over Sunday", "Europe/Berlin", "sat-mon 10:00-11:00", "2026-11-20T00:00:00+01:00", "3h", "2026-11-23T11:00:00+01:00"},
		{"a day without midnight", "America/Santiago", office, "2026-09-04T17:00:00-04:00", "2h", "2026-09-07T10:00:00-03:00"},
		{"on the organisation's clock", "Asia/Tokyo", office, "2026-11-20T01:00:00Z", "1h", "2026-11-20T02:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, err := ParseHours(c.hours)
			if err != nil {
				t.Fatal(err)
			}
			d, err := ParseDuration(c.add)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.Add(at(t, c.start), d, zone(t, c.zone)); !got.Equal(at(t, c.want)) {
				t.Errorf("%s + %s = %s, want %s", c.start, c.add, got.In(zone(t, c.zone)).Format(time.RFC3339), c.want)
			}
		})
	}
}

// Adding in two parts is adding at once: no working time is lost or counted twice at a seam.
func TestHoursAddInParts(t *testing.T) {
	h, err := ParseHours("mon-sat 00:00-24:00")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		loc := zone(t, rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/Santiago", "America/Havana"}).Draw(r, "zone"))
		start := time.Unix(rapid.Int64Range(1735689600, 1830000000).Draw(r, "start"), 0)
		a := time.Duration(rapid.IntRange(1, 20_000).Draw(r, "a")) * time.Minute
		b := time.Duration(rapid.IntRange(1, 20_000).Draw(r, "b")) * time.Minute
		if one, two := h.Add(start, a+b, loc), h.Add(h.Add(start, a, loc), b, loc); !one.Equal(two) {
			r.Fatalf("%s + %s + %s in %s: %s at once, %s in parts", start.UTC(), a, b, loc, one, two)
		}
	})
}

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{"0": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "14d": 14 * day, "1d12h": 36 * time.Hour, "0.5d": 12 * time.Hour, "0d": 0} {
		if d, err := ParseDuration(in); err != nil || d != want {
			t.Errorf("%q is %s, %v; want %s", in, d, err, want)
		}
	}
	for _, bad := range []string{"", " ", "5", "d", "-1d", "-1h", "1d-12h", "2d3d", "3w", "NaNd", "Infd", "1e300d", "99999999d", "2000000h", "1 d", "tomorrow"} {
		if d, err := ParseDuration(bad); err == nil {
			t.Errorf("%q was read as %s", bad, d)
		}
	}
}
