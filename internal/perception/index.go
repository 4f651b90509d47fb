package perception

import (
	"cmp"
	"math"
	"slices"

	"earshot/internal/feedback"
)

// The perception index is the one number for a scope that was asked with several surveys. Scales are
// not averaged: each answer is first read, on its own scale, as satisfied, in between or dissatisfied,
// by the cuts that the field uses (Metric.Happy and Metric.DefaultLow), and counts 1, 1/2 or 0. The
// index is the mean of these verdicts in percent:
//
//	index = 100 · (satisfied + in between / 2) / answers
//
// Every answer weighs the same, so a survey's weight is its share of the answers. For NPS alone this is
// (NPS + 100) / 2, for thumbs the share of thumbs up. It is ordinal: it says how many customers came
// out on which side, and nothing about distances between steps of different scales.
//
// The interval is the adjusted Wald of a difference of two shares (see netPromoter), of which the index
// is a linear map. Pooling the verdicts of several surveys makes it a little too wide, never too
// narrow: the variance inside of surveys is at most the variance of the pool.
//
// The re-survey after a recovery asks only those who were dissatisfied, so it does not count here;
// feedback that nobody asked for has no score and is shown apart.

// Index is the perception index of a scope, 0..100, with what went into it.
type Index struct {
	Estimate
	Parts []IndexPart // by survey, most answers first
}

// IndexPart is one survey's part of an index.
type IndexPart struct {
	Survey                  string
	Metric                  feedback.Metric
	Index                   Estimate // of this survey alone, 0..100
	Weight                  float64  // share of the answers, 0..1
	Happy, Between, Unhappy int64    // answers by verdict
}

// indexVotes are the votes of one survey, for an index.
type indexVotes struct {
	survey string
	metric feedback.Metric
	votes  feedback.Votes
}

// indexed tells whether a survey counts in the index.
func indexed(survey string, m feedback.Metric) bool {
	_, _, ok := m.Scale()
	return ok && survey != feedback.RecoveredSurvey && survey != feedback.FeedbackSurvey
}

// IndexOf computes the index of one survey's votes. It means nothing while N is 0.
func IndexOf(m feedback.Metric, v feedback.Votes) Estimate {
	return indexEstimate(verdicts(m, v))
}

// newIndex computes the index over surveys. Those that do not count are left out.
func newIndex(surveys []indexVotes) Index {
	var all trinomial
	var x Index
	for _, s := range surveys {
		t := verdicts(s.metric, s.votes)
		if !indexed(s.survey, s.metric) || t.n == 0 {
			continue
		}
		all.promoters, all.detractors, all.n = all.promoters+t.promoters, all.detractors+t.detractors, all.n+t.n
		x.Parts = append(x.Parts, IndexPart{
			Survey: s.survey, Metric: s.metric, Index: indexEstimate(t),
			Happy: int64(t.promoters), Unhappy: int64(t.detractors), Between: int64(t.n - t.promoters - t.detractors),
		})
	}
	x.Estimate = indexEstimate(all)
	for i := range x.Parts {
		x.Parts[i].Weight = float64(x.Parts[i].Index.N) / all.n
	}
	slices.SortStableFunc(x.Parts, func(a, b IndexPart) int {
		return cmp.Or(cmp.Compare(b.Index.N, a.Index.N), cmp.Compare(a.Survey, b.Survey))
	})
	return x
}

// verdicts reads votes as satisfied ("promoters"), dissatisfied ("detractors") and in between.
func verdicts(m feedback.Metric, v feedback.Votes) trinomial {
	var t trinomial
	for score, count := range v {
		switch {
		case score >= m.Happy():
			t.promoters += float64(count)
		case score <= m.DefaultLow():
			t.detractors += float64(count)
		}
		t.n += float64(count)
	}
	return t
}

func indexEstimate(t trinomial) Estimate {
	if t.n == 0 {
		return Estimate{}
	}
	e := netPromoter(t)
	return Estimate{Value: 50 + 50*e.Value, Low: 50 + 50*e.Low, High: 50 + 50*e.High, N: e.N}
}

// changeOfIndex is how far the index of now is above that of before, with the mix of surveys held still
// (direct standardisation: both are weighted by the shares of now and before together), because asking
// more people with a stricter survey must not look like a loss. Surveys with fewer than Minimum answers
// on either side are left out; it is not known when none remains.
func changeOfIndex(now, before Index) Difference {
	earlier := map[string]IndexPart{}
	for _, p := range before.Parts {
		earlier[p.Survey] = p
	}
	var value, centre, variance, weights float64
	for _, p := range now.Parts {
		q, ok := earlier[p.Survey]
		if !ok || q.Metric != p.Metric || !p.Index.Enough() || !q.Index.Enough() {
			continue
		}
		s1, v1 := adjusted(p.trinomial())
		s2, v2 := adjusted(q.trinomial())
		w := float64(p.Index.N + q.Index.N)
		value += w * (p.Index.Value - q.Index.Value)
		centre += w * 50 * (s1 - s2)
		variance += w * w * 2500 * (v1 + v2)
		weights += w
	}
	if weights == 0 {
		return Difference{}
	}
	half := z * math.Sqrt(variance) / weights
	return Difference{Value: value / weights, Low: centre/weights - half, High: centre/weights + half, Known: true}
}

func (p IndexPart) trinomial() trinomial {
	return trinomial{float64(p.Happy), float64(p.Unhappy), float64(p.Index.N)}
}

// Voiced is what comments without a score say, counted like an index from what was understood of them:
// positive 1, negative 0, neutral, mixed and unsure 1/2. It is shown beside the index and never part
// of it: nobody was asked, so it has no response rate and no known population.
func (m Mood) Voiced() Estimate {
	n := m.Positive + m.Negative + m.Neutral + m.Mixed + m.Unsure
	return indexEstimate(trinomial{float64(m.Positive), float64(m.Negative), float64(n)})
}
