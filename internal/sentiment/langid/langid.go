// Package langid tells what language a text is in, from its letters alone: eight
// languages that are understood (en de fr es pt it nl ar) and twelve that are only
// told apart from those (pl tr sv da nb fi cs hu ro id vi fa).
//
// It is naive Bayes over letters: each letter of a word costs what it costs after
// the two before it, in each language, and the language in which the whole text
// is cheapest wins. Cavnar and Trenkle 1994 ("N-Gram-Based Text Categorization")
// showed that such short runs of letters are enough; the idea of conditional
// probabilities follows Stahl's description of lingua. Runs a language never wrote
// are backed off to shorter ones.
//
// NOTICE: letters.bin is derived from the language models of
// github.com/pemistahl/lingua-go, copyright 2021-present Peter M. Stahl, licensed
// under the Apache License 2.0, http://www.apache.org/licenses/LICENSE-2.0. They
// were cut to twenty languages and three letters, and rounded. See NOTICE.
package langid

import (
	_ "embed"
	"math"
	"slices"
	"sync"

	"earshot/internal/sentiment/langid/ngram"
)

//go:embed letters.bin
var letters []byte

// Guess is one language a text may be in.
type Guess struct {
	Language   string  // ISO 639-1, lower case; Norwegian is "nb"
	Confidence float64 // 0 to 1; those of all guesses add up to 1
}

// table unpacks the statistics at the first text: tens of milliseconds, 5 MB kept.
var table = sync.OnceValue(func() *ngram.Table {
	content, err := ngram.Decode(letters)
	if err != nil {
		panic(err) // the file is part of the program; a test reads it
	}
	return ngram.New(content)
})

// Detect returns every language with how likely the text is in it, the likeliest
// first; nil when the text has no word in letters any of them writes. The same
// text always gives the same guesses. Time grows with the length of the text, so
// pass the beginning of a long one. Safe for concurrent use.
func Detect(text string) []Guess {
	t := table()
	keys := keysOf(text, t)
	if len(keys) == 0 {
		return nil
	}
	sums, row := make([]float32, len(t.Languages())), make([]float32, len(t.Languages()))
	for _, key := range keys {
		t.Add(key, sums, row)
	}
	return guesses(t.Languages(), sums)
}

// guesses turns log probabilities into shares of 1.
func guesses(languages []string, sums []float32) []Guess {
	most, total := slices.Max(sums), 0.0
	out := make([]Guess, len(sums))
	for l, sum := range sums {
		out[l] = Guess{languages[l], math.Exp(float64(sum - most))}
		total += out[l].Confidence
	}
	for l := range out {
		out[l].Confidence /= total
	}
	slices.SortStableFunc(out, func(a, b Guess) int {
		switch {
		case a.Confidence > b.Confidence:
			return -1
		case a.Confidence < b.Confidence:
			return 1
		}
		return 0
	})
	return out
}
