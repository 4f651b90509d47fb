package perception

import (
	"math"
	"testing"

	"earshot/internal/feedback"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s = %.6f, want %.6f within %g", what, got, want, within)
	}
}

// Table I of Newcombe 1998, "Two-sided confidence intervals for the single proportion", Statistics in
// Medicine 17:857-872, method 3.
func TestWilsonAgainstPublishedValues(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718},
	} {
		e := Wilson(c.k, c.n)
		near(t, "low", e.Low, c.low, 5e-5)
		near(t, "high", e.High, c.high, 5e-5)
	}
}

// Table II of Newcombe 1998, "Interval estimation for the difference between independent
// proportions", method 10.
func TestNewcombeAgainstPublishedValues(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int64
		low, high      float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090}, {6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926}, {0, 10, 0, 20, -0.1611, 0.2775}, {10, 10, 0, 20, 0.6791, 1},
	} {
		d := Newcombe(c.k1, c.n1, c.k2, c.n2)
		near(t, "low", d.Low, c.low, 5e-5)
		near(t, "high", d.High, c.high, 5e-5)
	}
}

// Coverage of the intervals over every possible sample, weighted by its probability: what the
// published evaluations promise (Brown, Cai and DasGupta 2001 for Wilson, Rocks 2016 for NPS).
func TestIntervalsCoverTheTruth(t *testing.T) {
	const n = 30
	for _, p := range []float64{0.5, 0.7, 0.85, 0.95} {
		covered := 0.0
		for k := int64(0); k <= n; k++ {
			if e := Wilson(k, n); e.Low <= p && p <= e.High {
				covered += multinomial(n, []int64{k, n - k}, []float64{p, 1 - p})
			}
		}
		if covered < 0.925 || covered > 0.99 {
			t.Errorf("Wilson covers %.3f at p=%.2f", covered, p)
		}
	}
	for _, p := range [][]float64{{0.2, 0.3, 0.5}, {0.6, 0.3, 0.1}, {0.1, 0.2, 0.7}, {0.33, 0.34, 0.33}, {0.05, 0.05, 0.9}} {
		covered := 0.0
		for d := int64(0); d <= n; d++ {
			for m := int64(0); d+m <= n; m++ {
				e := netPromoter(trinomial{promoters: float64(n - d - m), detractors: float64(d), n: n})
				if truth := p[2] - p[0]; e.Low <= truth && truth <= e.High {
					covered += multinomial(n, []int64{d, m, n - d - m}, p)
				}
			}
		}
		if covered < 0.93 || covered > 0.99 {
			t.Errorf("adjusted Wald covers %.3f at %v", covered, p)
		}
	}
}

func multinomial(n int64, counts []int64, p []float64) float64 {
	l, _ := math.Lgamma(float64(n) + 1)
	for i, c := range counts {
		g, _ := math.Lgamma(float64(c) + 1)
		l += float64(c)*math.Log(p[i]) - g
	}
	return math.Exp(l)
}

func TestNetPromoterByHand(t *testing.T) {
	var v feedback.Votes
	v[10], v[9], v[8], v[3], v[6] = 10, 5, 5, 4, 6 // 15 promoters, 5 passives, 10 detractors
	e := Measure(feedback.NPS, v)
	// n+3 = 33: p = 15.75/33, d = 10.75/33, score 5/33; variance (26.5/33 - (5/33)²)/33
	p, d := 15.75/33, 10.75/33
	half := 1.959964 * math.Sqrt((p+d-(p-d)*(p-d))/33)
	near(t, "score", e.Value, 100*5.0/30, 1e-9)
	near(t, "low", e.Low, 100*(p-d-half), 1e-3)
	near(t, "high", e.High, 100*(p-d+half), 1e-3)
}

// The tables' t for nine degrees of freedom is 2.262157.
func TestStudentOnATextbookSample(t *testing.T) {
	var v feedback.Votes
	v[3], v[4], v[5], v[6], v[7] = 1, 1, 3, 3, 2 // mean 5.4, sum of squares 14.4, s² 1.6
	e := Measure(feedback.CES, v)
	near(t, "mean", e.Value, 5.4, 1e-12)
	half := 2.262157 * math.Sqrt(1.6/10)
	near(t, "low", e.Low, 5.4-half, 1e-5)
	near(t, "high", e.High, 5.4+half, 1e-5)
}

func TestAgreementIsNotCertainty(t *testing.T) {
	var v feedback.Votes
	v[7] = 10
	if e := Measure(feedback.CES, v); e.Low >= 7 || e.High != 7 || e.Low < 6.5 {
		t.Errorf("ten equal answers give %+v", e)
	}
	v[7] = 1
	if e := Measure(feedback.CES, v); e.Low != 1 || e.High != 7 {
		t.Errorf("one answer gives %+v, want the whole scale", e)
	}
	v = feedback.Votes{}
	v[5] = 12
	if e := Measure(feedback.CSAT, v); e.Value != 100 || e.High != 100 || e.Low > 80 {
		t.Errorf("twelve satisfied answers give %+v", e)
	}
}

// The first of the three examples in the article "Welch's t-test" of Wikipedia: t -2.46 with 25.0
// degrees of freedom for means 20.8 and 23.0, variances 7.9 and 3.8, 15 values each.
func TestWelchAgainstPublishedValues(t *testing.T) {
	d := welch(moments{15, 20.8, 7.9}, moments{15, 23.0, 3.8})
	half := 2.0595 * math.Sqrt(7.9/15+3.8/15) // t(0.975; 25)
	near(t, "difference", d.Value, -2.2, 1e-9)
	near(t, "low", d.Low, -2.2-half, 3e-3)
	near(t, "high", d.High, -2.2+half, 3e-3)
}

func csat(happy, unhappy int64) feedback.Votes {
	var v feedback.Votes
	v[5], v[1] = happy, unhappy
	return v
}

func TestCompareSaysNothingWithoutEnoughAnswers(t *testing.T) {
	if d := Compare(feedback.CSAT, csat(9, 0), csat(10, 90)); d.Known || d.Clear() {
		t.Errorf("nine answers gave %+v", d)
	}
	if d := Compare(feedback.CSAT, csat(80, 20), csat(78, 22)); !d.Known || d.Clear() {
		t.Errorf("80 against 78 of 100 gave %+v", d)
	}
	if d := Compare(feedback.CSAT, csat(90, 10), csat(60, 40)); !d.Up() || d.Down() {
		t.Errorf("90 against 60 of 100 gave %+v", d)
	}
	var up, down feedback.Votes
	up[9], up[5], down[9], down[5] = 80, 20, 40, 60
	if d := Compare(feedback.NPS, down, up); !d.Down() || math.Abs(d.Value+80) > 1e-9 {
		t.Errorf("NPS -20 against 60 gave %+v", d)
	}
	if d := Compare(feedback.CES, csat(50, 50), csat(50, 50)); d.Clear() || d.Value != 0 {
		t.Errorf("equal means gave %+v", d)
	}
}

func TestSilenceBoundsTheScore(t *testing.T) {
	s := HowSilent(feedback.CSAT, feedback.Tally{Asked: 400, Answered: 100, Scores: csat(80, 20)})
	near(t, "rate", s.Rate.Value, 25, 1e-9)
	near(t, "worst", s.Worst, 20, 1e-9)
	near(t, "best", s.Best, 95, 1e-9)
	if s := HowSilent(feedback.NPS, feedback.Tally{Asked: 10}); s.Known {
		t.Errorf("silence without an answer gave %+v", s)
	}
}

func TestRankShrinksTheFewAndBandsTheRest(t *testing.T) {
	units := []feedback.Votes{
		csat(3, 0),     // perfect, on three answers
		csat(190, 10),  // 95 on two hundred
		csat(160, 40),  // 80
		csat(158, 42),  // 79
		csat(100, 100), // 50
		{},             // nobody answered
	}
	got := Rank(feedback.CSAT, units)
	if got[0].Shrunk.Value >= got[1].Shrunk.Value {
		t.Errorf("three answers (%.1f) stand above two hundred (%.1f)", got[0].Shrunk.Value, got[1].Shrunk.Value)
	}
	if got[1].Band != 1 || got[4].Side != -1 || got[1].Side != 1 {
		t.Errorf("best %+v, worst %+v", got[1], got[4])
	}
	if got[2].Band != got[3].Band || got[4].Band <= got[3].Band {
		t.Errorf("80 and 79 of 200 are in bands %d and %d, 50 in %d", got[2].Band, got[3].Band, got[4].Band)
	}
	if got[5] != (Standing{}) {
		t.Errorf("nobody's answers have a standing: %+v", got[5])
	}
}

func TestRankFindsNothingInChance(t *testing.T) {
	units := []feedback.Votes{csat(81, 19), csat(79, 21), csat(80, 20), csat(83, 17), csat(77, 23)}
	for m, us := range map[feedback.Metric][]feedback.Votes{feedback.CSAT: units, feedback.CES: units, feedback.NPS: units} {
		for i, s := range Rank(m, us) {
			if s.Band != 1 || s.Side != 0 {
				t.Errorf("%s: unit %d of equals got %+v", m, i, s)
			}
		}
	}
}

func TestLookingAtManyDemandsMore(t *testing.T) {
	d := Compare(feedback.CSAT, csat(70, 30), csat(56, 44))
	if !d.Up() || d.among(1) != 1 {
		t.Fatalf("70 against 56 of 100 alone: %+v", d)
	}
	if d.among(20) != 0 {
		t.Errorf("the same as one of twenty looks is called clear: %+v", d)
	}
	if d := Compare(feedback.CSAT, csat(10, 90), csat(80, 20)); d.among(50) != -1 {
		t.Errorf("10 against 80 of 100 is not called clear among fifty: %+v", d)
	}
}
