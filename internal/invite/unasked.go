package invite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// What is never asked about, whatever a definition says.

// convention is a tag by which helpdesks say what became of an interaction.
type convention struct {
	rule, reason string
	tags         []string
}

// conventions are written in lower case with _ between words; a source may use - and blanks.
func conventions() []convention {
	return []convention{
		{"ask.no_survey", "The source tagged it as not to be asked about.", []string{"no_survey", "nosurvey", "do_not_survey"}},
		{"ask.spam", "It is spam.", []string{"spam", "junk", "phishing", "suspended"}},
		{"ask.merged", "It was merged into another one, which is asked about.", []string{"merged", "closed_by_merge", "duplicate"}},
		{"ask.auto_closed", "It was closed by a machine, not by a person who helped.", []string{"auto_closed", "autoclosed", "auto_solved", "auto_resolved", "closed_by_automation", "closed_automatically"}},
		{"ask.reopened", "It was opened again: it is not over.", []string{"reopened", "reopen"}},
	}
}

// byConvention refuses what a tag says not to ask about.
func byConvention(tags []string) *refusal {
	for _, c := range conventions() {
		for _, t := range tags {
			t = strings.ToLower(strings.NewReplacer("-", "_", " ", "_").Replace(strings.TrimSpace(t)))
			for _, known := range c.tags {
				if t == known {
					return &refusal{c.rule, c.reason}
				}
			}
		}
	}
	return nil
}

// colleague tells whether the customer is one of those who served, or the sender of surveys. Sharing a
// domain makes nobody a colleague: an internal service desk's customers all do.
func colleague(in *feedback.Interaction, sender string) bool {
	same := func(email string) bool { return email != "" && strings.EqualFold(in.Customer.Email, email) }
	return same(in.Agent.Email) || same(sender) || slices.ContainsFunc(in.Owners, func(o feedback.Owner) bool { return same(o.Email) })
}

// staff refuses to ask the organisation's own people.
func (s *Service) staff(ctx context.Context, in *feedback.Interaction) (*refusal, error) {
	if colleague(in, s.From.Email) {
		return &refusal{"ask.staff", "The customer is one of those who served."}, nil
	}
	u, err := s.Store.Users().Get(ctx, strings.ToLower(in.Customer.Email))
	if errors.Is(err, store.ErrNotFound) || err == nil && !u.Active() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &refusal{"ask.staff", "The customer works here."}, nil
}

// How long a matter that was asked about is not asked about again.
const (
	matterWindow = 7 * 24 * time.Hour
	// reopenedWindow is for an interaction that itself says that it had ended before.
	reopenedWindow = 90 * 24 * time.Hour
)

// again refuses a matter that this person was or will be asked about already: a case closed again
// after "ok thanks", or under a new number.
func again(p *feedback.Person, in *feedback.Interaction, invitation string) *refusal {
	window := matterWindow
	if n := in.Metrics.Reopens; n != nil && *n > 0 {
		window = reopenedWindow
	}
	slot, ok := p.AskedAbout(invitation, feedback.MatterOf(in.Subject), in.EndedAt, window)
	if !ok {
		return nil
	}
	return &refusal{"ask.matter", fmt.Sprintf("The same matter ended on %s already, and the customer is asked about it once.", slot.Ended.Format("2 January 2006"))}
}

// unsettled refuses a matter that an agent is still mending.
func (s *Service) unsettled(ctx context.Context, person *feedback.Person, interaction, subject string) (*refusal, error) {
	for _, id := range person.IDs() {
		f := store.CaseFilter{Person: id, States: []feedback.CaseState{feedback.CaseOpen, feedback.CaseAcknowledged, feedback.CaseContacted}}
		list, err := s.Store.Cases().List(ctx, f, store.Page{Limit: 20})
		if err != nil {
			return nil, err
		}
		for _, c := range list.Items {
			if r := about(c, interaction, subject); r != nil {
				return r, nil
			}
		}
	}
	return nil, nil
}

// about refuses an interaction whose matter a case is about. Where either has no subject, a contact
// with a customer whose case is open is taken to be about it.
func about(c *feedback.Case, interaction, subject string) *refusal {
	mine, other := feedback.MatterOf(subject), feedback.MatterOf(c.Subject)
	if c.Interaction != interaction && mine != "" && other != "" && mine != other {
		return nil
	}
	return &refusal{"ask.open_case", "A case on this matter is still open; the customer is asked whether it was made right when it is over."}
}
