package sentiment

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// ErrUnknownEngine is returned by New for an engine name it does not know.
var ErrUnknownEngine = errors.New("unknown sentiment engine")

// Options choose how an Engine is built. The zero value is what a service wants.
type Options struct {
	// Engine is "encoder" or "lexicon"; "" is the encoder.
	Engine string
	// Weights is another model file for the encoder; New keeps it. nil means the one in the program.
	Weights []byte
}

// Engine reads comments. It is safe for concurrent use and gives the same
// verdict for the same text and hint, always.
type Engine struct {
	scorer    scorer
	lexicons  map[string]*lexicon
	languages *languages
	names     *nameBook
	tagger    *tagger
}

// New loads the word lists of all languages (30 ms). Models that cost memory are
// loaded at the first text that needs them.
func New(o Options) (*Engine, error) {
	e := &Engine{lexicons: map[string]*lexicon{}, tagger: newTagger()}
	for _, lang := range Languages() {
		l, err := loadLexicon(lang)
		if err != nil {
			return nil, err
		}
		e.lexicons[lang] = l
	}
	names, err := loadNames()
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	e.names = names
	e.languages = newLanguages(e.lexicons)
	faces, err := loadEmoji()
	if err != nil {
		return nil, fmt.Errorf("emoji: %w", err)
	}
	e.scorer, err = o.scorer(&lexical{lexicons: e.lexicons, emoji: faces})
	return e, err
}

// scorer chooses between the word lists and the encoder.
func (o Options) scorer(words *lexical) (scorer, error) {
	switch o.Engine {
	case "lexicon":
		return words, nil
	case "", "encoder":
		x, err := newEncoded(o.Weights, words)
		if err != nil {
			return nil, fmt.Errorf("sentiment: %w", err)
		}
		return x, nil
	}
	return nil, fmt.Errorf("%w: %q", ErrUnknownEngine, o.Engine)
}

// loadEmoji reads the feelings of emoji and emoticons.
func loadEmoji() (map[string]float64, error) {
	data, err := lexiconFiles.ReadFile("lexicon/emoji.txt")
	if err != nil {
		return nil, err
	}
	sections, err := readSections(string(data))
	if err != nil {
		return nil, err
	}
	faces := map[string]float64{}
	for _, s := range sections {
		v, err := strconv.ParseFloat(s.name, 64)
		if err != nil {
			return nil, err
		}
		for _, f := range s.phrases {
			first, _ := utf8.DecodeRuneInString(f)
			if isEmoji(first) {
				f = string(first)
			}
			faces[f] = v
		}
	}
	return faces, nil
}

// Name is the engine and version that verdicts carry.
func (e *Engine) Name() string { return e.scorer.name() }

// Analyse reads one comment. hintLanguage is the customer's locale ("de",
// "pt-BR") or ""; it settles what is too short or too close to tell. Analyse
// never panics: what it cannot read is Unsure.
func (e *Engine) Analyse(text, hintLanguage string) (v Verdict) {
	defer func() {
		if recover() != nil {
			v = e.blank(unknownLanguage)
		}
	}()
	toks, cut := tokenise(text)
	hint := hintCode(hintLanguage)
	lang := e.languages.detect(text, toks, hint)
	l := e.lexicons[lang]
	if l == nil && lang == unknownLanguage {
		l = e.agreeing(toks)
	}
	if l == nil && lang != "" && lang != unknownLanguage {
		v = e.blank(lang)
		v.Cut = cut
		return v
	}
	v = e.verdict(e.read(text, toks, l))
	v.Language, v.Cut = lang, cut
	if l == nil && lang == unknownLanguage {
		v.Label = Unsure // the polarity stays as the scorer's best guess
	}
	return v
}

// Weigh returns the probabilities of a text being negative, neutral and positive,
// for measurements that allow no "unsure": it answers in any language, and
// takes hintLanguage where the language is none of Languages.
func (e *Engine) Weigh(text, hintLanguage string) (neg, neu, pos float64) {
	d := e.force(text, hintLanguage)
	w := e.weigh(d).whole
	return w.neg, w.neu, w.pos
}

// About returns the probabilities of the text being negative, neutral and
// positive about what text[from:to] names.
func (e *Engine) About(text, hintLanguage string, from, to int) (neg, neu, pos float64) {
	d := e.force(text, hintLanguage)
	first, end := d.tokensAt(from, to)
	if first < end {
		d.cues = append(d.cues, match{&pattern{group: "asked"}, first, end})
	}
	r := e.weigh(d)
	w := r.whole
	if first < end {
		w = r.about[len(r.about)-1]
	}
	return w.neg, w.neu, w.pos
}

// AboutTopics returns the probabilities of the text being negative, neutral and
// positive about some of Topics(); ok is false when it speaks about none of them.
func (e *Engine) AboutTopics(text, hintLanguage string, topics []string) (neg, neu, pos float64, ok bool) {
	d := e.force(text, hintLanguage)
	r := e.weigh(d)
	n := 0.0
	for i, c := range d.cues {
		topic, _ := topicOf(c.pattern.group)
		if slices.Contains(topics, topic) && !d.hidden(c) {
			neg, neu, pos = neg+r.about[i].neg, neu+r.about[i].neu, pos+r.about[i].pos
			n++
		}
	}
	if n == 0 {
		return 0, 0, 0, false
	}
	return neg / n, neu / n, pos / n, true
}

// force reads a text as one of our languages if it can.
func (e *Engine) force(text, hintLanguage string) *document {
	toks, _ := tokenise(text)
	hint := hintCode(hintLanguage)
	l := e.lexicons[e.languages.detect(text, toks, hint)]
	if l == nil {
		l = e.lexicons[hint]
	}
	return e.read(text, toks, l)
}

// Language tells what language a text is in, as Verdict.Language does.
func (e *Engine) Language(text, hintLanguage string) string {
	toks, _ := tokenise(text)
	return e.languages.detect(text, toks, hintCode(hintLanguage))
}

// blank is the verdict on a text nobody understood.
func (e *Engine) blank(lang string) Verdict {
	return Verdict{Language: lang, Label: Unsure, Engine: e.scorer.name(), Topics: []TopicVerdict{},
		Signals: []Signal{}, Evidence: []Span{}, Names: []string{}, Sentences: []SentenceVerdict{}}
}

// read takes the text apart: sentences, names, cues, clauses.
func (e *Engine) read(text string, toks []token, l *lexicon) *document {
	d := parse(text, toks, l)
	if l != nil {
		if l.lang == "en" {
			for _, s := range d.sentences {
				if e.names.needTags(d.toks, s) {
					e.tagger.tag(d.toks, s)
				}
			}
		}
		e.names.mark(d, l)
	}
	d.finish(l)
	return d
}

// agreeing serves one or two words whose language cannot be told ("Super!"): when
// every language that knows them all feels the same about them, any of them will do.
func (e *Engine) agreeing(toks []token) *lexicon {
	words := wordsOf(toks)
	if len(words) > 2 {
		return nil
	}
	var chosen *lexicon
	side := 0.0
	for _, lang := range Languages() {
		l := e.lexicons[lang]
		if e.languages.hits(lang, words) < len(words) {
			continue
		}
		own := append([]token(nil), toks...)
		d := parse("", own, l)
		d.finish(l)
		p := (&lexical{lexicons: e.lexicons}).read(d).whole.polarity()
		if p == 0 || side*p < 0 {
			return nil
		}
		if chosen == nil {
			chosen, side = l, p
		}
	}
	return chosen
}

// verdict scores the document and gathers everything a verdict holds.
func (e *Engine) verdict(d *document) Verdict {
	r := e.weigh(d)
	v := e.blank("")
	v.Polarity = r.whole.polarity()
	v.Label, v.Confidence = judge(d, &r)
	v.Evidence = evidence(d, &r)
	v.Topics = topics(d, &r)
	v.Signals = signals(d)
	v.Names = append(v.Names, d.people()...)
	for n, s := range d.sentences {
		whole := d.span(s.from, s.to, 0)
		v.Sentences = append(v.Sentences, SentenceVerdict{Start: whole.Start, End: whole.End,
			Label: labelOf(r.sentences[n]), Polarity: r.sentences[n].polarity()})
	}
	return v
}
