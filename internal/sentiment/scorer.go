package sentiment

import "slices"

// dist is a distribution over the three feelings; it adds up to 1.
type dist struct{ neg, neu, pos float64 }

// polarity is what is left when both sides are weighed: p(positive) − p(negative).
func (d dist) polarity() float64 { return d.pos - d.neg }

// reading is what a scorer makes of a document.
type reading struct {
	whole     dist
	sentences []dist              // one per document sentence
	clauses   []dist              // one per document clause
	weights   []float64           // one per token: its part of whole.polarity(); they add up to it
	about     []dist              // one per document cue: the feeling about what the cue names
	basis     float64             // 0..1: how much of the text the scorer had something to say about
	label     Label               // of the whole, by the most probable feeling
	unsure    float64             // less certain than this is no answer
	certain   func(Label) float64 // probability that this label of the whole is right
}

// scorer gives a document its feelings. Implementations are safe for concurrent
// use and always give the same reading of the same document.
type scorer interface {
	name() string // engine and version, as stored with every verdict
	read(d *document) reading
}

// weigh has the document read, if there is anything to read.
func (e *Engine) weigh(d *document) reading {
	for i := range d.toks {
		if d.toks[i].kind == word || d.toks[i].kind == emoji {
			return e.scorer.read(d)
		}
	}
	return nothing(d)
}

// nothing is the reading of a text without words.
func nothing(d *document) reading {
	neutral := func(n int) []dist { return slices.Repeat([]dist{{neu: 1}}, n) }
	return reading{whole: dist{neu: 1}, sentences: neutral(len(d.sentences)), clauses: neutral(len(d.clauses)), about: neutral(len(d.cues)),
		weights: make([]float64, len(d.toks)), label: Neutral, certain: func(Label) float64 { return 0 }}
}
