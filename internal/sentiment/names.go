package sentiment

import (
	"strings"
)

// nameBook knows given names. Some are words too (Grace, Will, Hope): those need
// a capital and a place in the sentence where a word would not stand.
type nameBook struct {
	given     map[string]bool
	ambiguous map[string]bool
	never     map[string]bool
}

func loadNames() (*nameBook, error) {
	data, err := lexiconFiles.ReadFile("lexicon/names.txt")
	if err != nil {
		return nil, err
	}
	sections, err := readSections(string(data))
	if err != nil {
		return nil, err
	}
	b := &nameBook{given: map[string]bool{}, ambiguous: map[string]bool{}, never: map[string]bool{}}
	for _, s := range sections {
		for _, p := range s.phrases {
			key := stripMarks(strings.ToLower(p))
			switch s.name {
			case "ambiguous":
				b.ambiguous[key] = true
			case "never":
				b.never[key] = true
			default:
				b.given[key] = true
			}
		}
	}
	return b, nil
}

// needTags reports whether a sentence has a word that only its tag can settle: a
// name that is a word, and "like". Tags take longer than all other steps of the
// word lists together.
func (b *nameBook) needTags(toks []token, s segment) bool {
	for i := s.from; i < s.to; i++ {
		t := &toks[i]
		if t.norm == "like" || t.capital && !t.first && b.ambiguous[t.lower] {
			return true
		}
	}
	return false
}

// mark sets token.name on every token that names a person.
func (b *nameBook) mark(d *document, l *lexicon) {
	for i := range d.toks {
		t := &d.toks[i]
		if t.kind == word && (t.capital || t.shout) && b.isName(d, l, i) {
			t.name = true
		}
	}
	for i := 1; i < len(d.toks); i++ { // surnames
		t, before := &d.toks[i], &d.toks[i-1]
		if b.never[t.lower] {
			continue
		}
		if before.name && t.kind == word && t.capital && !t.first && !l.common(t) && t.start == before.end+1 {
			t.name = true
		}
	}
}

// isName decides for one capitalised word.
func (b *nameBook) isName(d *document, l *lexicon, i int) bool {
	t := &d.toks[i]
	key := stripMarks(t.lower)
	introduced := l.introduced(d, i)
	switch {
	case b.never[key]:
		return false
	case b.ambiguous[key]:
		return t.capital && (introduced || l.acts(d, i) || b.coordinated(d, i) || !t.first && d.lang != "de" && (t.tag == "" || strings.HasPrefix(t.tag, "NNP")) && !afterArticle(d, i))
	case b.given[key]:
		return t.capital && !(t.first && l.stop[t.norm])
	case !t.capital || l.common(t):
		return false
	}
	return introduced || l.acts(d, i)
}

// coordinated reports a capitalised given name two words on: "Grace and Tom".
func (b *nameBook) coordinated(d *document, i int) bool {
	if i+2 >= len(d.toks) || d.toks[i+1].kind != word || len(d.toks[i+1].norm) > 3 {
		return false
	}
	t := &d.toks[i+2]
	return t.capital && b.given[stripMarks(t.lower)]
}

// common reports words of the lists, which are no names however written.
func (l *lexicon) common(t *token) bool { return l.stop[t.norm] || l.known[t.norm] || l.knows(t) }

// introduced reports whether a phrase such as "thanks to" or "Frau" ends right before i.
func (l *lexicon) introduced(d *document, i int) bool {
	for _, back := range [...]int{1, 2, 3, 4} {
		from := i - back
		if from < 0 || d.toks[from].kind == stop {
			return false
		}
		for _, m := range l.cues.at(d.toks, from, i) {
			if m.pattern.group == "name before" && m.to == i {
				return true
			}
		}
	}
	return false
}

// acts reports whether what follows i is something only people do ("helped me").
func (l *lexicon) acts(d *document, i int) bool {
	if i+1 >= len(d.toks) {
		return false
	}
	limit := min(i+6, len(d.toks))
	for _, m := range l.cues.at(d.toks, i+1, limit) {
		if m.pattern.group == "name after" {
			return true
		}
	}
	return false
}

// afterArticle reports an English article or possessive before i: "the Grace period".
func afterArticle(d *document, i int) bool {
	if i == 0 {
		return false
	}
	switch d.toks[i-1].norm {
	case "a", "an", "the", "my", "your", "his", "her", "their", "our", "no", "any", "some", "with", "of":
		return true
	}
	return false
}

// people lists the names in the text as written, each once.
func (d *document) people() []string {
	var out []string
	for i := 0; i < len(d.toks); i++ {
		if !d.toks[i].name {
			continue
		}
		j := i + 1
		for j < len(d.toks) && d.toks[j].name && d.toks[j].start == d.toks[j-1].end+1 && d.text[d.toks[j-1].end] == ' ' {
			j++
		}
		name := strings.ToValidUTF8(d.text[d.toks[i].start:d.toks[j-1].end], "")
		if !containsString(out, name) && len(out) < 20 {
			out = append(out, name)
		}
		i = j - 1
	}
	return out
}

func containsString(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
