package recovery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// Says takes down what the customer says on the page of the survey: it is solved, or it is not. The
// same word twice is one word. When it is not, the owner hears at once, and the lead where the case had
// been closed. store.ErrNotFound for a case that is not there.
func (s *Service) Says(ctx context.Context, caseID string, solved bool, note string, now time.Time) (*feedback.Case, error) {
	note = cutBytes(strings.TrimSpace(note), maxReply)
	c, err := store.Update(ctx, s.Store.Cases(), caseID, func(c *feedback.Case) error {
		if said(c, solved, note) {
			return errSame
		}
		if solved {
			c.Settle(note, now)
			return nil
		}
		return s.unsettled(ctx, c, note, now)
	})
	if errors.Is(err, errSame) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("what the customer says: %w", err)
	}
	s.Log.Info("customer spoke about the case", "case", c.ID, "solved", solved, "state", string(c.State))
	s.Wake()
	return c, nil
}

// said tells whether the customer's last word about the case was the same.
func said(c *feedback.Case, solved bool, note string) bool {
	for i := len(c.History) - 1; i >= 0; i-- {
		e := c.History[i]
		if e.By != "customer" || e.What != "confirmed" && e.What != "not_confirmed" {
			continue
		}
		stands := solved == (c.State == feedback.CaseConfirmed) && (solved || c.State.Working())
		return stands && (e.What == "confirmed") == solved && (note == "" || e.Note == note)
	}
	return false
}

func (s *Service) unsettled(ctx context.Context, c *feedback.Case, note string, now time.Time) error {
	rules, err := s.rules(ctx, c)
	if err != nil {
		return err
	}
	contactBy, resolveBy := rules.Hours.Add(now, rules.Contact, s.Zone), rules.Hours.Add(now, rules.Resolve, s.Zone)
	if c.Unsettle(note, contactBy, resolveBy, now) {
		return s.alertAgain(ctx, c, now)
	}
	if !c.AcknowledgedAt.IsZero() { // before, the alert itself is still on its way
		key := fmt.Sprintf("says %s %d", c.Owner.Email, len(c.History))
		c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: key, To: c.Owner.Email, Note: note, Due: feedback.UTC(now)})
		c.Plan()
	}
	return nil
}

// Void closes the case of an answer that was a machine's. A case that is not there is no error.
func (s *Service) Void(ctx context.Context, caseID, by, note string, now time.Time) error {
	_, err := store.Update(ctx, s.Store.Cases(), caseID, func(c *feedback.Case) error {
		if c.State == feedback.CaseCorrected {
			return errSame
		}
		c.Void(by, note, now)
		return nil
	})
	if errors.Is(err, errSame) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("void case: %w", err)
	}
	s.Wake()
	return nil
}
