// Package collect takes in what customers say: the click that opens a survey, the vote, the comment,
// later changes of mind, and feedback that nobody asked for. What was said is stored first; a worker
// then understands the comment, hands a low one to recovery and tells the figures.
package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"earshot/internal/coaching"
	"earshot/internal/feedback"
	"earshot/internal/recovery"
	"earshot/internal/sentiment"
	"earshot/internal/store"
)

// The errors that callers tell apart.
var (
	// ErrUnknown: the link was never ours, or what it points to is gone.
	ErrUnknown = errors.New("no such survey")
	// ErrGone: the link was ours, and its time is over.
	ErrGone = errors.New("this survey is closed")
)

// Analyser understands a comment; hint is the language the customer was addressed in.
type Analyser interface {
	Analyse(text, hint string) sentiment.Verdict
}

// Config is what a Service needs.
type Config struct {
	Store    store.Store
	Catalog  *store.Catalog
	Tokens   feedback.Tokens
	Analyser Analyser
	Recovery *recovery.Service
	Coaching *coaching.Service // passes praise on; nil passes none
	Zone     *time.Location    // the organisation's
	Org      string
	Holder   string // names this process in leases
	Log      *slog.Logger
	// Patience is how long the alert for a low score waits for its sentiment; zero means a second.
	Patience time.Duration
	// Wake is called when a response was stored, so that a worker looks at once.
	Wake func()
}

// Service collects.
type Service struct {
	Config
	domains *domains
	offices *offices
}

// New returns a Service ready to use.
func New(c Config) *Service {
	if c.Wake == nil {
		c.Wake = func() {}
	}
	if c.Patience == 0 {
		c.Patience = patience
	}
	return &Service{Config: c, domains: &domains{known: map[string]domainCopy{}}, offices: &offices{}}
}

// View is what a customer's link shows.
type View struct {
	Invitation *feedback.Invitation
	Survey     feedback.Survey
	Language   string             // the survey's language that was chosen
	Wording    feedback.Wording   // in that language, with its names filled in
	Response   *feedback.Response // nil before the first answer
	Editable   bool               // whether an answer or a correction is still taken
}

// View opens a customer's link and writes nothing. ErrUnknown, or ErrGone for a survey that is over;
// with ErrGone the view still says whose survey it was.
func (s *Service) View(ctx context.Context, token string, now time.Time) (*View, error) {
	v, err := s.open(ctx, token)
	if err != nil {
		return nil, err
	}
	r, err := s.Store.Responses().Get(ctx, v.Invitation.ID)
	switch {
	case err == nil:
		v.Response, v.Editable = r, now.Before(r.EditUntil)
		return v, nil
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	if v.Editable = v.Invitation.Open(now); !v.Editable {
		return v, ErrGone
	}
	return v, nil
}

// open finds what a link shows, in the language of its invitation.
func (s *Service) open(ctx context.Context, token string) (*View, error) {
	v, err := s.find(ctx, token)
	if err != nil {
		return nil, err
	}
	return v, v.In(v.Language, s.Org)
}

// find is open without the wording, which an answer does not need.
func (s *Service) find(ctx context.Context, token string) (*View, error) {
	id, err := s.Tokens.Open(token)
	if err != nil {
		return nil, ErrUnknown
	}
	v, err := s.Store.Invitations().Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	survey, err := s.Catalog.Version(ctx, v.Survey, v.Version)
	if err != nil {
		return nil, fmt.Errorf("survey of invitation: %w", err)
	}
	return &View{Invitation: v, Survey: survey, Language: survey.Language(v.Language)}, nil
}

// In shows the survey in one of its languages; another one leaves the view as it is.
func (v *View) In(language, org string) error {
	text, ok := v.Survey.Text[language]
	if !ok {
		return nil
	}
	w, err := text.Render(feedback.NewFacts(v.Invitation.Customer, v.Invitation.Agent, org, v.Invitation.Subject))
	if err != nil {
		return fmt.Errorf("wording of survey %s: %w", v.Survey.ID, err)
	}
	v.Language, v.Wording = language, w
	return nil
}

var errKept = errors.New("nothing to write")
