package sentiment

import (
	"bufio"
	"embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// lexicon is everything known about one language. It is read once from
// lexicon/<lang>.txt (feelings and grammar) and lexicon/<lang>.cues.txt (topics,
// signals and how names are introduced), and never changed afterwards.
//
// A file is a list of sections; a section holds phrases (see pattern) separated
// by commas or line ends; "//" begins a comment:
//
//	[+3] … [-4]       how strongly the phrase feels; [0] hides a phrase that only looks like feeling
//	[class time]      words that @time stands for
//	[topic speed]     names a topic; [topic speed -] also judges it
//	[signal churn]    gives a signal away
//	anything else     grammar: negator, far, after, more, less, contrast, concession, join, …
type lexicon struct {
	lang     string
	feelings *matcher // patterns with a value
	grammar  *matcher // patterns with a group
	cues     *matcher // patterns with a group "topic …", "signal …" or "name …"
	stop     map[string]bool
	deny     map[string]bool // negators of one word
	known    map[string]bool // every literal word of the lists, for telling languages apart
}

// section is a named list of phrases in file order.
type section struct {
	name    string
	phrases []string
	line    int
}

// loadLexicon reads the files of one language.
func loadLexicon(lang string) (*lexicon, error) {
	l := &lexicon{lang: lang, feelings: newMatcher(), grammar: newMatcher(), cues: newMatcher(),
		stop: map[string]bool{}, deny: map[string]bool{}, known: map[string]bool{}}
	var sections []section
	for _, name := range []string{lang + ".txt", lang + ".cues.txt"} {
		data, err := lexiconFiles.ReadFile("lexicon/" + name)
		if err != nil {
			return nil, fmt.Errorf("lexicon %s: %w", lang, err)
		}
		more, err := readSections(string(data))
		if err != nil {
			return nil, fmt.Errorf("lexicon/%s: %w", name, err)
		}
		sections = append(sections, more...)
	}
	classes := map[string][]string{}
	for _, s := range sections {
		if class, ok := strings.CutPrefix(s.name, "class "); ok {
			classes[class] = append(classes[class], s.phrases...)
		}
	}
	for i := range classes["number"] {
		classes["number"][i] = fold(lang, classes["number"][i])
	}
	for _, s := range sections {
		if err := l.take(s, classes); err != nil {
			return nil, fmt.Errorf("lexicon %s, section [%s] from line %d: %w", lang, s.name, s.line, err)
		}
	}
	return l, nil
}

// readSections splits a file into its sections.
func readSections(text string) ([]section, error) {
	var out []section
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "//")
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "["):
			name, _, ok := strings.Cut(line[1:], "]")
			if !ok {
				return nil, fmt.Errorf("line %d: unfinished section name", n)
			}
			out = append(out, section{name: strings.TrimSpace(name), line: n})
		case len(out) == 0:
			return nil, fmt.Errorf("line %d: a phrase before the first section", n)
		default:
			last := &out[len(out)-1]
			for _, p := range strings.Split(line, ",") {
				if p = strings.TrimSpace(p); p != "" {
					last.phrases = append(last.phrases, p)
				}
			}
		}
	}
	return out, lines.Err()
}

// take files a section's phrases where they belong.
func (l *lexicon) take(s section, classes map[string][]string) error {
	if strings.HasPrefix(s.name, "class ") {
		return nil
	}
	if s.name == "stop" {
		for _, w := range s.phrases {
			l.stop[fold(l.lang, w)] = true
		}
		return nil
	}
	value, feeling := 0.0, false
	if v, err := strconv.ParseFloat(s.name, 64); err == nil {
		value, feeling = v, true
	}
	for _, phrase := range s.phrases {
		p, err := parsePattern(l.lang, phrase, classes)
		if err != nil {
			return err
		}
		p.value, p.group = value, s.name
		if feeling {
			p.group = "feeling" // so that the longest phrase wins whatever its value
		}
		if s.name == "negator" && !strings.Contains(phrase, " ") {
			l.deny[fold(l.lang, phrase)] = true
		}
		switch {
		case feeling:
			l.feelings.add(p)
		case strings.HasPrefix(s.name, "topic "), strings.HasPrefix(s.name, "signal "), strings.HasPrefix(s.name, "name "):
			l.cues.add(p)
		default:
			l.grammar.add(p)
		}
		if feeling || strings.HasPrefix(s.name, "topic ") {
			l.learn(p)
		}
	}
	return nil
}

// learn remembers the plain words of a pattern as words of the language.
func (l *lexicon) learn(p *pattern) {
	for _, e := range p.elements {
		for _, w := range e.words {
			l.known[w.word] = true
		}
	}
}

// knows reports whether a token is a word of this language's lists.
func (l *lexicon) knows(t *token) bool {
	n := fold(l.lang, t.lower)
	if l.stop[n] || l.known[n] {
		return true
	}
	for _, p := range l.feelings.byPrefix[head(n)] {
		for _, prefix := range p.elements[0].prefixes {
			if strings.HasPrefix(n, prefix) {
				return true
			}
		}
	}
	return false
}

// prepare fills the compared forms of the tokens for this language.
func (l *lexicon) prepare(toks []token) {
	for i := range toks {
		t := &toks[i]
		if t.kind != word && t.kind != number {
			t.norm = emoticonForm(t.raw)
			continue
		}
		t.norm = fold(l.lang, t.lower)
		t.denies, t.plain = l.deny[t.norm], l.stop[t.norm]
		if l.lang == "ar" {
			t.alt = bareArabic(t.norm)
			continue
		}
		t.once = onceOf(t.norm)
	}
}
