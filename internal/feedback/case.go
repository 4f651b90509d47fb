package feedback

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// CaseState is where a recovery stands.
type CaseState string

// The states of a case.
const (
	CaseOpen         CaseState = "open"
	CaseAcknowledged CaseState = "acknowledged"
	CaseContacted    CaseState = "contacted"
	CaseResolved     CaseState = "resolved"
	CaseConfirmed    CaseState = "confirmed"   // the customer said that it was made right
	CaseUnreachable  CaseState = "unreachable" // the customer did not answer the re-survey
)

// CaseStates lists the states in the order of the loop.
func CaseStates() []CaseState {
	return []CaseState{CaseOpen, CaseAcknowledged, CaseContacted, CaseResolved, CaseConfirmed, CaseUnreachable}
}

// Working tells whether an agent still has something to do.
func (s CaseState) Working() bool {
	return s == CaseOpen || s == CaseAcknowledged || s == CaseContacted
}

// Why a case was opened.
const (
	ReasonLowScore = "low_score"
	ReasonComment  = "negative_comment"
	ReasonFeedback = "negative_feedback"
	ReasonSignal   = "signal" // nothing low or negative, but a threat, danger, abuse or a vulnerable customer
)

// Causes and actions that a resolution may name, in the order in which they are offered.
var (
	causes  = []string{"wait", "mistake", "attitude", "knowledge", "policy", "product", "price", "communication", "misunderstanding", "other"}
	actions = []string{"apology", "explanation", "fix", "refund", "credit", "gift", "exception", "escalation", "none"}
)

// Causes returns the taxonomy of causes.
func Causes() []string { return slices.Clone(causes) }

// Actions returns the taxonomy of what was done for the customer.
func Actions() []string { return slices.Clone(actions) }

// ErrTransition means that a case does not allow an action in its state.
var ErrTransition = errors.New("the case does not allow this now")

// Case is the recovery of one low response and carries the response's ID: there is at most one.
// Agent is who earned the score and never changes; Owner is who works on the case.
type Case struct {
	Record
	Interaction, Source, External string
	Survey, Version               string
	Metric                        Metric
	Score                         int
	Scored                        bool
	Reason                        string
	Label                         string // sentiment of the comment
	Person                        string
	Customer                      Customer
	Agent                         Agent
	Owner                         Agent
	Channel, Subject              string

	State          CaseState
	OpenedAt       time.Time
	AcknowledgeBy  time.Time
	ContactBy      time.Time
	ResolveBy      time.Time
	AcknowledgedAt time.Time
	ContactedAt    time.Time
	ResolvedAt     time.Time
	ClosedAt       time.Time // confirmed or unreachable
	Reopened       int
	Cause, Action  string

	// Deadline is the step of the clock that runs now; zero when none does.
	Deadline time.Time
	Notices  []Notice
	Watches  []Watch
	Resurvey Resurvey
	History  []Event
	// Changed is when the figures of the case's day fell behind it; zero when they know everything.
	Changed time.Time
}

// Notice is a message about a case that must reach somebody, once for each kind and recipient.
type Notice struct {
	Kind   string // alert or escalation
	Key    string // unique in the case: kind, recipient and occasion
	To     string // address
	Due    time.Time
	SentAt time.Time
	Failed string // why it will never be sent; empty otherwise
}

// Watch is an escalation that waits for its step of the clock to run out.
type Watch struct {
	After, To string
	At        time.Time
	Done      bool
}

// Resurvey is the second question to the customer after a resolution.
type Resurvey struct {
	After      time.Duration // after resolution; zero: never
	Due        time.Time
	Invitation string
	Until      time.Time // the customer's silence until then makes the case unreachable
	AnsweredAt time.Time
	Score      int
}

// Event is one entry of a case's history.
type Event struct {
	At            time.Time
	By            string // address of a person, "customer" or "earshot"
	What          string // opened, alerted, escalated, acknowledged, contacted, resolved, reopened, noted, assigned, asked_again, confirmed, not_confirmed, unreachable, score_changed
	Note          string
	Cause, Action string
	To            string // new owner, recipient
}

// Step is something done to a case by a person.
type Step struct {
	By, Note, Cause, Action string
	To                      Agent // new owner, for assign
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
	c.State, c.ResolvedAt, c.Cause, c.Action = CaseResolved, now, s.Cause, s.Action
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
	c.reopen(contactBy, resolveBy)
	return c.stepped(s, "reopened", now)
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
	c.Log(Event{At: now, By: s.By, What: what, Note: s.Note, Cause: s.Cause, Action: s.Action, To: s.To.Email})
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
		c.reopen(contactBy, resolveBy)
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

func (c *Case) reopen(contactBy, resolveBy time.Time) {
	c.State = CaseAcknowledged
	c.Reopened++
	c.ContactBy, c.ResolveBy = UTC(contactBy), UTC(resolveBy)
	c.ResolvedAt, c.ClosedAt, c.ContactedAt = time.Time{}, time.Time{}, time.Time{}
	c.Resurvey.Due, c.Resurvey.Until = time.Time{}, time.Time{}
	for i := range c.Watches {
		switch w := &c.Watches[i]; w.After {
		case AfterContact:
			w.At, w.Done = c.ContactBy, false
		case AfterResolve:
			w.At, w.Done = c.ResolveBy, false
		}
	}
}

// Plan computes which step of the clock runs and when a worker has to look at the case next, keeping
// the current step's lease out of it.
func (c *Case) Plan() {
	switch c.State {
	case CaseOpen:
		c.Deadline = c.AcknowledgeBy
	case CaseAcknowledged:
		c.Deadline = c.ContactBy
	case CaseContacted:
		c.Deadline = c.ResolveBy
	default:
		c.Deadline = time.Time{}
	}
	due := Earliest(c.Resurvey.Due, c.Resurvey.Until, c.Changed)
	for _, n := range c.Notices {
		if n.SentAt.IsZero() && n.Failed == "" {
			due = Earliest(due, n.Due)
		}
	}
	for _, w := range c.Watches {
		if !w.Done && c.waitsFor(w.After) {
			due = Earliest(due, w.At)
		}
	}
	c.Next(due)
}

// waitsFor tells whether the step of the clock has not been taken yet.
func (c *Case) waitsFor(after string) bool {
	switch after {
	case AfterAcknowledge:
		return c.State == CaseOpen
	case AfterContact:
		return c.State == CaseOpen || c.State == CaseAcknowledged
	case AfterResolve:
		return c.State.Working()
	}
	return false
}

// Overrun returns the watches whose step ran out by now, and marks them done.
func (c *Case) Overrun(now time.Time) []Watch {
	var out []Watch
	for i := range c.Watches {
		w := &c.Watches[i]
		if !w.Done && c.waitsFor(w.After) && !w.At.After(now) {
			w.Done = true
			out = append(out, *w)
		}
	}
	return out
}

// Notify adds a notice unless the case has one with the same key.
func (c *Case) Notify(n Notice) {
	for _, old := range c.Notices {
		if old.Key == n.Key {
			return
		}
	}
	c.Notices = append(c.Notices, n)
}
