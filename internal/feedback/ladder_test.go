package feedback

import (
	"testing"
	"time"
)

func TestStageAt(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	ago := func(days ...int) (out []time.Time) {
		for _, d := range days {
			out = append(out, now.AddDate(0, 0, -d))
		}
		return out
	}
	csat := func(days, score int) Opinion { return Opinion{now.AddDate(0, 0, -days), CSAT, score} }
	nps := func(days, score int) Opinion { return Opinion{now.AddDate(0, 0, -days), NPS, score} }
	for _, c := range []struct {
		name     string
		contacts []time.Time
		answers  []Opinion
		want     Stage
	}{
		{"nobody yet", nil, nil, OneTime},
		{"one contact", ago(1), []Opinion{csat(0, 5)}, OneTime},
		{"two contacts", ago(1, 30), nil, Occasional},
		{"four contacts", ago(1, 5, 9, 12), nil, Frequent},
		{"four contacts, of which three long ago", ago(1, 800, 900, 1000), nil, OneTime},
		{"what is still to come does not count", ago(1, -1, -2, -3), nil, OneTime},
		{"four contacts over months and content", ago(1, 30, 60, 90), []Opinion{csat(0, 4)}, Loyal},
		{"four contacts in a fortnight and content", ago(1, 5, 9, 12), []Opinion{csat(0, 4)}, Frequent},
		{"the latest answer decides", ago(1, 30, 60, 90), []Opinion{csat(5, 5), csat(0, 1)}, Occasional},
		{"the lowest rung is the floor", ago(1), []Opinion{csat(0, 1)}, OneTime},
		{"delighted twice", ago(1, 30), []Opinion{csat(0, 5), nps(20, 9)}, Advocate},
		{"delighted once", ago(1, 30), []Opinion{csat(0, 5), csat(20, 3)}, Occasional},
		{"an old answer is forgotten", ago(1, 30), []Opinion{csat(0, 5), csat(800, 5)}, Occasional},
	} {
		if got := StageAt(c.contacts, c.answers, now); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if OneTime.Rung() != 0 || Advocate.Rung() != 4 || Stage("x").Rung() != -1 {
		t.Error("rungs")
	}
}

func TestJourneyOf(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	wait := 90.0
	in := &Interaction{EndedAt: at, Metrics: Metrics{WaitSeconds: &wait}}
	r := &Response{Survey: "csat", Metric: CSAT, Score: 1, Scored: true, AnsweredAt: at.Add(time.Hour)}
	contacts := []time.Time{at, at.AddDate(0, 0, -2), at.AddDate(0, 0, -8), at.AddDate(0, 0, -90)}
	j := JourneyOf(r, in, contacts, []Opinion{{at.AddDate(0, 0, -1), CSAT, 5}})
	if j.Before != Loyal || j.After != Occasional || j.Contacts != 4 || j.Repeats != 1 || j.Metrics.WaitSeconds != &wait {
		t.Errorf("journey %+v", j)
	}
	if j := JourneyOf(r, in, nil, nil); j.Contacts != 1 || j.Before != OneTime || j.Repeats != 0 {
		t.Errorf("a journey whose interaction is not listed: %+v", j)
	}
}
