package mail

import "strings"

// Characters of a text that fit a mail.
const (
	maxPerson   = 60
	maxMatter   = 120
	maxLine     = 160
	maxQuestion = 300
	maxComment  = 2000
)

// Who is the person the customer dealt with, or the organisation.
func (p Invitation) Who() string { return firstOf(p.AgentName, p.Brand.Org) }

// Shape tells how the scores are laid out: "faces", "thumbs", "row" for up to seven numbers, "wrap"
// for more.
func (p Invitation) Shape() string {
	switch {
	case p.Metric == "csat":
		return "faces"
	case p.Metric == "thumbs":
		return "thumbs"
	case len(p.Scores) <= 7:
		return "row"
	}
	return "wrap"
}

// Width is the share of a row that one score takes, in percent.
func (p Invitation) Width() int { return 100 / max(len(p.Scores), 1) }

// First is the lowest score.
func (p Invitation) First() ScoreLink { return p.end(0) }

// Last is the highest score.
func (p Invitation) Last() ScoreLink { return p.end(len(p.Scores) - 1) }

func (p Invitation) end(i int) ScoreLink {
	if len(p.Scores) == 0 {
		return ScoreLink{}
	}
	return p.Scores[i]
}

// Face is the picture for a score, where the scale has pictures; never the only mark of a button.
func (p Invitation) Face(score int) string {
	faces := map[string][]string{
		"csat":   {"", "😞", "🙁", "😐", "🙂", "😄"},
		"thumbs": {"👎", "👍"},
	}[p.Metric]
	if score < 0 || score >= len(faces) {
		return ""
	}
	return faces[score]
}

func (p Invitation) tidied(words) (Page, error) {
	tidyAll(maxPerson, &p.Brand.Org, &p.AgentName, &p.CustomerName, &p.ExpiresOn)
	tidyAll(maxMatter, &p.InteractionSubject, &p.Low, &p.High)
	tidyAll(maxQuestion, &p.Subject, &p.Question)
	p.Scores = append([]ScoreLink(nil), p.Scores...)
	for i := range p.Scores {
		tidyAll(maxMatter, &p.Scores[i].Label)
	}
	if n := len(p.Scores); n > 1 {
		p.Scores[0].Label = firstOf(p.Scores[0].Label, p.Low)
		p.Scores[n-1].Label = firstOf(p.Scores[n-1].Label, p.High)
	}
	if p.Original != nil {
		was := *p.Original
		tidyAll(maxLine, &was.Comment, &was.When)
		p.Original = &was
	}
	return p, nil
}

func (p Invitation) head(w words) (subject, preheader string, err error) {
	subject = p.Subject
	if p.Kind == KindReminder {
		if subject, err = w.With("reminder_subject", p); err != nil {
			return "", "", err
		}
	}
	preheader, err = w.With(p.key()+"_preheader", p)
	return subject, preheader, err
}

// key begins the keys of the phrases of this kind of mail; other kinds than the three are invitations.
func (p Invitation) key() string {
	switch p.Kind {
	case KindReminder, KindResurvey:
		return string(p.Kind)
	}
	return string(KindInvitation)
}

// Lead is the key of the sentence above the question.
func (p Invitation) Lead() string { return p.key() + "_lead" }

// Who is the person the customer dealt with, or the organisation.
func (p Thanks) Who() string { return firstOf(p.AgentName, p.Brand.Org) }

// Paragraphs are the body's.
func (p Thanks) Paragraphs() []string { return paragraphs(p.Body) }

func (p Thanks) tidied(words) (Page, error) {
	tidyAll(maxPerson, &p.Brand.Org, &p.AgentName, &p.CustomerName)
	p.Body = plain(p.Body)
	return p, nil
}

func (p Thanks) head(w words) (subject, preheader string, err error) {
	return both(w, "thanks_subject", "thanks_preheader", p)
}

// Who is the person who writes, or the organisation.
func (p Reply) Who() string { return firstOf(p.AgentName, p.Brand.Org) }

// Paragraphs are the body's.
func (p Reply) Paragraphs() []string { return paragraphs(p.Body) }

// Quoted are the lines of what the customer had written.
func (p Reply) Quoted() []string { return strings.Split(strings.TrimSpace(p.Original), "\n") }

func (p Reply) tidied(words) (Page, error) {
	tidyAll(maxPerson, &p.Brand.Org, &p.AgentName, &p.CustomerName)
	tidyAll(maxMatter, &p.InteractionSubject)
	p.Body, p.Original = plain(p.Body), plain(p.Original)
	return p, nil
}

func (p Reply) head(w words) (subject, preheader string, err error) {
	key := "reply_subject"
	if p.InteractionSubject == "" {
		key = "reply_subject_bare"
	}
	subject, err = w.With(key, p)
	return subject, tidy(p.Body, maxLine), err
}

// paragraphs splits a text at its empty lines.
func paragraphs(s string) []string {
	var out []string
	for _, p := range strings.Split(s, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// both returns two phrases over one page.
func both(w words, first, second string, page Page) (a, b string, err error) {
	if a, err = w.With(first, page); err != nil {
		return "", "", err
	}
	b, err = w.With(second, page)
	return a, b, err
}
