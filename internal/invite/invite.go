// Package invite decides who is asked, with what and when: it takes interactions in, schedules
// invitations by the rules of the survey's definition, sends them and their reminders, honours
// opt-outs, and keeps the why-ledger.
//
// An interaction is stored first and decided on second. A decision that was interrupted stays due on
// the interaction's row and is taken up by a worker; every step of it meets the same rows again.
package invite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/holiday"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Catalog   *store.Catalog
	Tokens    feedback.Tokens
	Sender    mail.Sender
	Templates *mail.Templates
	Brand     mail.Brand
	From      mail.Address
	Inbound   string         // mailbox for answers, or empty
	BaseURL   string         // without a slash at the end
	Zone      *time.Location // the organisation's
	Org       string
	Holder    string // names this process in leases
	Log       *slog.Logger
	// Wake is called when an invitation has fallen due, so that a worker looks at once.
	Wake func()
}

// Service asks.
type Service struct {
	Config
	clock clock
}

// New returns a Service ready to use.
func New(c Config) *Service {
	if c.Wake == nil {
		c.Wake = func() {}
	}
	return &Service{c, clock{c.Zone, holiday.New()}}
}

// DefaultSurvey is the survey of an interaction that names none.
const DefaultSurvey = "csat"

// Accept takes an interaction in and decides whether its customer is asked. The same source and id
// again change nothing and return what was decided the first time, with created false; only one that
// was withdrawn before anybody was asked is decided on anew when it ends again. Mistakes are a
// *feedback.Invalid.
func (s *Service) Accept(ctx context.Context, in feedback.Interaction, now time.Time) (*feedback.Interaction, bool, error) {
	if err := s.complete(&in, now); err != nil {
		return nil, false, err
	}
	var err error
	if in.Person, err = s.identify(ctx, in.Source, in.Customer); err != nil {
		return nil, false, err
	}
	row := &in
	err = s.Store.Interactions().Insert(ctx, row)
	created := err == nil
	if errors.Is(err, store.ErrExists) {
		row, err = s.endedAgain(ctx, in, now)
	}
	if err != nil {
		return nil, false, fmt.Errorf("accept interaction: %w", err)
	}
	if row.Decision.Outcome == "" {
		if row, err = s.decide(ctx, row, now); err != nil {
			return nil, false, err
		}
	}
	return row, created, nil
}

// complete checks what the source sent and fills what follows from it.
func (s *Service) complete(in *feedback.Interaction, now time.Time) error {
	errs := in.Validate()
	if in.Survey == "" {
		in.Survey = s.defaultSurvey()
	} else if _, ok := s.Catalog.Current(in.Survey); !ok {
		errs = append(errs, feedback.FieldError{Field: "survey", Detail: fmt.Sprintf("%q is not a survey of this installation", in.Survey)})
	}
	now = feedback.UTC(now)
	if in.EndedAt.After(now.Add(24 * time.Hour)) {
		errs = append(errs, feedback.FieldError{Field: "ended_at", Detail: "lies more than a day in the future"})
	}
	if len(errs) > 0 {
		return &feedback.Invalid{Errors: errs}
	}
	in.EndedAt = feedback.UTC(in.EndedAt)
	if in.EndedAt.IsZero() {
		in.EndedAt = now
	}
	in.Agent.Email = strings.ToLower(in.Agent.Email) // as staff are known who sign in
	in.Owners = slices.Clone(in.Owners)
	for i := range in.Owners {
		in.Owners[i].Email = strings.ToLower(in.Owners[i].Email)
		in.Owners[i].From = feedback.UTC(in.Owners[i].From)
	}
	slices.SortStableFunc(in.Owners, func(a, b feedback.Owner) int { return a.From.Compare(b.From) })
	in.Record = feedback.Record{ID: feedback.InteractionID(in.Source, in.External), Due: now}
	in.ReceivedAt = now
	return nil
}

func (s *Service) defaultSurvey() string {
	if _, ok := s.Catalog.Current(DefaultSurvey); ok {
		return DefaultSurvey
	}
	for _, d := range s.Catalog.All() {
		if d.ID != "recovered" {
			return d.ID
		}
	}
	return DefaultSurvey
}

// decide finishes the decision on a stored interaction.
func (s *Service) decide(ctx context.Context, in *feedback.Interaction, now time.Time) (*feedback.Interaction, error) {
	if err := s.knowAgent(ctx, in, now); err != nil {
		return nil, err
	}
	for {
		d, err := s.judge(ctx, in, now)
		if err != nil {
			return nil, fmt.Errorf("decide on interaction: %w", err)
		}
		in.Decision = d
		in.Ledger = append(in.Ledger, feedback.Line{At: feedback.UTC(now), Decision: d.Outcome, Rule: d.Rule, Reason: d.Reason})
		in.Next(time.Time{})
		err = s.Store.Interactions().Save(ctx, in)
		if err == nil {
			s.Wake()
			return in, nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return nil, fmt.Errorf("decide on interaction: %w", err)
		}
		if in, err = s.Store.Interactions().Get(ctx, in.ID); err != nil {
			return nil, err
		}
		if in.Decision.Outcome != "" {
			return in, nil
		}
	}
}

// knowAgent lets the owner of an interaction sign in to see it, unless somebody removed them.
func (s *Service) knowAgent(ctx context.Context, in *feedback.Interaction, now time.Time) error {
	u := &feedback.User{Email: in.Agent.Email, Name: in.Agent.Name, Team: in.Agent.Team, Role: feedback.RoleAgent, CreatedAt: feedback.UTC(now)}
	u.ID = u.Email
	if _, err := s.Store.Users().Get(ctx, u.ID); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := s.Store.Users().Insert(ctx, u); err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("know agent: %w", err)
	}
	return nil
}
