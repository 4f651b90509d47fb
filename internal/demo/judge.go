package demo

import (
	"time"

	"earshot/internal/feedback"
)

// judged is how many comments the invented people have judged: enough for the engine to learn from.
const judged = 60

// judge lets agents say what some of the comments meant of which the engine was less than sure. Their
// word follows the score; a comment that would need a case by it and has none is left alone.
func (s *Stage) judge(h *history, now time.Time) {
	n := 0
	for i := len(h.responses) - 1; i >= 0 && n < judged; i-- {
		r := h.responses[i]
		if r.Comment == "" || !r.Scored || r.Sentiment == nil || r.Sentiment.Confidence > 0.93 || r.Original != "" {
			continue
		}
		label := feedback.Neutral
		switch {
		case r.Low:
			label = feedback.Negative
		case r.Score >= r.Metric.Happy():
			label = feedback.Positive
		}
		if label == feedback.Negative && !r.HasCase {
			continue
		}
		own := *r.Sentiment // the same words share one sentiment
		own.Correct(label, r.Agent.Email, r.AnsweredAt.Add(2*time.Hour))
		r.Sentiment = &own
		r.FindConflict()
		r.Next(feedback.UTC(now)) // a worker notes the label
		n++
	}
}
