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
	return []string{"acknowledge", "contact", "call", "reply", "snooze", "resolve", "reopen", "note", "assign"}
}

const maxNote = 5000

// Overtaken means that somebody else did the same or the opposite first. What was written is not lost: it
// stands in the case as a note when Kept.
type Overtaken struct {
	First feedback.Event // what the other did
	Kept  bool
}

// Error implements error.
func (o *Overtaken) Error() string {
	return "the case has moved on: " + o.First.What + " by " + o.First.By
}

// Unwrap lets errors.Is see feedback.ErrTransition.
func (o *Overtaken) Unwrap() error { return feedback.ErrTransition }

// Act does something to a case for a person. A step whose number was taken down before changes nothing.
// store.ErrNotFound; feedback.ErrTransition when the case does not allow it now; *feedback.Invalid for
// mistakes; *Overtaken, with the case as it is now, when a person who saw an older state came second.
func (s *Service) Act(ctx context.Context, id, verb string, st feedback.Step, now time.Time) (*feedback.Case, error) {
	if err := s.check(ctx, verb, &st); err != nil {
		return nil, err
	}
	var second *Overtaken
	c, err := store.Update(ctx, s.Store.Cases(), id, func(c *feedback.Case) error {
		second = nil
		if c.Did(st.Once) {
			return errSame
		}
		if second = overtaken(c, verb, st); second != nil {
			return second.keep(c, st, now)
		}
		return s.apply(ctx, c, verb, st, now)
	})
	if err != nil && !errors.Is(err, errSame) {
		return nil, fmt.Errorf("%s case: %w", verb, err)
	}
	s.Wake()
	if second != nil {
		return c, second
	}
	s.Log.Info("case "+verb, "case", c.ID, "state", string(c.State))
	return c, nil
}

// overtaken finds what another person did since the author of a step saw the case, if it was the same as
// the step or makes it pointless; nil when there is nothing of the kind.
func overtaken(c *feedback.Case, verb string, st feedback.Step) *Overtaken {
	for _, e := range slices.Backward(c.Since(st.Seen, st.By)) {
		if slices.Contains(rivals(verb), e.What) {
			return &Overtaken{First: e}
		}
	}
	return nil
}

// rivals are the entries of a history after which a step of somebody who has not seen them needs a
// second look.
func rivals(verb string) []string {
	switch verb {
	case "acknowledge":
		return []string{"acknowledged", "contacted", "called", "replied", "resolved", "assigned"}
	case "contact":
		return []string{"contacted", "called", "replied", "resolved"}
	case "reply", "call": // two apologies are worse than none
		return []string{"replied", "called", "resolved"}
	case "resolve":
		return []string{"resolved", "reopened", "corrected"}
	case "reopen":
		return []string{"reopened"}
	case "assign":
		return []string{"assigned", "resolved"}
	case "snooze":
		return []string{"snoozed", "resolved"}
	}
	return nil
}

// keep takes down as a note what the one who came second had written.
func (o *Overtaken) keep(c *feedback.Case, st feedback.Step, now time.Time) error {
	if strings.TrimSpace(st.Note) == "" && st.Cause == "" && st.Action == "" {
		return errSame
	}
	o.Kept = true
	st.To = feedback.Agent{}
	return c.AddNote(st, now)
}

func (s *Service) apply(ctx context.Context, c *feedback.Case, verb string, st feedback.Step, now time.Time) error {
	switch verb {
	case "acknowledge":
		return c.Acknowledge(st, now)
	case "contact":
		return c.Contact(st, now)
	case "call":
		return c.Call(st, now)
	case "reply":
		return c.Reply(st, s.author(ctx, st.By), now)
	case "snooze":
		return c.Sleep(st, now)
	case "resolve":
		return c.Resolve(st, now)
	case "note":
		return c.AddNote(st, now)
	case "reopen":
		rules, err := s.rules(ctx, c)
		if err != nil {
			return err
		}
		contactBy, resolveBy, err := s.again(ctx, c, rules, now)
		if err != nil {
			return err
		}
		return c.Reopen(st, contactBy, resolveBy, now)
	}
	return s.assign(c, st, now)
}

// assign gives the case away and tells the new owner.
func (s *Service) assign(c *feedback.Case, st feedback.Step, now time.Time) error {
	if err := c.Assign(st, now); err != nil {
		return err
	}
	c.Routed = ""
	if c.State.Working() && st.By != st.To.Email {
		n := len(c.History)
		c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: fmt.Sprintf("alert %s %d", st.To.Email, n), To: st.To.Email, Due: feedback.UTC(now)})
		c.Plan()
	}
	return nil
}

// author is under whose name a mail to a customer goes out.
func (s *Service) author(ctx context.Context, email string) feedback.Agent {
	u, err := s.Store.Users().Get(ctx, strings.ToLower(email))
	if err != nil {
		return feedback.Agent{Email: email}
	}
	return u.Agent()
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
	if needsWords(verb) && strings.TrimSpace(st.Note) == "" {
		add("note", "is required")
	}
	if verb == "snooze" && st.Until.IsZero() {
		add("until", "is required: when the case comes back")
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

// needsWords tells whether a step says nothing without a note.
func needsWords(verb string) bool { return verb == "note" || verb == "reply" || verb == "snooze" }

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
