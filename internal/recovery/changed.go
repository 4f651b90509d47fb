package recovery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// Changed tells a case that the customer changed the answer it is about. A score raised out of the range
// that opens a case closes it as corrected while nobody has resolved it yet, and whoever was alerted hears
// so in the same conversation; one lowered again opens it again. Words added to a bare score follow the
// alert that went out without them. store.ErrNotFound when there is no case.
func (s *Service) Changed(ctx context.Context, r *feedback.Response, now time.Time) error {
	told := 0
	c, err := store.Update(ctx, s.Store.Cases(), r.ID, func(c *feedback.Case) error {
		told = len(c.Notices)
		label := ""
		if r.Sentiment != nil {
			label = r.Sentiment.Label
		}
		if c.Score == r.Score && c.Label == label && !lacksWords(c, r) {
			return errSame
		}
		before := c.Score
		if before != r.Score {
			c.Log(feedback.Event{At: now, By: "customer", What: "score_changed", Note: fmt.Sprintf("%d → %d", before, r.Score)})
		}
		c.Score, c.Label, c.Changed = r.Score, label, feedback.UTC(now)
		switch {
		case r.Score > before && r.CaseReason() == "" && c.State.Working():
			s.raised(c, before, now)
		case c.State == feedback.CaseCorrected && r.CaseReason() != "":
			return s.loweredAgain(ctx, c, now)
		case c.State.Working() && lacksWords(c, r):
			tellAgain(c, "words", now)
		}
		c.Plan()
		return nil
	})
	if errors.Is(err, errSame) {
		return nil
	}
	if err == nil && len(c.Notices) > told {
		s.Wake()
	}
	return err
}

// raised closes the case and lets those hear who were alerted; an alert that has not gone out is not sent.
func (s *Service) raised(c *feedback.Case, before int, now time.Time) {
	c.Correct(fmt.Sprintf("%d → %d", before, c.Score), now)
	for i := range c.Notices {
		if n := &c.Notices[i]; n.SentAt.IsZero() && n.Failed == "" {
			n.Failed = "the customer raised the score first"
		}
	}
	tellAgain(c, "raised", now)
}

// loweredAgain puts a case back to work that was closed because the score had been raised.
func (s *Service) loweredAgain(ctx context.Context, c *feedback.Case, now time.Time) error {
	rules, err := s.rules(ctx, c)
	if err != nil {
		return err
	}
	contactBy, resolveBy, err := s.again(ctx, c, rules, now)
	if err != nil {
		return err
	}
	by := feedback.Step{By: "customer", Note: "The score is low again."}
	if err := c.Reopen(by, contactBy, resolveBy, now); err != nil {
		return err
	}
	c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: fmt.Sprintf("alert %s %d", c.Owner.Email, len(c.History)), To: c.Owner.Email, Due: feedback.UTC(now)})
	c.Plan()
	return nil
}

// lacksWords tells whether somebody was alerted before the customer had written anything.
func lacksWords(c *feedback.Case, r *feedback.Response) bool {
	if r.Comment == "" || !r.Analysed {
		return false
	}
	told, without := false, false
	for _, n := range c.Notices {
		if n.Kind == string(mail.KindAlert) && !n.SentAt.IsZero() {
			told, without = true, without || !n.Words
			if n.Words {
				return false
			}
		}
	}
	return told && without
}

// tellAgain sends a message that follows the alert to everybody who got one, on the same channel.
func tellAgain(c *feedback.Case, occasion string, now time.Time) {
	type place struct{ to, via string }
	done := map[place]bool{}
	for _, n := range c.Notices {
		at := place{n.To, n.Via}
		if n.Kind != string(mail.KindAlert) || n.SentAt.IsZero() || done[at] {
			continue
		}
		done[at] = true
		key := fmt.Sprintf("%s %s%s %d", occasion, n.To, n.Via, c.Reopened) // once for each time the case was opened
		c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: key, To: n.To, Via: n.Via, Due: feedback.UTC(now)})
	}
	c.Plan()
}
