package perception

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
)

// letter is a mail to one leader about what was found on a day, until it is sent.
type letter struct {
	To     string // address of a user
	Day    string
	Alerts []Alert
}

// Mailer is what the watch needs to mail what it found. Without a Sender nothing is mailed.
type Mailer struct {
	Sender     mail.Sender
	Templates  *mail.Templates
	Brand      mail.Brand
	From       mail.Address
	BaseURL    string
	SurveyName func(id string) string
}

// letters writes to whom the fresh findings go: executives learn of everything but single agents; a lead
// of everybody's figures, and of the own team's and its agents'. Who has nothing to learn gets no mail.
func (s *Service) letters(ctx context.Context, found []Alert, last string) ([]letter, error) {
	var fresh []Alert
	for _, a := range found {
		if daysBetween(a.Day, last) < freshDays {
			fresh = append(fresh, a)
		}
	}
	if len(fresh) == 0 || s.mailer.Sender == nil {
		return nil, nil
	}
	users, err := s.store.Users().List(ctx)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	var out []letter
	for _, u := range users {
		l := letter{To: u.Email, Day: last, Alerts: slices.DeleteFunc(slices.Clone(fresh), func(a Alert) bool { return !a.For(u) })}
		if u.Active() && len(l.Alerts) > 0 {
			out = append(out, l)
		}
	}
	return out, nil
}

// For tells whether a finding concerns a leader.
func (a Alert) For(u *feedback.User) bool {
	switch {
	case u.Role == feedback.RoleExecutive || u.Role == feedback.RoleAdmin:
		return a.Scope != feedback.ScopeAgent && u.Role == feedback.RoleExecutive
	case u.Role != feedback.RoleLead:
		return false
	case a.Scope == feedback.ScopeTeam:
		return a.Name == u.Team
	case a.Scope == feedback.ScopeAgent:
		return a.Team != "" && a.Team == u.Team
	}
	return true
}

// post sends the letters that are waiting. One that cannot be sent now waits for the next look; its key
// keeps a provider from sending it twice.
func (s *Service) post(ctx context.Context, now time.Time) (int, error) {
	state, err := s.watched(ctx)
	if err != nil {
		return 0, err
	}
	sent := 0
	var failed error
	for _, l := range state.Mails {
		err := s.mailLetter(ctx, l, now)
		if err != nil && !errors.Is(err, mail.ErrRejected) {
			failed = errors.Join(failed, err)
			continue
		}
		if err != nil {
			s.log.Warn("a mail to a leader was refused", "error", err.Error())
		}
		sent++
		err = s.changeWatch(ctx, func(w *watchState) error {
			w.Mails = slices.DeleteFunc(w.Mails, func(o letter) bool { return o.To == l.To && o.Day == l.Day })
			return nil
		})
		failed = errors.Join(failed, err)
	}
	return sent, failed
}

func (s *Service) mailLetter(ctx context.Context, l letter, now time.Time) error {
	u, err := s.store.Users().Get(ctx, l.To)
	if err != nil || !u.Active() {
		return fmt.Errorf("%w: nobody is there any more", mail.ErrRejected)
	}
	page := mail.Watch{Brand: s.mailer.Brand, Language: u.Language, Name: u.Agent().FirstName(), URL: s.mailer.BaseURL + "/board"}
	for _, a := range l.Alerts {
		f, err := s.finding(ctx, a)
		if err != nil {
			return err
		}
		page.Findings = append(page.Findings, f)
	}
	subject, text, html, err := s.mailer.Templates.Render(page)
	if err != nil {
		return fmt.Errorf("render what was found: %w", err)
	}
	date, err := time.ParseInLocation(time.DateOnly+" 15", l.Day+" 12", s.zone)
	if err != nil {
		date = now
	}
	_, err = s.mailer.Sender.Send(ctx, mail.Message{
		Kind: mail.KindDigest, Ref: "watch-" + l.Day, Key: "watch:" + l.Day + ":" + l.To, Date: feedback.UTC(date.Add(18 * time.Hour)),
		Language: u.Language, From: s.mailer.From, To: mail.Address{Name: u.Name, Email: u.Email}, Subject: subject, Text: text, HTML: html,
	})
	if err != nil {
		return fmt.Errorf("mail what was found: %w", err)
	}
	return nil
}

// finding is an alert as a mail tells it.
func (s *Service) finding(ctx context.Context, a Alert) (mail.Finding, error) {
	f := mail.Finding{
		Kind: a.Kind, Who: a.Name, Topic: a.Topic, Since: a.Since, Before: ScoreWords(a.Metric, a.Before.Value), After: ScoreWords(a.Metric, a.After.Value),
		N: a.After.N, URL: s.mailer.BaseURL + a.Path(),
	}
	if a.Survey != "" && s.mailer.SurveyName != nil {
		f.Survey = s.mailer.SurveyName(a.Survey)
	}
	switch a.Kind {
	case AlertSilent:
		f.N = a.Before.N
	case AlertTopic, AlertCoverage:
		f.Before, f.After = ScoreWords(feedback.CSAT, a.Before.Value), ScoreWords(feedback.CSAT, a.After.Value)
	}
	if a.Scope != feedback.ScopeAgent {
		return f, nil
	}
	name, err := s.AgentName(ctx, a.Name)
	f.Who = name
	return f, err
}

// Path is the page of the board that a finding is about.
func (a Alert) Path() string {
	q := url.Values{}
	if a.Survey != "" {
		q.Set("survey", a.Survey)
	}
	path := "/board/trend"
	switch {
	case a.Scope == feedback.ScopeTeam:
		q.Set("team", a.Name)
	case a.Scope == feedback.ScopeAgent:
		q.Set("agent", a.Name)
	case a.Scope == feedback.ScopeChannel || a.Scope == feedback.BySegment:
		path = "/board/compare"
		q.Set("by", a.Scope)
	case a.Kind == AlertTopic:
		path = "/board/drivers"
	}
	q.Set("days", "90")
	return path + "?" + q.Encode()
}

// ScoreWords writes a score as its metric is written: whole points with a sign for NPS, one decimal for
// a mean, percent for shares.
func ScoreWords(m feedback.Metric, v float64) string {
	switch m {
	case feedback.CES:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case feedback.NPS:
		return fmt.Sprintf("%+d", int(math.Round(v)))
	}
	return strconv.Itoa(int(math.Round(v))) + "\u00a0%"
}
