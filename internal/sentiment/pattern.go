package sentiment

import (
	"fmt"
	"strings"
)

// A pattern is a phrase of the word lists. Its elements are separated by blanks:
//
//	refund          this word (folded, doubled letters and elongation forgiven)
//	refund*         words that begin so
//	slow|late|tard* any of these
//	week?           may be missing
//	#               a number, in digits or words
//	@time           a word of the list's [class time]
//	@name           a person's name
//	..              up to three further words of the same sentence, none of them a negator
type pattern struct {
	elements []element
	text     string // as written, for messages
	value    float64
	group    string // the section it stands in
}

type element struct {
	words    []literal
	prefixes []string
	numeral  bool
	person   bool
	optional bool
	gap      bool
}

// literal is a folded word, and the same with doubled letters written once.
type literal struct{ word, once string }

// match is where a pattern was found: tokens from..to (exclusive).
type match struct {
	pattern  *pattern
	from, to int
}

// parsePattern reads one phrase. Literals are folded for lang; classes are
// replaced by their words.
func parsePattern(lang, text string, classes map[string][]string) (*pattern, error) {
	p := &pattern{text: text}
	for _, field := range strings.Fields(text) {
		e := element{}
		if field == ".." {
			e.gap = true
			p.elements = append(p.elements, e)
			continue
		}
		if rest, ok := strings.CutSuffix(field, "?"); ok && rest != "" {
			field, e.optional = rest, true
		}
		for _, alternative := range strings.Split(field, "|") {
			if err := e.add(lang, alternative, classes); err != nil {
				return nil, fmt.Errorf("%q: %w", text, err)
			}
		}
		p.elements = append(p.elements, e)
	}
	if len(p.elements) == 0 || p.elements[0].gap || p.elements[0].optional {
		return nil, fmt.Errorf("%q: a phrase must begin with a word", text)
	}
	return p, nil
}

// add takes one alternative into the element.
func (e *element) add(lang, alternative string, classes map[string][]string) error {
	switch {
	case alternative == "":
		return fmt.Errorf("empty alternative")
	case alternative == "#":
		e.numeral = true
		for _, w := range classes["number"] {
			e.words = append(e.words, literal{w, onceOf(w)})
		}
	case alternative == "@name":
		e.person = true
	case strings.HasPrefix(alternative, "@"):
		words, ok := classes[alternative[1:]]
		if !ok {
			return fmt.Errorf("no class %s", alternative)
		}
		for _, w := range words {
			if err := e.add(lang, w, nil); err != nil {
				return err
			}
		}
	case strings.HasSuffix(alternative, "*"):
		prefix := fold(lang, strings.TrimSuffix(alternative, "*"))
		e.prefixes = append(e.prefixes, prefix)
		if o := single(prefix); len(prefix) >= 6 && o != "" {
			e.prefixes = append(e.prefixes, o) // "excelent"
		}
	default:
		w := fold(lang, alternative)
		e.words = append(e.words, literal{w, onceOf(w)})
	}
	return nil
}

// is reports whether the element accepts the token.
func (e *element) is(t *token) bool {
	if t.kind == number {
		if e.numeral {
			return true
		}
	} else if t.kind != word {
		return false
	}
	if e.person && t.name {
		return true
	}
	for _, w := range e.words {
		if sameWord(t, w) {
			return true
		}
	}
	for _, p := range e.prefixes {
		if strings.HasPrefix(t.norm, p) || t.alt != "" && strings.HasPrefix(t.alt, p) {
			return true
		}
	}
	return false
}

// sameWord compares a token with a folded literal. Doubled letters are forgiven
// in elongated words and in words of six letters and more.
func sameWord(t *token, w literal) bool {
	if t.norm == w.word || t.alt == w.word && t.alt != "" {
		return true
	}
	if !t.stretched && len(w.word) < 6 {
		return false
	}
	return t.once != "" && t.once == w.once
}

// onceOf is single, or the word itself where nothing is doubled.
func onceOf(w string) string {
	if s := single(w); s != "" {
		return s
	}
	return w
}

// matcher finds patterns in tokens. It looks only at the patterns whose first
// element can begin at a token.
type matcher struct {
	byWord   map[string][]*pattern // first word, also with doubled letters written once
	byPrefix map[string][]*pattern // first two bytes of a first prefix
	numbers  []*pattern
	people   []*pattern
}

func newMatcher() *matcher {
	return &matcher{byWord: map[string][]*pattern{}, byPrefix: map[string][]*pattern{}}
}

// add files a pattern under everything its first element accepts.
func (m *matcher) add(p *pattern) {
	first := &p.elements[0]
	for _, w := range first.words {
		m.byWord[w.word] = append(m.byWord[w.word], p)
		if w.once != w.word {
			m.byWord[w.once] = append(m.byWord[w.once], p)
		}
	}
	for _, w := range first.prefixes {
		m.byPrefix[head(w)] = append(m.byPrefix[head(w)], p)
	}
	if first.numeral {
		m.numbers = append(m.numbers, p)
	}
	if first.person {
		m.people = append(m.people, p)
	}
}

func head(w string) string {
	if len(w) > 2 {
		return w[:2]
	}
	return w
}

// at returns every pattern that matches beginning at token i, none reaching
// beyond limit.
func (m *matcher) at(toks []token, i, limit int) []match {
	t := &toks[i]
	var found []match
	try := func(list []*pattern) {
		for _, p := range list {
			if to := p.end(toks, i, limit); to > i && !seen(found, p) {
				found = append(found, match{p, i, to})
			}
		}
	}
	if t.kind == number {
		try(m.numbers)
	}
	if t.kind == word || t.kind == number {
		for _, form := range [...]string{t.norm, t.alt, t.once} {
			if form != "" {
				try(m.byWord[form])
				try(m.byPrefix[head(form)])
			}
		}
	}
	if t.name {
		try(m.people)
	}
	return found
}

func seen(found []match, p *pattern) bool {
	for _, f := range found {
		if f.pattern == p {
			return true
		}
	}
	return false
}

// end returns one past the last token when the pattern matches at i, else -1.
func (p *pattern) end(toks []token, i, limit int) int {
	return walk(p.elements, toks, i, limit)
}

// walk matches the elements from token i on, skipping optional ones and up to
// three words in a gap.
func walk(elements []element, toks []token, i, limit int) int {
	for n := range elements {
		e := &elements[n]
		switch {
		case e.gap:
			for skip := 0; skip <= 3; skip++ {
				if to := walk(elements[n+1:], toks, i+skip, limit); to >= 0 {
					return to
				}
				if i+skip >= limit || toks[i+skip].kind == stop || toks[i+skip].denies {
					return -1
				}
			}
			return -1
		case i < limit && e.is(&toks[i]):
			i++
		case e.optional:
		default:
			return -1
		}
	}
	return i
}
