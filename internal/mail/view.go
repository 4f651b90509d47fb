package mail

import (
	"fmt"
	"strings"
)

// view is what the templates see: the page as .Page, the methods of words, and those below.
type view struct {
	Page Page
	words
	Subject, Preheader string
}

// Button is what the template "button" draws.
type Button struct {
	URL, Label string
	Brand      Brand
}

// Button returns a button in the brand's colour that leads to url, its label being the phrase of key.
func (v view) Button(url, key string) (Button, error) {
	label, err := v.T(key)
	return Button{url, label, v.brand()}, err
}

func (v view) brand() Brand {
	switch p := v.Page.(type) {
	case Alert:
		return p.Brand
	case Escalation:
		return p.Brand
	case AlertDigest:
		return p.Brand
	case SignIn:
		return p.Brand
	case Thanks:
		return p.Brand
	case Invitation:
		return p.Brand
	case Reply:
		return p.Brand
	case Word:
		return p.Brand
	case Watch:
		return p.Brand
	case Digest:
		return p.Brand
	}
	return Brand{}
}

// alert is the case that the page is about.
func (v view) alert() Alert {
	switch p := v.Page.(type) {
	case Alert:
		return p
	case Escalation:
		return p.Alert
	}
	return Alert{}
}

// Heading is the first line of an alert or escalation.
func (v view) Heading() (string, error) {
	if p, ok := v.Page.(Escalation); ok {
		return v.T("overdue_" + p.Overdue)
	}
	if v.alert().Reason == ReasonRaised {
		return v.T("alert_heading_raised")
	}
	return v.T("alert_heading")
}

// Late says by how much the overdue step of an escalation is over.
func (v view) Late() (string, error) {
	if p, ok := v.Page.(Escalation); ok {
		return v.left(p.Late())
	}
	return "", nil
}

// LinesOf splits a paragraph into its lines.
func (view) LinesOf(paragraph string) []string { return strings.Split(paragraph, "\n") }

// clockLine is one deadline with its words.
type clockLine struct {
	Label, Left string
	Deadline    Deadline
	End         string
}

// Over tells whether the deadline has passed.
func (l clockLine) Over() bool { return l.Deadline.Left < 0 }

// Clock lists the deadlines of a case.
func (v view) Clock() ([]clockLine, error) {
	a := v.alert()
	var lines []clockLine
	for _, d := range []struct {
		key string
		Deadline
	}{{"acknowledge", a.Acknowledge}, {"contact", a.Contact}, {"resolve", a.Resolve}} {
		if d.By == "" {
			continue
		}
		label, err := v.T(d.key)
		if err != nil {
			return nil, err
		}
		left, err := v.left(d.Deadline)
		if err != nil {
			return nil, err
		}
		lines = append(lines, clockLine{label, left, d.Deadline, v.End()})
	}
	return lines, nil
}

// left says how much time a deadline leaves, or by how much it is over.
func (v view) left(d Deadline) (string, error) {
	key, left := "left", d.Left
	if left < 0 {
		key, left = "over", -left
	}
	span, err := v.span(left)
	if err != nil {
		return "", err
	}
	return v.With(key, span)
}

// fact is one line of the table of facts.
type fact struct{ Label, Text, URL, Start string }

// Facts lists what is known about the customer and the interaction, leaving out what is not.
func (v view) Facts() ([]fact, error) {
	a := v.alert()
	topics, err := v.topics(a)
	if err != nil {
		return nil, err
	}
	email := a.CustomerEmail
	if email == a.CustomerName {
		email = ""
	}
	matter := joined(" · ", a.InteractionSubject, a.Channel)
	if matter == "" && a.InteractionURL != "" {
		if matter, err = v.T("open_interaction"); err != nil {
			return nil, err
		}
	}
	worth := joined(" · ", a.CustomerValue, v.rung(a.Ladder), ownWord(a))
	before := ""
	if a.Contacts > 0 {
		if before, err = v.T("contacts"); err != nil {
			return nil, err
		}
	}
	var facts []fact
	for _, f := range []fact{
		{Label: "customer", Text: joined(" · ", a.CustomerName, email)},
		{Label: "worth", Text: worth},
		{Label: "matter", Text: matter, URL: a.InteractionURL},
		{Label: "before", Text: before},
		{Label: "topics", Text: topics},
		{Label: "survey", Text: a.Survey},
	} {
		if f.Text == "" {
			continue
		}
		label, err := v.T(f.Label)
		if err != nil {
			return nil, fmt.Errorf("fact: %w", err)
		}
		f.Label, f.Start = label, v.Start()
		facts = append(facts, f)
	}
	return facts, nil
}

// rung is the word for a step of the ladder; empty for none.
func (v view) rung(ladder string) string {
	if ladder == "" {
		return ""
	}
	return v.Named("ladder", ladder)
}

// ownWord is the organisation's own word for a customer, unless it is the ladder's.
func ownWord(a Alert) string {
	if strings.EqualFold(strings.NewReplacer("-", "_", " ", "_").Replace(a.Segment), a.Ladder) {
		return ""
	}
	return a.Segment
}

// topics names what a comment is about, with its sentiment in brackets; empty when it is about nothing
// in particular.
func (v view) topics(a Alert) (string, error) {
	if len(a.Topics) == 0 {
		return "", nil
	}
	comma, err := v.T("comma")
	if err != nil {
		return "", err
	}
	var names []string
	for _, t := range a.Topics {
		names = append(names, v.Named("topic", t))
	}
	if a.Label == "" {
		return joined(comma, names...), nil
	}
	return joined(" ", joined(comma, names...), "("+v.Named("label", a.Label)+")"), nil
}

// joined joins the parts that are not empty.
func joined(sep string, parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, sep)
}
