package encoder

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// unit is one character of a normalised text and the bytes of the original that it stands for.
type unit struct {
	r        rune
	from, to int32
}

// normalise does to a text what training did to its texts, in the same order (meta's normaliser; ../train/normalise.py), and keeps
// track of where everything came from. base is added to all offsets. Its time is linear.
func normalise(text string, base int) []unit {
	units := compose(text, base)
	units = maskAddresses(units)
	units = maskMentions(units)
	maskDigits(units)
	units = shortenRuns(units)
	return joinBlanks(units)
}

// compose brings the text to NFKC and applies table to every character. Bytes that are not UTF-8 become U+FFFD.
func compose(text string, base int) []unit {
	units := make([]unit, 0, len(text)+4)
	add := func(r rune, from, to int) {
		if r = table(r); r >= 0 {
			units = append(units, unit{r, int32(base + from), int32(base + to)})
		}
	}
	at := plainPrefix(text)
	for i := range at {
		add(rune(text[i]), i, i+1)
	}
	var segments norm.Iter
	segments.InitString(norm.NFKC, text[at:])
	for !segments.Done() {
		from := at + segments.Pos()
		segment := segments.Next()
		to := at + segments.Pos()
		for len(segment) > 0 {
			r, size := utf8.DecodeRune(segment)
			segment = segment[size:]
			add(r, from, to)
		}
	}
	return units
}

// plainPrefix returns how many bytes at the start are ASCII and cannot combine with what follows.
func plainPrefix(text string) int {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return max(0, i-1)
		}
	}
	return len(text)
}

// table maps one character: typographic quotes and dashes to plain ones, control characters to blanks, and to -1 what is dropped
// (soft hyphens, joiners, direction marks, variation selectors, tatweel and Arabic vowel signs, skin tones).
func table(r rune) rune {
	switch {
	case r < 0x20, r >= 0x7F && r <= 0x9F:
		return ' '
	case r == '`':
		return '\''
	case r < 0x7F:
		return r
	case r == 0xAD, r == 0x34F, r == 0x640, r == 0x670, r == 0xFEFF:
		return -1
	case within(r, 0x64B, 0x652), within(r, 0x200B, 0x200F), within(r, 0x202A, 0x202E), within(r, 0x2060, 0x2069):
		return -1
	case within(r, 0xFE00, 0xFE0F), within(r, 0x1F3FB, 0x1F3FF):
		return -1
	}
	switch r {
	case 0x2018, 0x2019, 0x201B, 0x2032, 0xB4:
		return '\''
	case 0x201C, 0x201D, 0x201E, 0xAB, 0xBB, 0x2033:
		return '"'
	case 0x2013, 0x2014:
		return '-'
	}
	return r
}

func within(r, low, high rune) bool { return r >= low && r <= high }

// maskAddresses replaces web and mail addresses by "http". A mail address is characters of its name, an @, a domain with a dot.
func maskAddresses(units []unit) []unit {
	out := units[:0:0]
	copied, nameEnd, mailEnd := 0, 0, -1 // the run of name characters that is under way, and where its mail address ends
	for i := 0; i < len(units); {
		end := webEnd(units, i)
		if end < 0 && i >= nameEnd {
			nameEnd = runEnd(units, i, isMailName)
			mailEnd = mailAddressEnd(units, i, nameEnd)
		}
		if end < 0 && i < nameEnd {
			end = mailEnd
		}
		if end < 0 {
			i++
			continue
		}
		out = append(out, units[copied:i]...)
		out = appendMask(out, "http", units[i].from, units[end-1].to)
		copied, i, nameEnd = end, end, end
	}
	if copied == 0 {
		return units
	}
	return append(out, units[copied:]...)
}

// webEnd returns where the web address that begins at i ends, or -1.
func webEnd(units []unit, i int) int {
	for _, prefix := range []string{"http://", "https://", "www."} {
		if hasPrefix(units[i:], prefix) {
			start := i + len(prefix)
			if end := runEnd(units, start, func(r rune) bool { return !unicode.IsSpace(r) }); end > start {
				return end
			}
		}
	}
	return -1
}

// mailAddressEnd returns where the mail address ends whose name is start to end, or -1.
func mailAddressEnd(units []unit, start, end int) int {
	if end == start || end == len(units) || units[end].r != '@' {
		return -1
	}
	dot := runEnd(units, end+1, func(r rune) bool { return r == '-' || isWord(r) })
	if dot == end+1 || dot == len(units) || units[dot].r != '.' {
		return -1
	}
	last := runEnd(units, dot+1, func(r rune) bool { return r == '-' || r == '.' || isWord(r) })
	if last == dot+1 {
		return -1
	}
	return last
}

// isMailName says whether a mail address may have r before its @.
func isMailName(r rune) bool { return r == '.' || r == '+' || r == '-' || isWord(r) }

// isWord is \w of Python's regular expressions.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// runEnd returns where the run of characters of a kind ends that begins at i.
func runEnd(units []unit, i int, is func(rune) bool) int {
	for i < len(units) && is(units[i].r) {
		i++
	}
	return i
}

func hasPrefix(units []unit, prefix string) bool {
	if len(units) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if units[i].r != rune(prefix[i]) {
			return false
		}
	}
	return true
}

func appendMask(out []unit, mask string, from, to int32) []unit {
	for _, r := range mask {
		out = append(out, unit{r, from, to})
	}
	return out
}

// maskMentions replaces the names of accounts by "@user".
func maskMentions(units []unit) []unit {
	if !slices.ContainsFunc(units, func(u unit) bool { return u.r == '@' }) {
		return units
	}
	out := make([]unit, 0, len(units))
	for i := 0; i < len(units); {
		end := i + 1
		if units[i].r == '@' {
			end = runEnd(units, i+1, isWord)
		}
		if end > i+1 {
			out = appendMask(out, "@user", units[i].from, units[end-1].to)
		} else {
			out = append(out, units[i])
		}
		i = end
	}
	return out
}

// maskDigits writes zeros over numbers of three digits or more: no order number decides a verdict.
func maskDigits(units []unit) {
	isDigit := func(r rune) bool { return r >= '0' && r <= '9' }
	for i := 0; i < len(units); {
		end := runEnd(units, i, isDigit)
		if end-i >= 3 {
			for j := i; j < end; j++ {
				units[j].r = '0'
			}
		}
		i = max(end, i+1)
	}
}

// longestRun is how often a character may stand side by side.
const longestRun = 3

// shortenRuns cuts runs of one character; the last one kept stands for the rest, too.
func shortenRuns(units []unit) []unit {
	out := units[:0]
	run := 0
	for i, u := range units {
		if i > 0 && u.r == out[len(out)-1].r {
			run++
		} else {
			run = 1
		}
		if run > longestRun {
			out[len(out)-1].to = u.to
			continue
		}
		out = append(out, u)
	}
	return out
}

// joinBlanks makes one blank of every run of white space and none at the ends.
func joinBlanks(units []unit) []unit {
	out := units[:0]
	for _, u := range units {
		if !unicode.IsSpace(u.r) {
			out = append(out, u)
		} else if len(out) > 0 && out[len(out)-1].r != ' ' {
			out = append(out, unit{' ', u.from, u.to})
		}
	}
	if len(out) > 0 && out[len(out)-1].r == ' ' {
		out = out[:len(out)-1]
	}
	return out
}

// validPrefix and validSuffix cut a text to about n bytes without splitting a character.
func validPrefix(text string, n int) string {
	for i := 0; i < utf8.UTFMax && n > 0 && !utf8.RuneStart(text[n]); i++ {
		n--
	}
	return text[:n]
}

func validSuffix(text string, n int) string {
	at := len(text) - n
	for i := 0; i < utf8.UTFMax && at < len(text) && !utf8.RuneStart(text[at]); i++ {
		at++
	}
	return text[at:]
}
