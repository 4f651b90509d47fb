package feedback

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"
)

const day = 24 * time.Hour

// survey turns the file into a Survey with the defaults of everything left out.
func (f surveyFile) survey(errs *problems) Survey {
	s := Survey{ID: f.ID, Name: f.Name, Metric: f.Metric, Low: f.Metric.DefaultLow(), Text: map[string]Wording{}}
	if f.Low != nil {
		s.Low = *f.Low
	}
	for lang, w := range f.Text {
		s.Text[strings.ToLower(lang)] = Wording(w)
	}
	for _, q := range f.Questions {
		s.Questions = append(s.Questions, q.question())
	}
	s.Ask = f.Ask.ask(errs)
	s.Recover = f.Recover.recover(errs)
	s.Promote = f.Promote.promote(f.Metric)
	return s
}

func (q questionFile) question() Question {
	out := Question{ID: q.ID, Type: q.Type, Text: byLanguage(q.Text), When: When(q.When)}
	for _, o := range q.Options {
		out.Options = append(out.Options, Option{ID: o.ID, Text: byLanguage(o.Text)})
	}
	return out
}

// byLanguage writes the languages' codes as the survey does: pt-BR is pt-br.
func byLanguage(text map[string]string) map[string]string {
	out := make(map[string]string, len(text))
	for lang, s := range text {
		out[strings.ToLower(lang)] = s
	}
	return out
}

func (f askFile) ask(errs *problems) Ask {
	a := Ask{
		Delay:      f.Delay.or(30*time.Minute, errs, "ask.delay"),
		Expires:    f.Expires.or(14*day, errs, "ask.expires"),
		EditWindow: f.EditWindow.or(day, errs, "ask.edit_window"),
		Rest:       f.Rest.or(0, errs, "ask.rest"),
		Holidays:   f.Holidays == nil || *f.Holidays,
		Sample:     100, Except: Except(f.Except),
	}
	if f.Sample != nil {
		a.Sample = *f.Sample
	}
	for i, r := range f.Remind {
		a.Remind = append(a.Remind, r.or(0, errs, fmt.Sprintf("ask.remind[%d]", i)))
	}
	w, err := ParseWindow(f.Quiet)
	if err != nil {
		errs.add("ask.quiet", "%v", err)
	}
	a.Quiet = w
	return a
}

func (f recoverFile) recover(errs *problems) Recover {
	r := Recover{
		Settle:      f.Settle.or(2*time.Minute, errs, "recover.settle"),
		Acknowledge: f.Acknowledge.or(time.Hour, errs, "recover.acknowledge"),
		Contact:     f.Contact.or(4*time.Hour, errs, "recover.contact"),
		Resolve:     f.Resolve.or(2*day, errs, "recover.resolve"),
		Resurvey:    f.Resurvey.or(0, errs, "recover.resurvey"),
	}
	for _, e := range f.Escalate {
		r.Escalate = append(r.Escalate, Escalate(e))
	}
	h, err := ParseHours(f.Hours)
	if err != nil {
		errs.add("recover.hours", "%v", err)
	}
	r.Hours = h
	return r
}

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// reserved are the form fields and ids that have a meaning of their own.
var reserved = []string{"score", "comment", "token", "feedback", "lang"}

func (s Survey) check(errs *problems) {
	if !idPattern.MatchString(s.ID) || slices.Contains(reserved, s.ID) {
		errs.add("id", "%q must be lower-case letters, digits, - and _, beginning with a letter", s.ID)
	}
	if s.Name == "" {
		errs.add("name", "is required")
	}
	low, high, ok := s.Metric.Scale()
	if !ok {
		errs.add("metric", "%q is not one of csat, nps, ces, thumbs", string(s.Metric))
	} else if s.Low < low || s.Low >= high {
		errs.add("low", "%d must be on the scale of %s, from %d to %d", s.Low, s.Metric, low, high-1)
	}
	s.checkText(errs)
	s.checkQuestions(errs, low, high)
	s.checkAsk(errs)
	s.checkRecover(errs)
	s.checkPromote(errs)
}

func (s Survey) checkText(errs *problems) {
	if _, ok := s.Text["en"]; !ok {
		errs.add("text", "needs at least the language en")
	}
	for _, lang := range slices.Sorted(maps.Keys(s.Text)) {
		w := s.Text[lang]
		at := "text." + lang
		for _, part := range []struct{ key, value string }{{"subject", w.Subject}, {"question", w.Question}, {"low", w.Low},
			{"high", w.High}, {"comment", w.Comment}, {"thanks", w.Thanks}} {
			if strings.TrimSpace(part.value) == "" {
				errs.add(at+"."+part.key, "is required in every language")
			}
		}
		for _, part := range []struct{ key, value string }{{"subject", w.Subject}, {"question", w.Question}} {
			if err := checkTemplate(part.value); err != nil {
				errs.add(at+"."+part.key, "%v", err)
			}
		}
	}
}

func checkTemplate(source string) error {
	_, err := Wording{Question: source}.render(source, Facts{})
	return err
}

func (s Survey) checkQuestions(errs *problems, low, high int) {
	if len(s.Questions) > 3 {
		errs.add("questions", "has %d entries; at most three may follow the score", len(s.Questions))
	}
	seen := map[string]bool{}
	for i, q := range s.Questions {
		at := fmt.Sprintf("questions[%d]", i)
		if !idPattern.MatchString(q.ID) || slices.Contains(reserved, q.ID) || seen[q.ID] {
			errs.add(at+".id", "%q must be unique, not score or comment, of lower-case letters, digits, - and _", q.ID)
		}
		seen[q.ID] = true
		switch q.Type {
		case YesNo, Text:
			if len(q.Options) > 0 {
				errs.add(at+".options", "only a question of type choice has options")
			}
		case Choice:
			s.checkOptions(errs, at, q)
		default:
			errs.add(at+".type", "%q is not one of yesno, choice, text", q.Type)
		}
		s.everyLanguage(errs, at+".text", q.Text)
		for key, bound := range map[string]*int{"at_most": q.When.AtMost, "at_least": q.When.AtLeast} {
			if bound != nil && (*bound < low || *bound > high) {
				errs.add(at+".when."+key, "%d is not on the scale from %d to %d", *bound, low, high)
			}
		}
	}
}

func (s Survey) checkOptions(errs *problems, at string, q Question) {
	if len(q.Options) < 2 || len(q.Options) > 12 {
		errs.add(at+".options", "a choice needs 2 to 12 options, not %d", len(q.Options))
	}
	seen := map[string]bool{}
	for j, o := range q.Options {
		here := fmt.Sprintf("%s.options[%d]", at, j)
		if !idPattern.MatchString(o.ID) || seen[o.ID] {
			errs.add(here+".id", "%q must be unique, of lower-case letters, digits, - and _", o.ID)
		}
		seen[o.ID] = true
		s.everyLanguage(errs, here+".text", o.Text)
	}
}

// everyLanguage demands a text for each language of the survey.
func (s Survey) everyLanguage(errs *problems, at string, text map[string]string) {
	for _, lang := range s.Languages() {
		if strings.TrimSpace(text[lang]) == "" {
			errs.add(at, "has no text for the language %s", lang)
		}
	}
}

func (s Survey) checkAsk(errs *problems) {
	a := s.Ask
	if a.Expires < time.Hour || a.Expires > 365*day {
		errs.add("ask.expires", "must be between 1h and 365d")
	}
	if !(a.Sample >= 0 && a.Sample <= 100) { // said so, NaN is refused too
		errs.add("ask.sample", "is a percentage, from 0 to 100")
	}
	if a.Quiet.To-a.Quiet.From >= 24*60 {
		errs.add("ask.quiet", "must leave a part of the day in which mail may be sent")
	}
	last := time.Duration(0)
	for i, r := range a.Remind {
		if r <= last || r >= a.Expires {
			errs.add(fmt.Sprintf("ask.remind[%d]", i), "reminders must come one after the other and before the survey expires")
		}
		last = r
	}
	if len(a.Remind) > 3 {
		errs.add("ask.remind", "at most three reminders: nobody likes to be drilled")
	}
}

func (s Survey) checkRecover(errs *problems) {
	for i, e := range s.Recover.Escalate {
		at := fmt.Sprintf("recover.escalate[%d]", i)
		if !slices.Contains([]string{AfterAcknowledge, AfterContact, AfterResolve}, e.After) {
			errs.add(at+".after", "%q is not one of acknowledge, contact, resolve", e.After)
		}
		if e.To != "lead" && e.To != "manager" {
			errs.add(at+".to", "%q is not one of lead, manager", e.To)
		}
	}
}

// Facts are what a survey's wording may name.
type Facts struct {
	Customer, Agent struct{ Name, FirstName string }
	Org, Subject    string
}

// NewFacts gathers the facts of an interaction.
func NewFacts(c Customer, a Agent, org, subject string) Facts {
	var f Facts
	f.Customer.Name, f.Customer.FirstName = c.Name, c.FirstName()
	f.Agent.Name, f.Agent.FirstName = a.Name, a.FirstName()
	f.Org, f.Subject = org, subject
	return f
}

// Render fills the wording's subject and question with the facts. Where a name is not known, the
// punctuation that led to it is taken away: "How did we do, ?" becomes "How did we do?".
func (w Wording) Render(f Facts) (Wording, error) {
	var err error
	if w.Subject, err = w.render(w.Subject, f); err != nil {
		return w, err
	}
	w.Question, err = w.render(w.Question, f)
	return w, err
}

var (
	// The no-break spaces are those that French sets before ? and !; they stay.
	danglingComma = regexp.MustCompile(`\s*[,،]\s*([\x{A0}\x{202F}]?[?!.:؟]|$)`)
	spaces        = regexp.MustCompile(`\s{2,}`)
	spaceBefore   = regexp.MustCompile(`\s+([,.])`)
)

func (Wording) render(source string, f Facts) (string, error) {
	t, err := template.New("wording").Option("missingkey=error").Parse(source)
	if err != nil {
		return "", fmt.Errorf("is not a valid template: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, f); err != nil {
		return "", fmt.Errorf("may name .Customer.FirstName, .Agent.FirstName, .Org and .Subject only: %w", err)
	}
	out := danglingComma.ReplaceAllString(b.String(), "$1")
	out = spaceBefore.ReplaceAllString(spaces.ReplaceAllString(out, " "), "$1")
	return strings.TrimSpace(out), nil
}
