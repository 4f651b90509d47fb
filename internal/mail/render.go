package mail

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"strings"
	texttemplate "text/template"
	"time"
)

// pageNames are the mails that emails/ has a pair of files for, <name>.html and <name>.txt.
func pageNames() []string {
	return []string{"invitation", "alert", "alert-digest", "escalation", "sign-in", "thanks", "reply", "word", "watch", "digest"}
}

// Templates renders pages into mails. It never changes after Load and is safe for concurrent use.
type Templates struct {
	html  map[string]*htmltemplate.Template
	text  map[string]*texttemplate.Template
	words dictionary
	// brands are the looks, in the order in which they are tried.
	brands []brandRule
	// replies are drafts for agents.
	replies suggestions
}

// Load parses the templates and words of fsys, which has the form of the folder emails/, and renders
// each page once in every language, so that a mistake stops the start and not a mail. All mistakes are
// reported at once, each with file and line.
func Load(fsys fs.FS) (*Templates, error) {
	dict, err := loadWords(fsys)
	t := &Templates{html: map[string]*htmltemplate.Template{}, text: map[string]*texttemplate.Template{}, words: dict}
	mistakes := []error{err}
	t.replies, err = loadSuggestions(fsys)
	mistakes = append(mistakes, err)
	t.brands, err = loadBrands(fsys, dict)
	mistakes = append(mistakes, err)
	for _, name := range pageNames() {
		h, err := htmltemplate.New("layout.html").Funcs(conditionals()).ParseFS(fsys, "layout.html", "parts.html", name+".html")
		mistakes = append(mistakes, err)
		x, err := texttemplate.New("layout.txt").ParseFS(fsys, "layout.txt", "parts.txt", name+".txt")
		mistakes = append(mistakes, err)
		t.html[name], t.text[name] = h, x
	}
	if err := errors.Join(mistakes...); err != nil {
		return nil, err
	}
	return t, t.tryAll()
}

// tryAll renders every sample in every language.
func (t *Templates) tryAll() error {
	var mistakes []error
	for language := range t.words {
		if _, err := t.words.in(language).date(time.Time{}); err != nil {
			mistakes = append(mistakes, err)
		}
		for _, s := range Samples(language) {
			for _, page := range append([]Page{s.Page}, t.inOwnWords(s.Page)...) {
				if _, _, _, err := t.Render(page); err != nil {
					mistakes = append(mistakes, fmt.Errorf("%s in %s: %w", s.Name, language, err))
				}
			}
		}
	}
	return errors.Join(mistakes...)
}

// inOwnWords is a page in each brand that has words of its own.
func (t *Templates) inOwnWords(p Page) []Page {
	var out []Page
	for _, r := range t.brands {
		if r.words != nil {
			out = append(out, Branded(p, Brand{ID: r.ID, Org: firstOf(r.Name, "Acme"), Color: r.Color, LogoURL: r.Logo}))
		}
	}
	return out
}

// Languages returns the codes of the languages that the words come in.
func (t *Templates) Languages() []string {
	var out []string
	for l := range t.words {
		out = append(out, l)
	}
	return out
}

// Render returns a page as a mail: its subject, its plain text, and its HTML.
func (t *Templates) Render(p Page) (subject, text, html string, err error) {
	w := t.wordsOf(p)
	if p, err = p.tidied(w); err != nil {
		return "", "", "", err
	}
	w.page = p
	v := view{Page: p, words: w}
	if v.Subject, v.Preheader, err = p.head(w); err != nil {
		return "", "", "", err
	}
	v.Subject = tidy(v.Subject, maxSubject)
	var plain, rich bytes.Buffer
	if err := t.text[p.template()].Execute(&plain, v); err != nil {
		return "", "", "", err
	}
	if err := t.html[p.template()].Execute(&rich, v); err != nil {
		return "", "", "", err
	}
	return v.Subject, squeezeText(plain.String()), squeezeHTML(rich.String()), nil
}

// Date writes the day of at, on the clock of at's location, as the language writes it: "4 December
// 2026". The pages take dates and times as text, because only the caller knows the reader's zone.
func (t *Templates) Date(language string, at time.Time) string {
	day, err := t.words.in(language).date(at)
	if err != nil { // Load has tried them all
		return at.Format(time.DateOnly)
	}
	return day
}

// squeezeText leaves at most one empty line in a row and no white space at the ends of lines.
func squeezeText(s string) string {
	var b strings.Builder
	empty := true // none at the beginning
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" && empty {
			continue
		}
		empty = line == ""
		b.WriteString(line + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// squeezeHTML drops the indentation, a fifth of the size. No template uses <pre>.
func squeezeHTML(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// conditionals are the comments by which Outlook for Windows, which draws with Word's engine, sees
// other markup than the rest; html/template would drop them as comments.
func conditionals() htmltemplate.FuncMap {
	constant := func(s htmltemplate.HTML) func() htmltemplate.HTML {
		return func() htmltemplate.HTML { return s }
	}
	return htmltemplate.FuncMap{
		"outlook":    constant("<!--[if mso]>"),
		"endOutlook": constant("<![endif]-->"),
	}
}
