package perception

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"earshot/internal/feedback"
)

// Driver is a topic as something that moves the score: how strongly it goes with the score, and how
// well we do at it. Neither is proof of a cause: customers choose what they write about.
type Driver struct {
	Name string
	// Importance is the correlation, -1..1, between what comments say of the topic (praise 1, complaint
	// -1, not named or neither 0) and the verdict of the vote beside them (satisfied 1, in between 1/2,
	// dissatisfied 0), over all votes with an understood comment; its interval is Fisher's (1921, Metron
	// 1:3-32). N is the number of those votes.
	Importance Estimate
	// Clear tells whether the interval excludes zero at the stricter level that looking at all topics
	// demands.
	Clear bool
	// Performance is the share of praise among praise and complaints, in percent with Wilson's interval.
	Performance Estimate
	Mentions    int64
}

// driversOf computes the drivers of a survey's score, the most important first. Topics that fewer than
// Minimum comments praise or blame are left out.
func driversOf(m feedback.Metric, t feedback.Tally) []Driver {
	all := spread(m, t.Spoken)
	var out []Driver
	for name, c := range t.Topics {
		judged := c.Positive + c.Negative
		if judged < Minimum || all.n < Minimum {
			continue
		}
		d := Driver{
			Name: name, Mentions: judged + c.Other, Performance: scale(Wilson(c.Positive, judged), 100),
			Importance: fisher(all, spread(m, c.Praised), spread(m, c.Blamed), z),
		}
		if d.Importance.N > 0 {
			out = append(out, d)
		}
	}
	strict := distuv.UnitNormal.Quantile(1 - 0.025/math.Max(1, float64(len(out))))
	for i, d := range out {
		c := t.Topics[d.Name]
		e := fisher(all, spread(m, c.Praised), spread(m, c.Blamed), strict)
		out[i].Clear = e.Low > 0 || e.High < 0
	}
	slices.SortFunc(out, func(a, b Driver) int {
		return cmp.Or(cmp.Compare(b.Importance.Value, a.Importance.Value), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// spreadOf are the n, sum and sum of squares of verdicts, 0..1.
type spreadOf struct{ n, sum, squares float64 }

func spread(m feedback.Metric, v feedback.Votes) spreadOf {
	t := verdicts(m, v)
	between := t.n - t.promoters - t.detractors
	return spreadOf{n: t.n, sum: t.promoters + between/2, squares: t.promoters + between/4}
}

// fisher is the correlation of x (1 beside praise, -1 beside complaints, else 0) with the verdict y, and
// its interval at zq standard errors. N is 0 where one of the two does not vary.
func fisher(all, praised, blamed spreadOf, zq float64) Estimate {
	sx, sxx, sxy := praised.n-blamed.n, praised.n+blamed.n, praised.sum-blamed.sum
	vx, vy := all.n*sxx-sx*sx, all.n*all.squares-all.sum*all.sum
	if all.n <= 3 || vx <= 0 || vy <= 0 {
		return Estimate{}
	}
	r := (all.n*sxy - sx*all.sum) / math.Sqrt(vx*vy)
	r = math.Max(-0.9999, math.Min(0.9999, r))
	half := zq / math.Sqrt(all.n-3)
	return Estimate{Value: r, Low: math.Tanh(math.Atanh(r) - half), High: math.Tanh(math.Atanh(r) + half), N: int64(all.n)}
}

// Pain is a topic as a place where it hurts.
type Pain struct {
	Name     string
	Negative int64 // complaints
	Comments int64 // of all topics, understood
	// Harm is how many points the index of the votes beside complaints is below that of the other votes
	// with a comment, with the interval of that difference.
	Harm Difference
	// Volume is the share of comments that complain about the topic, in percent.
	Volume Estimate
	// Trend is the change of Volume against the days before, in points of percent.
	Trend Difference
	// Factor is what Trend does to the rank: Volume against before, from 1/2 to 2; 1 while not clear.
	Factor float64
	// Score ranks: Harm × Volume × Factor, in points of the index of commented votes.
	Score float64
}

// painsOf ranks topics by harm × volume × trend, the worst first. Topics with fewer than painFrom
// complaints beside a vote, and those beside which votes are no lower, are left out.
func painsOf(m feedback.Metric, now, before feedback.Tally) []Pain {
	total, earlier := understood(now), understood(before)
	var out []Pain
	for name, c := range now.Topics {
		n := c.Blamed.N()
		if c.Negative < painFrom || n < painFrom || total == 0 {
			continue
		}
		p := Pain{Name: name, Negative: c.Negative, Comments: total, Factor: 1, Volume: scale(Wilson(min(c.Negative, total), total), 100)}
		rest := verdicts(m, without(now.Spoken, c.Blamed))
		if rest.n == 0 {
			continue
		}
		d := times(netDifference(rest, verdicts(m, c.Blamed)), 50)
		d.Known = true
		p.Harm = d
		if d.Value <= 0 {
			continue
		}
		if earlier >= Minimum && total >= Minimum {
			was := min(before.Topics[name].Negative, earlier)
			p.Trend = times(Newcombe(min(c.Negative, total), total, was, earlier), 100)
			p.Factor = factor(p.Trend, p.Volume.Value, 100*float64(was)/float64(earlier))
		}
		p.Score = p.Harm.Value * p.Volume.Value / 100 * p.Factor
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Pain) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name)) })
	return out
}

// painFrom is the least number of complaints beside votes from which a topic is ranked.
const painFrom = 5

func factor(trend Difference, now, before float64) float64 {
	switch {
	case !trend.Clear():
		return 1
	case before == 0:
		return 2
	}
	return math.Max(0.5, math.Min(2, now/before))
}

// understood counts the comments that a verdict exists for.
func understood(t feedback.Tally) int64 {
	var n int64
	for _, k := range t.Labels {
		n += k
	}
	return n
}
