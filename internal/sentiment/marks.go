package sentiment

import (
	"strings"
	"unicode"
)

// other reads one thing that is neither word nor number: an emoticon, an emoji,
// a run of marks, or nothing of interest.
func (s *scanner) other(i, to int, r rune, size int) int {
	if n := emoticonAt(s.text[i:to]); n > 0 && (i == 0 || !isAlnum(s.text[i-1])) {
		s.mark(i, i+n, emoji, s.text[i:i+n])
		return i + n
	}
	switch {
	case isEmoji(r):
		return s.emoji(i, to)
	case isStop(r):
		return s.stops(i, to)
	case isComma(r):
		s.mark(i, i+size, comma, string(r))
	case r == '-' && i > 0 && s.text[i-1] == ' ' && i+1 < to && s.text[i+1] == ' ':
		s.mark(i, i+size, comma, "-")
	}
	return i + size
}

func isAlnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// mark appends a mark unless it repeats the one before it.
func (s *scanner) mark(start, end int, k kind, raw string) {
	if n := len(s.toks); n > 0 && k != emoji && s.toks[n-1].kind == k && s.toks[n-1].end == start {
		s.toks[n-1].end = end
		return
	}
	s.toks = append(s.toks, token{start: start, end: end, kind: k, raw: raw, lower: raw})
}

// stops reads a run of sentence ends as one token. A question mark anywhere in
// the run makes it a question, an exclamation mark an exclamation; "!!" and more
// is kept as "!!".
func (s *scanner) stops(start, to int) int {
	i, bangs, asks, dots := start, 0, 0, 0
	for _, r := range s.text[start:to] {
		if !isStop(r) && r != ' ' || r == ' ' && !stopAfterSpace(s.text[i:to]) {
			break
		}
		switch r {
		case '!', '¡', '！':
			bangs++
		case '?', '؟', '¿', '？':
			asks++
		case '.':
			dots++
		}
		i += len(string(r))
	}
	raw := "."
	switch {
	case asks > 0:
		raw = "?"
	case bangs > 1:
		raw = "!!"
	case bangs == 1:
		raw = "!"
	case dots > 1:
		raw = "..."
	}
	if raw == "." && abbreviation(s.text, start, i) {
		return i
	}
	s.mark(start, i, stop, raw)
	return i
}

// stopAfterSpace reports whether a blank is followed by another mark ("! ! !").
func stopAfterSpace(s string) bool {
	return len(s) > 1 && (s[1] == '!' || s[1] == '?')
}

// abbreviation reports a single full stop that does not end a sentence: after a
// single letter or a title, or directly before a letter ("e.g", "acme.com").
func abbreviation(text string, start, end int) bool {
	if end < len(text) && (isAlnum(text[end]) || text[end] == ',') && end-start == 1 {
		return text[end] < 'A' || text[end] > 'Z'
	}
	begin := start
	for begin > 0 && isAlnum(text[begin-1]) && start-begin < 5 {
		begin--
	}
	switch strings.ToLower(text[begin:start]) {
	case "mr", "mrs", "ms", "dr", "st", "nr", "sr", "sra", "dra", "sig", "hr", "fr", "bzw", "ca", "z", "b", "dhr", "mevr", "vs", "etc":
		return end-start == 1
	}
	return false
}

func isStop(r rune) bool {
	switch r {
	case '.', '!', '?', '…', '\n', '\r', '؟', '۔', '¡', '¿', '。', '！', '？', '|', '\u2028', '\u2029':
		return true
	}
	return false
}

func isComma(r rune) bool {
	switch r {
	case ',', ';', ':', '(', ')', '–', '—', '،', '؛', '[', ']', '/', '，', '"', '“', '”', '«', '»', '„':
		return true
	}
	return false
}

// isEmoji reports pictographs; digits and letters with an emoji variant are not.
func isEmoji(r rune) bool {
	switch {
	case r >= 0x1F300 && r <= 0x1FAFF, r >= 0x2600 && r <= 0x27BF, r >= 0x2B00 && r <= 0x2BFF && unicode.Is(unicode.So, r):
		return true
	}
	return false
}

// emoji reads one emoji with its modifiers and joins. Equal ones in a row count once.
func (s *scanner) emoji(start, to int) int {
	end, base := start, ""
	for _, r := range s.text[start:to] {
		modifier := r == 0xFE0F || r == 0x200D || r >= 0x1F3FB && r <= 0x1F3FF
		if base != "" && !modifier {
			break
		}
		if base == "" {
			base = string(r)
		}
		end += len(string(r))
	}
	if n := len(s.toks); n > 0 && s.toks[n-1].kind == emoji && s.toks[n-1].raw == base {
		s.toks[n-1].end = end
		return end
	}
	s.mark(start, end, emoji, base)
	return end
}

// emoticonAt returns the length of the emoticon s begins with, 0 for none:
// eyes, an optional nose, a mouth that may be repeated.
func emoticonAt(s string) int {
	if strings.HasPrefix(s, "<3") || strings.HasPrefix(s, "</3") {
		return strings.IndexByte(s, '3') + 1
	}
	if len(s) < 2 || strings.IndexByte(":;=", s[0]) < 0 {
		return 0
	}
	i := 1
	if s[i] == '\'' {
		i++
	}
	if i < len(s) && (s[i] == '-' || s[i] == 'o' && i+1 < len(s) && s[i+1] == ')') {
		i++
	}
	if i >= len(s) || strings.IndexByte(")(DPp/|[]*@", s[i]) < 0 {
		return 0
	}
	if (s[i] == 'P' || s[i] == 'p' || s[i] == 'D' || s[i] == '/') && i+1 < len(s) && (isAlnum(s[i+1]) || s[i+1] == '/') {
		return 0 // ":Please", "http://"
	}
	mouth := s[i]
	for i < len(s) && s[i] == mouth {
		i++
	}
	return i
}

// emoticonForm is the shape an emoticon is looked up under: eyes and one mouth.
func emoticonForm(raw string) string {
	if raw == "" || strings.IndexByte(":;=", raw[0]) < 0 {
		return raw
	}
	eyes := raw[:1]
	if eyes == "=" {
		eyes = ":"
	}
	if strings.Contains(raw, "'") {
		return eyes + "'" + raw[len(raw)-1:]
	}
	return eyes + raw[len(raw)-1:]
}
