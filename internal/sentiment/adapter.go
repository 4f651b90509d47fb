package sentiment

import (
	"errors"
	"fmt"
	"strconv"

	"earshot/internal/sentiment/encoder"
)

// ErrAdapter means that an adapter does not belong to an engine: it was fitted on other weights.
var ErrAdapter = errors.New("the adapter was learnt on another engine")

// Adapter is what an organisation's own verdicts teach an engine: a small change of the encoder's polarity
// head. The verdict stays a sum over the words, so the evidence stays exact.
type Adapter struct {
	Base    string       // Name of the engine it was fitted on
	Weights [3][]float32 // added to the head's weights for negative, neutral, positive
	Bias    [3]float32   // added to its bias
}

// Adapted returns an engine that shares everything with e but reads with the adapter. Its name carries the
// adapter's version. ErrAdapter.
func (e *Engine) Adapted(a Adapter, version int) (*Engine, error) {
	x, ok := e.scorer.(*encoded)
	if !ok || a.Base != e.Name() {
		return nil, fmt.Errorf("%w: it was %q, this is %q", ErrAdapter, a.Base, e.Name())
	}
	m, err := x.model.WithHead(a.Weights, a.Bias)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAdapter, err)
	}
	own := *e
	own.scorer = &encoded{model: m, meta: x.meta, words: x.words, adapter: version}
	return &own, nil
}

// Sample is what a text looks like to somebody who wants to teach the engine.
type Sample struct {
	// Pooled is the encoder's vector of the text.
	Pooled []float32
	// P are the engine's probabilities of negative, neutral and positive.
	P [3]float64
}

// Sample reads a text for Fit. ok is false for a text that the engine does not read with its encoder: one
// without words, or in none of its languages.
func (e *Engine) Sample(text, hintLanguage string) (s Sample, ok bool) {
	defer func() {
		if recover() != nil {
			s, ok = Sample{}, false
		}
	}()
	x, isEncoder := e.scorer.(*encoded)
	toks, _ := tokenise(text)
	l := e.lexicons[e.languages.detect(text, toks, hintCode(hintLanguage))]
	if !isEncoder || l == nil || len(wordsOf(toks)) == 0 {
		return s, false
	}
	d := e.read(text, toks, l)
	_, r := x.look(d)
	w := x.read(d).whole
	return Sample{Pooled: r.Pooled, P: [3]float64{w.neg, w.neu, w.pos}}, true
}

// adapterName is what an adapter adds to the engine's name.
func adapterName(version int) string {
	if version == 0 {
		return ""
	}
	return "+own" + strconv.Itoa(version)
}

// look masks a document and reads it, without its closing thanks where those made it worse.
func (x *encoded) look(d *document) (masked, *encoder.Reading) {
	m := mask(d, len(d.toks))
	e := x.run(m.text)
	if s, ok := d.closingThanks(); ok && x.dist(e.Polarity).polarity() < 0 {
		// The model has seen "Thanks." end many a complaint. Politeness must
		// not make a text worse, so it is read without, too.
		less := mask(d, s.from)
		if f := x.run(less.text); x.dist(f.Polarity).polarity() > x.dist(e.Polarity).polarity() {
			m, e = less, f
		}
	}
	return m, e
}
