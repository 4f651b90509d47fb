package holiday

import (
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"
)

func TestOn(t *testing.T) {
	c := New()
	for _, x := range []struct {
		zone, day string
		holiday   bool
	}{
		{"Europe/Berlin", "2026-10-03", true},
		{"Europe/Berlin", "2026-04-06", true}, // Easter Monday
		{"Europe/Berlin", "2026-10-05", false},
		{"Europe/Vienna", "2026-10-26", true},
		{"America/New_York", "2026-11-26", true}, // Thanksgiving
		{"America/New_York", "2026-07-03", true}, // Independence Day is made up for on Friday
		{"US/Pacific", "2026-11-26", true},
		{"Europe/London", "2026-12-28", true}, // Boxing Day is a Saturday
		{"Europe/Lisbon", "2026-06-10", true},
		{"Europe/Lisbon", "2026-06-04", true}, // Corpo de Deus
		{"Europe/Paris", "2026-07-14", true},
		{"Europe/Rome", "2026-06-02", true},
		{"Europe/Madrid", "2026-10-12", true},
		{"Europe/Amsterdam", "2026-04-27", true},
		{"Australia/Melbourne", "2026-11-03", true}, // Melbourne Cup
		{"Australia/Perth", "2026-11-03", false},
		{"Asia/Tokyo", "2026-05-05", true},
		{"America/Sao_Paulo", "2026-09-07", true},
		{"Asia/Dubai", "2026-12-02", false}, // not covered
		{"UTC", "2026-12-25", false},
	} {
		loc, err := time.LoadLocation(x.zone)
		if err != nil {
			t.Fatal(err)
		}
		day, err := time.ParseInLocation(time.DateOnly, x.day, loc)
		if err != nil {
			t.Fatal(err)
		}
		for _, hour := range []time.Duration{0, 12 * time.Hour, 23*time.Hour + 59*time.Minute} {
			if name := c.On(day.Add(hour)); (name != "") != x.holiday {
				t.Errorf("%s in %s: %q, want a holiday: %v", day.Add(hour), x.zone, name, x.holiday)
			}
		}
	}
}

// Every zone in the table exists and has a country whose holidays are known.
func TestZones(t *testing.T) {
	c, known := New(), countries()
	n := 0
	for line := range strings.Lines(zones) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		zone, country, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if _, err := time.LoadLocation(zone); err != nil {
			t.Errorf("%s: %v", zone, err)
		}
		if known[country] == nil || c.byZone[zone] == nil {
			t.Errorf("%s: no holidays for %q", zone, country)
		}
		n++
	}
	if n < 150 {
		t.Errorf("only %d zones", n)
	}
}

func TestManyAtOnce(t *testing.T) {
	c := New()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			days := 0
			for d := range 365 {
				if c.On(time.Date(2026, 1, 1+d, 12, i, 0, 0, berlin)) != "" {
					days++
				}
			}
			if days != 9 { // Easter and Whitsun are not in the list by themselves
				t.Errorf("%d holidays in Germany", days)
			}
		})
	}
	wg.Wait()
}

func BenchmarkOn(b *testing.B) {
	c := New()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, berlin)
	for b.Loop() {
		c.On(at)
	}
}
