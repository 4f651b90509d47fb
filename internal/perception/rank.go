package perception

import (
	"math"
	"slices"

	"earshot/internal/feedback"
)

// Standing is a unit's place among its peers.
type Standing struct {
	// Shrunk is the estimate by which units are ordered: the score, pulled towards the peers' mean as
	// far as the unit's few answers demand, with its 95 % interval. N is the unit's own.
	Shrunk Estimate
	// Band counts from 1. Within a band there is no clear difference to the band's first unit.
	Band int
	// Side is 1 when the unit is clearly above its peers' mean, -1 when clearly below, else 0.
	Side int
}

// Rank returns the standing of each unit, in the order given, units without votes with Band 0. Each
// unit's score is shrunk by empirical Bayes: the spread between units beyond what chance explains is
// estimated from the units themselves (DerSimonian and Laird 1986, Controlled Clinical Trials
// 7:177-188), and a unit with variance v keeps the weight spread/(spread+v) against the common mean
// (Efron and Morris 1975, JASA 70:311-319; Morris 1983, JASA 78:47-55). Ranking raw scores would put
// those with the fewest answers at both ends. Comparing many shrunk estimates needs no further
// correction for their number (Gelman, Hill and Yajima 2012, Journal of Research on Educational
// Effectiveness 5:189-211).
func Rank(m feedback.Metric, units []feedback.Votes) []Standing {
	out := make([]Standing, len(units))
	peers := make([]noisy, len(units))
	for i, v := range units {
		peers[i] = noise(m, v)
	}
	mean, spread := pool(peers)
	for i, p := range peers {
		if p.n > 0 {
			out[i] = shrink(p, mean, spread, scaleOf(m))
		}
	}
	band(out)
	return out
}

// noisy is a score with the variance of its chance error.
type noisy struct {
	value, variance float64
	n               int64
}

// noise returns a score and its error variance. Shares and NPS take the adjusted forms that stay
// sensible when all answers agree: Agresti and Coull's four added answers for a share, the three of
// the adjusted Wald for NPS.
func noise(m feedback.Metric, v feedback.Votes) noisy {
	n := v.N()
	if n == 0 {
		return noisy{}
	}
	value := Measure(m, v).Value
	switch m {
	case feedback.NPS:
		_, variance := adjusted(parts(v))
		return noisy{value, variance * 1e4, n}
	case feedback.CES:
		s := sample(v)
		if n < 2 {
			s.variance = 4 // one answer: take a spread of two steps
		}
		return noisy{value, s.variance / s.n, n}
	}
	p := (float64(happy(m, v)) + 2) / float64(n+4)
	return noisy{value, p * (1 - p) / float64(n+4) * 1e4, n}
}

// pool estimates the common mean of the units and the variance between them beyond chance, by the
// method of moments of DerSimonian and Laird.
func pool(units []noisy) (mean, spread float64) {
	var w, w2, wx float64
	k := 0
	for _, u := range units {
		if u.n == 0 {
			continue
		}
		k++
		w += 1 / u.variance
		w2 += 1 / (u.variance * u.variance)
		wx += u.value / u.variance
	}
	if k == 0 {
		return 0, 0
	}
	mean = wx / w
	var q float64
	for _, u := range units {
		if u.n > 0 {
			q += (u.value - mean) * (u.value - mean) / u.variance
		}
	}
	if c := w - w2/w; c > 0 {
		spread = math.Max(0, (q-float64(k-1))/c)
	}
	return weighted(units, spread), spread
}

// weighted is the mean with each unit weighted by its whole variance.
func weighted(units []noisy, spread float64) float64 {
	var w, wx float64
	for _, u := range units {
		if u.n > 0 {
			w += 1 / (u.variance + spread)
			wx += u.value / (u.variance + spread)
		}
	}
	return wx / w
}

func shrink(u noisy, mean, spread float64, bounds [2]float64) Standing {
	keep := spread / (spread + u.variance)
	value := mean + keep*(u.value-mean)
	half := z * math.Sqrt(keep*u.variance)
	s := Standing{Shrunk: Estimate{
		Value: value, N: u.n,
		Low: math.Max(bounds[0], value-half), High: math.Min(bounds[1], value+half),
	}}
	switch {
	case value-half > mean:
		s.Side = 1
	case value+half < mean:
		s.Side = -1
	}
	return s
}

// band walks from the best to the worst and opens a new band at the first unit that is clearly below
// the current band's first one.
func band(out []Standing) {
	order := make([]int, 0, len(out))
	for i, s := range out {
		if s.Shrunk.N > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareStanding(out[a], out[b]) })
	current, first := 0, Estimate{}
	for _, i := range order {
		if current == 0 || clearlyBelow(out[i].Shrunk, first) {
			current, first = current+1, out[i].Shrunk
		}
		out[i].Band = current
	}
}

// compareStanding orders from the best to the worst; of equal ones the surer first.
func compareStanding(a, b Standing) int {
	switch {
	case a.Shrunk.Value != b.Shrunk.Value:
		return sign(b.Shrunk.Value - a.Shrunk.Value)
	default:
		return sign(float64(b.Shrunk.N - a.Shrunk.N))
	}
}

// clearlyBelow tells whether the interval of the difference of two shrunk estimates excludes zero.
func clearlyBelow(a, first Estimate) bool {
	return first.Value-a.Value > math.Hypot(halfWidth(a), halfWidth(first))
}

func halfWidth(e Estimate) float64 { return math.Max(e.Value-e.Low, e.High-e.Value) }

func sign(f float64) int {
	switch {
	case f > 0:
		return 1
	case f < 0:
		return -1
	}
	return 0
}
