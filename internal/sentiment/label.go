package sentiment

import "math"

// Thresholds of the label rule, the same for every scorer.
const (
	clearPole   = 0.45 // a clause or sentence this polar is a clear statement
	opposedPole = 0.3  // the same on either side of a "but", where each colours the other
	leaning     = 0.25 // a text less polar than this is neither
	mixedMax    = 0.80 // beyond this the other side is a footnote
)

// judge turns a reading into label and confidence. Mixed asks for a clear
// statement on either side: a sentence or clause that praises beside one that blames.
func judge(d *document, r *reading) (Label, float64) {
	label := r.label
	confidence := r.certain(label)
	if pull := torn(d, r); pull > 0 && math.Abs(r.whole.polarity()) < mixedMax {
		label = Mixed
		confidence = math.Min(r.certain(Mixed), (1+pull)/2)
	}
	confidence = math.Min(1, math.Max(0, confidence))
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

// torn looks for a clear statement on both sides, among sentences and clauses,
// and returns the polarity of the weaker side, 0 when there is none. What used
// to be and what was feared state nothing about today.
func torn(d *document, r *reading) float64 {
	up, down := 0.0, 0.0
	state := func(p, least float64) {
		if p >= least {
			up = math.Max(up, p)
		} else if p <= -least {
			down = math.Max(down, -p)
		}
	}
	for _, s := range r.sentences {
		state(s.polarity(), clearPole)
	}
	for n := range d.clauses {
		if d.past(n) {
			continue
		}
		if d.opposed(n) {
			state(d.stated(r, n), opposedPole)
		} else {
			state(d.stated(r, n), clearPole)
		}
	}
	return math.Min(up, down)
}

// past reports a clause about what was before or was expected, where another
// follows. What hangs on such a clause ("I feared | that it would take ages | but
// …") belongs to it up to the next contrast.
func (d *document) past(n int) bool {
	if n+1 >= len(d.clauses) {
		return false
	}
	for m := n; m >= 0 && d.clauses[m].sentence == d.clauses[n].sentence; m-- {
		_, once := d.groupIn(d.clauses[m].segment, "once")
		_, expected := d.groupIn(d.clauses[m].segment, "expected")
		if once || expected {
			return true
		}
		if d.clauses[m].lead == "contrast" {
			return false
		}
	}
	return false
}

// opposed reports a clause on either side of a "but" or an "although".
func (d *document) opposed(n int) bool {
	lead := func(n int) bool {
		return n < len(d.clauses) && (d.clauses[n].lead == "contrast" || d.clauses[n].lead == "concession")
	}
	return lead(n) || n+1 < len(d.clauses) && d.clauses[n+1].sentence == d.clauses[n].sentence && lead(n+1)
}

// stated is the polarity of a clause. A phrase that judges by itself ("too
// expensive") counts as much as what the scorer made of the clause, which it
// read in the light of the rest.
func (d *document) stated(r *reading, n int) float64 {
	p, cues := r.clauses[n].polarity(), 0.0
	for i, c := range d.cues {
		sign := judgement(c.pattern.group)
		if sign == 0 || !d.clauses[n].holds(c.from) || d.hidden(c) || d.outdone(i) {
			continue
		}
		if d.denied(c) {
			sign *= -0.6
		}
		cues += sign
	}
	if cues == 0 {
		return p
	}
	return (p + 0.8*math.Max(-1, math.Min(1, cues))) / 2
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
