package collect

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Unasked is feedback that nobody asked for: a social mention, a sales note, a reply.
type Unasked struct {
	Source, External string
	Text             string
	Author           string         // a name or an address
	Agent            feedback.Agent // who should hear; the address may be all that is known, or nothing
	URL              string
	At               time.Time
	// Reply tells that it is an answer to a mail of ours. Then the rest may be known, too.
	Reply                      bool
	Customer                   feedback.Customer // in place of Author
	Subject, Channel, Language string
	Tags                       []string
}

// AddFeedback takes unasked feedback in. The same source and id again change nothing; created is
// false then. Mistakes are a *feedback.Invalid.
func (s *Service) AddFeedback(ctx context.Context, u Unasked, now time.Time) (r *feedback.Response, created bool, err error) {
	u.Text, u.Author = Tidy(u.Text), Tidy(u.Author)
	u.Agent.Email = strings.ToLower(u.Agent.Email) // as staff are known who sign in
	if errs := u.check(now); len(errs) > 0 {
		return nil, false, &feedback.Invalid{Errors: errs}
	}
	if u.Agent, err = s.knownAgent(ctx, u.Agent); err != nil {
		return nil, false, err
	}
	r = u.response(now)
	err = s.Store.Responses().Insert(ctx, r)
	if errors.Is(err, store.ErrExists) {
		r, err = s.Store.Responses().Get(ctx, r.ID)
		return r, false, err
	}
	if err != nil {
		return nil, false, fmt.Errorf("keep feedback: %w", err)
	}
	s.Wake()
	return r, true, nil
}

func (u Unasked) check(now time.Time) []feedback.FieldError {
	var errs []feedback.FieldError
	add := func(field, detail string) {
		errs = append(errs, feedback.FieldError{Field: field, Detail: detail})
	}
	for _, f := range []struct {
		name, value string
		required    bool
		limit       int
	}{{"source", u.Source, true, 200}, {"id", u.External, true, 200}, {"text", u.Text, true, MaxComment}, {"author", u.Author, false, 200}, {"url", u.URL, false, 2000}} {
		if f.required && f.value == "" {
			add(f.name, "is required")
		}
		if n := utf8.RuneCountInString(f.value); n > f.limit {
			add(f.name, fmt.Sprintf("is %d characters long; at most %d are kept", n, f.limit))
		}
	}
	if u.Agent.Email != "" && !feedback.ValidEmail(u.Agent.Email) {
		add("agent.email", "is not an e-mail address")
	}
	if link, err := url.Parse(u.URL); u.URL != "" && (err != nil || (link.Scheme != "http" && link.Scheme != "https")) {
		add("url", "must be an http or https address")
	}
	if u.At.After(now.Add(24 * time.Hour)) {
		add("at", "lies more than a day in the future")
	}
	return errs
}

func (s *Service) knownAgent(ctx context.Context, a feedback.Agent) (feedback.Agent, error) {
	if a.Email == "" {
		return a, nil
	}
	u, err := s.Store.Users().Get(ctx, a.Email)
	if errors.Is(err, store.ErrNotFound) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	if a.Name == "" {
		a.Name = u.Name
	}
	if a.Team == "" {
		a.Team = u.Team
	}
	return a, nil
}

func (u Unasked) response(now time.Time) *feedback.Response {
	customer := feedback.Customer{Name: u.Author}
	if feedback.ValidEmail(u.Author) {
		customer = feedback.Customer{Email: u.Author}
	} else {
		customer.ID = u.Author
	}
	if u.Customer.Email != "" {
		customer = u.Customer
	}
	r := &feedback.Response{
		Reply: u.Reply, Subject: u.Subject, Language: u.Language, Tags: u.Tags,
		Source: u.Source, External: u.External, Survey: feedback.FeedbackSurvey, Channel: u.Source, URL: u.URL,
		Person: feedback.PersonID(u.Source, customer.ID, customer.Email), Customer: customer, Agent: u.Agent,
		Comment: u.Text, AnsweredAt: feedback.UTC(u.At), ChangedAt: feedback.UTC(now),
	}
	if r.AnsweredAt.IsZero() {
		r.AnsweredAt = feedback.UTC(now)
	}
	if u.Channel != "" {
		r.Channel = u.Channel
	}
	r.EditUntil = r.AnsweredAt
	r.ID, r.Due = feedback.FeedbackID(u.Source, u.External), feedback.UTC(now)
	return r
}
