package mail

import (
	"errors"
	"fmt"
	"io/fs"
	netmail "net/mail"
	"slices"
	"strings"
	"text/template"

	"github.com/goccy/go-yaml"
)

// brandFile says how the organisation looks; its comment documents the form.
const brandFile = "brand.yaml"

// About is what a mail to a customer is about, by which its brand is found.
type About struct{ Survey, Team, Source string }

// brandRule is an entry of the file.
type brandRule struct {
	ID  string `yaml:"id"`
	For struct {
		Surveys []string `yaml:"surveys"`
		Teams   []string `yaml:"teams"`
		Sources []string `yaml:"sources"`
	} `yaml:"for"`
	Name  string                       `yaml:"name"`
	Color string                       `yaml:"color"`
	Logo  string                       `yaml:"logo"`
	From  string                       `yaml:"from"`
	Text  map[string]map[string]string `yaml:"text"`

	from  Address
	words dictionary // all words of this brand, its own over the others
}

// fits tells whether a mail is this brand's.
func (r brandRule) fits(a About) bool {
	in := func(list []string, s string) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(e string) bool { return strings.EqualFold(e, s) })
	}
	return in(r.For.Surveys, a.Survey) && in(r.For.Teams, a.Team) && in(r.For.Sources, a.Source)
}

// Brand returns how a mail to a customer looks and who sends it: org and from where the brand has no name
// and no sender of its own.
func (t *Templates) Brand(org string, from Address, about About) (Brand, Address) {
	for _, r := range t.brands {
		if !r.fits(about) {
			continue
		}
		b := Brand{ID: r.ID, Org: firstOf(r.Name, org), Color: r.Color, LogoURL: r.Logo}
		if r.from.Email != "" {
			from = r.from
		}
		return b, from
	}
	return Brand{Org: org}, from
}

// Brands returns every brand, under org where it has no name of its own.
func (t *Templates) Brands(org string) []Brand {
	var out []Brand
	for _, r := range t.brands {
		out = append(out, Brand{ID: r.ID, Org: firstOf(r.Name, org), Color: r.Color, LogoURL: r.Logo})
	}
	return out
}

// wordsOf are the words of a page in its language and brand.
func (t *Templates) wordsOf(p Page) words {
	brand := view{Page: p}.brand().ID
	for _, r := range t.brands {
		if r.ID == brand && r.words != nil {
			return r.words.in(p.locale())
		}
	}
	return t.words.in(p.locale())
}

// loadBrands reads the file, checks it, and lays each brand's words over the common ones.
func loadBrands(fsys fs.FS, common dictionary) ([]brandRule, error) {
	raw, err := fs.ReadFile(fsys, brandFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file struct {
		Brands []brandRule `yaml:"brands"`
	}
	if err := yaml.UnmarshalWithOptions(raw, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %w", brandFile, err)
	}
	var mistakes []error
	seen := map[string]bool{}
	for i := range file.Brands {
		r := &file.Brands[i]
		for _, m := range r.prepare(common) {
			mistakes = append(mistakes, fmt.Errorf("%s: brand %q: %w", brandFile, r.ID, m))
		}
		if seen[r.ID] {
			mistakes = append(mistakes, fmt.Errorf("%s: two brands are named %q", brandFile, r.ID))
		}
		seen[r.ID] = true
	}
	return file.Brands, errors.Join(mistakes...)
}

// prepare checks an entry and fills in what follows from it.
func (r *brandRule) prepare(common dictionary) (mistakes []error) {
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	if r.ID == "" {
		wrong("has no id")
	}
	if r.Color != "" && !hexColor.MatchString(r.Color) {
		wrong("color %q is not of the form #1d4ed8", r.Color)
	}
	if r.Logo != "" && (Brand{LogoURL: r.Logo}).Logo() == "" {
		wrong("logo %q is not an address such as https://acme.test/logo.png", r.Logo)
	}
	if r.From != "" {
		a, err := netmail.ParseAddress(r.From)
		if err != nil {
			wrong("from %q is not a sender such as Acme <hello@acme.test>", r.From)
		} else {
			r.from = Address{Name: a.Name, Email: a.Address}
		}
	}
	if len(r.Text) > 0 {
		var errs []error
		r.words, errs = common.under(r.Text)
		mistakes = append(mistakes, errs...)
	}
	return mistakes
}

// under returns the dictionary with the given phrases in place of its own.
func (d dictionary) under(text map[string]map[string]string) (dictionary, []error) {
	out := dictionary{}
	for language, phrases := range d {
		merged := map[string]*template.Template{}
		for key, t := range phrases {
			merged[key] = t
		}
		out[language] = merged
	}
	var mistakes []error
	for language, phrases := range text {
		if out[language] == nil {
			mistakes = append(mistakes, fmt.Errorf("text has the language %s, which %s lacks", language, wordsFile))
			continue
		}
		for key, phrase := range phrases {
			t, err := template.New(language + "." + key).Parse(phrase)
			switch {
			case out[language][key] == nil:
				mistakes = append(mistakes, fmt.Errorf("text %s.%s stands in place of nothing: %s has no such key", language, key, wordsFile))
			case err != nil:
				mistakes = append(mistakes, fmt.Errorf("text %s.%s: %w", language, key, err))
			default:
				out[language][key] = t
			}
		}
	}
	return out, mistakes
}

// Branded returns the page in a brand.
func Branded(p Page, b Brand) Page {
	switch p := p.(type) {
	case Invitation:
		p.Brand = b
		return p
	case Thanks:
		p.Brand = b
		return p
	case Reply:
		p.Brand = b
		return p
	}
	return p // mail to staff has no brand
}
