package sentiment

import "math"

// Thresholds of the label rule, the same for every scorer.
const (
	clearPole = 0.45 // a clause or sentence this polar is a clear statement
	leaning   = 0.25 // a text less polar than this is neither
	mixedMax  = 0.80 // beyond this the other side is a footnote
)

// judge turns a reading into label and confidence. Mixed asks for a clear
// statement on either side: a sentence or clause that praises beside one that blames.
func judge(d *document, r *reading) (Label, float64) {
	label := r.label
	if torn(r) && math.Abs(r.whole.polarity()) < mixedMax {
		label = Mixed
	}
	confidence := math.Min(1, math.Max(0, r.certain(label)))
	if confidence < r.unsure || r.basis == 0 && len(wordsOf(d.toks)) < 3 {
		return Unsure, confidence
	}
	return label, confidence
}

// leaningOf is the label of a polarity alone.
func leaningOf(p float64) Label {
	switch {
	case p >= leaning:
		return Positive
	case p <= -leaning:
		return Negative
	}
	return Neutral
}

// torn reports a clear statement on both sides.
func torn(r *reading) bool {
	up, down := false, false
	for _, list := range [...][]dist{r.sentences, r.clauses} {
		for _, s := range list {
			up = up || s.polarity() >= clearPole
			down = down || s.polarity() <= -clearPole
		}
	}
	return up && down
}

// labelOf is the rule for a sentence or a topic, where there is nothing to be unsure with.
func labelOf(d dist) Label {
	if d.pos >= 0.35 && d.neg >= 0.35 {
		return Mixed
	}
	return leaningOf(d.polarity())
}

// evidence gathers the tokens that decided into spans. Contributions too small
// to show are given to the shown ones in proportion, so that the weights still
// add up to the polarity.
func evidence(d *document, r *reading) []Span {
	size := 0.0
	for _, w := range r.weights {
		size = math.Max(size, math.Abs(w))
	}
	if size == 0 {
		return []Span{}
	}
	spans := []Span{}
	for i := 0; i < len(r.weights); i++ {
		w := r.weights[i]
		if math.Abs(w) < size*0.15 {
			continue
		}
		j := i + 1
		for j < len(r.weights) && r.weights[j]*w > 0 && math.Abs(r.weights[j]) >= size*0.15 && d.toks[j].kind != stop {
			w += r.weights[j]
			j++
		}
		spans = append(spans, d.span(i, j, w))
		i = j - 1
	}
	balance(spans, r.whole.polarity())
	return spans
}

// balance makes the weights add up to the polarity: what is missing goes to the
// weights that point the same way, in proportion to their size.
func balance(spans []Span, polarity float64) {
	sum, size := 0.0, 0.0
	for _, s := range spans {
		sum += s.Weight
		size += math.Abs(s.Weight)
	}
	if size == 0 {
		return
	}
	missing := polarity - sum
	side := 0.0 // of the weights that point the same way
	for _, s := range spans {
		if s.Weight*missing > 0 {
			side += math.Abs(s.Weight)
		}
	}
	for i := range spans {
		switch w := spans[i].Weight; {
		case side == 0:
			spans[i].Weight += missing * math.Abs(w) / size
		case w*missing > 0:
			spans[i].Weight += missing * math.Abs(w) / side
		}
	}
}
