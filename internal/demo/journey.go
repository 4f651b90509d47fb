package demo

import (
	"time"

	"earshot/internal/feedback"
)

// place writes down where each response stands in its customer's journey, as the service does when it
// understands one.
func (s *Stage) place(h *history) {
	interactions := map[string]*feedback.Interaction{}
	contacts := map[string][]time.Time{}
	for _, in := range h.interactions {
		interactions[in.ID] = in
		contacts[in.Person] = append(contacts[in.Person], in.EndedAt)
	}
	answers := map[string][]*feedback.Response{}
	for _, r := range h.responses {
		answers[r.Person] = append(answers[r.Person], r)
	}
	for _, r := range h.responses {
		in := interactions[r.Interaction]
		if in == nil {
			continue
		}
		var others []feedback.Opinion
		for _, o := range answers[r.Person] {
			if o.ID != r.ID && o.Scored && o.AnsweredAt.Before(r.AnsweredAt) {
				others = append(others, feedback.Opinion{At: o.AnsweredAt, Metric: o.Metric, Score: o.Score})
			}
		}
		r.Journey = feedback.JourneyOf(r, in, contacts[r.Person], others)
	}
}
