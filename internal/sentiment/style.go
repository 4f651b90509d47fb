package sentiment

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed lexicon/style/*.txt
var styleFiles embed.FS

// Mindsets lists how somebody can be said to have served, in the order in which they are shown: the
// seven mindsets of the service literature. They describe; none is better than another everywhere.
func Mindsets() []string {
	return []string{"listens", "takes_charge", "stays_calm", "works_hard", "gives_way", "finds_a_way", "competes"}
}

// Mindset is one mindset that a comment speaks of.
type Mindset struct {
	Kind     string // one of Mindsets
	Against  bool   // the comment says the opposite: "did not listen"
	Evidence []Span // the words; weights are 0
}

// Styles reads comments for mindsets, by word lists in the engine's languages. It is safe for concurrent
// use.
type Styles struct {
	grammar map[string]*lexicon
	cues    map[string]*matcher
}

// NewStyles reads the word lists, and the grammar of each language.
func NewStyles() (*Styles, error) {
	s := &Styles{grammar: map[string]*lexicon{}, cues: map[string]*matcher{}}
	for _, lang := range Languages() {
		grammar, err := loadLexicon(lang)
		if err != nil {
			return nil, err
		}
		s.grammar[lang] = grammar
		data, err := styleFiles.ReadFile("lexicon/style/" + lang + ".txt")
		if err != nil {
			return nil, fmt.Errorf("style %s: %w", lang, err)
		}
		sections, err := readSections(string(data))
		if err != nil {
			return nil, fmt.Errorf("style %s: %w", lang, err)
		}
		m := newMatcher()
		for _, section := range sections {
			kind := strings.TrimSuffix(section.name, " -")
			if !slices.Contains(Mindsets(), kind) {
				return nil, fmt.Errorf("style %s: line %d: no mindset %q", lang, section.line, kind)
			}
			for _, phrase := range section.phrases {
				p, err := parsePattern(lang, phrase, nil)
				if err != nil {
					return nil, fmt.Errorf("style %s: line %d: %w", lang, section.line, err)
				}
				p.group = section.name
				m.add(p)
			}
		}
		s.cues[lang] = m
	}
	return s, nil
}

// Read lists the mindsets that a comment speaks of, each at most once for and once against, in the order
// of Mindsets. language is the comment's; where there are no lists for it, there are none. It never panics.
func (s *Styles) Read(text, language string) (out []Mindset) {
	defer func() {
		if recover() != nil {
			out = nil
		}
	}()
	m, l := s.cues[language], s.grammar[language]
	if m == nil || l == nil {
		return nil
	}
	toks, _ := tokenise(text)
	d := parse(text, toks, l)
	found := map[statement][]Span{}
	matches := m.all(d.toks, d.sentences)
	for _, c := range matches {
		kind, against := strings.CutSuffix(c.pattern.group, " -")
		if !against && (d.denied(c) || contradicted(matches, c, kind)) {
			if !contradicted(matches, c, kind) {
				against = true
			} else {
				continue // "did not listen" is one statement, not two
			}
		}
		key := statement{kind, against}
		found[key] = append(found[key], Span{Start: d.toks[c.from].start, End: d.toks[c.to-1].end})
	}
	for _, kind := range Mindsets() {
		for _, against := range []bool{false, true} {
			if spans := found[statement{kind, against}]; len(spans) > 0 {
				out = append(out, Mindset{Kind: kind, Against: against, Evidence: spans})
			}
		}
	}
	return out
}

// statement is what evidence is gathered under.
type statement struct {
	kind    string
	against bool
}

// contradicted reports whether a phrase of the opposite holds the words of c.
func contradicted(all []match, c match, kind string) bool {
	for _, o := range all {
		if o.pattern.group == kind+" -" && o.from < c.to && c.from < o.to {
			return true
		}
	}
	return false
}
