package feedback

import (
	"slices"
	"time"
)

// Stage is a customer's rung on the ladder from a first contact to somebody who recommends us.
type Stage string

// The stages, from the lowest rung to the highest. See StageAt for the rule.
const (
	OneTime    Stage = "one-time"
	Occasional Stage = "occasional"
	Frequent   Stage = "frequent"
	Loyal      Stage = "loyal"
	Advocate   Stage = "advocate"
)

// Stages lists the stages from the lowest rung to the highest.
func Stages() []Stage { return []Stage{OneTime, Occasional, Frequent, Loyal, Advocate} }

// Rung counts from 0 for the lowest stage; -1 for an unknown one.
func (s Stage) Rung() int { return slices.Index(Stages(), s) }

// The numbers of the rule.
const (
	ladderMemory   = 2 * 365 * 24 * time.Hour // older contacts and answers are forgotten
	frequentFrom   = 4                        // contacts
	occasionalFrom = 2
	loyalSpan      = 60 * 24 * time.Hour // between the first contact and the latest
)

// Opinion is what a customer answered to one survey, as far as the ladder needs it.
type Opinion struct {
	At     time.Time
	Metric Metric
	Score  int
}

// Satisfied, dissatisfied or in between, by the cuts of the metric.
func (o Opinion) satisfied() bool    { return o.Score >= o.Metric.Happy() }
func (o Opinion) dissatisfied() bool { return o.Score <= o.Metric.DefaultLow() }

// delighted is the top of a scale: 5 of 5, 9 or 10 of 10, 7 of 7, thumbs up.
func (o Opinion) delighted() bool {
	if o.Metric == NPS {
		return o.satisfied()
	}
	_, top, ok := o.Metric.Scale()
	return ok && o.Score == top
}

// StageAt computes a customer's stage at a moment from when they were in contact and what they answered
// (in any order; what lies after at, or more than two years before it, does not count):
//
//   - one contact is one-time, two or three occasional, four or more frequent;
//   - frequent over 60 days or more, with a satisfied latest answer, is loyal;
//   - whoever is at least occasional and answered satisfied twice in a row, the latest time at the very
//     top of the scale, is an advocate;
//   - a dissatisfied latest answer costs one rung, and nobody with it is loyal or an advocate.
//
// The rule rests on behaviour and on the customer's own words, never on what they are worth.
func StageAt(contacts []time.Time, answers []Opinion, at time.Time) Stage {
	n, first, last := 0, at, time.Time{}
	for _, c := range contacts {
		if c.After(at) || at.Sub(c) > ladderMemory {
			continue
		}
		n++
		if c.Before(first) {
			first = c
		}
		if c.After(last) {
			last = c
		}
	}
	rung := OneTime
	switch {
	case n >= frequentFrom:
		rung = Frequent
	case n >= occasionalFrom:
		rung = Occasional
	}
	latest := latestOpinions(answers, at)
	if len(latest) == 0 {
		return rung
	}
	switch {
	case latest[0].dissatisfied():
		return Stages()[max(0, rung.Rung()-1)]
	case rung != OneTime && len(latest) > 1 && latest[0].delighted() && latest[1].satisfied():
		return Advocate
	case rung == Frequent && latest[0].satisfied() && last.Sub(first) >= loyalSpan:
		return Loyal
	}
	return rung
}

// latestOpinions are the answers that count at a moment, newest first.
func latestOpinions(answers []Opinion, at time.Time) []Opinion {
	var out []Opinion
	for _, a := range answers {
		if !a.At.After(at) && at.Sub(a.At) <= ladderMemory {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Opinion) int { return b.At.Compare(a.At) })
	return out
}

// RepeatSpan is how far back an earlier contact makes an interaction a repeated one.
const RepeatSpan = 7 * 24 * time.Hour

// Journey is where a response stands in the life of its customer with us. It is computed once, when the
// response is understood, and explains figures; it never changes a score.
type Journey struct {
	Before, After Stage   // on the ladder before the answer, and with it
	Contacts      int     // up to and with this interaction, in two years
	Repeats       int     // contacts in the week before this interaction
	Metrics       Metrics // operational figures of the interaction
}

// JourneyOf computes a response's journey from its interaction, the moments of the person's contacts
// and the person's answers to other surveys. Answers after the response's own do not count.
func JourneyOf(r *Response, in *Interaction, contacts []time.Time, others []Opinion) *Journey {
	j := &Journey{Metrics: in.Metrics}
	seen := false
	for _, c := range contacts {
		seen = seen || c.Equal(in.EndedAt)
		if !c.After(in.EndedAt) && in.EndedAt.Sub(c) <= ladderMemory {
			j.Contacts++
		}
		if c.Before(in.EndedAt) && in.EndedAt.Sub(c) <= RepeatSpan {
			j.Repeats++
		}
	}
	if !seen {
		contacts, j.Contacts = append(slices.Clone(contacts), in.EndedAt), j.Contacts+1
	}
	at := r.AnsweredAt
	j.Before = StageAt(contacts, others, at)
	j.After = j.Before
	if r.Scored && r.Survey != FeedbackSurvey {
		j.After = StageAt(contacts, append([]Opinion{{at, r.Metric, r.Score}}, others...), at)
	}
	return j
}
