package sentiment

import (
	"errors"
	"math"
)

// ErrFewLabels means that there are too few labels to learn from.
var ErrFewLabels = errors.New("too few labels to learn from")

// LeastLabels is how many labels Fit asks for.
const LeastLabels = 40

// Labelled is a text with a person's verdict.
type Labelled struct {
	Sample
	Label Label // Positive, Negative, Neutral or Mixed
}

// Trial says what an adapter would have done for texts that it had not seen, by five-fold cross-validation.
type Trial struct {
	Labels        int     // texts with a verdict
	Single        int     // of them those with one feeling; Mixed is not counted below
	Before, After int     // how many of Single the engine had right by its most probable feeling, and has with the adapter
	LossBefore    float64 // mean cross-entropy over Labels, in nats
	LossAfter     float64
	Others        int // texts nobody corrected, of which the engine was sure
	Flipped       int // how many of Others the adapter would judge otherwise
}

// The most that an adapter may change where nobody complained: people correct mistakes, so labels alone
// would teach it that the engine is always wrong.
const mostFlipped = 0.03

// Better tells whether the adapter is worth having.
func (t Trial) Better() bool {
	return t.After > t.Before && t.LossAfter < t.LossBefore && float64(t.Flipped) <= mostFlipped*float64(max(t.Others, 1))
}

// Settings of the fit.
const (
	folds      = 5
	steps      = 300
	shrinkage  = 0.02 // L2 on the weights, per unit of mean loss
	otherShare = 0.5  // weight of all other texts together, as a share of all labels
	sureOther  = 0.8
)

// Fit learns an adapter for e from labels, and holds it to what it says today about others: texts that
// people saw and left alone. Multinomial logistic regression on the encoder's vector with the engine's own
// log probabilities as offset, so that no labels mean no change, and strong shrinkage. The same input gives
// the same adapter. ErrFewLabels.
func (e *Engine) Fit(labels []Labelled, others []Sample) (Adapter, Trial, error) {
	x, ok := e.scorer.(*encoded)
	if !ok {
		return Adapter{}, Trial{}, ErrAdapter
	}
	trial := Trial{Labels: len(labels)}
	if len(labels) < LeastLabels {
		return Adapter{}, trial, ErrFewLabels
	}
	all := examples(labels, others)
	for fold := range folds {
		m := train(all, func(i int) bool { return i%folds != fold })
		for i := fold; i < len(all); i += folds {
			trial.take(all[i], m.answer(all[i]))
		}
	}
	trial.LossBefore /= float64(max(trial.Labels, 1))
	trial.LossAfter /= float64(max(trial.Labels, 1))
	a := train(all, func(int) bool { return true }).adapter(x.meta.Temperature)
	a.Base = e.Name()
	return a, trial, nil
}

// example is a text as the fit sees it.
type example struct {
	x      []float32
	offset [3]float64 // log of the engine's probabilities
	p      [3]float64 // the engine's probabilities
	target [3]float64
	weight float64
	label  Label // "" for a text nobody corrected
}

func examples(labels []Labelled, others []Sample) []example {
	var out []example
	add := func(s Sample, target [3]float64, weight float64, label Label) {
		e := example{x: s.Pooled, p: s.P, target: target, weight: weight, label: label}
		for k, p := range s.P {
			e.offset[k] = math.Log(math.Max(p, 1e-4))
		}
		out = append(out, e)
	}
	for _, l := range labels {
		add(l.Sample, targetOf(l.Label), 1, l.Label)
	}
	for _, s := range others {
		add(s, s.P, otherShare*float64(len(labels))/float64(len(others)), "")
	}
	return out
}

func targetOf(l Label) [3]float64 {
	switch l {
	case Negative:
		return [3]float64{1, 0, 0}
	case Positive:
		return [3]float64{0, 0, 1}
	case Mixed:
		return [3]float64{0.5, 0, 0.5}
	}
	return [3]float64{0, 1, 0}
}

// take counts an example and the answer that an adapter gave which had not seen it.
func (t *Trial) take(e example, now [3]float64) {
	before, after := largest(e.p), largest(now)
	if e.label == "" {
		if e.p[before] >= sureOther {
			t.Others++
			if before != after {
				t.Flipped++
			}
		}
		return
	}
	for k, want := range e.target {
		t.LossBefore -= want * math.Log(math.Max(e.p[k], 1e-9))
		t.LossAfter -= want * math.Log(math.Max(now[k], 1e-9))
	}
	if e.label == Mixed {
		return
	}
	t.Single++
	if e.target[before] == 1 {
		t.Before++
	}
	if e.target[after] == 1 {
		t.After++
	}
}

func largest(p [3]float64) int {
	best := 0
	for k := range p {
		if p[k] > p[best] {
			best = k
		}
	}
	return best
}

// fitted is a linear correction of log probabilities on centred, scaled vectors.
type fitted struct {
	mean    []float64
	scale   float64
	weights [3][]float64
	bias    [3]float64
}

// train fits the examples that use lets through, by accelerated gradient descent with a fixed step
// (Nesterov 1983), which needs no randomness.
func train(all []example, use func(int) bool) *fitted {
	var some []example
	for i, e := range all {
		if use(i) {
			some = append(some, e)
		}
	}
	f := centred(some)
	n := len(f.mean)
	vectors, total := make([][]float64, len(some)), 0.0
	longest := 1.0
	for i, e := range some {
		vectors[i] = f.vector(e.x)
		total += e.weight
		longest = math.Max(longest, 1+dot64(vectors[i], vectors[i]))
	}
	step := 1 / (longest/2 + shrinkage)
	ahead := &fitted{mean: f.mean, scale: f.scale}
	for k := range f.weights {
		f.weights[k], ahead.weights[k] = make([]float64, n), make([]float64, n)
	}
	for t := range steps {
		slope := ahead.slope(some, vectors, total)
		momentum := float64(t) / float64(t+3)
		for k := range f.weights {
			for j := range f.weights[k] {
				next := ahead.weights[k][j] - step*slope.weights[k][j]
				ahead.weights[k][j] = next + momentum*(next-f.weights[k][j])
				f.weights[k][j] = next
			}
			next := ahead.bias[k] - step*slope.bias[k]
			ahead.bias[k] = next + momentum*(next-f.bias[k])
			f.bias[k] = next
		}
	}
	return f
}

// centred finds the centre of the vectors and their usual length around it.
func centred(some []example) *fitted {
	f := &fitted{mean: make([]float64, len(some[0].x))}
	for _, e := range some {
		for j, v := range e.x {
			f.mean[j] += float64(v) / float64(len(some))
		}
	}
	f.scale = 1
	sum := 0.0
	for _, e := range some {
		v := f.vector(e.x)
		sum += dot64(v, v)
	}
	if sum > 0 {
		f.scale = math.Sqrt(sum / float64(len(some)))
	}
	return f
}

func (f *fitted) vector(x []float32) []float64 {
	out := make([]float64, len(x))
	for j, v := range x {
		out[j] = (float64(v) - f.mean[j]) / f.scale
	}
	return out
}

// slope is the gradient of the mean loss with shrinkage.
func (f *fitted) slope(some []example, vectors [][]float64, total float64) *fitted {
	g := &fitted{}
	for k := range g.weights {
		g.weights[k] = make([]float64, len(f.mean))
		for j, w := range f.weights[k] {
			g.weights[k][j] = shrinkage * w
		}
		g.bias[k] = shrinkage * f.bias[k]
	}
	for i, e := range some {
		p := f.softmax(e.offset, vectors[i])
		for k := range p {
			d := e.weight / total * (p[k] - e.target[k])
			g.bias[k] += d
			for j, v := range vectors[i] {
				g.weights[k][j] += d * v
			}
		}
	}
	return g
}

func (f *fitted) softmax(offset [3]float64, v []float64) [3]float64 {
	var z [3]float64
	top := math.Inf(-1)
	for k := range z {
		z[k] = offset[k] + f.bias[k] + dot64(f.weights[k], v)
		top = math.Max(top, z[k])
	}
	sum := 0.0
	for k := range z {
		z[k] = math.Exp(z[k] - top)
		sum += z[k]
	}
	for k := range z {
		z[k] /= sum
	}
	return z
}

// answer are the probabilities with the adapter.
func (f *fitted) answer(e example) [3]float64 { return f.softmax(e.offset, f.vector(e.x)) }

// adapter turns the correction into one of the head: undone centre and scale, times the temperature by
// which the head's logits are divided.
func (f *fitted) adapter(temperature float64) Adapter {
	var a Adapter
	for k := range a.Weights {
		a.Weights[k] = make([]float32, len(f.mean))
		bias := f.bias[k]
		for j, w := range f.weights[k] {
			a.Weights[k][j] = float32(w / f.scale * temperature)
			bias -= w / f.scale * f.mean[j]
		}
		a.Bias[k] = float32(bias * temperature)
	}
	return a
}

func dot64(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += float64(v * b[i])
	}
	return sum
}
