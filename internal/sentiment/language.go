package sentiment

import (
	"strings"
	"unicode"

	"earshot/internal/sentiment/langid"
)

const (
	unknownLanguage = "und"
	countedWords    = 40  // words of a text that are looked up in every language
	sampledBytes    = 400 // bytes of a text that the detector sees
)

// languages tells what language a text is in.
type languages struct {
	lexicons map[string]*lexicon
}

func newLanguages(lexicons map[string]*lexicon) *languages {
	return &languages{lexicons: lexicons}
}

// hintCode takes the language out of a locale ("pt-BR", "de_AT"), "" if it is none.
func hintCode(locale string) string {
	code := strings.ToLower(strings.TrimSpace(locale))
	if i := strings.IndexAny(code, "-_."); i >= 0 {
		code = code[:i]
	}
	if len(code) < 2 || len(code) > 3 {
		return ""
	}
	return code
}

// detect names the language of the tokens: an ISO 639-1 code, "und" when it
// cannot tell, "" when there are no words at all. The code may be of a language
// the engines do not understand.
//
// Letters decide first (Cyrillic is never ours). Then our own word lists: in the
// short comments customers write, three known words say more than letter
// statistics. The detector settles the rest, the hint settles what is close.
func (l *languages) detect(text string, toks []token, hint string) string {
	words := wordsOf(toks)
	if len(words) == 0 {
		return ""
	}
	if code := byScript(text); code != "" {
		return code
	}
	best, hits, second := l.byWords(words)
	if hint != "" && l.lexicons[hint] != nil {
		own := l.hits(hint, words)
		if own > 0 && (own*4 >= hits*3 || own == len(words)) && len(words) <= 6 {
			return hint
		}
	}
	counted := min(len(words), countedWords)
	if counted > 2 && hits*2 > counted && hits > second+second/2 {
		return best // the detector would cost more than all the rest together
	}
	if counted > 2 {
		return l.byLetters(text, words, hint, best, hits)
	}
	if hits > second { // one or two words: known when our lists know them in one language alone
		return best
	}
	if hits == 0 {
		return l.foreignOrUnknown(text)
	}
	return unknownLanguage
}

// foreignOrUnknown names the language of one or two words nobody knows only when
// the detector is nearly certain that it is none of ours.
func (l *languages) foreignOrUnknown(text string) string {
	if isASCII(text) {
		return unknownLanguage // "qqq zzz" looks Turkish to a detector that must choose
	}
	guesses := langid.Detect(sample(text))
	if len(guesses) > 0 && guesses[0].Confidence > 0.9 && l.lexicons[guesses[0].Language] == nil {
		return guesses[0].Language
	}
	return unknownLanguage
}

// sample is the beginning of a text, enough to tell its language.
func sample(text string) string {
	if len(text) > sampledBytes {
		text = text[:sampledBytes]
	}
	return strings.ToValidUTF8(text, "")
}

// byLetters weighs the detector's opinion against the words known.
func (l *languages) byLetters(text string, words []*token, hint, best string, hits int) string {
	guesses := langid.Detect(sample(text))
	if len(guesses) == 0 {
		return unknownLanguage
	}
	code, sure := guesses[0].Language, guesses[0].Confidence
	if l.lexicons[code] != nil {
		own := l.hits(code, words)
		switch {
		case own >= hits, sure > 0.95 && own*2 >= hits && own > 0:
			return code
		case hits*3 >= min(len(words), countedWords):
			return best
		case own > 0 || sure > 0.9 && len(words) < 6:
			return code
		}
		return unknownLanguage // its letters, but not one of its words: some other language
	}
	counted := min(len(words), countedWords)
	switch {
	case sure > 0.9 && hits*2 < counted, sure > 0.6 && hits*4 < counted:
		return code
	case hint != "" && l.lexicons[hint] != nil && l.hits(hint, words) > 0:
		return hint
	case hits > 0: // a doubtful verdict on words of which we know several
		return best
	case sure > 0.4:
		return code
	}
	return unknownLanguage
}

// wordsOf leaves out hashtags and what retweets leave behind: they are in no language.
func wordsOf(toks []token) []*token {
	var words []*token
	for i := range toks {
		if t := &toks[i]; t.kind == word && !t.hashtag && t.lower != "http" && t.lower != "rt" {
			words = append(words, t)
		}
	}
	return words
}

// byWords returns the language with the most known words, how many those are,
// and how many the runner-up has.
func (l *languages) byWords(words []*token) (best string, hits, second int) {
	for _, code := range Languages() {
		switch n := l.hits(code, words); {
		case n > hits:
			best, hits, second = code, n, hits
		case n > second:
			second = n
		}
	}
	return best, hits, second
}

// hits counts the words known in a language, of the first countedWords.
func (l *languages) hits(code string, words []*token) int {
	n := 0
	for _, w := range words[:min(len(words), countedWords)] {
		if l.lexicons[code].knows(w) {
			n++
		}
	}
	return n
}

// scripts counts letters by what they tell about a language.
type scripts struct {
	latin, arabic, persian, urdu int
	cyrillic, ukrainian          int
	kana, han, hangul            int
	other                        int
	otherCode                    string
}

// byScript names languages whose letters give them away, "" for Latin letters
// and for plain Arabic ones.
func byScript(text string) string {
	var s scripts
	for n, r := range text {
		if n > 4000 {
			break
		}
		if unicode.IsLetter(r) {
			s.count(r)
		}
	}
	return s.language()
}

func (s *scripts) count(r rune) {
	switch {
	case r < 0x80 || unicode.Is(unicode.Latin, r):
		s.latin++
	case unicode.Is(unicode.Arabic, r):
		s.arabic++
		switch r {
		case 'پ', 'چ', 'ژ', 'گ':
			s.persian++
		case 'ٹ', 'ڈ', 'ڑ', 'ے', 'ں':
			s.urdu++
		}
	case unicode.Is(unicode.Cyrillic, r):
		s.cyrillic++
		if strings.ContainsRune("іїєґІЇЄҐ", r) {
			s.ukrainian++
		}
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		s.kana++
	case unicode.Is(unicode.Han, r):
		s.han++
	case unicode.Is(unicode.Hangul, r):
		s.hangul++
	default:
		if code := otherScript(r); code != "" {
			s.other++
			s.otherCode = code
		}
	}
}

// language names the script that outweighs ours.
func (s *scripts) language() string {
	ours := s.latin + s.arabic
	switch {
	case s.kana > 0 && s.kana+s.han > ours:
		return "ja"
	case s.han > ours:
		return "zh"
	case s.hangul > ours:
		return "ko"
	case s.cyrillic > ours && s.ukrainian > 0:
		return "uk"
	case s.cyrillic > ours:
		return "ru"
	case s.other > ours:
		return s.otherCode
	case s.urdu > 0 && s.arabic > s.latin:
		return "ur"
	case s.persian > 0 && s.arabic > s.latin:
		return "fa"
	}
	return ""
}

// otherScript names the main language of a few further scripts.
func otherScript(r rune) string {
	switch {
	case unicode.Is(unicode.Greek, r):
		return "el"
	case unicode.Is(unicode.Hebrew, r):
		return "he"
	case unicode.Is(unicode.Thai, r):
		return "th"
	case unicode.Is(unicode.Devanagari, r):
		return "hi"
	case unicode.Is(unicode.Bengali, r):
		return "bn"
	case unicode.Is(unicode.Tamil, r):
		return "ta"
	case unicode.Is(unicode.Georgian, r):
		return "ka"
	case unicode.Is(unicode.Armenian, r):
		return "hy"
	}
	return ""
}
