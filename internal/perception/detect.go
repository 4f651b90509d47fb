package perception

import (
	"math"
)

// A change is watched for by an e-detector (Shin, Ramdas and Rinaldo 2024, "E-detectors: a nonparametric
// framework for sequential change detection", New England Journal of Statistics in Data Science
// 2:229-260), built from bets on bounded answers (Waudby-Smith and Ramdas 2024, JRSS B 86:1-27).
//
// Each answer is a number x, 0..1. As long as the mean is at least m, the factor 1 + λ(m - x) has an
// expectation of at most 1 for any bet λ between 0 and 1/(1-m), so their product is fair money that grows
// only when answers are worse than m. The detector restarts the product at 1 whenever it fell below 1
// (a CUSUM), takes the mean over several bets, and speaks when it reaches a threshold c. While nothing
// changes, the mean time until it speaks is at least c days, whatever the distribution of the answers
// and however often it is looked at.
//
// m is not known; it is the lower end of the 95 % interval of a baseline, so that a baseline that was
// lucky does not make an ordinary month look like a fall. With k series watched the threshold is
// k × falseDays, so that all of them together speak without a reason at most once in falseDays on
// average. A test simulates that rate.

// Lengths of the watch, in days.
const (
	watchBase   = 90  // of the baseline
	watchWindow = 28  // in which a change may have begun, after the baseline
	falseDays   = 365 // mean time between false alarms, over everything that is watched
	watchLeast  = 60  // answers in a baseline
	watchSpan   = watchBase + watchWindow
)

// bets are the λ of the detector, as parts of the largest one: small ones find small changes, large ones
// find large changes sooner.
func bets() [5]float64 { return [5]float64{0.05, 0.1, 0.2, 0.35, 0.5} }

// tally3 counts answers of one day by their value: 1, 1/2 and 0.
type tally3 struct{ up, mid, down float64 }

func (t tally3) n() float64 { return t.up + t.mid + t.down }

func (t tally3) plus(o tally3) tally3 { return tally3{t.up + o.up, t.mid + o.mid, t.down + o.down} }

// turned reads the answers the other way round, so that a rise is watched for as a fall.
func (t tally3) turned() tally3 { return tally3{t.down, t.mid, t.up} }

// change is what a detector found.
type change struct {
	evidence float64 // the detector's value; it speaks from the threshold on
	since    int     // index in the window of the day on which the change seems to have begun
}

// fall watches a window of days for a mean that fell below that of the baseline. evidence is 0 when the
// baseline has too few answers.
func fall(base tally3, window []tally3) change {
	if base.n() < watchLeast {
		return change{}
	}
	m := (50 + 50*netPromoter(trinomial{base.up, base.down, base.n()}).Low) / 100
	if m <= 0 || m >= 1 {
		m = math.Min(math.Max(m, 0.001), 0.999)
	}
	var out change
	var best float64
	parts := bets()
	for _, part := range parts {
		lambda := part / (1 - m)
		up, mid, down := math.Log1p(lambda*(m-1)), math.Log1p(lambda*(m-0.5)), math.Log1p(lambda*m)
		log, since := 0.0, 0
		for i, d := range window {
			if log <= 0 {
				log, since = 0, i
			}
			log += d.up*up + d.mid*mid + d.down*down
		}
		e := math.Exp(math.Min(log, 700))
		out.evidence += e / float64(len(parts))
		if e > best {
			best, out.since = e, since
		}
	}
	return out
}

// silentFrom is the least number of days that are a silence: one alone may be a holiday or a late feed.
const silentFrom = 2

// silentStretch tells how surprising it is that the last days brought nothing, where the same days of the week
// brought something: the expected number in the silent stretch. It speaks from the logarithm of the
// threshold on, because a Poisson count of that mean is zero with probability exp(-expected).
func silentStretch(perDay []float64) (expected float64, since int) {
	n := len(perDay)
	since = n
	for since > 0 && perDay[since-1] == 0 {
		since--
	}
	if n-since < silentFrom || n-since > watchWindow || since < watchBase/2 {
		return 0, since
	}
	for i := since; i < n; i++ {
		sum, days := 0.0, 0.0
		for j := i - 7; j >= 0; j -= 7 {
			if j < since {
				sum, days = sum+perDay[j], days+1
			}
		}
		expected += sum / math.Max(1, days)
	}
	return expected, since
}
