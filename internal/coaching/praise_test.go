package coaching

import (
	"testing"
	"time"

	"earshot/internal/feedback"
)

func TestNamed(t *testing.T) {
	sam, ivy := feedback.Agent{Email: "sam", Name: "Sam Okoro"}, feedback.Agent{Email: "ivy", Name: "Ivy Brandt"}
	other, third := feedback.Agent{Email: "sam2", Name: "Sam Weber"}, feedback.Agent{Email: "ivy2", Name: "Ivy Novak"}
	cases := map[string]struct {
		names      []string
		candidates []feedback.Agent
		want       []string
	}{
		"the owner":                        {[]string{"Sam"}, []feedback.Agent{sam, ivy}, []string{"sam"}},
		"the owner before a namesake":      {[]string{"Sam"}, []feedback.Agent{sam, other}, []string{"sam"}},
		"the namesake by full name":        {[]string{"sam weber"}, []feedback.Agent{sam, other}, []string{"sam2"}},
		"a colleague":                      {[]string{"Ivy"}, []feedback.Agent{sam, ivy}, []string{"ivy"}},
		"both":                             {[]string{"Ivy", "Sam"}, []feedback.Agent{sam, ivy}, []string{"ivy", "sam"}},
		"one of two of that name":          {[]string{"Ivy"}, []feedback.Agent{sam, ivy, third}, nil},
		"a stranger":                       {[]string{"Anna"}, []feedback.Agent{sam, ivy}, nil},
		"an owner whose name is not known": {[]string{"Sam"}, []feedback.Agent{{Email: "x"}}, nil},
		"twice is once":                    {[]string{"Sam", "Sam Okoro"}, []feedback.Agent{sam}, []string{"sam"}},
	}
	for name, c := range cases {
		var got []string
		for _, a := range Named(c.names, c.candidates) {
			got = append(got, a.Email)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
}

// TestWeekEnd goes through a year in zones that move their clocks: a week ends at 15:00 on a Friday
// there, never after now, and never more than a week and an hour ago.
func TestWeekEnd(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Dubai"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() == 2026; at = at.Add(47 * time.Minute) {
			end := weekEnd(at, zone)
			if end.After(at) || at.Sub(end) > week+time.Hour || end.Weekday() != time.Friday || end.Hour() != 15 {
				t.Fatalf("%s: at %s the week ended %s", name, at, end)
			}
		}
	}
}
