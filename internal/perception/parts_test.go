package perception

import (
	"context"
	"testing"

	"earshot/internal/feedback"
)

func TestScoresByDimension(t *testing.T) {
	w := newWorld(t, openStore(t))
	ida, bo := agents()[0], agents()[2]
	long, short, once := 2000.0, 20.0, 1
	w.customer, w.tags = feedback.Customer{Segment: "loyal", Locale: "DE_at", Value: 10}, []string{"refund", "vip", "refund"}
	w.journey = &feedback.Journey{Before: feedback.Frequent, After: feedback.Occasional, Contacts: 5, Repeats: 4,
		Metrics: feedback.Metrics{WaitSeconds: &long, Transfers: &once}}
	w.fill(ida, "csat", feedback.CSAT, "chat", day(10, 1), 12, 1)
	w.customer, w.tags = feedback.Customer{Segment: "new", Locale: "en"}, nil
	w.journey = &feedback.Journey{Before: feedback.OneTime, After: feedback.OneTime, Contacts: 1, Metrics: feedback.Metrics{WaitSeconds: &short}}
	w.fill(bo, "csat", feedback.CSAT, "chat", day(10, 1), 11, 5)
	w.drain(w.service)
	w.check()
	ask := func(q Query) []Score {
		t.Helper()
		q.From, q.To = day(10, 1), day(10, 31)
		got, err := w.service.Scores(context.Background(), q)
		w.must(err)
		return got
	}
	for _, c := range []struct {
		by, scope string
		n, asked  int64
		score     float64
	}{
		{feedback.BySegment, "loyal", 12, 12, 0}, {feedback.BySegment, "new", 11, 11, 100},
		{feedback.ByLocale, "de-AT", 12, 12, 0}, {feedback.ByTag, "refund", 12, 12, 0}, {feedback.ByTag, "vip", 12, 12, 0},
		{feedback.ByStage, "frequent", 12, 0, 0}, {feedback.ByStage, "one-time", 11, 0, 100},
		{feedback.ByWait, "15-60 min", 12, 0, 0}, {feedback.ByWait, "0-1 min", 11, 0, 100},
		{feedback.ByTransfers, "1", 12, 0, 0}, {feedback.ByRepeats, "3+", 12, 0, 0}, {feedback.ByRepeats, "0", 11, 0, 100},
	} {
		s := find(t, ask(Query{By: c.by}), c.scope, "csat")
		if s.N != c.n || s.Asked != c.asked || s.Score == nil || *s.Score != c.score {
			t.Errorf("%s %s: %+v, want %.0f of %d answers, %d asked", c.by, c.scope, s.Figures, c.score, c.n, c.asked)
		}
	}
	for _, q := range []Query{{By: feedback.BySegment, Team: "Billing"}, {By: feedback.BySegment, Agent: ida.Email}} {
		if s := find(t, ask(q), "loyal", "csat"); s.N != 12 {
			t.Errorf("narrowed to %q%q: %d answers", q.Team, q.Agent, s.N)
		}
	}
	if got := ask(Query{By: feedback.BySegment, Agent: bo.Email}); len(got) != 1 {
		t.Errorf("the segments of one agent: %+v", got)
	}
	if got := ask(Query{By: feedback.ByReopens}); len(got) != 0 {
		t.Errorf("nobody reported reopens, yet %+v", got)
	}
	if _, err := w.service.Scores(context.Background(), Query{By: "shoe size", From: day(10, 1), To: day(10, 2)}); err == nil {
		t.Error("an unknown dimension was taken")
	}
}

func TestLocaleOf(t *testing.T) {
	for in, want := range map[string]string{"": "", "DE": "de", "de_at": "de-AT", "zh-hant-tw": "zh-Hant-TW", "-": ""} {
		if got := localeOf(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
