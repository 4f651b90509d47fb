package perception

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"earshot/internal/feedback"
)

func votes(pairs ...int64) (v feedback.Votes) {
	for i := 0; i < len(pairs); i += 2 {
		v[pairs[i]] = pairs[i+1]
	}
	return v
}

func TestIndexByHand(t *testing.T) {
	x := newIndex([]indexVotes{
		{"csat", feedback.CSAT, votes(1, 10, 3, 20, 5, 70)},     // 70 satisfied, 20 between, 10 dissatisfied
		{"nps", feedback.NPS, votes(0, 20, 7, 10, 10, 20)},      // 20, 10, 20
		{"resolution", feedback.Thumbs, votes(0, 5, 1, 45)},     // 45, 0, 5
		{feedback.RecoveredSurvey, feedback.CSAT, votes(1, 99)}, // asks only the dissatisfied
		{feedback.FeedbackSurvey, "", votes(5, 99)},
	})
	// (70+20+45 + (20+10)/2) / 200
	near(t, "index", x.Value, 75, 1e-9)
	if x.N != 200 || len(x.Parts) != 3 || x.Parts[0].Survey != "csat" {
		t.Fatalf("index of %d answers, parts %+v", x.N, x.Parts)
	}
	near(t, "weight of csat", x.Parts[0].Weight, 0.5, 1e-9)
	near(t, "csat alone", x.Parts[0].Index.Value, 80, 1e-9)
	near(t, "nps alone is (NPS+100)/2", IndexOf(feedback.NPS, votes(0, 20, 7, 10, 10, 20)).Value, 50, 1e-9)
	if x.Low >= 75 || x.High <= 75 || x.Low < 68 || x.High > 81 {
		t.Errorf("interval %.2f to %.2f", x.Low, x.High)
	}
	if empty := newIndex(nil); empty.N != 0 || empty.Enough() {
		t.Errorf("no votes gave %+v", empty)
	}
}

// Three surveys of different strictness, many times over: the interval holds the truth about as often
// as it says, and never less.
func TestIndexIntervalCoversTheTruth(t *testing.T) {
	dice := rand.New(rand.NewPCG(9, 1))
	surveys := []struct {
		metric                    feedback.Metric
		n                         int
		happy, between            float64
		happyAt, betweenAt, lowAt int
	}{
		{feedback.CSAT, 40, 0.8, 0.1, 5, 3, 1}, {feedback.NPS, 15, 0.4, 0.25, 10, 8, 2}, {feedback.CES, 10, 0.7, 0.1, 6, 4, 2},
	}
	truth, n := 0.0, 0.0
	for _, s := range surveys {
		truth, n = truth+float64(s.n)*(s.happy+s.between/2), n+float64(s.n)
	}
	truth *= 100 / n
	const rounds = 4000
	covered := 0
	for range rounds {
		var in []indexVotes
		for i, s := range surveys {
			var v feedback.Votes
			for range s.n {
				switch roll := dice.Float64(); {
				case roll < s.happy:
					v[s.happyAt]++
				case roll < s.happy+s.between:
					v[s.betweenAt]++
				default:
					v[s.lowAt]++
				}
			}
			in = append(in, indexVotes{string(rune('a' + i)), s.metric, v})
		}
		if x := newIndex(in); x.Low <= truth && truth <= x.High {
			covered++
		}
	}
	if share := float64(covered) / rounds; share < 0.94 || share > 0.99 {
		t.Errorf("the 95 %% interval covers %.3f", share)
	}
}

// Nobody changed their mind, but many more were asked with the stricter survey.
func TestChangeOfIndexHoldsTheMixStill(t *testing.T) {
	mix := func(csat, nps int64) Index {
		return newIndex([]indexVotes{
			{"csat", feedback.CSAT, votes(1, csat/10, 5, csat*9/10)}, {"nps", feedback.NPS, votes(2, nps*4/10, 8, nps*3/10, 10, nps*3/10)},
		})
	}
	before, now := mix(900, 100), mix(100, 900)
	if before.Value-now.Value < 20 {
		t.Fatalf("the mix should move the index itself: %.1f to %.1f", before.Value, now.Value)
	}
	if d := changeOfIndex(now, before); !d.Known || math.Abs(d.Value) > 1e-9 || d.Clear() {
		t.Errorf("a change of the mix alone moved the index by %+v", d)
	}
	worse := newIndex([]indexVotes{{"csat", feedback.CSAT, votes(1, 300, 5, 600)}})
	if d := changeOfIndex(worse, before); !d.Down() {
		t.Errorf("a third dissatisfied instead of a tenth gave %+v", d)
	}
	if d := changeOfIndex(worse, newIndex([]indexVotes{{"csat", feedback.CSAT, votes(5, 9)}})); d.Known {
		t.Errorf("nine answers before gave %+v", d)
	}
}

func TestIndexesByTeam(t *testing.T) {
	w := newWorld(t, openStore(t))
	ida, bo := agents()[1], agents()[2] // Sales, Billing
	w.fill(ida, "csat", feedback.CSAT, "chat", day(10, 1), 10, 5, 1)
	w.fill(ida, "nps", feedback.NPS, "chat", day(10, 1), 20, 10)
	w.fill(bo, "csat", feedback.CSAT, "email", day(10, 1), 4, 5)
	w.drain(w.service)
	got, err := w.service.Indexes(context.Background(), Query{By: ByTeam, From: day(10, 1), To: day(10, 31), Every: Weekly})
	w.must(err)
	if len(got) != 2 || got[0].Scope != "Billing" || got[1].Scope != "Sales" {
		t.Fatalf("indexes %+v", got)
	}
	if got[0].Enough || got[0].Score != nil || got[0].N != 4 {
		t.Errorf("four answers gave %+v", got[0].Figures)
	}
	near(t, "Sales", *got[1].Score, 75, 1e-9) // 10 + 20 of 40
	if len(got[1].Surveys) != 2 || got[1].Asked != 40 || len(got[1].Points) != 5 {
		t.Errorf("parts %+v, asked %d, points %d", got[1].Surveys, got[1].Asked, len(got[1].Points))
	}
	if _, err := w.service.Indexes(context.Background(), Query{By: BySurvey, From: day(10, 1), To: day(10, 31)}); err == nil {
		t.Error("an index by survey was given")
	}
}
