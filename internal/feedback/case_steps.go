package feedback

import (
	"fmt"
	"slices"
	"time"
)

// Step is something done to a case by a person.
type Step struct {
	By, Note, Cause, Action string
	Rule                    string    // for resolve: which rule stood in the way, in the author's words
	To                      Agent     // new owner, for assign
	Until                   time.Time // for snooze
	// Once is the number of the form that asked for the step; the same number again changes nothing.
	Once string
	// Seen is how many entries the history had when its author last saw it; zero when that is not known.
	Seen int
}

// Did tells whether the step with this number was done before. An empty number never was.
func (c *Case) Did(once string) bool {
	return once != "" && slices.ContainsFunc(c.History, func(e Event) bool { return e.Once == once })
}

// Since returns what other people than by did after the history had seen entries, oldest first.
func (c *Case) Since(seen int, by string) []Event {
	var out []Event
	if seen <= 0 || seen > len(c.History) {
		return nil
	}
	for _, e := range c.History[seen:] {
		if e.By != by && e.By != "earshot" {
			out = append(out, e)
		}
	}
	return out
}

// Log adds an entry to the case's history.
func (c *Case) Log(e Event) {
	e.At = UTC(e.At)
	c.History = append(c.History, e)
}

// Acknowledge records that the owner has seen the case.
func (c *Case) Acknowledge(s Step, now time.Time) error {
	if c.State != CaseOpen {
		return fmt.Errorf("%w: it was acknowledged before", ErrTransition)
	}
	c.State, c.AcknowledgedAt = CaseAcknowledged, UTC(now)
	return c.stepped(s, "acknowledged", now)
}

// Contact records the first contact with the customer about the case. Contacting acknowledges.
func (c *Case) Contact(s Step, now time.Time) error {
	if c.State != CaseOpen && c.State != CaseAcknowledged {
		return fmt.Errorf("%w: the customer was contacted before", ErrTransition)
	}
	if c.AcknowledgedAt.IsZero() {
		c.AcknowledgedAt = UTC(now)
	}
	c.State, c.ContactedAt = CaseContacted, UTC(now)
	return c.stepped(s, "contacted", now)
}

// Resolve records that the matter was made right, with its cause and action, and plans the
// re-survey. Resolving acknowledges and contacts.
func (c *Case) Resolve(s Step, now time.Time) error {
	if !c.State.Working() {
		return fmt.Errorf("%w: it is %s already", ErrTransition, c.State)
	}
	now = UTC(now)
	if c.AcknowledgedAt.IsZero() {
		c.AcknowledgedAt = now
	}
	if c.ContactedAt.IsZero() {
		c.ContactedAt = now
	}
	c.State, c.ResolvedAt, c.Cause, c.Action, c.Snooze = CaseResolved, now, s.Cause, s.Action, Snooze{}
	c.Rule = s.Rule
	if c.Resurvey.After > 0 && c.Customer.Email != "" && c.Interaction != "" && c.Resurvey.Invitation == "" {
		c.Resurvey.Due = UTC(now.Add(c.Resurvey.After))
	}
	return c.stepped(s, "resolved", now)
}

// Reopen puts a resolved, confirmed or unreachable case back to work. Its clock for contact and
// resolution starts anew at the given moments.
func (c *Case) Reopen(s Step, contactBy, resolveBy, now time.Time) error {
	if c.State.Working() {
		return fmt.Errorf("%w: it is still open", ErrTransition)
	}
	c.reopen(contactBy, resolveBy, now)
	return c.stepped(s, "reopened", now)
}

// Call takes down a call with the customer. The first one is the first contact.
func (c *Case) Call(s Step, now time.Time) error {
	c.touched(now)
	return c.stepped(s, "called", now)
}

// Reply takes a mail to the customer, to be sent by a worker under the name of its author. The first one
// is the first contact.
func (c *Case) Reply(s Step, author Agent, now time.Time) error {
	if c.Customer.Email == "" {
		return fmt.Errorf("%w: the customer has no address", ErrTransition)
	}
	c.touched(now)
	c.Mails = append(c.Mails, CaseMail{Key: fmt.Sprintf("reply %d", len(c.Mails)+1), By: author, Body: s.Note, At: UTC(now)})
	return c.stepped(s, "replied", now)
}

// touched records that the customer heard from us about a case that is being worked on.
func (c *Case) touched(now time.Time) {
	if c.State != CaseOpen && c.State != CaseAcknowledged {
		return
	}
	if c.AcknowledgedAt.IsZero() {
		c.AcknowledgedAt = UTC(now)
	}
	c.State, c.ContactedAt = CaseContacted, UTC(now)
}

// HearBack records what the customer answered to a mail of the case. A case at rest wakes.
func (c *Case) HearBack(text, once string, at time.Time) {
	c.Snooze = Snooze{}
	c.Log(Event{At: at, By: "customer", What: "customer_replied", Note: text, Once: once})
	c.Changed = UTC(at)
	c.Plan()
}

// Sleep lets a case rest until a moment. As long as the customer has not heard from us it must wake
// before the clock runs out; afterwards the time to resolve is lengthened by the rest, because it is the
// customer's or a third party's time.
func (c *Case) Sleep(s Step, now time.Time) error {
	now, until := UTC(now), UTC(s.Until)
	switch {
	case !c.State.Working():
		return fmt.Errorf("%w: there is nothing left to do", ErrTransition)
	case !until.After(now):
		return Refuse("until", "must lie in the future")
	case until.After(now.Add(maxSnooze)):
		return Refuse("until", "must lie within two weeks")
	case c.State != CaseContacted && until.After(c.Deadline):
		return Refuse("until", "lies after the time by which the customer must have heard from us; contact the customer first")
	}
	if c.State == CaseContacted {
		from := now
		if c.Snooze.Until.After(now) { // it rests already: only the rest beyond that is new
			from = c.Snooze.Until
		}
		c.lengthen(until.Sub(from))
	}
	c.Snooze = Snooze{Until: until, By: s.By, Reason: s.Note}
	return c.stepped(s, "snoozed", now)
}

// maxSnooze is the longest rest.
const maxSnooze = 14 * 24 * time.Hour

// Wake ends a rest that is over by now and reports whether there was one.
func (c *Case) Wake(now time.Time) bool {
	if c.Snooze.Until.IsZero() || c.Snooze.Until.After(now) {
		return false
	}
	c.Snooze = Snooze{}
	c.Log(Event{At: now, By: "earshot", What: "woke"})
	c.Plan()
	return true
}

// Correct closes a case whose customer raised the score before it was resolved: there is nothing left to
// mend. The original score stays in the response's versions.
func (c *Case) Correct(note string, at time.Time) {
	at = UTC(at)
	c.State, c.ClosedAt, c.Snooze = CaseCorrected, at, Snooze{}
	c.Log(Event{At: at, By: "customer", What: "corrected", Note: note})
	c.Changed = at
	c.Plan()
}

// AddNote adds a note; it is allowed in every state.
func (c *Case) AddNote(s Step, now time.Time) error { return c.stepped(s, "noted", now) }

// Assign gives the case to another owner. The score stays with the agent who earned it.
func (c *Case) Assign(s Step, now time.Time) error {
	if s.To.Email == c.Owner.Email {
		return fmt.Errorf("%w: %s owns it already", ErrTransition, s.To.Email)
	}
	c.Owner = s.To
	return c.stepped(s, "assigned", now)
}

func (c *Case) stepped(s Step, what string, now time.Time) error {
	c.Log(Event{At: now, By: s.By, What: what, Note: s.Note, Cause: s.Cause, Action: s.Action, To: s.To.Email, Once: s.Once})
	c.Changed = UTC(now)
	c.Plan()
	return nil
}

// Confirm records that the customer answered the re-survey and is content.
func (c *Case) Confirm(score int, at time.Time) {
	at = UTC(at)
	c.Resurvey.AnsweredAt, c.Resurvey.Score, c.Resurvey.Until = at, score, time.Time{}
	c.State, c.ClosedAt = CaseConfirmed, at
	c.Log(Event{At: at, By: "customer", What: "confirmed"})
	c.Changed = at
	c.Plan()
}

// Deny records that the customer answered the re-survey and is not content: the case is worked on
// again, on a new clock.
func (c *Case) Deny(score int, note string, contactBy, resolveBy, at time.Time) {
	at = UTC(at)
	c.Resurvey.AnsweredAt, c.Resurvey.Score, c.Resurvey.Until = at, score, time.Time{}
	c.Log(Event{At: at, By: "customer", What: "not_confirmed", Note: note})
	if !c.State.Working() {
		c.reopen(contactBy, resolveBy, at)
	}
	c.Changed = at
	c.Plan()
}

// GiveUp closes a resolved case whose customer did not answer the re-survey.
func (c *Case) GiveUp(at time.Time) {
	at = UTC(at)
	c.State, c.ClosedAt, c.Resurvey.Until = CaseUnreachable, at, time.Time{}
	c.Log(Event{At: at, By: "earshot", What: "unreachable"})
	c.Changed = at
	c.Plan()
}
