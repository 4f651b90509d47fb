package feedback

import (
	"math"
	"reflect"
	"testing"
	"time"
)

func TestCorrectionStandsAndIsTakenBack(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	engine := func() *Sentiment {
		return &Sentiment{Label: Negative, Polarity: -0.3, Confidence: 0.6, Evidence: []Span{{0, 4, -0.5}, {5, 9, 0.2}}}
	}
	for _, c := range []struct {
		label    string
		polarity float64
		evidence []Span
	}{
		{Positive, 0.5, []Span{{5, 9, 0.5}}},
		{Negative, -0.3, []Span{{0, 4, -0.5}, {5, 9, 0.2}}},
		{Neutral, 0, []Span{}},
		{Mixed, 0, []Span{}},
	} {
		s := engine()
		s.Correct(Mixed, "ivy@acme.test", at) // a second thought replaces the first
		s.Correct(c.label, "sam@acme.test", at)
		if s.Label != c.label || s.Confidence != 1 || math.Abs(s.Polarity-c.polarity) > 1e-9 || !reflect.DeepEqual(s.Evidence, c.evidence) {
			t.Errorf("%s: %+v", c.label, s)
		}
		if s.Corrected.Was != Negative || s.Corrected.Confidence != 0.6 || s.Corrected.By != "sam@acme.test" {
			t.Errorf("%s: the engine's verdict is lost: %+v", c.label, s.Corrected)
		}
		again := s.Renewed(&Sentiment{Label: Positive, Polarity: 0.9, Confidence: 0.9, Engine: "next"})
		if again.Label != c.label || again.Corrected.Was != Positive || again.Engine != "next" {
			t.Errorf("%s: renewed as %+v, %+v", c.label, again, again.Corrected)
		}
		s.Restore()
		if !reflect.DeepEqual(s, engine()) {
			t.Errorf("%s: restored as %+v", c.label, s)
		}
	}
}
