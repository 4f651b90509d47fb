package langid

import (
	"slices"
	"strings"
	"unicode"

	"earshot/internal/sentiment/langid/ngram"
)

// keysOf lists the runs of letters in a text, each once: a word that comes ten
// times is no more telling than once. A word starts with runs of one letter and
// of two.
func keysOf(text string, t *ngram.Table) []ngram.Key {
	keys := make([]ngram.Key, 0, 64)
	for text != "" {
		var word string
		word, text = nextWord(text)
		var a, b uint16
		for _, r := range word {
			if r >= 0x300 && unicode.Is(unicode.Mn, r) {
				continue // vowel signs of Arabic, which most people leave out
			}
			c := t.Letter(unicode.ToLower(r))
			if c != 0 {
				keys = append(keys, ngram.MakeKey(a, b, c))
				a, b = b, c
			} else {
				a, b = 0, 0
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// nextWord returns the first word and what follows it. Addresses, @names and
// #tags are in no language: they are passed over.
func nextWord(text string) (word, rest string) {
	start := strings.IndexFunc(text, unicode.IsLetter)
	if start < 0 {
		return "", ""
	}
	marked := start > 0 && (text[start-1] == '@' || text[start-1] == '#')
	text = text[start:]
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && (r < 0x300 || !unicode.Is(unicode.Mn, r)) })
	if end < 0 {
		end = len(text)
	}
	word, rest = text[:end], text[end:]
	switch {
	case strings.HasPrefix(rest, "://"), strings.EqualFold(word, "www") && strings.HasPrefix(rest, "."):
		return "", afterBlank(rest)
	case marked:
		return "", afterName(rest)
	}
	return word, rest
}

func afterBlank(text string) string {
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		return text[i:]
	}
	return ""
}

func afterName(text string) string {
	for i, r := range text {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return text[i:]
		}
	}
	return text[len(text):]
}
