// Package recovery brings a low response back to the person who can mend it: it opens the case,
// alerts its owner, watches the clock, escalates, takes down what was done, and asks the customer
// again whether it was made right.
package recovery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/hook"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// ResurveyID is the survey that asks the customer again after a recovery.
const ResurveyID = feedback.RecoveredSurvey

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Catalog   *store.Catalog
	Sender    mail.Sender
	Hooks     *hook.Poster // nil posts nothing to chats
	Templates *mail.Templates
	Brand     mail.Brand
	From      mail.Address
	BaseURL   string         // without a slash at the end
	Zone      *time.Location // the organisation's: the clock runs in its working hours
	Holder    string         // names this process in leases
	Log       *slog.Logger
	// ReplyTo returns the address at which an answer of the customer comes back into a case; empty, or a nil
	// function, where no mail comes in.
	ReplyTo func(caseID string) string
	// Mark returns the word by which an answer is recognised as one to a case's mail; empty, or a nil
	// function, where nobody looks.
	Mark func(caseID string) string
	// Wake is called when a case has fallen due; WakeInvite when an invitation has.
	Wake, WakeInvite func()
}

// Service recovers.
type Service struct {
	Config
	cached alertingCache
	locks  [64]sync.Mutex // see lock
}

// New returns a Service ready to use.
func New(c Config) *Service {
	nothing := func() {}
	if c.Wake == nil {
		c.Wake = nothing
	}
	if c.WakeInvite == nil {
		c.WakeInvite = nothing
	}
	return &Service{Config: c}
}

// Open opens the one case of a low response and lets its owner be alerted. A case that is there
// already stays as it is.
func (s *Service) Open(ctx context.Context, r *feedback.Response, survey feedback.Survey, now time.Time) error {
	owner, why, err := s.route(ctx, r.Agent, survey.Recover, now)
	if err != nil {
		return err
	}
	c := NewCase(r, survey, owner, s.Zone, now)
	if why != "" {
		c.Routed = why
		c.Log(feedback.Event{At: now, By: "earshot", What: "routed", Note: why, To: owner.Email})
	}
	if err := s.start(ctx, c, survey.Recover, now); err != nil {
		return err
	}
	if err := s.announce(ctx, c, now); err != nil {
		return err
	}
	err = s.Store.Cases().Insert(ctx, c)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open case: %w", err)
	}
	s.Log.Info("case opened", "case", c.ID, "reason", c.Reason, "survey", c.Survey)
	s.Wake()
	return nil
}

// NewCase is the case of a low response, opened at now for owner, with its clock in the working hours
// of zone and the alert to its owner due at once.
func NewCase(r *feedback.Response, survey feedback.Survey, owner feedback.Agent, zone *time.Location, now time.Time) *feedback.Case {
	now = feedback.UTC(now)
	rules := survey.Recover
	c := &feedback.Case{
		Interaction: r.Interaction, Source: r.Source, External: r.External,
		Survey: r.Survey, Version: r.Version, Metric: r.Metric, Score: r.Score, Scored: r.Scored,
		Reason: r.CaseReason(), Person: r.Person, Customer: r.Customer, Agent: r.Agent, Owner: owner,
		Channel: r.Channel, Subject: r.Subject, State: feedback.CaseOpen, OpenedAt: now, ClockFrom: now,
		AcknowledgeBy: rules.Hours.Add(now, rules.Acknowledge, zone),
		ContactBy:     rules.Hours.Add(now, rules.Contact, zone),
		ResolveBy:     rules.Hours.Add(now, rules.Resolve, zone),
		Resurvey:      feedback.Resurvey{After: rules.Resurvey},
		Changed:       now,
	}
	c.ID = r.ID
	if r.Sentiment != nil {
		c.Label = r.Sentiment.Label
	}
	for _, e := range rules.Escalate {
		c.Watches = append(c.Watches, feedback.Watch{After: e.After, To: e.To, At: endOf(c, e.After)})
	}
	c.Log(feedback.Event{At: now, By: "earshot", What: "opened", Note: c.Reason})
	c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: "alert " + owner.Email, To: owner.Email, Due: now})
	c.Plan()
	return c
}

// above lists who hears when a clock of a team has run out: its leads, or the managers, who are the
// executives of the team or the organisation; administrators when there are none.
func (s *Service) above(ctx context.Context, team, to string) ([]*feedback.User, error) {
	users, err := s.Store.Users().List(ctx)
	if err != nil {
		return nil, err
	}
	var first, admins []*feedback.User
	for _, u := range users {
		switch {
		case !u.Active():
		case to == "lead" && u.Role == feedback.RoleLead && u.Team == team:
			first = append(first, u)
		case to == "manager" && u.Role == feedback.RoleExecutive && (u.Team == "" || u.Team == team):
			first = append(first, u)
		case u.Role == feedback.RoleAdmin:
			admins = append(admins, u)
		}
	}
	if len(first) > 0 {
		return first, nil
	}
	return admins, nil
}

var errSame = errors.New("nothing to write")

// Followed brings the answer to a re-survey back to the case of the original response.
func (s *Service) Followed(ctx context.Context, r *feedback.Response, survey feedback.Survey, now time.Time) error {
	c, err := store.Update(ctx, s.Store.Cases(), r.Original, func(c *feedback.Case) error {
		if c.Resurvey.AnsweredAt.Equal(r.ChangedAt) {
			return errSame
		}
		if !r.Displeased() {
			c.Confirm(r.Score, r.ChangedAt)
			return nil
		}
		contactBy, resolveBy, err := s.again(ctx, c, survey.Recover, now)
		if err != nil {
			return err
		}
		c.Deny(r.Score, r.Comment, contactBy, resolveBy, r.ChangedAt)
		return s.alertAgain(ctx, c, now)
	})
	if errors.Is(err, errSame) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("answer to re-survey: %w", err)
	}
	s.Log.Info("re-survey answered", "case", c.ID, "state", string(c.State))
	s.Wake()
	return nil
}

// alertAgain tells the owner and the lead that the customer is still not content.
func (s *Service) alertAgain(ctx context.Context, c *feedback.Case, now time.Time) error {
	leads, err := s.above(ctx, c.Owner.Team, "lead")
	if err != nil {
		return err
	}
	to := map[string]bool{c.Owner.Email: true}
	for _, u := range leads {
		to[u.Email] = true
	}
	for email := range to {
		c.Notify(feedback.Notice{Kind: string(mail.KindEscalation), Key: fmt.Sprintf("not_confirmed %d %s", c.Reopened, email), To: email, Due: feedback.UTC(now)})
	}
	c.Plan()
	return nil
}
