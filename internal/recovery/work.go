package recovery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
	"earshot/internal/worker"
)

// Sizes of a worker's step.
const (
	batch    = 64
	parallel = 32
	lease    = time.Minute
	giveUp   = 23 * time.Hour
)

// Work sends the alerts that are due, escalates what ran out, asks recovered customers again and
// tells the figures.
func (s *Service) Work(ctx context.Context, now time.Time) (int, error) {
	rows, err := s.Store.Cases().Claim(ctx, store.Claim{Holder: s.Holder, Now: now, Lease: lease, Limit: batch})
	if err != nil {
		return 0, err
	}
	return len(rows), worker.Each(rows, parallel, func(c *feedback.Case) error {
		err := s.step(ctx, c, now)
		if errors.Is(err, store.ErrConflict) {
			return nil // somebody acted on the case; what is still due is claimed again
		}
		return err
	})
}

// step does everything that is due on a claimed case. Messages carry keys made from the case, so
// doing the step again after a crash or a conflict sends nothing twice.
func (s *Service) step(ctx context.Context, c *feedback.Case, now time.Time) error {
	if err := s.escalate(ctx, c, now); err != nil {
		return fmt.Errorf("escalate: %w", err)
	}
	if err := s.resurvey(ctx, c, now); err != nil {
		return fmt.Errorf("re-survey: %w", err)
	}
	if c.Wake(now) {
		c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: fmt.Sprintf("woke %s %d", c.Owner.Email, len(c.History)), To: c.Owner.Email, Due: feedback.UTC(now)})
	}
	later, why, err := s.write(ctx, c, now)
	if err != nil {
		return err
	}
	wait, reason, err := s.notify(ctx, c, now)
	if err != nil {
		return err
	}
	if wait == 0 {
		wait, reason = later, why
	}
	counted := c.Changed
	if wait == 0 {
		c.Plan()
	} else {
		c.Retry(feedback.UTC(now.Add(wait)), reason)
	}
	if counted.IsZero() {
		return s.Store.Cases().Save(ctx, c)
	}
	return s.count(ctx, c, now)
}

// count saves the case while it is still due, tells the figures of its day, and ends the step.
func (s *Service) count(ctx context.Context, c *feedback.Case, now time.Time) error {
	retry, reason := c.Due, c.LastError
	c.Due = feedback.UTC(now)
	if err := s.Store.Cases().Save(ctx, c); err != nil {
		return err
	}
	if err := s.Store.Rollups().MarkDirty(ctx, c.Leaves(s.Zone), now, now); err != nil {
		return fmt.Errorf("mark figures: %w", err)
	}
	c.Changed = time.Time{}
	if reason != "" {
		c.Retry(retry, reason)
	} else {
		c.Plan()
	}
	return s.Store.Cases().Save(ctx, c)
}

// escalate adds a notice to everybody above for each step of the clock that ran out.
func (s *Service) escalate(ctx context.Context, c *feedback.Case, now time.Time) error {
	for _, w := range c.Overrun(now) {
		people, err := s.above(ctx, c.Owner.Team, w.To)
		if err != nil {
			return err
		}
		for _, u := range people {
			c.Notify(feedback.Notice{Kind: string(mail.KindEscalation), Key: fmt.Sprintf("escalation %s %d %s", w.After, c.Reopened, u.Email), To: u.Email, Due: w.At})
		}
		c.Log(feedback.Event{At: now, By: "earshot", What: "escalated", Note: w.After, To: w.To})
	}
	return nil
}

// notify sends the notices that are due. It returns how long to wait before the next attempt when a
// sender could not take one.
func (s *Service) notify(ctx context.Context, c *feedback.Case, now time.Time) (wait time.Duration, reason string, err error) {
	for i := range c.Notices {
		n := &c.Notices[i]
		if !n.SentAt.IsZero() || n.Failed != "" || n.Due.After(now) {
			continue
		}
		sent, err := s.hand(ctx, c, n, now)
		switch {
		case errors.Is(err, mail.ErrRejected) || isMail(err) && now.Sub(n.Due) > giveUp:
			n.Failed = mail.Reason(err)
			s.Log.Error("alert not delivered", "kind", n.Kind, "case", c.ID, "reason", mail.Class(err))
			if err := s.undelivered(ctx, c, n, now); err != nil {
				return 0, "", err
			}
		case isMail(err):
			s.Log.Warn("alert not sent yet", "kind", n.Kind, "case", c.ID, "attempt", c.Attempts, "reason", mail.Class(err))
			wait, reason = mail.Backoff(c.Attempts, err), mail.Reason(err)
		case err != nil:
			return 0, "", err
		case sent:
			n.SentAt = feedback.UTC(now)
			c.Log(feedback.Event{At: now, By: "earshot", What: happened(n.Kind), To: n.To})
			s.Log.Info("alert sent", "kind", n.Kind, "case", c.ID)
		}
	}
	return wait, reason, nil
}

// isMail tells whether an error is a sender's answer, and not the store's.
func isMail(err error) bool {
	return errors.Is(err, mail.ErrRejected) || errors.Is(err, mail.ErrAccount) || errors.Is(err, mail.ErrTemporary)
}

// hand gives a notice to whoever takes it: a channel, the mail of several cases, or a mail of its own. It
// reports false, without an error, for one that waits for others.
func (s *Service) hand(ctx context.Context, c *feedback.Case, n *feedback.Notice, now time.Time) (bool, error) {
	switch {
	case n.Via != "":
		err := s.post(ctx, c, n, now)
		return err == nil, err
	case n.Bundle != "":
		return s.bundled(ctx, c, n, now)
	case gathers(n):
		b, err := s.admit(ctx, c, n, now)
		if err != nil {
			return false, err
		}
		if b != nil {
			n.Bundle, n.Due = b.ID, b.Due
			return false, nil
		}
	}
	err := s.tell(ctx, c, n, now)
	return err == nil, err
}

// tell sends the mail of one notice.
func (s *Service) tell(ctx context.Context, c *feedback.Case, n *feedback.Notice, now time.Time) error {
	m, err := s.message(ctx, c, n)
	if err != nil {
		return err
	}
	_, err = s.Sender.Send(ctx, m)
	return err
}

func happened(kind string) string {
	if kind == string(mail.KindAlert) {
		return "alerted"
	}
	return "told"
}

// undelivered lets the lead hear of a case whose owner cannot be reached by mail, and the managers
// where nobody else leads.
func (s *Service) undelivered(ctx context.Context, c *feedback.Case, n *feedback.Notice, now time.Time) error {
	to, kind := n.To, n.Kind
	c.Log(feedback.Event{At: now, By: "earshot", What: "undeliverable", To: to, Note: n.Failed})
	if kind != string(mail.KindAlert) || n.Via != "" { // beside a channel there is always a mail
		return nil
	}
	for _, role := range []string{"lead", "manager"} {
		people, err := s.above(ctx, c.Owner.Team, role)
		if err != nil {
			return err
		}
		told := false
		for _, u := range people {
			if u.Email != to {
				c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: "alert " + u.Email, To: u.Email, Due: feedback.UTC(now)})
				told = true
			}
		}
		if told {
			return nil
		}
	}
	return nil
}

// resurvey asks the customer of a resolved case again, and gives up on one who stayed silent.
func (s *Service) resurvey(ctx context.Context, c *feedback.Case, now time.Time) error {
	if until := c.Resurvey.Until; !until.IsZero() && !until.After(now) && c.State == feedback.CaseResolved {
		c.GiveUp(now)
		return nil
	}
	if c.Resurvey.Due.IsZero() || c.Resurvey.Due.After(now) {
		return nil
	}
	due := c.Resurvey.Due
	c.Resurvey.Due = time.Time{}
	survey, ok := s.Catalog.Current(ResurveyID)
	if !ok || c.State != feedback.CaseResolved {
		return nil
	}
	v := s.invitation(c, survey, due, now)
	if err := s.Store.Invitations().Insert(ctx, v); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	c.Resurvey.Invitation, c.Resurvey.Until = v.ID, v.ExpiresAt
	c.Log(feedback.Event{At: now, By: "earshot", What: "asked_again"})
	s.WakeInvite()
	return nil
}

// invitation is the second question about the same interaction, bound to the original response.
func (s *Service) invitation(c *feedback.Case, survey feedback.Survey, due, now time.Time) *feedback.Invitation {
	v := &feedback.Invitation{
		Interaction: c.Interaction, Source: c.Source, External: c.External,
		Survey: survey.ID, Version: survey.Version, Metric: survey.Metric, Original: c.ID,
		Person: c.Person, Customer: c.Customer, Agent: c.Agent, Channel: c.Channel, Subject: c.Subject,
		Language: survey.Language(c.Customer.Locale), State: feedback.Scheduled,
		CreatedAt: feedback.UTC(now), SendAt: due, ExpiresAt: feedback.UTC(now.Add(survey.Ask.Expires)), Remind: survey.Ask.Remind,
	}
	v.ID = feedback.InvitationID(c.Interaction, survey.ID)
	v.Due = v.SendAt
	v.Log(now, feedback.Asked, "recover.resurvey", "The case was resolved; the customer is asked whether it was made right.")
	return v
}
