package feedback

import (
	"errors"
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
	CaseCorrected    CaseState = "corrected"   // the customer raised the score before anybody had mended anything
)

// CaseStates lists the states in the order of the loop.
func CaseStates() []CaseState {
	return []CaseState{CaseOpen, CaseAcknowledged, CaseContacted, CaseResolved, CaseConfirmed, CaseUnreachable, CaseCorrected}
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
	ReasonReply    = "reply"
)

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
	Rule           string // the rule that stood in the way where Cause is one of policy; empty when nobody named it

	// ClockFrom is when the running clock began: the opening, or the latest reopening.
	ClockFrom time.Time
	// Routed says why Owner is not Agent, in a sentence for people; empty when the owner is who earned the
	// score, or was given the case by hand.
	Routed string
	Snooze Snooze
	// Mails are what was written to the customer from the case.
	Mails []CaseMail

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
	Via    string // the channel it goes through; empty for mail
	Note   string // what the message tells beyond the case: a customer's reply, a reason
	Bundle string // the mail of several cases that tells of this one; empty when it has its own
	Words  bool   // whether the message that was sent held the customer's words
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

// Snooze lets a case rest until a moment, for a reason; zero when it does not rest.
type Snooze struct {
	Until      time.Time
	By, Reason string
}

// CaseMail is a mail to the customer, written by a person on the page of the case and sent by a worker.
type CaseMail struct {
	Key    string // unique in the case
	By     Agent  // under whose name it goes out
	Body   string // plain text, without greeting
	At     time.Time
	SentAt time.Time
	Failed string // why it will never be sent; empty otherwise
}

// Event is one entry of a case's history.
type Event struct {
	At            time.Time
	By            string // address of a person, "customer" or "earshot"
	What          string // opened, routed, alerted, escalated, acknowledged, contacted, called, replied, customer_replied, snoozed, woke, resolved, reopened, noted, assigned, asked_again, confirmed, not_confirmed, unreachable, score_changed, corrected
	Note          string
	Cause, Action string
	To            string // new owner, recipient
	// Once names what caused the entry, so that doing it again changes nothing: a form's number, a mail's
	// Message-ID. It may be empty.
	Once string
}
