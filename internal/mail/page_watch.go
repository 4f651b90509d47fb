package mail

import (
	"fmt"
	"slices"
	"time"
)

// Watch is a mail that tells a leader what changed beyond chance.
type Watch struct {
	Brand    Brand
	Language string // the reader's
	Name     string // the reader's; may be empty
	Findings []Finding
	URL      string // of the board
}

// Finding is one change. Kind is fall, rise, topic, coverage or silent; what the kind does not need is
// empty. Who is empty for the whole organisation.
type Finding struct {
	Kind, Who, Survey, Topic string
	Before, After            string
	Since                    string // a day, 2006-01-02
	N                        int64  // answers since; of silence, answers expected
	URL                      string // of the page that shows it
	Text                     string // in the reader's language; filled in when the mail is rendered
}

func (Watch) template() string { return "watch" }
func (p Watch) locale() string { return p.Language }

// More is how many findings stand after the first.
func (p Watch) More() int { return len(p.Findings) - 1 }

func (p Watch) tidied(w words) (Page, error) {
	tidyAll(maxPerson, &p.Brand.Org, &p.Name)
	p.Findings = slices.Clone(p.Findings)
	for i := range p.Findings {
		f := &p.Findings[i]
		tidyAll(maxMatter, &f.Who, &f.Survey, &f.Topic)
		if f.Kind == "topic" {
			f.Topic = w.Named("topic", f.Topic)
		}
		day, err := time.Parse(time.DateOnly, f.Since)
		if err != nil {
			return p, fmt.Errorf("since: %w", err)
		}
		if f.Since, err = w.date(day); err != nil {
			return p, err
		}
		if f.Who == "" {
			if f.Who, err = w.T("watch_everyone"); err != nil {
				return p, err
			}
		}
		if f.Text, err = w.With("watch_"+f.Kind, *f); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p Watch) head(w words) (subject, preheader string, err error) {
	if len(p.Findings) == 0 {
		preheader, err = w.T("watch_lead")
		return preheader, "", err
	}
	subject = p.Findings[0].Text
	if p.More() > 0 {
		if subject, err = w.With("watch_subject", p); err != nil {
			return "", "", err
		}
	}
	preheader, err = w.T("watch_lead")
	return subject, preheader, err
}
