package store

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"earshot/internal/feedback"
)

// SearchFilter narrows a search of comments; zero fields do not. From is inclusive, To not. Every word
// of Text must stand in the comment, in any order, without regard to case and accents; a word that ends
// in * stands for all words that begin so. Of several Scores any will do.
type SearchFilter struct {
	From, To                                             time.Time // AnsweredAt
	Text                                                 string
	Agent, Team, Survey, Channel, Label, Topic, Language string
	Scores                                               []int
}

// Bounds of what is kept of a comment and taken of a question.
const (
	maxTokens = 400
	maxWord   = 40 // bytes
	maxAsked  = 12 // words
)

// Tokens are what a response is found by: the words of its comment and a token for each property.
// None while the comment is not understood, and for a response without one. Both backends keep the
// same tokens, so that a search means the same on each.
func Tokens(r *feedback.Response) []string {
	if r.Comment == "" || !r.Analysed {
		return nil
	}
	out := words(r.Comment)
	slices.Sort(out)
	out = slices.Compact(out)
	out = out[:min(len(out), maxTokens)]
	out = append(out, tag("agent", r.Agent.Email), tag("team", r.Agent.Team), tag("survey", r.Survey), tag("channel", r.Channel))
	language := r.Language
	if s := r.Sentiment; s != nil {
		out = append(out, tag("label", s.Label))
		for _, t := range s.Topics {
			out = append(out, tag("topic", t.Topic))
		}
		language = cmp.Or(s.Language, language)
	}
	out = append(out, tag("language", language))
	if r.Scored {
		out = append(out, tag("score", strconv.Itoa(r.Score)))
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(t string) bool { return t == "" })
}

// tag is the token of a property; a word of a comment has no colon. Empty for none.
func tag(kind, value string) string {
	if value == "" {
		return ""
	}
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, kind, "\x00", strings.ToLower(value))
	return kind[:2] + ":" + hex.EncodeToString(h.Sum(nil))
}

// words cuts a text into words: runs of letters and digits, in lower case and without marks.
func words(text string) []string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r) || r == 'ـ' || r == '’' || r == '\'': // accents; tatweel; don't is one word
			return -1
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFKD.String(text))
	out := strings.Fields(plain)
	for i, w := range out {
		for len(w) > maxWord { // whole letters only
			_, size := utf8.DecodeLastRuneInString(w)
			w = w[:len(w)-size]
		}
		out[i] = w
	}
	return out
}

// Clause is one condition of a search: any of the tokens, or with Prefix any token that begins so.
type Clause struct {
	Any    []string
	Prefix bool
}

// Clauses are the conditions of a filter but its time, those that leave the fewest rows first.
func (f SearchFilter) Clauses() []Clause {
	var out []Clause
	for _, part := range strings.Fields(f.Text) {
		begins := strings.HasSuffix(part, "*")
		for _, w := range words(part) {
			out = append(out, Clause{Any: []string{w}, Prefix: begins && len(w) > 1})
		}
	}
	slices.SortStableFunc(out, func(a, b Clause) int { // long words are rare ones
		return cmp.Or(len(b.Any[0]) - len(a.Any[0]))
	})
	out = out[:min(len(out), maxAsked)]
	agent := tag("agent", f.Agent)
	if agent != "" {
		out = slices.Insert(out, 0, Clause{Any: []string{agent}})
	}
	for _, t := range []string{tag("topic", f.Topic), tag("team", f.Team), tag("language", f.Language), tag("channel", f.Channel), tag("label", f.Label), tag("survey", f.Survey)} {
		if t != "" {
			out = append(out, Clause{Any: []string{t}})
		}
	}
	if len(f.Scores) > 0 {
		c := Clause{}
		for _, s := range f.Scores {
			c.Any = append(c.Any, tag("score", strconv.Itoa(s)))
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Clause) int { return boolRank(a.Prefix) - boolRank(b.Prefix) })
	return out
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}
