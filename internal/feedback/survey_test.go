package feedback

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// definition is a valid survey; tests replace parts of it. Line numbers below are lines of this text.
const definition = `id: csat
name: Satisfaction
metric: csat
low: 2
text:
  en:
    subject: "How did we do, {{.Customer.FirstName}}?"
    question: "How satisfied are you with {{or .Agent.FirstName .Org}}?"
    low: Bad
    high: Good
    comment: Why?
    thanks: Thank you
questions:
  - {id: resolved, type: yesno, text: {en: "Solved?"}}
  - id: reason
    type: choice
    when: {at_most: 2}
    text: {en: "What went wrong?"}
    options:
      - {id: wait, text: {en: "Too long"}}
      - {id: other, text: {en: "Other"}}
ask:
  delay: 30m
  expires: 14d
  remind: [3d]
  quiet: "20:00-08:00"
  sample: 100
recover:
  hours: "mon-fri 09:00-18:00"
  escalate:
    - {after: acknowledge, to: lead}
`

func parsed(t testing.TB, source string) Survey {
	t.Helper()
	s, err := ParseSurvey("csat.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseSurveyErrorsNameTheLine(t *testing.T) {
	parsed(t, definition)
	for _, c := range []struct {
		name, old, new string
		line           int
		says           string
	}{
		{"id", "id: csat", "id: Csat!", 1, "id:"},
		{"reserved id", "id: csat", "id: score", 1, "id:"},
		{"name", "name: Satisfaction", `name: ""`, 2, "name: is required"},
		{"metric", "metric: csat", "metric: stars", 3, "not one of csat"},
		{"low off the scale", "low: 2\n", "low: 5\n", 4, "scale"},
		{"low below the scale", "low: 2\n", "low: 0\n", 4, "scale"},
		{"unknown key", "low: 2\n", "lowest: 2\n", 4, "lowest"},
		{"unknown key inside", "    high: Good", "    hight: Good", 10, "hight"},
		{"no English", "  en:\n    subject", "  de:\n    subject", 6, "language en"},
		{"missing wording", "    thanks: Thank you\n", "", 7, "thanks"},
		{"empty wording", "comment: Why?", `comment: " "`, 11, "required in every language"},
		{"template syntax", "{{.Customer.FirstName}}", "{{.Customer.FirstName", 7, "not a valid template"},
		{"template field", "{{or .Agent.FirstName .Org}}", "{{.Agent.Phone}}", 8, "may name"},
		{"question id", "id: resolved", "id: comment", 14, "unique"},
		{"question twice", "id: reason", "id: resolved", 15, "unique"},
		{"question type", "type: yesno", "type: stars", 14, "not one of yesno"},
		{"options of yesno", `text: {en: "Solved?"}`, `text: {en: "Solved?"}, options: [{id: a, text: {en: A}}]`, 14, "only a question of type choice"},
		{"one option", "      - {id: other, text: {en: \"Other\"}}\n", "", 20, "2 to 12"},
		{"option twice", "id: other", "id: wait", 21, "unique"},
		{"option without text", `{id: other, text: {en: "Other"}}`, `{id: other, text: {de: "Andere"}}`, 21, "no text for the language en"},
		{"condition off the scale", "at_most: 2", "at_most: 9", 17, "not on the scale"},
		{"delay", "delay: 30m", "delay: soon", 23, "not a duration"},
		{"expires", "expires: 14d", "expires: 10m", 24, "between 1h and 365d"},
		{"reminder after the end", "remind: [3d]", "remind: [3d, 15d]", 25, "before the survey expires"},
		{"reminders out of order", "remind: [3d]", "remind: [3d, 2d]", 25, "one after the other"},
		{"too many reminders", "remind: [3d]", "remind: [1d, 2d, 3d, 4d]", 25, "at most three"},
		{"quiet", `quiet: "20:00-08:00"`, `quiet: "night"`, 26, "not a span of time"},
		{"quiet all day", `quiet: "20:00-08:00"`, `quiet: "00:00-24:00"`, 26, "part of the day"},
		{"sample", "sample: 100", "sample: 101", 27, "percentage"},
		{"sample is no number", "sample: 100", "sample: .nan", 27, "percentage"},
		{"hours", "mon-fri 09:00-18:00", "mon-fri 18:00-09:00", 29, "working hours"},
		{"escalate after", "after: acknowledge", "after: lunch", 31, "not one of acknowledge"},
		{"escalate to", "to: lead", "to: everyone", 31, "not one of lead"},
		{"syntax", "name: Satisfaction", "name: [", 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(definition, c.old) != 1 {
				t.Fatalf("%q stands %d times in the definition", c.old, strings.Count(definition, c.old))
			}
			_, err := ParseSurvey("csat.yaml", []byte(strings.Replace(definition, c.old, c.new, 1)))
			if err == nil {
				t.Fatal("was accepted")
			}
			if want := fmt.Sprintf("csat.yaml:%d: ", c.line); !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %q; want %q and %q in it", err, want, c.says)
			}
		})
	}
}

func TestParseSurveyReportsEveryMistake(t *testing.T) {
	source := strings.NewReplacer("metric: csat", "metric: stars", "expires: 14d", "expires: 1m", "to: lead", "to: nobody").Replace(definition)
	_, err := ParseSurvey("csat.yaml", []byte(source))
	if err == nil {
		t.Fatal("was accepted")
	}
	for _, line := range []string{":3:", ":24:", ":31:"} {
		if !strings.Contains(err.Error(), line) {
			t.Errorf("%s is missing from %q", line, err)
		}
	}
}

func TestParseSurveysFindsTakenIDs(t *testing.T) {
	folder := fstest.MapFS{"a.yaml": {Data: []byte(definition)}, "b.yml": {Data: []byte(definition)}, "recovery.yaml": {Data: []byte("x: [")}, "notes.txt": {Data: []byte("x: [")}}
	_, err := ParseSurveys(folder)
	if err == nil || !strings.Contains(err.Error(), "b.yml:1:") || strings.Contains(err.Error(), "recovery") {
		t.Errorf("error is %v", err)
	}
}

func TestSurveyVersionFollowsTheContent(t *testing.T) {
	a, b := parsed(t, definition), parsed(t, strings.Replace(definition, "low: Bad", "low: Awful", 1))
	if a.Version == b.Version || a.Version != parsed(t, definition).Version || len(a.Version) != 12 {
		t.Errorf("versions are %q and %q", a.Version, b.Version)
	}
}

func TestRegionalLanguageOfEveryPart(t *testing.T) {
	source := strings.NewReplacer("questions:", "  pt-BR: {subject: s, question: q, low: l, high: h, comment: c, thanks: t}\nquestions:",
		`text: {en: "Solved?"}`, `text: {en: "Solved?", pt-BR: "Resolvido?"}`, `{en: "What went wrong?"}`, `{en: W, pt-BR: O}`,
		`{en: "Too long"}`, `{en: L, pt-BR: D}`, `{en: "Other"}`, `{en: O, pt-BR: Outro}`).Replace(definition)
	s := parsed(t, source)
	if got := s.Language("pt-BR"); s.Questions[0].Text[got] != "Resolvido?" || s.Questions[1].Options[1].Text[got] != "Outro" {
		t.Errorf("in %s the questions are %+v", got, s.Questions)
	}
	for locale, want := range map[string]string{"pt_BR": "pt-br", "PT-br": "pt-br", "pt": "en", "": "en", "xx-YY": "en"} {
		if got := s.Language(locale); got != want {
			t.Errorf("locale %q gets %q, want %q", locale, got, want)
		}
	}
}

func TestWordingWithoutNames(t *testing.T) {
	named, unnamed := NewFacts(Customer{Name: "Mara Lind"}, Agent{Name: "Sam Okoro"}, "Acme", "Refund"), NewFacts(Customer{}, Agent{}, "Acme", "")
	for _, c := range []struct{ source, with, without string }{
		{"How did we do, {{.Customer.FirstName}}?", "How did we do, Mara?", "How did we do?"},
		{"À la hauteur, {{.Customer.FirstName}}\u00a0?", "À la hauteur, Mara\u00a0?", "À la hauteur\u00a0?"},
		{"À la hauteur, {{.Customer.FirstName}}\u202f!", "À la hauteur, Mara\u202f!", "À la hauteur\u202f!"},
		{"كيف كنا، {{.Customer.FirstName}}؟", "كيف كنا، Mara؟", "كيف كنا؟"},
		{"Help from {{or .Agent.FirstName .Org}}", "Help from Sam", "Help from Acme"},
		{"Your matter {{.Subject}} is closed", "Your matter Refund is closed", "Your matter is closed"},
		{"Thanks, {{.Customer.FirstName}}", "Thanks, Mara", "Thanks"},
	} {
		for facts, want := range map[*Facts]string{&named: c.with, &unnamed: c.without} {
			w, err := Wording{Subject: c.source, Question: c.source}.Render(*facts)
			if err != nil || w.Subject != want || w.Question != want {
				t.Errorf("%q became %q and %q, %v; want %q", c.source, w.Subject, w.Question, err, want)
			}
		}
	}
}

func TestPromote(t *testing.T) {
	s := parsed(t, definition+"promote: {public: \"https://reviews.example/acme\", quote: true}\n")
	if s.Promote != (Promote{AtLeast: 5, Public: "https://reviews.example/acme", Quote: true}) {
		t.Errorf("%+v", s.Promote)
	}
	for _, wrong := range []string{"{quote: true, at_least: 2}", "{quote: true, at_least: 9}", "{public: \"javascript:alert(1)\"}", "{public: \"http://plain.example\"}", "{qoute: true}"} {
		if _, err := ParseSurvey("csat.yaml", []byte(definition+"promote: "+wrong+"\n")); err == nil || !strings.Contains(err.Error(), "csat.yaml:32: ") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestWordingIsTheQuestionAlone(t *testing.T) {
	s := Survey{Metric: CSAT, Text: map[string]Wording{"en": {Question: "How was it?", Low: "bad", High: "good"}, "de": {Question: "Wie war es?"}}}
	same := s
	same.Low, same.Ask.Delay, same.Version = 3, time.Hour, "other"
	if s.Wording() != same.Wording() {
		t.Error("other rules are another wording")
	}
	other := s
	other.Text = map[string]Wording{"en": {Question: "How was it?", Low: "bad", High: "great"}, "de": {Question: "Wie war es?"}}
	if s.Wording() == other.Wording() {
		t.Error("other words are the same wording")
	}
}
