package perception

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"earshot/internal/feedback"
)

// Difference is how far one score is from another, with the 95 % interval of that distance, in
// points of the metric's score. Known is false when one of the two has fewer than Minimum answers:
// then nothing is said.
type Difference struct {
	Value, Low, High float64
	Known            bool
}

// Clear tells whether the interval excludes zero. Otherwise there is no clear difference, whatever
// Value is.
func (d Difference) Clear() bool { return d.Known && (d.Low > 0 || d.High < 0) }

// Up tells whether the score is clearly higher.
func (d Difference) Up() bool { return d.Clear() && d.Low > 0 }

// Down tells whether the score is clearly lower.
func (d Difference) Down() bool { return d.Clear() && d.High < 0 }

// among tells whether the difference is clear when it is one of several that are looked at: 1 up, -1
// down, 0 not clear. The interval is stretched to the level of Bonferroni (Dunn 1961, "Multiple
// comparisons among means", JASA 56:52-64), as if its ends were those of a normal distribution.
func (d Difference) among(looks int) int {
	if !d.Known || looks < 1 {
		return 0
	}
	stretch := distuv.UnitNormal.Quantile(1-0.025/float64(looks)) / z
	switch {
	case d.Value-stretch*(d.Value-d.Low) > 0:
		return 1
	case d.Value+stretch*(d.High-d.Value) < 0:
		return -1
	}
	return 0
}

// Compare computes how far the score of a is above that of b: shares by Newcombe's hybrid score
// interval, NPS by adjusted Wald, means by Welch.
func Compare(m feedback.Metric, a, b feedback.Votes) Difference {
	if a.N() < Minimum || b.N() < Minimum {
		return Difference{}
	}
	var d Difference
	switch m {
	case feedback.NPS:
		d = times(netDifference(parts(a), parts(b)), 100)
	case feedback.CES:
		d = welch(sample(a), sample(b))
	default:
		d = times(Newcombe(happy(m, a), a.N(), happy(m, b), b.N()), 100)
	}
	d.Known = true
	return d
}

// Newcombe is the hybrid score interval of the difference k1/n1 - k2/n2 of two independent
// proportions, -1..1: the distances of the two Wilson limits, squared and added (method 10 of
// Newcombe 1998, "Interval estimation for the difference between independent proportions",
// Statistics in Medicine 17:873-890). Both n are at least 1.
func Newcombe(k1, n1, k2, n2 int64) Difference {
	a, b := Wilson(k1, n1), Wilson(k2, n2)
	d := a.Value - b.Value
	return Difference{
		Value: d,
		Low:   d - math.Hypot(a.Value-a.Low, b.High-b.Value),
		High:  d + math.Hypot(a.High-a.Value, b.Value-b.Low),
		Known: true,
	}
}

// netDifference is the adjusted Wald interval of the difference of two NPS, -2..2: each is adjusted
// as for its own interval and the variances are added.
func netDifference(a, b trinomial) Difference {
	s1, v1 := adjusted(a)
	s2, v2 := adjusted(b)
	half := z * math.Sqrt(v1+v2)
	value := (a.promoters-a.detractors)/a.n - (b.promoters-b.detractors)/b.n
	return Difference{Value: value, Low: s1 - s2 - half, High: s1 - s2 + half}
}

// welch is the interval of the difference of two means whose variances may differ (Welch 1947, "The
// generalization of Student's problem when several different population variances are involved",
// Biometrika 34:28-35), with Satterthwaite's degrees of freedom.
func welch(a, b moments) Difference {
	va, vb := a.variance/a.n, b.variance/b.n
	df := (va + vb) * (va + vb) / (va*va/(a.n-1) + vb*vb/(b.n-1))
	half := quantileT(df) * math.Sqrt(va+vb)
	d := a.mean - b.mean
	return Difference{Value: d, Low: d - half, High: d + half}
}

func times(d Difference, by float64) Difference {
	d.Value, d.Low, d.High = d.Value*by, d.Low*by, d.High*by
	return d
}

// Silence says what the customers who did not answer leave open: Rate is the share of asked people
// who answered, in percent with Wilson's interval; Worst and Best are the score if everybody who was
// silent had given the worst or the best answer (the bounds of Manski 1990, "Nonparametric bounds on
// treatment effects", American Economic Review 80:319-323: they assume nothing about the silent).
// Known is false while nobody was asked or nobody answered.
type Silence struct {
	Asked, Answered int64
	Rate            Estimate
	Worst, Best     float64
	Known           bool
}

// HowSilent computes the response rate and what silence could hide behind a score.
func HowSilent(m feedback.Metric, t feedback.Tally) Silence {
	return silence(t.Asked, t.Answered, Measure(m, t.Scores), scaleOf(m))
}

func silence(asked, answered int64, score Estimate, bounds [2]float64) Silence {
	s := Silence{Asked: asked, Answered: answered}
	if asked == 0 {
		return s
	}
	s.Rate = scale(Wilson(answered, asked), 100)
	if score.N > 0 {
		said := s.Rate.Value / 100
		s.Worst = said*score.Value + (1-said)*bounds[0]
		s.Best = said*score.Value + (1-said)*bounds[1]
		s.Known = true
	}
	return s
}
