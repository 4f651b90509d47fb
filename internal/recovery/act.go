package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// Verbs are what a person can do to a case.
func Verbs() []string {
	return []string{"acknowledge", "contact", "resolve", "reopen", "note", "assign"}
}

const maxNote = 5000

// Act does something to a case for a person. store.ErrNotFound; feedback.ErrTransition when the case
// does not allow it now; *feedback.Invalid for mistakes.
func (s *Service) Act(ctx context.Context, id, verb string, st feedback.Step, now time.Time) (*feedback.Case, error) {
	if err := s.check(ctx, verb, &st); err != nil {
		return nil, err
	}
	c, err := store.Update(ctx, s.Store.Cases(), id, func(c *feedback.Case) error {
		return s.apply(ctx, c, verb, st, now)
	})
	if err != nil {
		return nil, fmt.Errorf("%s case: %w", verb, err)
	}
	s.Log.Info("case "+verb, "case", c.ID, "state", string(c.State))
	s.Wake()
	return c, nil
}

func (s *Service) apply(ctx context.Context, c *feedback.Case, verb string, st feedback.Step, now time.Time) error {
	switch verb {
	case "acknowledge":
		return c.Acknowledge(st, now)
	case "contact":
		return c.Contact(st, now)
	case "resolve":
		return c.Resolve(st, now)
	case "note":
		return c.AddNote(st, now)
	case "reopen":
		rules, err := s.rules(ctx, c)
		if err != nil {
			return err
		}
		return c.Reopen(st, rules.Hours.Add(now, rules.Contact, s.Zone), rules.Hours.Add(now, rules.Resolve, s.Zone), now)
	}
	if err := c.Assign(st, now); err != nil {
		return err
	}
	if c.State.Working() && st.By != st.To.Email {
		n := len(c.History)
		c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: fmt.Sprintf("alert %s %d", st.To.Email, n), To: st.To.Email, Due: feedback.UTC(now)})
		c.Plan()
	}
	return nil
}

// rules are those of the survey that the case came from.
func (s *Service) rules(ctx context.Context, c *feedback.Case) (feedback.Recover, error) {
	if c.Survey == feedback.FeedbackSurvey {
		d, ok := s.Catalog.Current("csat") // as when the case was opened: see collect
		if all := s.Catalog.All(); !ok && len(all) > 0 {
			d = all[0]
		}
		return d.Recover, nil
	}
	d, err := s.Catalog.Version(ctx, c.Survey, c.Version)
	return d.Recover, err
}

func (s *Service) check(ctx context.Context, verb string, st *feedback.Step) error {
	var errs []feedback.FieldError
	add := func(field, detail string) {
		errs = append(errs, feedback.FieldError{Field: field, Detail: detail})
	}
	if !slices.Contains(Verbs(), verb) {
		return store.ErrNotFound
	}
	if st.By == "" {
		add("by", "is required: the address of whoever did this")
	}
	if len(st.Note) > maxNote {
		add("note", fmt.Sprintf("is %d bytes long; at most %d are kept", len(st.Note), maxNote))
	}
	if verb == "note" && strings.TrimSpace(st.Note) == "" {
		add("note", "is required")
	}
	if st.Cause != "" && !slices.Contains(feedback.Causes(), st.Cause) {
		add("cause", "must be one of "+strings.Join(feedback.Causes(), ", "))
	}
	if st.Action != "" && !slices.Contains(feedback.Actions(), st.Action) {
		add("action", "must be one of "+strings.Join(feedback.Actions(), ", "))
	}
	if verb == "assign" {
		if err := s.newOwner(ctx, st, add); err != nil {
			return err
		}
	}
	if len(errs) > 0 {
		return &feedback.Invalid{Errors: errs}
	}
	return nil
}

// newOwner fills in who the case is given to.
func (s *Service) newOwner(ctx context.Context, st *feedback.Step, add func(field, detail string)) error {
	if st.To.Email == "" {
		add("to", "is required: the address of the new owner")
		return nil
	}
	u, err := s.Store.Users().Get(ctx, strings.ToLower(st.To.Email))
	switch {
	case errors.Is(err, store.ErrNotFound):
		add("to", "is not somebody who can sign in")
	case err != nil:
		return err
	case !u.Active():
		add("to", "can no longer sign in")
	default:
		st.To = u.Agent()
	}
	return nil
}

func endOf(c *feedback.Case, after string) time.Time {
	switch after {
	case feedback.AfterAcknowledge:
		return c.AcknowledgeBy
	case feedback.AfterContact:
		return c.ContactBy
	}
	return c.ResolveBy
}
