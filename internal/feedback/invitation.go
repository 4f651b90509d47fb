package feedback

import "time"

// State of an invitation.
type State string

// The states of an invitation. Scheduled, Sent and Answered follow each other; the others end it.
const (
	Scheduled State = "scheduled" // waits for its moment
	Sent      State = "sent"      // handed to the sender
	Answered  State = "answered"  // a response exists
	Expired   State = "expired"   // the link no longer takes an answer
	Cancelled State = "cancelled" // not sent, by a rule
	Failed    State = "failed"    // could not be delivered
)

// Invitation is one survey to one customer for one interaction. It exists at most once for each
// (interaction, survey): its ID is InvitationID of the two.
type Invitation struct {
	Record
	Interaction string // Interaction.ID
	Source      string
	External    string
	Survey      string
	Version     string
	Metric      Metric
	Original    string // the response that a re-survey is about; empty for a first survey
	Person      string
	Customer    Customer
	Agent       Agent // frozen owner
	Channel     string
	Subject     string
	Tags        []string
	Language    string
	State       State
	CreatedAt   time.Time
	SendAt      time.Time
	SentAt      time.Time
	ExpiresAt   time.Time
	AnsweredAt  time.Time
	Remind      []time.Duration // reminders still to be sent, after SentAt
	Reminded    int
	Batch       string // the batch in which the mail that is due was first handed over; empty otherwise
	Intents     []Intent
	// What the mail service heard of the mail; zero: nothing.
	DeliveredAt, BouncedAt, ComplainedAt time.Time
	Signs                                []Sign // that machines follow its links
	// Withdrawn is an answer that an administrator called a machine's; it counts nowhere.
	Withdrawn *Response
	// Changed is when the figures of the day it was sent fell behind; zero when they know everything.
	Changed time.Time
	Ledger  []Line
}

// NewInvitation is the invitation to survey for an interaction, to be sent at a moment.
func NewInvitation(in *Interaction, survey Survey, at, now time.Time) *Invitation {
	v := &Invitation{
		Interaction: in.ID, Source: in.Source, External: in.External,
		Survey: survey.ID, Version: survey.Version, Metric: survey.Metric,
		Person: in.Person, Customer: in.Customer, Agent: in.Agent,
		Channel: in.Channel, Subject: in.Subject, Tags: in.Tags,
		Language: survey.Language(in.Customer.Locale), State: Scheduled,
		CreatedAt: UTC(now), SendAt: UTC(at), ExpiresAt: UTC(at.Add(survey.Ask.Expires)),
		Remind: survey.Ask.Remind,
	}
	v.ID, v.Due = InvitationID(in.ID, survey.ID), v.SendAt
	return v
}

// Open tells whether the invitation's link takes an answer, or a correction of one, at now.
func (v *Invitation) Open(now time.Time) bool {
	switch v.State {
	case Sent, Scheduled:
		return now.Before(v.ExpiresAt)
	case Answered:
		return true // the response's own edit window decides
	}
	return false
}

// Log adds a line to the invitation's part of the why-ledger.
func (v *Invitation) Log(at time.Time, decision, rule, reason string) {
	v.Ledger = append(v.Ledger, Line{UTC(at), decision, rule, reason})
}

// MarkSent records that the mail was handed to the sender. It is due again at once, to be counted.
func (v *Invitation) MarkSent(now time.Time) {
	now = UTC(now)
	if v.State == Scheduled {
		v.State, v.SentAt = Sent, now
		v.Log(now, "sent", "ask.delay", "The survey was handed to the mail service.")
	} else {
		v.Reminded++
		v.Remind = v.Remind[min(1, len(v.Remind)):] // a complaint may have ended them meanwhile
		v.Log(now, "reminded", "ask.remind", "A reminder was handed to the mail service.")
	}
	v.Changed = now
	v.Next(now)
}

// MarkCounted records that the figures know about the invitation, and plans the next step: a
// reminder, or the end of the link.
func (v *Invitation) MarkCounted() {
	v.Changed = time.Time{}
	due := time.Time{}
	if v.State == Sent {
		due = v.nextStep()
	}
	v.Next(due)
}

func (v *Invitation) nextStep() time.Time {
	if len(v.Remind) > 0 {
		if at := v.SentAt.Add(v.Remind[0]); at.Before(v.ExpiresAt) {
			return at
		}
	}
	return v.ExpiresAt
}

// MarkImported records that an answer was taken over from another system, which had asked at about
// asked. It is due once more, to be counted; nothing is sent any more.
func (v *Invitation) MarkImported(asked, answered, now time.Time) {
	if v.State == Answered {
		return
	}
	if v.SentAt.IsZero() {
		v.SendAt = UTC(Earliest(asked, answered))
		v.SentAt = v.SendAt
	}
	v.State, v.AnsweredAt, v.Remind = Answered, UTC(answered), nil
	v.Log(now, "answered", "import", "The answer was taken over from another system.")
	v.Changed = UTC(now)
	v.Next(v.Changed)
}

// MarkAnswered records that a response exists. It is due once more, to be counted.
func (v *Invitation) MarkAnswered(at time.Time) {
	if v.State == Answered {
		return
	}
	if v.SentAt.IsZero() { // the mail went out, but whoever sent it could not write so
		v.SentAt = v.SendAt
	}
	v.State, v.AnsweredAt = Answered, UTC(at)
	v.Log(at, "answered", "response", "The customer answered.")
	v.Changed = UTC(at)
	v.Next(UTC(at))
}

// End closes an invitation that will not be sent or answered any more, with its reason.
func (v *Invitation) End(now time.Time, state State, rule, reason string) {
	v.State = state
	v.Log(now, string(state), rule, reason)
	v.Next(time.Time{})
}

// Defer moves the next mail to a later moment, with its reason. A step that was claimed before keeps
// when, so that a mail which a crashed worker already handed over is recognised as the same one.
func (v *Invitation) Defer(now, until time.Time, rule, reason string) {
	until = UTC(until)
	if v.State == Scheduled {
		v.SendAt = until
	}
	v.Log(now, Deferred, rule, reason)
	if v.Attempts <= 1 { // nobody has tried to send it yet: the step begins anew, with its own date
		v.Next(until)
		return
	}
	v.Due, v.Lease = until, Lease{}
}
