// Package coaching is what the people of a team pass on to each other about a customer's words. Praise
// goes to whom it is about as fast as blame, to a wall that the team sees, and once a week into a mail
// of thanks; a lead's note or lesson can be answered; a dispute about a score is decided by a second
// person. No part of it ever changes an answer or a score.
package coaching

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Sender    mail.Sender
	Templates *mail.Templates
	Brand     mail.Brand
	From      mail.Address
	BaseURL   string         // without a slash at the end
	Zone      *time.Location // the organisation's
	Holder    string         // names this process in leases
	Log       *slog.Logger
	Wake      func() // is called when a mail has fallen due
}

// Service passes praise on.
type Service struct {
	Config
}

// New returns a Service ready to use.
func New(c Config) *Service {
	if c.Wake == nil {
		c.Wake = func() {}
	}
	return &Service{c}
}

// Found passes on the praise in a response that was just understood, once for each person it is
// about. A comment that the customer has changed so that it praises no longer is taken off the wall.
func (s *Service) Found(ctx context.Context, r *feedback.Response, now time.Time) error {
	who, reason, err := s.about(ctx, r)
	if err != nil {
		return err
	}
	if len(r.Versions) > 0 {
		if err := s.hide(ctx, r, who); err != nil {
			return err
		}
	}
	for _, agent := range who {
		if err := s.pass(ctx, r, agent, reason, now); err != nil {
			return err
		}
	}
	return nil
}

// about tells whom a response praises, and why we think so.
func (s *Service) about(ctx context.Context, r *feedback.Response) ([]feedback.Agent, string, error) {
	if !Praises(r) {
		return nil, "", nil
	}
	if len(r.Sentiment.Names) == 0 {
		return Owner(r), feedback.PraisedAsOwner, nil
	}
	candidates, err := s.candidates(ctx, r)
	if err != nil {
		return nil, "", err
	}
	return Named(r.Sentiment.Names, candidates), feedback.PraisedByName, nil
}

// candidates are those whom a name in the comment can mean: the owner first, then whoever had the
// interaction, then the owner's team.
func (s *Service) candidates(ctx context.Context, r *feedback.Response) ([]feedback.Agent, error) {
	out := []feedback.Agent{r.Agent}
	users, err := s.Store.Users().List(ctx)
	if err != nil {
		return nil, fmt.Errorf("whom a comment names: %w", err)
	}
	var chain []feedback.Owner
	if r.Interaction != "" {
		in, err := s.Store.Interactions().Get(ctx, r.Interaction)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("whom a comment names: %w", err)
		}
		if err == nil {
			chain = in.Owners
		}
	}
	had := map[string]bool{}
	for _, o := range chain {
		had[o.Email] = true
	}
	var team []feedback.Agent
	for _, u := range users {
		switch {
		case !u.Active() || u.Email == r.Agent.Email:
		case had[u.Email]:
			out = append(out, u.Agent())
		case u.Team != "" && u.Team == r.Agent.Team:
			team = append(team, u.Agent())
		}
	}
	return append(out, team...), nil
}

// Praises tells whether a response is praise at all: clearly positive words, and no score that says
// otherwise.
func Praises(r *feedback.Response) bool {
	return r.Analysed && r.Sentiment != nil && r.Sentiment.Label == feedback.Positive && r.Sentiment.Confidence >= feedback.Sure &&
		r.Conflict == "" && (!r.Scored || r.Score >= r.Metric.Happy())
}

// serving are the topics that are about the person who serves, not about prices or products.
func serving(topic string) bool {
	switch topic {
	case "attitude", "knowledge", "ownership", "thanks", "believed", "communication", "empowerment", "promises":
		return true
	}
	return false
}

// Owner is whom praise without a name is about: who served, where the comment surely praises that.
func Owner(r *feedback.Response) []feedback.Agent {
	if r.Agent.Email == "" || !servedWell(r) {
		return nil
	}
	return []feedback.Agent{r.Agent}
}

// servedWell tells whether a comment without a name surely praises the person who served.
func servedWell(r *feedback.Response) bool {
	if r.Sentiment.Confidence < feedback.VerySure {
		return false
	}
	for _, t := range r.Sentiment.Topics {
		if serving(t.Topic) && t.Label == feedback.Positive {
			return true
		}
	}
	return false
}

// Named finds whom the names in a comment mean. A name means the first candidate with that full name,
// or with that first name; a first name that several of the further candidates share means nobody,
// because praise for the wrong one hurts two people.
func Named(names []string, candidates []feedback.Agent) []feedback.Agent {
	var out []feedback.Agent
	seen := map[string]bool{}
	for _, name := range names {
		a, ok := means(name, candidates)
		if ok && a.Email != "" && !seen[a.Email] {
			seen[a.Email] = true
			out = append(out, a)
		}
	}
	return out
}

func means(name string, candidates []feedback.Agent) (feedback.Agent, bool) {
	name = plainName(name)
	var found []feedback.Agent
	for i, a := range candidates {
		full, first := plainName(a.Name), plainName(a.FirstName())
		switch {
		case full == "":
		case name == full:
			return a, true
		case name == first && i == 0: // who served is meant before anybody else of that name
			return a, true
		case name == first || strings.HasPrefix(name, first+" ") && strings.HasSuffix(full, " "+strings.TrimPrefix(name, first+" ")):
			found = append(found, a)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return feedback.Agent{}, false
}

func plainName(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// pass writes the kudos and lets the mail go out. Kudos that are there already stay, and come back
// when they had been hidden.
func (s *Service) pass(ctx context.Context, r *feedback.Response, agent feedback.Agent, reason string, now time.Time) error {
	now = feedback.UTC(now)
	k := &feedback.Remark{Kind: feedback.Kudos, Response: r.ID, Agent: agent, By: "earshot", WrittenAt: now, Reason: reason}
	k.ID = feedback.KudosID(r.ID, agent.Email)
	k.Tell(feedback.Notice{Kind: string(mail.KindThanks), Key: string(feedback.Kudos), To: agent.Email, Due: now})
	err := s.Store.Remarks().Insert(ctx, k)
	if err == nil {
		s.Log.Info("praise passed on", "remark", k.ID, "reason", reason)
		s.Wake()
		return nil
	}
	if !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("pass praise on: %w", err)
	}
	return s.setHidden(ctx, k.ID, false)
}

// hide takes kudos off the wall whose comment has changed so that it is about others, or no praise.
func (s *Service) hide(ctx context.Context, r *feedback.Response, still []feedback.Agent) error {
	list, err := s.Store.Remarks().List(ctx, store.RemarkFilter{Response: r.ID, Kind: feedback.Kudos}, store.Page{})
	if err != nil {
		return fmt.Errorf("praise of a changed comment: %w", err)
	}
	keep := map[string]bool{}
	for _, a := range still {
		keep[a.Email] = true
	}
	for _, k := range list.Items {
		if !keep[k.Agent.Email] {
			if err := s.setHidden(ctx, k.ID, true); err != nil {
				return err
			}
		}
	}
	return nil
}

var errSame = errors.New("nothing to write")

func (s *Service) setHidden(ctx context.Context, id string, hidden bool) error {
	_, err := store.Update(ctx, s.Store.Remarks(), id, func(k *feedback.Remark) error {
		if k.Hidden == hidden {
			return errSame
		}
		k.Hidden = hidden
		return nil
	})
	if errors.Is(err, errSame) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
