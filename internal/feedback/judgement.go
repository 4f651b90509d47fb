package feedback

import (
	"math"
	"slices"
	"time"
)

// Judgement is a person's verdict on a comment in place of the engine's, which is kept beside it.
type Judgement struct {
	Label string
	By    string // the person's address, or what an API client gave
	At    time.Time
	// What the engine had said.
	Was        string
	Polarity   float64
	Confidence float64
	Evidence   []Span
}

// leastCorrected is the polarity, either way, that a corrected verdict has at least: it is meant.
const leastCorrected = 0.5

// CorrectionLabels lists what a person can say of a comment.
func CorrectionLabels() []string { return []string{Positive, Negative, Neutral, Mixed} }

// Correct puts a person's verdict in the engine's place, or confirms it. Label, polarity and evidence are
// the corrected ones from then on, so that every list and figure follows; the engine's own stay in
// Corrected. Words that spoke for the other side no longer count as evidence.
func (s *Sentiment) Correct(label, by string, at time.Time) {
	s.Restore()
	c := &Judgement{Label: label, By: by, At: UTC(at), Was: s.Label, Polarity: s.Polarity, Confidence: s.Confidence, Evidence: s.Evidence}
	s.Corrected, s.Label, s.Confidence = c, label, 1
	if label == c.Was {
		return
	}
	switch label {
	case Positive:
		s.Polarity = max(math.Abs(c.Polarity), leastCorrected)
	case Negative:
		s.Polarity = -max(math.Abs(c.Polarity), leastCorrected)
	default:
		s.Polarity = 0
	}
	s.Evidence = agreeing(c.Evidence, s.Polarity)
}

// Restore takes a correction back: the engine's verdict stands again.
func (s *Sentiment) Restore() {
	if c := s.Corrected; c != nil {
		s.Label, s.Polarity, s.Confidence, s.Evidence, s.Corrected = c.Was, c.Polarity, c.Confidence, c.Evidence, nil
	}
}

// Renewed is another engine's verdict on the same comment, under the same correction if there is one.
func (s *Sentiment) Renewed(again *Sentiment) *Sentiment {
	if s != nil && s.Corrected != nil {
		again.Correct(s.Corrected.Label, s.Corrected.By, s.Corrected.At)
	}
	return again
}

// agreeing keeps the spans that point to the side of a polarity, scaled to add up to it.
func agreeing(spans []Span, polarity float64) []Span {
	out := slices.DeleteFunc(slices.Clone(spans), func(e Span) bool { return e.Weight*polarity <= 0 })
	sum := 0.0
	for _, e := range out {
		sum += e.Weight
	}
	for i := range out {
		out[i].Weight *= polarity / sum
	}
	return out
}
