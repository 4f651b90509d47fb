package encoder

import "math"

// Logits are the three numbers of a head, in the order of Meta.Labels; Probabilities makes sense of them.
type Logits [3]float32

// Probabilities is the softmax of logits divided by a temperature (Meta.Temperature for polarity, Meta.AspectTemperature for
// aspects). They sum to 1.
func (l Logits) Probabilities(temperature float64) [3]float64 {
	largest := float64(max(l[0], l[1], l[2]))
	var p [3]float64
	sum := 0.0
	for i, v := range l {
		p[i] = math.Exp((float64(v) - largest) / temperature)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// Reading is what the encoder makes of a text.
type Reading struct {
	Pieces Pieces
	// Pooled is the mean of the final states, Meta.Hidden numbers: what an adapter learns from.
	Pooled []float32
	// Polarity is the verdict on the whole text: Bias plus all Contributions, added in this order.
	Polarity Logits
	Bias     Logits
	// Contributions has what each piece adds to Polarity: w·h/n.
	Contributions []Logits
	// Aspects has what each piece says about itself, w·h of the aspect head; Aspect averages them over a span.
	Aspects    []Logits
	aspectBias Logits
}

// read applies the heads to the final states of a text.
func (m *Model) read(p Pieces, states []float32) Reading {
	n, hidden := len(p.List), m.meta.Hidden
	r := Reading{
		Pieces: p, Pooled: make([]float32, hidden), Bias: m.polarity.bias, Polarity: m.polarity.bias,
		Contributions: make([]Logits, n), Aspects: make([]Logits, n), aspectBias: m.aspect.bias,
	}
	share := 1 / float32(n)
	for i := range n {
		h := states[i*hidden : (i+1)*hidden]
		addScaled(r.Pooled, h, share)
		for j := range r.Polarity {
			r.Contributions[i][j] = float32(dot(m.polarity.weights[j], h) * share)
			r.Aspects[i][j] = dot(m.aspect.weights[j], h)
			r.Polarity[j] += r.Contributions[i][j]
		}
	}
	return r
}

// Span finds the pieces that overlap text[from:to]: Pieces.List[first:end]. No piece does when first equals end.
func (r *Reading) Span(from, to int) (first, end int) {
	for i, p := range r.Pieces.List {
		if p.To > from && p.From < to && p.To > p.From {
			if first == end {
				first = i
			}
			end = i + 1
		}
	}
	return first, end
}

// Aspect is what the pieces first to end say about themselves (the verdict on a topic that those words name): the mean of their
// Aspects plus the head's bias. ok is false for an empty span.
func (r *Reading) Aspect(first, end int) (logits Logits, ok bool) {
	return mean(r.Aspects[first:end], 1, r.aspectBias)
}

// Part is the verdict on a part of the text, a sentence for instance, read in the light of the whole: the polarity head applied to
// the mean of its pieces. ok is false for an empty span.
func (r *Reading) Part(first, end int) (logits Logits, ok bool) {
	return mean(r.Contributions[first:end], float32(len(r.Contributions)), r.Bias)
}

// mean is bias + factor·Σ values/n.
func mean(values []Logits, factor float32, bias Logits) (Logits, bool) {
	if len(values) == 0 {
		return Logits{}, false
	}
	var sum Logits
	for _, v := range values {
		for j := range sum {
			sum[j] += v[j]
		}
	}
	for j := range sum {
		sum[j] = float32(sum[j]*factor/float32(len(values))) + bias[j]
	}
	return sum, true
}

// dot is the sum of products, in lanes as everywhere.
func dot(a, b []float32) float32 {
	var sums [lanes]float32
	for i := 0; i+lanes <= len(a); i += lanes {
		x, y := (*[lanes]float32)(a[i:]), (*[lanes]float32)(b[i:])
		for j := range sums {
			sums[j] += float32(x[j] * y[j])
		}
	}
	return fold(&sums)
}
