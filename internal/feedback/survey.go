package feedback

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"
)

// Survey is one definition from surveys/<id>.yaml: the question, its wording in every language, its
// follow-up questions, and its rules about asking and recovering.
type Survey struct {
	ID, Name  string
	Metric    Metric
	Low       int // this score or less opens a case
	Text      map[string]Wording
	Questions []Question
	Ask       Ask
	Recover   Recover
	Promote   Promote
	// Version identifies the content: the first 12 hexadecimal digits of its SHA-256.
	Version string
	// Source is the definition as written, kept so that an invitation can always be shown as it was sent.
	Source []byte
	// File names where the definition came from.
	File string
}

// Wording is everything a survey says in one language. Subject and Question are text/template
// sources over .Customer, .Agent, .Org and .Subject.
type Wording struct {
	Subject, Question, Low, High, Comment, Thanks string
}

// Kinds of follow-up questions.
const (
	YesNo  = "yesno"
	Choice = "choice"
	Text   = "text"
)

// Question is a follow-up after the score.
type Question struct {
	ID      string
	Type    string
	Text    map[string]string
	When    When
	Options []Option
}

// Option is one answer of a choice question.
type Option struct {
	ID   string
	Text map[string]string
}

// When limits a question to some scores; nil bounds are open.
type When struct {
	AtMost, AtLeast *int
}

// Holds tells whether a question with this condition is asked beside score.
func (w When) Holds(score int) bool {
	return (w.AtMost == nil || score <= *w.AtMost) && (w.AtLeast == nil || score >= *w.AtLeast)
}

// Ask are the rules of asking.
type Ask struct {
	Delay, Expires, EditWindow time.Duration
	Remind                     []time.Duration // after the first mail
	Quiet                      Window          // on the recipient's clock; nothing is sent inside it
	Holidays                   bool            // whether nothing is sent on a public holiday of the recipient's country
	Rest                       time.Duration   // least time between two surveys to one person, over all surveys
	Sample                     float64         // percent of interactions asked, 0..100
	Except                     Except
}

// Except lists interactions that are never asked about.
type Except struct {
	Tags, Channels, Teams []string
}

// Recover are the rules of recovery: how long a bare low vote waits for its comment, the clock, who
// hears when it runs out, and when the customer is asked again.
type Recover struct {
	Settle, Acknowledge, Contact, Resolve time.Duration
	Hours                                 Hours
	Escalate                              []Escalate
	Resurvey                              time.Duration // after resolution; zero: never
}

// Steps of the clock.
const (
	AfterAcknowledge = "acknowledge"
	AfterContact     = "contact"
	AfterResolve     = "resolve"
)

// Escalate says who hears when a step of the clock has run out.
type Escalate struct {
	After string // acknowledge, contact or resolve
	To    string // lead or manager
}

// Languages lists the survey's languages, English first, the others by code.
func (s Survey) Languages() []string {
	var out []string
	for code := range s.Text {
		out = append(out, code)
	}
	sort.Slice(out, func(i, j int) bool {
		if (out[i] == "en") != (out[j] == "en") {
			return out[i] == "en"
		}
		return out[i] < out[j]
	})
	return out
}

// Language picks the survey's language for a customer's locale (BCP 47): the locale itself, its
// base language, then English, then the first language there is.
func (s Survey) Language(locale string) string {
	locale = strings.ToLower(strings.ReplaceAll(locale, "_", "-"))
	base, _, _ := strings.Cut(locale, "-")
	for _, want := range []string{locale, base, "en"} {
		if _, ok := s.Text[want]; ok {
			return want
		}
	}
	if languages := s.Languages(); len(languages) > 0 {
		return languages[0]
	}
	return "en"
}

// IsLow tells whether score opens a case.
func (s Survey) IsLow(score int) bool { return score <= s.Low }

// Question returns the follow-up question with the given id.
func (s Survey) Question(id string) (Question, bool) {
	for _, q := range s.Questions {
		if q.ID == id {
			return q, true
		}
	}
	return Question{}, false
}

// Definition is a survey's definition as stored, so that older invitations keep their wording.
// Its ID is "<survey>@<version>".
type Definition struct {
	Record
	Survey, Version string
	Source          []byte
	FirstSeen       time.Time
}

// DefinitionID is the key of one version of a definition.
func DefinitionID(survey, version string) string { return survey + "@" + version }

// Wording identifies what customers were asked: the question and the words at the ends of the scale, in
// every language. Rules and follow-ups are not part of it. Answers to different wordings are answers to
// different questions.
func (s Survey) Wording() string {
	h := sha256.New()
	for _, lang := range slices.Sorted(maps.Keys(s.Text)) {
		w := s.Text[lang]
		fmt.Fprintf(h, "%q %q %q %q %q\n", s.Metric, lang, w.Question, w.Low, w.High)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}
