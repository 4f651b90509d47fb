package feedback

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestGive(t *testing.T) {
	s, now := parsed(t, definition), at(t, "2026-11-20T12:00:00Z")
	r := &Response{Metric: CSAT}
	first := Answer{Score: 1, Scored: true, Answers: map[string]string{"resolved": "no"}}
	if !r.Give(first, s, now) || !r.Low || !r.AnsweredAt.Equal(now) || !r.EditUntil.Equal(now.Add(day)) {
		t.Fatalf("first answer: %+v", r)
	}
	if !r.Settle.Equal(now.Add(2*time.Minute)) || !r.Due.Equal(now) {
		t.Errorf("a bare low vote settles at %s and is due at %s", r.Settle, r.Due)
	}
	if r.Give(first, s, now.Add(time.Second)) || len(r.Versions) != 0 || !r.ChangedAt.Equal(now) {
		t.Errorf("the same again: %+v", r)
	}
	r.Analysed, r.Sentiment = true, &Sentiment{Label: Negative}
	later := now.Add(time.Minute)
	commented := Answer{Score: 1, Scored: true, Comment: "Too slow", Answers: first.Answers}
	if !r.Give(commented, s, later) || r.Analysed || r.Sentiment != nil || !r.Settle.IsZero() {
		t.Errorf("a comment was added: %+v", r)
	}
	if !r.AnsweredAt.Equal(now) || !r.EditUntil.Equal(now.Add(day)) || !r.ChangedAt.Equal(later) {
		t.Errorf("the first vote moved: %+v", r)
	}
	r.Analysed, r.Sentiment = true, &Sentiment{Label: Negative}
	if !r.Give(Answer{Score: 4, Scored: true, Comment: "Too slow"}, s, later) || r.Low || !r.Analysed || r.Sentiment == nil {
		t.Errorf("only the score changed: %+v", r)
	}
	want := []Version{{now, 1, true, "", first.Answers, Vote{}}, {later, 1, true, "Too slow", first.Answers, Vote{}}}
	if d := cmp.Diff(want, r.Versions); d != "" {
		t.Errorf("versions (-want +got):\n%s", d)
	}
}

func TestGiveBoundsVersions(t *testing.T) {
	s, now := parsed(t, definition), at(t, "2026-11-20T12:00:00Z")
	r := &Response{Metric: CSAT}
	for i := range 3 * maxVersions {
		r.Give(Answer{Score: 1 + i%5, Scored: true, Comment: fmt.Sprint(i)}, s, now.Add(time.Duration(i)*time.Second))
	}
	if len(r.Versions) != maxVersions || r.Versions[0].Comment != "0" || r.Versions[maxVersions-1].Comment != fmt.Sprint(3*maxVersions-2) {
		t.Errorf("%d versions, from %+v to %+v", len(r.Versions), r.Versions[0], r.Versions[len(r.Versions)-1])
	}
}

func TestCaseReasonAndConflict(t *testing.T) {
	bad, good := &Sentiment{Label: Negative, Confidence: 0.9, Polarity: -0.8}, &Sentiment{Label: Positive, Confidence: 0.9, Polarity: 0.8}
	unsure, mild := &Sentiment{Label: Negative, Confidence: 0.69, Polarity: -0.8}, &Sentiment{Label: Negative, Confidence: 0.9, Polarity: -0.3}
	threat := &Sentiment{Label: Positive, Confidence: 0.95, Polarity: 0.8, Signals: []Signal{{Kind: SignalLegal}}}
	call := &Sentiment{Label: Positive, Confidence: 0.95, Polarity: 0.8, Signals: []Signal{{Kind: "callback"}, {Kind: "churn"}}}
	for _, c := range []struct {
		name             string
		r                Response
		reason, conflict string
	}{
		{"low", Response{Score: 2, Scored: true, Low: true}, ReasonLowScore, ""},
		{"low, bad words", Response{Score: 1, Scored: true, Low: true, Sentiment: bad}, ReasonLowScore, ""},
		{"low, kind words", Response{Score: 1, Scored: true, Low: true, Sentiment: good}, ReasonLowScore, "low_score_positive_text"},
		{"high", Response{Score: 5, Scored: true, Sentiment: good}, "", ""},
		{"high, bad words", Response{Score: 4, Scored: true, Sentiment: bad}, ReasonComment, "high_score_negative_text"},
		{"middling, bad words", Response{Score: 3, Scored: true, Sentiment: bad}, ReasonComment, ""},
		{"high, perhaps bad words", Response{Score: 5, Scored: true, Sentiment: unsure}, "", ""},
		{"high, mildly bad words", Response{Score: 5, Scored: true, Sentiment: mild}, "", "high_score_negative_text"},
		{"unasked, bad words", Response{Sentiment: bad}, ReasonFeedback, ""},
		{"unasked, kind words", Response{Sentiment: good}, "", ""},
		{"unasked, nothing understood", Response{}, "", ""},
		{"high, kind words, a threat", Response{Score: 5, Scored: true, Sentiment: threat}, ReasonSignal, ""},
		{"middling, nothing else", Response{Score: 3, Scored: true, Sentiment: threat}, ReasonSignal, ""},
		{"unasked, a threat", Response{Sentiment: threat}, ReasonSignal, ""},
		{"low, a threat", Response{Score: 1, Scored: true, Low: true, Sentiment: threat}, ReasonLowScore, "low_score_positive_text"},
		{"high, wants to be called", Response{Score: 5, Scored: true, Sentiment: call}, "", ""},
	} {
		c.r.Metric, c.r.Conflict = CSAT, "stale"
		c.r.FindConflict()
		if got := c.r.CaseReason(); got != c.reason || c.r.Conflict != c.conflict {
			t.Errorf("%s: reason %q, conflict %q; want %q, %q", c.name, got, c.r.Conflict, c.reason, c.conflict)
		}
	}
}

func TestScales(t *testing.T) {
	for _, m := range AllMetrics() {
		low, high, ok := m.Scale()
		if !ok || m.DefaultLow() < low || m.DefaultLow() >= m.Happy() || m.Happy() > high || high > MaxScore {
			t.Errorf("%s: %d..%d, low %d, happy %d", m, low, high, m.DefaultLow(), m.Happy())
		}
		if m.CheckScore(low) != "" || m.CheckScore(high) != "" || m.CheckScore(low-1) == "" || m.CheckScore(high+1) == "" {
			t.Errorf("%s takes scores off its scale or refuses its ends", m)
		}
	}
	if Metric("stars").CheckScore(1) == "" {
		t.Error("an unknown metric takes a score")
	}
}

func tallies() *rapid.Generator[Tally] {
	n := rapid.Int64Range(0, 1000)
	counts := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c"}), n)
	votes := rapid.Custom(func(t *rapid.T) (v Votes) {
		for i := range v {
			v[i] = n.Draw(t, "votes")
		}
		return v
	})
	return rapid.Custom(func(t *rapid.T) Tally {
		return Tally{
			Asked: n.Draw(t, "asked"), Answered: n.Draw(t, "answered"), Comments: n.Draw(t, "comments"), Scores: votes.Draw(t, "scores"),
			Versions: counts.Draw(t, "versions"), Labels: counts.Draw(t, "labels"),
			Topics: rapid.MapOf(rapid.SampledFrom([]string{"speed", "price"}), rapid.Custom(func(t *rapid.T) TopicTally {
				return TopicTally{Positive: n.Draw(t, "+"), Negative: n.Draw(t, "-"), Other: n.Draw(t, "0"), Scores: votes.Draw(t, "scores")}
			})).Draw(t, "topics"),
			Channels: rapid.MapOf(rapid.SampledFrom([]string{"chat", "mail"}), rapid.Custom(func(t *rapid.T) ChannelTally {
				return ChannelTally{Asked: n.Draw(t, "asked"), Answered: n.Draw(t, "answered"), Scores: votes.Draw(t, "scores")}
			})).Draw(t, "channels"),
			Cases: CaseTally{Opened: n.Draw(t, "o"), Acknowledged: n.Draw(t, "a"), Contacted: n.Draw(t, "c"), Resolved: n.Draw(t, "r"), Confirmed: n.Draw(t, "y"),
				NotConfirmed: n.Draw(t, "n"), ContactedInTime: n.Draw(t, "ct"), ResolvedInTime: n.Draw(t, "rt"),
				AcknowledgeSeconds: n.Draw(t, "as"), ContactSeconds: n.Draw(t, "cs"), ResolveSeconds: n.Draw(t, "rs")},
		}
	})
}

// Sums do not depend on how they are grouped or ordered, and adding leaves what is added as it was.
func TestTallyAdd(t *testing.T) {
	sum := func(parts ...Tally) Tally {
		var out Tally
		for _, p := range parts {
			out.Add(p)
		}
		return out
	}
	rapid.Check(t, func(r *rapid.T) {
		a, b, c := tallies().Draw(r, "a"), tallies().Draw(r, "b"), tallies().Draw(r, "c")
		before := fmt.Sprintf("%+v", []Tally{a, b, c})
		left, right, turned := sum(sum(a, b), c), sum(a, sum(b, c)), sum(c, b, a)
		for _, other := range []Tally{right, turned} {
			if d := cmp.Diff(left, other, cmpopts.EquateEmpty()); d != "" {
				r.Fatalf("sums differ:\n%s", d)
			}
		}
		if left.Scores.N() != a.Scores.N()+b.Scores.N()+c.Scores.N() || left.Cases.Opened != a.Cases.Opened+b.Cases.Opened+c.Cases.Opened ||
			left.Labels["a"] != a.Labels["a"]+b.Labels["a"]+c.Labels["a"] || left.Topics["speed"].Negative != a.Topics["speed"].Negative+b.Topics["speed"].Negative+c.Topics["speed"].Negative {
			r.Fatalf("figures were lost: %+v", left)
		}
		if after := fmt.Sprintf("%+v", []Tally{a, b, c}); after != before {
			r.Fatalf("adding changed what was added:\n%s\n%s", before, after)
		}
	})
}

func TestDayBounds(t *testing.T) {
	for _, c := range []struct{ zone, day, from, to string }{
		{"UTC", "2026-11-20", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"},
		{"Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{"Europe/Berlin", "2026-10-25", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		{"America/Santiago", "2026-09-05", "2026-09-05T00:00:00-04:00", "2026-09-06T01:00:00-03:00"},
		{"America/Santiago", "2026-09-06", "2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"},
	} {
		from, to, err := DayBounds(c.day, zone(t, c.zone))
		if err != nil || !from.Equal(at(t, c.from)) || !to.Equal(at(t, c.to)) {
			t.Errorf("%s in %s: %s to %s, %v", c.day, c.zone, from, to, err)
		}
		if got := Day(from, zone(t, c.zone)); got != c.day {
			t.Errorf("%s in %s begins on %s", c.day, c.zone, got)
		}
	}
	if _, _, err := DayBounds("2026-02-30", time.UTC); err == nil {
		t.Error("30 February was taken")
	}
}
