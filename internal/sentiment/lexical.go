package sentiment

import (
	"math"
	"slices"
)

// lexical is the scorer of word lists and rules. It works in all eight
// languages with nothing but the embedded files, and its errors are those of its
// kind: it reads words, not meaning. Its rules follow the observations of Hutto
// and Gilbert (VADER, ICWSM 2014) and Taboada et al. (SO-CAL, 2011): boosters,
// negation that shifts rather than mirrors, the clause after "but" outweighing
// the one before; values and word lists are our own.
type lexical struct {
	lexicons map[string]*lexicon
	emoji    map[string]float64
}

// Constants of the rules; each was set on the training sets named in docs/sentiment.md.
const (
	softness      = 6.0  // α of polarity = s/√(s²+α): one word of strength 3 gives ±0.77
	flipPositive  = -0.8 // "not good" is nearly as bad as "bad"
	flipNegative  = -0.5 // "not bad" is half as good as "good"
	beforeBut     = 0.5
	afterBut      = 1.3
	conceded      = 0.5 // "although …"
	bygone        = 0.1 // "used to be …, but now"
	wished        = -0.6
	asked         = 0.5 // a question states nothing
	loud          = 1.2
	booster       = 1.3
	damper        = 0.6
	cueStrength   = 2.0 // a phrase of a topic list that judges by itself
	negationReach = 4   // words between a negator and what it negates
	lexicalUnsure = 0.35
)

func (x *lexical) name() string { return "lexicon-1" }

// stroke is one phrase that feels something.
type stroke struct {
	from, to int
	value    float64
	turned   []match // the negators and wishes that turned it
}

// spread shares a weight among the tokens of the stroke and of what turned it.
func (s *stroke) spread(weight float64, weights []float64) {
	n := s.to - s.from
	for _, m := range s.turned {
		n += m.to - m.from
	}
	for i := s.from; i < s.to; i++ {
		weights[i] += weight / float64(n)
	}
	for _, m := range s.turned {
		for i := m.from; i < m.to; i++ {
			weights[i] += weight / float64(n)
		}
	}
}

func (x *lexical) read(d *document) reading { return x.weigh(d, x.strokes(d)) }

// weigh makes a reading of the document's strokes.
func (x *lexical) weigh(d *document, plain []stroke) reading {
	strokes := slices.Clone(plain)
	bendClauses(d, strokes)
	r := reading{weights: make([]float64, len(d.toks))}
	sum, size := 0.0, 0.0
	for _, s := range strokes {
		sum += s.value
		size += math.Abs(s.value)
	}
	scale := 1 / math.Sqrt(sum*sum+softness)
	for i := range strokes {
		strokes[i].spread(strokes[i].value*scale, r.weights)
	}
	r.whole = distOf(strokes, segment{0, len(d.toks)})
	for _, s := range d.sentences {
		r.sentences = append(r.sentences, distOf(strokes, s))
	}
	for _, c := range d.clauses {
		r.clauses = append(r.clauses, distOf(plain, c.segment)) // each by itself
	}
	for _, c := range d.cues {
		about := dist{neu: 1}
		if n := d.clauseOf(c.from); n >= 0 {
			about = r.clauses[n]
		}
		r.about = append(r.about, about)
	}
	r.basis = math.Min(1, size/2)
	r.label, r.unsure = leaningOf(r.whole.polarity()), lexicalUnsure
	r.certain = func(l Label) float64 { return lexicalConfidence(l, r.whole.polarity(), size) }
	return r
}

// distOf weighs the strokes inside a segment.
func distOf(strokes []stroke, s segment) dist {
	var up, down float64
	for _, k := range strokes {
		if !s.holds(k.from) {
			continue
		}
		if k.value > 0 {
			up += k.value
		} else {
			down -= k.value
		}
	}
	if up == 0 && down == 0 {
		return dist{neu: 1}
	}
	p := (up - down) / math.Sqrt((up-down)*(up-down)+softness)
	torn := 2 * math.Min(up, down) / (up + down) // 1 when both sides weigh the same
	neutral := (1 - math.Abs(p)) * (1 - torn)
	return dist{neg: (1 - neutral - p) / 2, neu: neutral, pos: (1 - neutral + p) / 2}
}

// lexicalConfidence is the share of right answers at this strength: a line
// through the bins measured on 800 texts each of eleven training sets (five
// languages; at |polarity| 0.35, 0.65, 0.75, 0.85, 0.95 it was 0.55, 0.73, 0.85, 0.88, 0.93).
func lexicalConfidence(l Label, polarity, size float64) float64 {
	switch l {
	case Positive, Negative:
		return 0.37 + 0.59*math.Abs(polarity)
	case Mixed:
		return 0.4
	case Neutral:
		if size == 0 {
			return 0.4
		}
		return 0.36 // measured 0.19: what cancels out is seldom neutral
	}
	return 0.3
}

// strokes finds everything that feels, and bends it by what stands around it.
func (x *lexical) strokes(d *document) []stroke {
	l := x.lexicons[d.lang]
	var strokes []stroke
	covered := make([]bool, len(d.toks))
	if l != nil {
		weighed := make([]bool, len(d.toks))
		for _, m := range l.feelings.all(d.toks, d.sentences) {
			strokes = append(strokes, x.feel(d, m))
			cover(covered, m)
			if m.pattern.value != 0 {
				cover(weighed, m)
			}
		}
		for _, s := range x.judgingCues(d, weighed) {
			strokes = append(strokes, s)
			cover(covered, match{from: s.from, to: s.to})
		}
	}
	for i := range d.toks {
		if v := x.emoji[d.toks[i].norm]; d.toks[i].kind == emoji && v != 0 {
			strokes = append(strokes, stroke{from: i, to: i + 1, value: v})
		}
	}
	if l != nil {
		bend(d, strokes, covered)
	}
	return strokes
}

func cover(covered []bool, m match) {
	for i := m.from; i < m.to; i++ {
		covered[i] = true
	}
}

// judgingCues are topic phrases with a judgement whose words nothing else weighed.
func (x *lexical) judgingCues(d *document, covered []bool) []stroke {
	var out []stroke
	for _, c := range d.cues {
		sign := judgement(c.pattern.group)
		if sign == 0 {
			continue
		}
		free := true
		for i := c.from; i < c.to; i++ {
			free = free && !covered[i]
		}
		if free {
			out = append(out, stroke{from: c.from, to: c.to, value: sign * cueStrength})
			cover(covered, c)
		}
	}
	return out
}

// feel gives a matched phrase its value: names feel nothing, shouting and
// elongation feel more, "like" only as a verb.
func (x *lexical) feel(d *document, m match) stroke {
	s := stroke{from: m.from, to: m.to, value: m.pattern.value}
	t := &d.toks[m.from]
	if m.to == m.from+1 {
		if t.name || t.norm == "like" && (t.tag == "IN" || t.tag == "NN") {
			s.value = 0
		}
	}
	if t.shout && !d.allShout() {
		s.value *= loud
	}
	if t.stretched {
		s.value *= loud
	}
	return s
}

// allShout reports a text that is capitals throughout, where capitals say nothing.
func (d *document) allShout() bool {
	loud, words := 0, 0
	for i := range d.toks {
		if d.toks[i].kind == word && len(d.toks[i].raw) > 2 {
			words++
			if d.toks[i].shout {
				loud++
			}
		}
	}
	return loud*4 > words*3
}
