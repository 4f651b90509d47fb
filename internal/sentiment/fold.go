package sentiment

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold brings a lower-case word to the form it is compared in: customers leave
// accents out, so word lists and texts are both folded.
//
// German keeps its umlauts apart (schön is not schon) but reads ae, oe, ue and ß
// alike; Arabic loses vowel signs and the variants of alef, ya and ta marbuta.
func fold(lang, w string) string {
	if isASCII(w) {
		return w
	}
	switch lang {
	case "de":
		w = germanForms.Replace(w)
	case "ar":
		return foldArabic(w)
	}
	if w == "é" || w == "è" { // "is" in pt and it; without the accent it would be "and"
		return w
	}
	return stripMarks(w)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

var germanForms = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// latinForms are letters that do not come apart into a base and a mark.
var latinForms = strings.NewReplacer("ß", "ss", "ø", "o", "æ", "ae", "œ", "oe", "ı", "i", "ł", "l")

func stripMarks(w string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(w) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return latinForms.Replace(b.String())
}

func foldArabic(w string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(w) {
		switch {
		case unicode.Is(unicode.Mn, r) || r == 'ـ':
		case r == 'أ' || r == 'إ' || r == 'آ' || r == 'ٱ':
			b.WriteRune('ا')
		case r == 'ى':
			b.WriteRune('ي')
		case r == 'ة':
			b.WriteRune('ه')
		case r == 'ؤ':
			b.WriteRune('و')
		case r == 'ئ':
			b.WriteRune('ي')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// arabicPrefixes are conjunctions, prepositions and the article as written in
// front of a word, longest first.
var arabicPrefixes = [...]string{"وال", "فال", "بال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك"}

// bareArabic strips one such prefix when enough of a word remains.
func bareArabic(w string) string {
	for _, p := range arabicPrefixes {
		least := 6 // three letters of two bytes
		if p == "و" || p == "ف" {
			least = 4
		}
		if rest, ok := strings.CutPrefix(w, p); ok && len(rest) >= least {
			return rest
		}
	}
	return ""
}

// single writes every doubled letter once: it finds "terible" and "excelent",
// and the base of elongated words. Empty when that changes nothing or the word
// is too short to be safe.
func single(w string) string {
	if len(w) < 3 {
		return ""
	}
	var b strings.Builder
	var last rune
	for _, r := range w {
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	if b.Len() == len(w) {
		return ""
	}
	return b.String()
}
