package mail

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
)

// repliesFile holds the suggestions for an agent's mail to a customer.
const repliesFile = "replies.yaml"

// suggestions are the texts of replies.yaml by language and key: open, close, and one for each cause.
type suggestions map[string]map[string]string

// loadSuggestions reads replies.yaml and checks that every language has what English has.
func loadSuggestions(fsys fs.FS) (suggestions, error) {
	b, err := fs.ReadFile(fsys, repliesFile)
	if err != nil {
		return nil, fmt.Errorf("read the suggested replies: %w", err)
	}
	var all suggestions
	if err := yaml.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", repliesFile, err)
	}
	if all["en"] == nil {
		return nil, fmt.Errorf("%s: has no English", repliesFile)
	}
	var mistakes []error
	for language, texts := range all {
		for key := range all["en"] {
			if strings.TrimSpace(texts[key]) == "" {
				mistakes = append(mistakes, fmt.Errorf("%s: %s lacks %s", repliesFile, language, key))
			}
		}
	}
	return all, errors.Join(mistakes...)
}

// Suggest returns a draft of an agent's mail to a customer, in the customer's language, for a cause as the
// domain names it ("other" for one it has no words for). The greeting is the mail's own.
func (t *Templates) Suggest(language, cause, agent, org string) string {
	texts := t.replies.in(language)
	said, ok := texts[cause]
	if !ok {
		said = texts["other"]
	}
	whole := strings.Join([]string{texts["open"], said, texts["close"]}, "\n\n")
	return strings.NewReplacer("{agent}", agent, "{org}", org).Replace(whole)
}

// in picks the texts of a language, of its base, or English.
func (s suggestions) in(language string) map[string]string {
	language = strings.ToLower(strings.ReplaceAll(language, "_", "-"))
	base, _, _ := strings.Cut(language, "-")
	for _, l := range []string{language, base} {
		if texts, ok := s[l]; ok {
			return texts
		}
	}
	return s["en"]
}
