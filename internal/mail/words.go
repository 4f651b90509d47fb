package mail

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// wordsFile holds the fixed words of all mails, by language and key.
const wordsFile = "text.yaml"

// fallback is the language for everybody whose own is not there.
const fallback = "en"

// dictionary is the parsed words file: phrases by language and key.
type dictionary map[string]map[string]*template.Template

// loadWords parses the words file. Every mistake is reported with file and line.
func loadWords(fsys fs.FS) (dictionary, error) {
	raw, err := fs.ReadFile(fsys, wordsFile)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", wordsFile, err)
	}
	d := dictionary{}
	var mistakes []error
	for _, doc := range file.Docs {
		for _, language := range pairs(doc.Body) {
			phrases, errs := parsePhrases(language.Value)
			d[language.Key.String()] = phrases
			mistakes = append(mistakes, errs...)
		}
	}
	return d, errors.Join(append(mistakes, d.missing()...)...)
}

func parsePhrases(n ast.Node) (map[string]*template.Template, []error) {
	phrases := map[string]*template.Template{}
	var mistakes []error
	for _, p := range pairs(n) {
		key, line := p.Key.String(), p.Key.GetToken().Position.Line
		text, ok := p.Value.(*ast.StringNode)
		if !ok {
			mistakes = append(mistakes, fmt.Errorf("%s:%d: %s is not a text; put it in quotes", wordsFile, line, key))
			continue
		}
		t, err := template.New(fmt.Sprintf("%s:%d", wordsFile, line)).Parse(text.Value)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s:%d: %s: %w", wordsFile, line, key, err))
			continue
		}
		phrases[key] = t
	}
	return phrases, mistakes
}

// pairs returns the entries of a mapping, none of anything else.
func pairs(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

// missing compares every language with the others: each has every key.
func (d dictionary) missing() []error {
	if d[fallback] == nil {
		return []error{fmt.Errorf("%s: has no language %s, which everybody without their own sees", wordsFile, fallback)}
	}
	var mistakes []error
	for language, phrases := range d {
		for key := range d[fallback] {
			if phrases[key] == nil {
				mistakes = append(mistakes, fmt.Errorf("%s: %s lacks %s, which %s has", wordsFile, language, key, fallback))
			}
		}
		for key := range phrases {
			if d[fallback][key] == nil {
				mistakes = append(mistakes, fmt.Errorf("%s: %s has %s, which %s lacks", wordsFile, language, key, fallback))
			}
		}
	}
	return mistakes
}

// words are the phrases of one language over one mail; templates reach them as .T and so on.
type words struct {
	// Lang is the language actually used, a BCP 47 code.
	Lang    string
	phrases map[string]*template.Template
	page    any
}

// in picks the language of a locale: itself, its base language, or English.
func (d dictionary) in(locale string) words {
	locale = strings.ToLower(strings.ReplaceAll(locale, "_", "-"))
	base, _, _ := strings.Cut(locale, "-")
	for _, l := range []string{locale, base} {
		if phrases, ok := d[l]; ok {
			return words{Lang: l, phrases: phrases}
		}
	}
	return words{Lang: fallback, phrases: d[fallback]}
}

// T returns the phrase of a key over the mail being rendered.
func (w words) T(key string) (string, error) { return w.With(key, w.page) }

// With returns the phrase of a key over data.
func (w words) With(key string, data any) (string, error) {
	t, ok := w.phrases[key]
	if !ok {
		return "", fmt.Errorf("%s: %s has no %s", wordsFile, w.Lang, key)
	}
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return "", err
	}
	return b.String(), nil
}

// date writes the day of t, such as "4 December 2026".
func (w words) date(t time.Time) (string, error) {
	months, err := w.With("months", nil)
	if err != nil {
		return "", err
	}
	names := strings.Fields(months)
	if len(names) != 12 {
		return "", fmt.Errorf("%s: months of %s are %d names, not 12", wordsFile, w.Lang, len(names))
	}
	return w.With("date", struct {
		Day, Year int
		Month     string
	}{t.Day(), t.Year(), names[t.Month()-1]})
}

// Named returns the word for one of Earshot's own names (a topic, a label, a signal), or the name
// itself where there is none, because organisations add their own.
func (w words) Named(kind, name string) string {
	if s, err := w.With(kind+"_"+name, nil); err == nil {
		return s
	}
	return strings.ReplaceAll(name, "_", " ")
}

// Word returns the word in a language for one of Earshot's own names: kind is reason, ladder, signal, topic
// or label. Empty for no name.
func (t *Templates) Word(language, kind, name string) string {
	if name == "" {
		return ""
	}
	return t.words.in(language).Named(kind, name)
}

// Dir is the direction of writing, for the attribute dir.
func (w words) Dir() string {
	switch w.Lang {
	case "ar", "fa", "he", "ur":
		return "rtl"
	}
	return "ltr"
}

// Start is the side where a line begins, End the other: Outlook knows no logical sides.
func (w words) Start() string {
	if w.Dir() == "rtl" {
		return "right"
	}
	return "left"
}

// End is the side where a line ends.
func (w words) End() string {
	if w.Dir() == "rtl" {
		return "left"
	}
	return "right"
}

// span writes a duration with at most two units, such as "3 h 20 min" or "2 d 4 h".
func (w words) span(d time.Duration) (string, error) {
	d = max(d, time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	if days > 0 {
		minutes = 0
	}
	var parts []string
	for _, u := range []struct {
		n   int
		key string
	}{{days, "days"}, {hours, "hours"}, {minutes, "minutes"}} {
		if u.n == 0 {
			continue
		}
		unit, err := w.With(u.key, nil)
		if err != nil {
			return "", err
		}
		parts = append(parts, fmt.Sprintf("%d\u00a0%s", u.n, unit))
	}
	return strings.Join(parts, " "), nil
}
