package feedback

import "fmt"

// Metric is a scale of satisfaction with its own definition of a score.
type Metric string

// The metrics, with the scale on which customers answer.
const (
	CSAT   Metric = "csat"   // 1-5; score: share of 4 and 5, in percent
	NPS    Metric = "nps"    // 0-10; score: share of 9-10 minus share of 0-6, -100..100 (Reichheld 2003)
	CES    Metric = "ces"    // 1-7; score: mean (Dixon, Freeman, Toman 2010)
	Thumbs Metric = "thumbs" // 0-1; score: share of 1, in percent
)

// MaxScore is the highest value on any scale.
const MaxScore = 10

// Metrics in the order in which they are listed for people.
func AllMetrics() []Metric { return []Metric{CSAT, NPS, CES, Thumbs} }

// Scale returns the lowest and the highest answer; ok is false for an unknown metric.
func (m Metric) Scale() (low, high int, ok bool) {
	switch m {
	case CSAT:
		return 1, 5, true
	case NPS:
		return 0, 10, true
	case CES:
		return 1, 7, true
	case Thumbs:
		return 0, 1, true
	}
	return 0, 0, false
}

// DefaultLow is the score that opens a case when a definition does not say: the field's usual
// "dissatisfied" on each scale (CSAT 1-2, NPS detractors 0-6, CES 1-3, thumbs down).
func (m Metric) DefaultLow() int {
	switch m {
	case CSAT:
		return 2
	case NPS:
		return 6
	case CES:
		return 3
	}
	return 0
}

// Happy is the lowest answer that counts as satisfied: CSAT 4, NPS promoter 9, CES 5, thumbs up.
func (m Metric) Happy() int {
	switch m {
	case CSAT:
		return 4
	case NPS:
		return 9
	case CES:
		return 5
	}
	return 1
}

// CheckScore says in words why score is not an answer on the metric's scale, or "" when it is.
func (m Metric) CheckScore(score int) string {
	low, high, ok := m.Scale()
	if !ok {
		return fmt.Sprintf("%q is not a metric", string(m))
	}
	if score < low || score > high {
		return fmt.Sprintf("must be a whole number from %d to %d", low, high)
	}
	return ""
}
