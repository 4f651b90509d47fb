package evaluate

import (
	"math"
	"sort"
)

// Share is a proportion with its 95 % interval (Wilson, JASA 1927).
type Share struct {
	Right, Of int
	Low, High float64
}

// Value is the proportion, 0 of nothing.
func (s Share) Value() float64 {
	if s.Of == 0 {
		return 0
	}
	return float64(s.Right) / float64(s.Of)
}

// wilson computes the interval of right among of.
func wilson(right, of int) Share {
	s := Share{Right: right, Of: of}
	if of == 0 {
		return s
	}
	const z = 1.959964
	n, p := float64(of), s.Value()
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	s.Low, s.High = math.Max(0, middle-half), math.Min(1, middle+half)
	return s
}

// Report is what one engine did on one set.
type Report struct {
	Set, Engine string
	N           int
	Aspects     bool
	// Two is the two-class accuracy where the engine must answer: examples that are
	// positive or negative, by which of the two is more probable. A tie is wrong.
	Two Share
	// Keep is Two on the surest part: Keep[i] keeps 100-10·i percent.
	Keep [6]Share
	// Error is the expected calibration error of the two-class confidence, ten bins.
	Error float64
	// Bins is the calibration curve behind Error.
	Bins []Bin
	// Three is the three-class accuracy, F1 the macro-averaged F1, Recall the
	// macro-averaged recall; zero where the set has no neutral examples.
	Three      Share
	F1, Recall float64
	// Groups are the failures of a test suite's tests.
	Groups []Group
}

// Bin is a step of the calibration curve.
type Bin struct {
	N                 int
	Confidence, Right float64 // means, 0..1
}

// Group is a test of a suite: how many of its examples failed.
type Group struct {
	Name   string
	Failed Share
}

// measure compares answers with the truth.
func measure(s Set, engine string, answers []answer) Report {
	r := Report{Set: s.Name, Engine: engine, N: len(s.Examples), Aspects: s.Aspects || s.Categories}
	var two []judged
	for i, x := range s.Examples {
		if x.Truth == Positive || x.Truth == Negative {
			two = append(two, judge(x.Truth, answers[i]))
		}
	}
	sort.SliceStable(two, func(i, j int) bool { return two[i].confidence > two[j].confidence })
	for k := range r.Keep {
		r.Keep[k] = rightOf(two[:len(two)*(10-k)/10])
	}
	r.Two = r.Keep[0]
	r.Bins, r.Error = calibration(two)
	r.three(s, answers)
	if !s.Categories {
		r.Groups = groups(s, answers)
	}
	return r
}

// judged is a two-class answer.
type judged struct {
	confidence float64
	right      bool
}

func judge(t Truth, a answer) judged {
	both := a.pos + a.neg
	if both == 0 || a.pos == a.neg {
		return judged{0.5, false}
	}
	return judged{math.Max(a.pos, a.neg) / both, (a.pos > a.neg) == (t == Positive)}
}

func rightOf(list []judged) Share {
	n := 0
	for _, j := range list {
		if j.right {
			n++
		}
	}
	return wilson(n, len(list))
}

// calibration sorts answers into ten bins of confidence from 0.5 to 1; the error is the
// mean distance between confidence and share of right answers, weighted by the bins'
// size (Naeini et al., AAAI 2015).
func calibration(list []judged) ([]Bin, float64) {
	bins := make([]Bin, 10)
	for _, j := range list {
		b := &bins[min(9, int((j.confidence-0.5)*20))]
		b.N++
		b.Confidence += j.confidence
		if j.right {
			b.Right++
		}
	}
	distance := 0.0
	for i := range bins {
		b := &bins[i]
		if b.N == 0 {
			continue
		}
		distance += math.Abs(b.Right - b.Confidence)
		b.Confidence /= float64(b.N)
		b.Right /= float64(b.N)
	}
	if len(list) == 0 {
		return bins, 0
	}
	return bins, distance / float64(len(list))
}

// label is the most probable class.
func (a answer) label() Truth {
	switch {
	case a.pos > a.neg && a.pos > a.neu:
		return Positive
	case a.neg > a.neu:
		return Negative
	}
	return Neutral
}

// three fills the three-class figures of a set that has neutral examples.
func (r *Report) three(s Set, answers []answer) {
	var table [3][3]int // truth, answer
	for i, x := range s.Examples {
		if x.Truth <= Positive {
			table[x.Truth][answers[i].label()]++
		}
	}
	right, all := 0, 0
	for t := range table {
		of, said := 0, 0
		for k := range table {
			of += table[t][k]
			said += table[k][t]
		}
		if of == 0 {
			return
		}
		right += table[t][t]
		all += of
		r.F1 += 2 * float64(table[t][t]) / float64(of+said) / 3
		r.Recall += float64(table[t][t]) / float64(of) / 3
	}
	r.Three = wilson(right, all)
	if r.Three.Of == 0 {
		r.F1, r.Recall = 0, 0
	}
}

// groups counts the failures of every test of a suite, in order of appearance.
func groups(s Set, answers []answer) []Group {
	var out []Group
	place := map[string]int{}
	for i, x := range s.Examples {
		if x.Group == "" {
			continue
		}
		n, ok := place[x.Group]
		if !ok {
			n = len(out)
			place[x.Group] = n
			out = append(out, Group{Name: x.Group})
		}
		got := answers[i].label()
		failed := got != x.Truth
		if x.Truth == NotNegative {
			failed = got == Negative
		}
		out[n].Failed.Of++
		if failed {
			out[n].Failed.Right++
		}
	}
	for n := range out {
		out[n].Failed = wilson(out[n].Failed.Right, out[n].Failed.Of)
	}
	return out
}
