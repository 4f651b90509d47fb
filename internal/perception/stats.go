package perception

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"earshot/internal/feedback"
)

// Minimum is the least number of answers from which a score is shown. Below ten, a 95 % interval
// around a share spans half of its scale, and single people can be told from the number.
const Minimum = 10

// z is the 97.5 % quantile of the normal distribution, for 95 % intervals.
const z = 1.959963984540054

// Estimate is a score with its 95 % interval, on the metric's own scale: csat and thumbs 0..100, nps
// -100..100, ces 1..7. It means nothing while N is 0.
type Estimate struct {
	Value, Low, High float64
	N                int64
}

// Enough tells whether the estimate rests on at least Minimum answers.
func (e Estimate) Enough() bool { return e.N >= Minimum }

// Measure computes the score of votes on a metric's scale, with its interval: Wilson's for shares
// (CSAT, thumbs), the adjusted Wald for NPS, Student's t for the mean (CES).
func Measure(m feedback.Metric, v feedback.Votes) Estimate {
	n := v.N()
	if n == 0 {
		return Estimate{}
	}
	switch m {
	case feedback.NPS:
		e := netPromoter(parts(v))
		return scale(e, 100)
	case feedback.CES:
		return student(sample(v), scaleOf(m))
	}
	return scale(Wilson(happy(m, v), n), 100)
}

// Wilson is the score interval of a binomial proportion k/n, each 0..1 (Wilson 1927, "Probable
// inference, the law of succession, and statistical inference", JASA 22:209-212; recommended for
// small n by Brown, Cai and DasGupta 2001, Statistical Science 16:101-133). n is at least 1.
func Wilson(k, n int64) Estimate {
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	e := Estimate{Value: p, Low: math.Max(0, centre-half), High: math.Min(1, centre+half), N: n}
	if k == 0 {
		e.Low = 0
	}
	if k == n {
		e.High = 1
	}
	return e
}

// trinomial are the parts of an NPS.
type trinomial struct {
	promoters, detractors, n float64
}

func parts(v feedback.Votes) trinomial { return verdicts(feedback.NPS, v) }

// netPromoter is the adjusted Wald interval of an NPS, -1..1: three answers are added, three
// quarters of one each to promoters and detractors and the rest in between, before the usual formula
// (Rocks 2016, "Interval estimation for the Net Promoter Score", The American Statistician
// 70:365-372, after Agresti and Coull 1998 and Bonett and Price 2012). The score itself is not adjusted.
func netPromoter(t trinomial) Estimate {
	score, variance := adjusted(t)
	half := z * math.Sqrt(variance)
	value := (t.promoters - t.detractors) / t.n
	return Estimate{
		Value: value,
		Low:   math.Max(-1, math.Min(value, score-half)),
		High:  math.Min(1, math.Max(value, score+half)),
		N:     int64(t.n),
	}
}

// adjusted returns an NPS, -1..1, with three answers added, and the variance of that score.
func adjusted(t trinomial) (score, variance float64) {
	n := t.n + 3
	p, d := (t.promoters+0.75)/n, (t.detractors+0.75)/n
	return p - d, (p + d - (p-d)*(p-d)) / n
}

// moments are n, mean and variance of whole-number answers.
type moments struct {
	n, mean, variance float64
}

// sample returns the moments of votes. The variance is that of a sample (n-1), and at least 1/12: an
// answer is rounded to a whole step, which is a uniform error of that variance (Sheppard 1898), so
// ten answers that agree do not prove that people agree to the last digit.
func sample(v feedback.Votes) moments {
	var m moments
	for score, count := range v {
		m.n += float64(count)
		m.mean += float64(score) * float64(count)
	}
	if m.n == 0 {
		return m
	}
	m.mean /= m.n
	for score, count := range v {
		d := float64(score) - m.mean
		m.variance += d * d * float64(count)
	}
	m.variance = math.Max(m.variance/math.Max(1, m.n-1), 1.0/12)
	return m
}

// student is the interval of a mean by the t distribution with n-1 degrees of freedom ("Student"
// 1908, Biometrika 6:1-25), cut to the scale. One answer alone says nothing about the spread: its
// interval is the whole scale.
func student(m moments, bounds [2]float64) Estimate {
	e := Estimate{Value: m.mean, Low: bounds[0], High: bounds[1], N: int64(m.n)}
	if m.n < 2 {
		return e
	}
	half := quantileT(m.n-1) * math.Sqrt(m.variance/m.n)
	e.Low, e.High = math.Max(bounds[0], m.mean-half), math.Min(bounds[1], m.mean+half)
	return e
}

// quantileT is the 97.5 % quantile of the t distribution.
func quantileT(df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975)
}

// happy counts the satisfied votes.
func happy(m feedback.Metric, v feedback.Votes) int64 {
	var k int64
	for score := m.Happy(); score < len(v); score++ {
		k += v[score]
	}
	return k
}

// scaleOf is the range of a metric's score.
func scaleOf(m feedback.Metric) [2]float64 {
	switch m {
	case feedback.NPS:
		return [2]float64{-100, 100}
	case feedback.CES:
		return [2]float64{1, 7}
	}
	return [2]float64{0, 100}
}

func scale(e Estimate, by float64) Estimate {
	e.Value, e.Low, e.High = e.Value*by, e.Low*by, e.High*by
	return e
}
