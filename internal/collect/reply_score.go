package collect

import (
	"regexp"
	"strconv"
	"strings"

	"earshot/internal/feedback"
)

// ReadReply parts what a customer typed in answer to a survey's mail into score and comment. ok is false
// when it does not begin with a score of that scale: nothing is guessed, because a number in a sentence
// ("2 weeks I waited") is no vote.
//
// A score is a number at the start of the first line, alone ("4"), out of the scale's highest ("4/5",
// "4 of 5"), before a mark ("4 - but I waited", "4: thanks") or before a word that goes on from a score
// ("4 because …", "4 stars"). On a scale of two, a thumb or a plain yes or no is one as well.
func ReadReply(text string, metric feedback.Metric) (score int, comment string, ok bool) {
	first, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	first = plainDigits(first)
	score, words, ok := leadingScore(first, metric)
	if !ok {
		return 0, "", false
	}
	comment = strings.TrimSpace(strings.TrimSpace(words) + "\n" + rest)
	return score, comment, metric.CheckScore(score) == ""
}

func leadingScore(line string, metric feedback.Metric) (score int, words string, ok bool) {
	if metric == feedback.Thumbs {
		if score, words, ok = leadingThumb(line); ok {
			return score, words, true
		}
	}
	if m := stars.FindStringSubmatch(line); m != nil && metric == feedback.CSAT {
		return len([]rune(m[1])), m[2], true
	}
	m := scoreLine.FindStringSubmatch(line)
	if m == nil {
		return 0, "", false
	}
	score, _ = strconv.Atoi(m[1])
	_, high, _ := metric.Scale()
	if of := m[2]; of != "" && of != strconv.Itoa(high) {
		return 0, "", false // "24/7" is no score
	}
	rest := strings.TrimSpace(m[3])
	after := scoreMark.FindString(rest)
	if words = strings.TrimSpace(rest[len(after):]); words != "" && words[0] >= '0' && words[0] <= '9' {
		return 0, "", false // "5 - 10 minutes"
	}
	if rest == "" || after != "" || m[2] != "" && strings.HasPrefix(m[3], " ") {
		return score, words, true
	}
	if goesOn.MatchString(rest) {
		return score, strings.TrimSpace(starWord.ReplaceAllString(rest, "")), true
	}
	return 0, "", false
}

func leadingThumb(line string) (score int, words string, ok bool) {
	m := thumbWord.FindStringSubmatch(line)
	if m == nil {
		return 0, "", false
	}
	if m[1] != "" {
		score = 1
	}
	return score, strings.TrimSpace(strings.TrimLeft(m[3], ",.:;!-–— ")), true
}

// plainDigits writes Arabic, Persian and keycap digits as 0 to 9.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case r == '\ufe0f' || r == '\u20e3' || r == '\u200f' || r == '\u200e':
			return -1
		}
		return r
	}, s)
}

// The forms of a score, in eight languages.
var (
	scoreLine = regexp.MustCompile(`(?i)^[\s"'“„«(*_]*(?:(?:my |meine |ma |mi |a minha |mijn )?(?:score|rating|vote|answer|bewertung|note|antwort|puntuación|nota|voto|punteggio|valutazione|cijfer|تقييم|التقييم)\s*(?:is|ist|est|es|é|è)?\s*[:=]?\s*)?(\d{1,2})(?:\s*(?:/|out of|of|von|sur|de|su|van|من)\s*(\d{1,2}))?([^\d].*)?$`)
	scoreMark = regexp.MustCompile(`^[-–—:.,;!)\]"'”“»*_…]+`)
	goesOn    = regexp.MustCompile(`(?i)^(but|because|and|as|since|though|although|thanks|thank|only|stars?|points?|aber|weil|und|da|denn|danke|vielen|sterne?n?|punkte?|mais|car|parce|et|merci|étoiles?|points?|pero|porque|y|gracias|estrellas?|puntos?|mas|e|obrigad[oa]|estrelas?|pontos?|ma|perché|però|grazie|stelle?|punti|maar|omdat|want|en|bedankt|dank|sterren|punten|لكن|ولكن|لأن|شكرا|شكراً|نجوم)(\s|[,.:;!…-]|$)`)
	starWord  = regexp.MustCompile(`(?i)^(stars?|points?|sterne?n?|punkte?|étoiles?|estrellas?|puntos?|estrelas?|pontos?|stelle?|punti|sterren|punten|نجوم)\s*[-–—:.,;!]*\s*`)
	stars     = regexp.MustCompile(`^\s*([★⭐]{1,5})☆*\s*[-–—:.,;]*\s*(.*)$`)
	thumbWord = regexp.MustCompile(`(?i)^\s*(?:(👍[🏻🏼🏽🏾🏿]?|yes|ja|oui|sí|si|sim|sì|نعم)|(👎[🏻🏼🏽🏾🏿]?|no|nein|non|não|nao|nee|لا))\s*((?:[-–—:.,;!].*)?)$`)
)
