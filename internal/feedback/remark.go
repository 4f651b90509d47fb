package feedback

import (
	"errors"
	"fmt"
	"time"
)

// RemarkKind says what a remark is.
type RemarkKind string

// The kinds of remarks.
const (
	Kudos        RemarkKind = "kudos"   // a customer's praise, passed on to whom it names
	WeeklyThanks RemarkKind = "weekly"  // a person's praise of one week, in one mail
	CoachingNote RemarkKind = "note"    // a lead's words to one agent
	Lesson       RemarkKind = "lesson"  // a lead's words to the team
	Dispute      RemarkKind = "dispute" // somebody says that a score should not be held against them
)

// RemarkKinds lists the kinds.
func RemarkKinds() []RemarkKind {
	return []RemarkKind{Kudos, WeeklyThanks, CoachingNote, Lesson, Dispute}
}

// Why kudos are somebody's.
const (
	PraisedByName  = "named" // the comment names them
	PraisedAsOwner = "owner" // the comment praises, without a name, whoever served
)

// Reasons of a dispute.
const (
	NotMine         = "not_mine"         // somebody else served the customer
	NotControllable = "not_controllable" // nothing that the agent could have done would have changed it
)

// DisputeReasons lists the reasons in the order in which they are offered.
func DisputeReasons() []string { return []string{NotMine, NotControllable} }

// Decisions about a dispute. Neither moves the score: it stays where it was earned, and is shown as
// disputed beside it where the dispute was upheld.
const (
	Upheld   = "upheld"
	Declined = "declined"
)

// ErrDecided means that a dispute has been decided already.
var ErrDecided = errors.New("this was decided before")

// ErrOwnMatter means that somebody wanted to decide what they are a party of.
var ErrOwnMatter = errors.New("a second person decides this")

// Remark is what people of the organisation pass on to each other about a customer's words: praise,
// a coaching note, a lesson, a dispute. It names the response and never copies the customer's words,
// so that an erased response is gone here too.
type Remark struct {
	Record
	Kind      RemarkKind
	Response  string // what it is about; empty for weekly thanks
	Agent     Agent  // whom it concerns; a lesson names a team only
	By        string // address of who wrote it, or "earshot"
	WrittenAt time.Time
	Text      string
	Reason    string       // why it is theirs (kudos), or what is disputed
	Week      string       // of weekly thanks: the last day of its week, 2006-01-02
	Hidden    bool         // kudos whose comment no longer praises
	Lines     []RemarkLine // what was answered and decided, oldest first
	Notices   []Notice     // mails that are due or sent

	Decision  string    // upheld or declined; empty while open
	DecideBy  time.Time // a dispute that is open after this goes up
	DecidedBy string
	DecidedAt time.Time
	Raised    bool // whether it went up already
}

// RemarkLine is one entry under a remark.
type RemarkLine struct {
	At   time.Time
	By   string // address, or "earshot"
	What string // answered, upheld, declined, raised
	Text string
}

// KudosID is the key of the one praise of an agent in a response.
func KudosID(response, agent string) string { return key("kudos", response, agent) }

// WeeklyThanksID is the key of the one mail of thanks to a person for the week that ended on day.
func WeeklyThanksID(agent, day string) string { return key("weekly", agent, day) }

// DisputeID is the key of the one dispute about a response by a person.
func DisputeID(response, by string) string { return key("dispute", response, by) }

// CoachingID is the key of a note or lesson: the same words of the same person about the same
// response are one remark, however often the form is sent.
func CoachingID(kind RemarkKind, response, by, text string) string {
	return key("coaching", string(kind), response, by, text)
}

// Tell adds a mail that must reach somebody, once for each kind and recipient.
func (r *Remark) Tell(n Notice) {
	for _, old := range r.Notices {
		if old.Key == n.Key {
			return
		}
	}
	n.Due = UTC(n.Due)
	r.Notices = append(r.Notices, n)
	r.Plan()
}

// Plan computes when a worker has to look at the remark next.
func (r *Remark) Plan() {
	var due time.Time
	for _, n := range r.Notices {
		if n.SentAt.IsZero() && n.Failed == "" {
			due = Earliest(due, n.Due)
		}
	}
	if r.Open() && !r.Raised {
		due = Earliest(due, r.DecideBy)
	}
	r.Next(due)
}

// Open tells whether the remark is a dispute that nobody has decided.
func (r *Remark) Open() bool { return r.Kind == Dispute && r.Decision == "" }

// Answer adds somebody's words.
func (r *Remark) Answer(by, text string, now time.Time) {
	r.Lines = append(r.Lines, RemarkLine{At: UTC(now), By: by, What: "answered", Text: text})
}

// Decide ends a dispute. It is a second person who decides: neither whose score it is nor who
// disputed it. ErrDecided, ErrOwnMatter.
func (r *Remark) Decide(by, decision, text string, now time.Time) error {
	switch {
	case !r.Open():
		return ErrDecided
	case by == r.By || by == r.Agent.Email:
		return ErrOwnMatter
	case decision != Upheld && decision != Declined:
		return fmt.Errorf("a dispute is %s or %s, not %q", Upheld, Declined, decision)
	}
	r.Decision, r.DecidedBy, r.DecidedAt = decision, by, UTC(now)
	r.Lines = append(r.Lines, RemarkLine{At: UTC(now), By: by, What: decision, Text: text})
	r.Plan()
	return nil
}
