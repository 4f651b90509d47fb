package sentiment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what is read of one text. They keep the worst input linear and
// fast: whatever arrives, no later step sees more than maxTokens tokens of at
// most maxWord bytes.
const (
	maxBytes  = 64 << 10 // of a longer text only the first and last halves are tokenised
	maxTokens = 500      // of more tokens only the first and last halves are judged
	maxWord   = 64       // bytes of a word that are compared; the offsets still cover all of it
)

// kind is the sort of a token.
type kind uint8

const (
	word   kind = iota // letters, possibly with digits
	number             // starts with a digit
	stop               // ends a sentence: . ! ? … newline and their kin; runs are one token
	comma              // separates clauses: , ; : ( ) – and their kin
	emoji              // an emoji or an emoticon
)

// token is one word, number, mark or emoji of the text, with its place in the
// original bytes. norm is filled once the language is known.
type token struct {
	start, end int
	kind       kind
	raw        string // as written, at most maxWord bytes, valid UTF-8
	lower      string // lower case, elongation cut to two, apostrophes gone
	norm       string // folded for the document's language
	alt        string // Arabic without its prefixes
	once       string // norm with doubled letters written once
	tag        string // Penn tag, English only
	capital    bool   // begins with a capital, the rest not all capitals
	shout      bool   // at least three letters, all capital
	stretched  bool   // elongated ("sooo")
	hashtag    bool   // behind a "#"
	first      bool   // first word of its sentence
	name       bool   // names a person
	plain      bool   // one of the commonest words of the language
	denies     bool   // a negator of the document's language
}

// tokenise cuts text into tokens and reports whether the middle was left out.
func tokenise(text string) ([]token, bool) {
	s := &scanner{text: text}
	cut := false
	if len(text) > maxBytes {
		cut = true
		s.run(0, runeStart(text, maxBytes/2))
		s.run(runeStart(text, len(text)-maxBytes/2), len(text))
	} else {
		s.run(0, len(text))
	}
	toks := s.toks
	if len(toks) > maxTokens {
		cut = true
		head := toks[: maxTokens/2 : maxTokens/2]
		toks = append(head, toks[len(toks)-maxTokens/2:]...)
	}
	return toks, cut
}

// runeStart moves i forward to the start of a rune.
func runeStart(text string, i int) int {
	for i < len(text) && !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}

// scanner walks over a text once.
type scanner struct {
	text string
	toks []token
}

func (s *scanner) run(from, to int) {
	for i := from; i < to; {
		r, size := utf8.DecodeRuneInString(s.text[i:to])
		switch {
		case r == utf8.RuneError && size <= 1:
			i++
		case isAddress(s.text[i:to]), r == '@' && (i == from || s.text[i-1] == ' ' || s.text[i-1] == '.'):
			i = s.skip(i, to)
		case unicode.IsLetter(r) || isKeptMark(r):
			i = s.word(i, to)
		case unicode.IsDigit(r):
			i = s.number(i, to)
		default:
			i = s.other(i, to, r, size)
		}
	}
}

// isAddress reports whether s begins with a link; those and mentions carry no
// feeling, and their letters must not look like words.
func isAddress(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "www.")
}

// skip moves over everything up to the next space.
func (s *scanner) skip(i, to int) int {
	if j := strings.IndexFunc(s.text[i:to], unicode.IsSpace); j >= 0 {
		return i + j
	}
	return to
}

// isKeptMark reports combining marks, which belong to the word before them.
func isKeptMark(r rune) bool { return unicode.Is(unicode.Mn, r) }

// isApostrophe reports the characters people type for an apostrophe.
func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == '`' || r == '´' || r == 'ʼ' }

// word reads letters, marks and digits; an apostrophe between letters stays
// inside ("don't") and is later split where the language does so ("l'attente").
func (s *scanner) word(start, to int) int {
	i := start
	for i < to {
		r, size := utf8.DecodeRuneInString(s.text[i:to])
		if unicode.IsLetter(r) || unicode.IsDigit(r) || (isKeptMark(r) && i > start) {
			i += size
			continue
		}
		if isApostrophe(r) && i > start {
			if next, _ := utf8.DecodeRuneInString(s.text[i+size : to]); unicode.IsLetter(next) {
				i += size
				continue
			}
		}
		break
	}
	if i == start { // a lone combining mark
		_, size := utf8.DecodeRuneInString(s.text[start:to])
		return start + size
	}
	if t, ok := letterEmoticon(s.text[start:i]); ok {
		s.toks = append(s.toks, token{start: start, end: i, kind: emoji, raw: t, lower: t})
		return i
	}
	s.addWord(start, i)
	return i
}

// letterEmoticon knows the emoticons that look like words.
func letterEmoticon(w string) (string, bool) {
	if w == "xD" || w == "XD" {
		return "xD", true
	}
	return "", false
}

// addWord appends a word token, split after elisions and before English endings.
func (s *scanner) addWord(start, end int) {
	w := s.text[start:end]
	if i := strings.IndexFunc(w, isApostrophe); i > 0 {
		_, size := utf8.DecodeRuneInString(w[i:])
		head, tail := w[:i], strings.ToLower(w[i+size:])
		if expanded, ok := englishEnding(tail); ok {
			s.push(start, start+i)
			if expanded != "" {
				s.push(start+i+size, end)
				last := &s.toks[len(s.toks)-1]
				last.lower = expanded
			}
			return
		}
		if utf8.RuneCountInString(head) <= 5 && tail != "t" { // l' d' qu' dell' nell' c'
			s.push(start, start+i)
			s.addWord(start+i+size, end)
			return
		}
	}
	s.push(start, end)
}

// englishEnding expands what follows an apostrophe in English; "" drops it.
func englishEnding(tail string) (string, bool) {
	switch tail {
	case "s", "m":
		return "", true
	case "ll":
		return "will", true
	case "d":
		return "would", true
	case "ve":
		return "have", true
	case "re":
		return "are", true
	}
	return "", false
}

func (s *scanner) push(start, end int) {
	raw := s.text[start:end]
	if len(raw) > maxWord {
		raw = raw[:maxWord]
		for len(raw) > 0 && !utf8.ValidString(raw) {
			raw = raw[:len(raw)-1]
		}
	}
	t := token{start: start, end: end, kind: word, raw: raw}
	t.lower, t.stretched = squash(strings.ToLower(raw))
	t.capital, t.shout = casing(raw)
	t.hashtag = start > 0 && s.text[start-1] == '#'
	s.toks = append(s.toks, t)
}

// squash drops apostrophes and cuts runs of three or more equal letters to two.
func squash(w string) (string, bool) {
	var b strings.Builder
	var last rune
	run, stretched := 0, false
	for _, r := range w {
		if isApostrophe(r) {
			continue
		}
		if r == last {
			run++
		} else {
			last, run = r, 1
		}
		if run > 2 {
			stretched = true
			continue
		}
		b.WriteRune(r)
	}
	return b.String(), stretched
}

// casing tells a capitalised word from a shouted one.
func casing(w string) (capital, shout bool) {
	letters, upper, firstUpper := 0, 0, false
	for _, r := range w {
		if !unicode.IsLetter(r) {
			continue
		}
		if unicode.IsUpper(r) {
			upper++
			firstUpper = firstUpper || letters == 0
		}
		letters++
	}
	shout = letters >= 3 && upper == letters
	return firstUpper && !shout, shout
}

// number reads digits with their separators and units ("3", "2.5", "3rd", "10h").
func (s *scanner) number(start, to int) int {
	i := start
	for i < to {
		r, size := utf8.DecodeRuneInString(s.text[i:to])
		sep := (r == '.' || r == ',' || r == ':' || r == '/') && i+1 < to && s.text[i+1] >= '0' && s.text[i+1] <= '9'
		if !unicode.IsDigit(r) && !unicode.IsLetter(r) && !sep {
			break
		}
		i += size
	}
	s.push(start, i)
	s.toks[len(s.toks)-1].kind = number
	return i
}
