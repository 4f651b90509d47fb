package sentiment

import (
	"context"
	"math"
	"slices"

	"earshot/internal/sentiment/encoder"
)

// encoded is the scorer of the transformer. Its polarity head is linear over the
// mean of the pieces, so what each word adds is exact; a clause is judged by the
// same head over its own pieces, a topic by the aspect head over the words that
// name it.
type encoded struct {
	model   *encoder.Model
	meta    encoder.Meta
	words   *lexical // which words of a clause to show
	adapter int      // version of what an organisation taught it, 0 for none
}

// newEncoded reads with the given model file, or with the one in the program when that is nil.
func newEncoded(weights []byte, words *lexical) (*encoded, error) {
	load := encoder.Open
	if weights != nil {
		load = func() (*encoder.Model, error) { return encoder.Load(weights) }
	}
	m, err := load()
	if err != nil {
		return nil, err
	}
	return &encoded{model: m, meta: m.Meta(), words: words}, nil
}

func (x *encoded) name() string { return "encoder-" + x.meta.Version + adapterName(x.adapter) }

func (x *encoded) read(d *document) reading {
	m, e := x.look(d)
	strokes := x.words.strokes(d)
	w := x.words.weigh(d, strokes)
	r := reading{whole: x.dist(e.Polarity).lean(w.whole, d.trust()), weights: make([]float64, len(d.toks)), basis: 1}
	for n, s := range d.sentences {
		r.sentences = append(r.sentences, x.part(d, &m, e, s).lean(w.sentences[n], wordTrust))
	}
	for n, c := range d.clauses {
		r.clauses = append(r.clauses, x.part(d, &m, e, c.segment).lean(w.clauses[n], wordTrust))
	}
	for _, c := range d.cues {
		named := segment{c.from, c.to}
		r.about = append(r.about, x.aspect(d, &m, e, named).lean(distOf(strokes, named), cueTrust))
	}
	x.spread(d, &m, e, strokes, &r)
	r.label, r.certain = x.judge(r.whole, d.doubt(r.whole, w.whole))
	r.unsure = math.Min(x.meta.UnsureBelow, evenOdds)
	return r
}

// The word lists are asked for a second opinion: what they say moves the log odds
// of positive against negative by at most wordTrust, and in texts of up to three
// words, where the encoder has little to go by, by briefTrust. Over fourteen
// development sets this is worth 0.15 points of two-class accuracy.
const (
	wordTrust  = 0.6
	briefTrust = 4.0
	brief      = 3
	cueTrust   = 2.0 // in a topic, what the naming words say themselves: "rude"
)

// evenOdds is the highest threshold for "unsure": a feeling more probable than the
// two others together is an answer. Calibration's own threshold, which abstains on
// a fifth, is for those who would rather have no answer; they can go by Confidence.
const evenOdds = 0.5

// trust is how far the word lists may move the whole text.
func (d *document) trust() float64 {
	if len(wordsOf(d.toks)) <= brief {
		return briefTrust
	}
	return wordTrust
}

// lean moves the log odds of positive against negative by other's polarity times
// trust; how neutral the text is stays as it was.
func (p dist) lean(other dist, trust float64) dist {
	half := math.Exp(trust * other.polarity() / 2)
	neg, pos := p.neg/half, p.pos*half
	if neg+pos == 0 {
		return p
	}
	keep := (p.neg + p.pos) / (neg + pos)
	return dist{neg: neg * keep, neu: p.neu, pos: pos * keep}
}

// run reads one text.
func (x *encoded) run(text string) *encoder.Reading {
	readings, err := x.model.Run(context.Background(), []encoder.Pieces{x.model.Encode(text)})
	if err != nil { // the pieces are the model's own and the context never ends
		panic(err)
	}
	return &readings[0]
}

// dist makes probabilities of polarity logits.
func (x *encoded) dist(l encoder.Logits) dist {
	p := l.Probabilities(x.meta.Temperature)
	neu := p[1] * neutralPrior
	sum := p[0] + neu + p[2]
	return dist{neg: p[0] / sum, neu: neu / sum, pos: p[2] / sum}
}

// neutralPrior lowers the odds of neutral: half of the training texts were tweets
// about nothing in particular, and who answers a survey mostly has an opinion. Over ten development
// sets with neutral examples the macro-F1 rises by half a point; two-class answers stay as they are.
const neutralPrior = 0.85

// pieces finds the pieces of a range of tokens.
func pieces(d *document, m *masked, e *encoder.Reading, s segment) (first, end int) {
	return e.Span(m.to(d.toks[s.from].start), m.end(d.toks[s.to-1].end))
}

// part is the feeling of a sentence or clause in the light of the whole text.
func (x *encoded) part(d *document, m *masked, e *encoder.Reading, s segment) dist {
	if l, ok := e.Part(pieces(d, m, e, s)); ok {
		return x.dist(l)
	}
	return dist{neu: 1}
}

// aspect is the feeling about what the tokens name.
func (x *encoded) aspect(d *document, m *masked, e *encoder.Reading, s segment) dist {
	l, ok := e.Aspect(pieces(d, m, e, s))
	if !ok {
		return dist{neu: 1}
	}
	p := l.Probabilities(x.meta.AspectTemperature)
	return dist{neg: p[0], neu: p[1], pos: p[2]}
}

// spread gives every token its part of the polarity: what its pieces add to the
// margin of positive over negative, scaled from logits to polarity.
//
// Inside a clause the encoder tells nearly the same of every piece, the comma
// included, since each has seen all the others. The sum over a clause is
// therefore kept and shared out again among the words that carry it (salience).
func (x *encoded) spread(d *document, m *masked, e *encoder.Reading, strokes []stroke, r *reading) {
	margin := float64(e.Polarity[2] - e.Polarity[0])
	scale := (1 - r.whole.neu) / 2 / x.meta.Temperature // the slope of the polarity at margin 0
	if math.Abs(margin) > 0.05 {
		scale = r.whole.polarity() / margin
	}
	own := make([]float64, len(d.toks))
	for i := range d.toks {
		first, end := pieces(d, m, e, segment{i, i + 1})
		for n := first; n < end; n++ {
			c := e.Contributions[n]
			own[i] += float64(c[2]-c[0]) * scale
		}
	}
	for _, c := range d.clauses {
		share(d, c.segment, own, strokes, r.weights)
	}
}

// share hands the sum of a clause to its salient words.
func share(d *document, s segment, own []float64, strokes []stroke, weights []float64) {
	sum := 0.0
	for i := s.from; i < s.to; i++ {
		sum += own[i]
	}
	salience, total := salience(d, s, own, strokes, sign(sum)), 0.0
	for _, v := range salience {
		total += v
	}
	if total == 0 {
		copy(weights[s.from:s.to], own[s.from:s.to])
		return
	}
	for n, v := range salience {
		weights[s.from+n] = sum * v / total
	}
}

// salience says how much each token of a clause stands out on its side: words
// that feel, phrases that judge a topic, and words whose own contribution is
// well above the clause's usual one. Where nothing does, all words but the
// commonest share.
func salience(d *document, s segment, own []float64, strokes []stroke, side float64) []float64 {
	out := make([]float64, s.to-s.from)
	found := false
	for _, k := range strokes {
		if !s.holds(k.from) || k.value == 0 {
			continue
		}
		found = true
		v := math.Abs(k.value)
		if k.value*side < 0 {
			v *= 0.2 // "lovely" in a clause that says the opposite
		}
		all := make([]float64, len(d.toks))
		k.spread(v, all)
		for i := s.from; i < s.to; i++ {
			out[i-s.from] += all[i]
		}
	}
	usual := middle(own[s.from:s.to])
	for i := s.from; i < s.to; i++ {
		if t := &d.toks[i]; t.kind == word || t.kind == emoji {
			if extra := own[i]*side - 1.5*usual*side; extra > 0 && usual*side > 0 {
				out[i-s.from] += extra / (usual * side)
				found = true
			}
		}
	}
	for i := s.from; i < s.to && !found; i++ {
		if t := &d.toks[i]; t.kind == emoji || t.kind == word && !t.plain {
			out[i-s.from] = 1
		}
	}
	return out
}

// middle is the median.
func middle(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// doubt is the most certain that a verdict may be when plain words contradict it
// in a short text. Where the word lists are sure of the opposite the encoder is right six times in
// ten (development sets, 77 such texts); where they are surer still, nobody
// should be alerted ("Got my refund the next morning, thank you." taken for a complaint).
func (d *document) doubt(verdict, words dist) float64 {
	p := words.polarity()
	switch {
	case verdict.polarity()*p >= 0 || math.Abs(p) < 0.6 || len(wordsOf(d.toks)) > 20:
		return 1
	case math.Abs(p) < 0.7:
		return 0.6
	}
	return 0.45
}

// judge takes the most probable feeling; nothing is more certain than atMost.
func (x *encoded) judge(w dist, atMost float64) (Label, func(Label) float64) {
	label := Neutral
	switch {
	case w.pos > w.neg && w.pos > w.neu:
		label = Positive
	case w.neg > w.neu:
		label = Negative
	}
	return label, func(l Label) float64 {
		p := 1 - w.neu // mixed
		switch l {
		case Positive:
			p = w.pos
		case Negative:
			p = w.neg
		case Neutral:
			p = w.neu
		}
		return math.Min(p, atMost)
	}
}
