package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/hook"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// Alerting is how alerts reach people beside their own mail, and how many mails of them an hour may bring.
type Alerting struct {
	PerHour  int // alerts by mail to one person; what comes beyond is one mail of several. Zero: no limit
	Channels []Channel
}

// Channel is a place that hears of a team's cases, or of everybody's when Team is empty.
type Channel struct {
	ID, Name, Team string
	hook.Target
}

// alertingID is the setting that holds the Alerting.
const alertingID = "alerting"

// alertingFresh is how long a process goes on with what it read of the settings.
const alertingFresh = 5 * time.Second

// alertingCache keeps the settings between two alerts.
type alertingCache struct {
	mu   sync.Mutex
	at   time.Time
	held Alerting
}

// Alerting reads the settings of alerts.
func (s *Service) Alerting(ctx context.Context) (Alerting, error) {
	a := Alerting{}
	row, err := s.Store.Settings().Get(ctx, alertingID)
	if err == nil {
		err = json.Unmarshal(row.Value, &a)
	}
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return a, err
}

// ChangeAlerting changes the settings of alerts. *feedback.Invalid for a channel that cannot work.
func (s *Service) ChangeAlerting(ctx context.Context, change func(*Alerting) error) error {
	err := changeSetting(ctx, s.Store, alertingID, func(a *Alerting) error {
		if err := change(a); err != nil {
			return err
		}
		for _, c := range a.Channels {
			if what := c.Check(); what != "" {
				return feedback.Refuse("channel", what)
			}
		}
		if a.PerHour < 0 || a.PerHour > 1000 {
			return feedback.Refuse("alerts an hour", "must be between 0, which is no limit, and 1000")
		}
		return nil
	})
	s.cached.mu.Lock()
	s.cached.at = time.Time{}
	s.cached.mu.Unlock()
	return err
}

// alerting is Alerting as it was read a moment ago.
func (s *Service) alerting(ctx context.Context, now time.Time) (Alerting, error) {
	s.cached.mu.Lock()
	defer s.cached.mu.Unlock()
	if age := now.Sub(s.cached.at); age >= 0 && age < alertingFresh {
		return s.cached.held, nil
	}
	a, err := s.Alerting(ctx)
	if err == nil {
		s.cached.at, s.cached.held = now, a
	}
	return a, err
}

// changeSetting reads a small shared value, changes it and saves it, again from the start whenever somebody
// else was faster. A value that is not there begins as the zero value.
func changeSetting[T any](ctx context.Context, st store.Store, id string, change func(*T) error) error {
	row := &feedback.Setting{}
	row.ID = id
	_, err := store.Update(ctx, st.Settings(), id, func(row *feedback.Setting) error { return rewrite(row, change) })
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := rewrite(row, change); err != nil {
		return err
	}
	if err = st.Settings().Insert(ctx, row); errors.Is(err, store.ErrExists) {
		return changeSetting(ctx, st, id, change)
	}
	return err
}

func rewrite[T any](row *feedback.Setting, change func(*T) error) error {
	var v T
	if len(row.Value) > 0 {
		if err := json.Unmarshal(row.Value, &v); err != nil {
			return fmt.Errorf("setting %s: %w", row.ID, err)
		}
	}
	if err := change(&v); err != nil {
		return err
	}
	b, err := json.Marshal(v)
	row.Value = b
	return err
}

// announce adds a notice for every channel that hears of the team of a case.
func (s *Service) announce(ctx context.Context, c *feedback.Case, now time.Time) error {
	a, err := s.alerting(ctx, now)
	if err != nil {
		return err
	}
	for _, ch := range a.Channels {
		if ch.Team == "" || strings.EqualFold(ch.Team, c.Owner.Team) || strings.EqualFold(ch.Team, c.Agent.Team) {
			c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: "channel " + ch.ID, Via: ch.ID, To: ch.Name, Due: feedback.UTC(now)})
		}
	}
	c.Plan()
	return nil
}

// post hands a notice to its channel. A channel that was taken away since takes nothing.
func (s *Service) post(ctx context.Context, c *feedback.Case, n *feedback.Notice, now time.Time) error {
	a, err := s.alerting(ctx, now)
	if err != nil {
		return mail.Temporary("the settings cannot be read", 0, err)
	}
	i := slices.IndexFunc(a.Channels, func(ch Channel) bool { return ch.ID == n.Via })
	if i < 0 || s.Hooks == nil {
		return mail.Rejected("the channel was removed", nil)
	}
	alert, err := s.alert(ctx, c, n)
	if err != nil {
		return mail.Temporary("the alert cannot be written", 0, err)
	}
	return s.Hooks.Post(ctx, a.Channels[i].Target, s.spoken(c, n, alert), now)
}

// spoken turns an alert into what a chat shows.
func (s *Service) spoken(c *feedback.Case, n *feedback.Notice, a mail.Alert) hook.Alert {
	who := a.CustomerName
	if who == "" {
		who = a.CustomerEmail
	}
	heading := who + " needs " + c.Owner.DisplayName()
	kind := "case.alert"
	if a.Reason == mail.ReasonRaised {
		heading, kind = who+" raised the score", "case.corrected"
	}
	h := hook.Alert{
		ID: noticeKey(c, n), Type: kind, At: n.Due, Case: c.ID, Heading: heading, Reason: s.Templates.Word(staffLanguage, "reason", string(a.Reason)),
		Score: a.Score, ScoreOf: a.ScoreOf, Words: a.Words(), Matter: c.Subject, Customer: who, Before: a.Contacts,
		Owner: c.Owner.DisplayName(), URL: a.CaseURL, Signals: []string{},
		Standing: strings.Join(slices.DeleteFunc([]string{a.CustomerValue, s.Templates.Word(staffLanguage, "ladder", a.Ladder)}, func(p string) bool { return p == "" }), " · "),
	}
	for _, g := range a.Signals {
		h.Signals = append(h.Signals, s.Templates.Word(staffLanguage, "signal", g))
	}
	if a.Acknowledge.By != "" {
		h.Left = "take it by " + a.Acknowledge.By
	}
	return h
}

// TryChannel posts an invented alert, for whoever has just typed in an address.
func (s *Service) TryChannel(ctx context.Context, ch Channel, now time.Time) error {
	if s.Hooks == nil {
		return mail.Rejected("this instance cannot post", nil)
	}
	return s.Hooks.Post(ctx, ch.Target, hook.Alert{
		ID: fmt.Sprintf("try:%s:%d", ch.ID, now.UnixMilli()), Type: "case.test", At: now, Case: "test", Heading: "This is a test of Earshot",
		Reason: "Alerts about cases will look like this.", Score: 2, ScoreOf: 5, Words: "Sam was friendly, but my refund still has not arrived.",
		Matter: "Refund not received", Customer: "Mara Lind", Signals: []string{}, URL: s.BaseURL + "/desk",
	}, now)
}
