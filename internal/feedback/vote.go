package feedback

import (
	"slices"
	"time"
)

// Ways in which a score comes in.
const (
	WayOneClick = "one_click"     // a link in the mail, and the page saw a person
	WayButton   = "button"        // the button of the page
	WayProgram  = "program"       // a submission that came from no page of ours
	WayReply    = "reply"         // a mail answered with a score
	WayImport   = "import"        // taken over from another system
	WayAdmin    = "administrator" // an intent that an administrator counted
)

// Verdicts on who gave a score.
const (
	Human    = "human"    // there is evidence of a person
	Unproven = "unproven" // no evidence either way; counted only where no page could have seen any
	Machine  = "machine"  // an administrator said so; never counted
)

// Vote says how a score came in, who is believed to have given it, and why.
type Vote struct {
	Way      string
	Verdict  string
	Reasons  []string  // what decided, in the words of package collect
	Evidence *Evidence // what the page saw; nil where there was no page or no script
	Office   bool      // it came from one of the organisation's own networks; no address is kept
	// Corrections are what administrators changed about the verdict, oldest first.
	Corrections []Correction
}

// Evidence is what the survey page saw of its visitor. Times are milliseconds since the page was
// ready; only events that the browser vouches for are counted.
type Evidence struct {
	Dwell   int  // until the answer was sent
	Visible int  // of it, with the page in front and focused
	First   int  // until the first event
	Moves   int  // places that the pointer went through
	Spread  int  // between the first and the last of them
	Keys    int  // keys pressed
	Touches int  // fingers or pens set down
	Wheel   int  // turns of a wheel and drags of a finger
	Early   bool // something was pressed before anybody could have read the page
}

// Correction is an administrator's change of a verdict.
type Correction struct {
	At       time.Time
	By       string // address
	From, To string // verdicts
	Note     string
}

// Intent is a click on a score in the mail. It is kept, never counted.
type Intent struct {
	At    time.Time
	Score int
	Agent string // what the client called itself, cut short
}

// Signs that a link was followed by a machine.
const (
	SignDecoy   = "decoy"   // a link that nobody can see was followed
	SignBurst   = "burst"   // several scores within seconds
	SignScanner = "scanner" // the client or its network is a known mail scanner
	SignPrompt  = "prompt"  // within seconds of the delivery
	SignPress   = "press"   // a button was pressed before anybody could have read the page
	SignTool    = "tool"    // the client is a program for fetching pages
	SignAdmin   = "admin"   // an administrator said so
)

// Sign is one reason to believe that machines follow the links of an invitation; each kind is kept
// once, at its first time.
type Sign struct {
	At   time.Time
	Kind string
}

// Strong tells whether the sign alone proves a machine.
func (s Sign) Strong() bool {
	return s.Kind == SignDecoy || s.Kind == SignBurst || s.Kind == SignScanner || s.Kind == SignPress || s.Kind == SignAdmin
}

// Withdraw takes an answer back out: a machine gave it. The link takes an answer again while its time
// lasts, and no reminder is sent. It is due once more, to be counted.
func (v *Invitation) Withdraw(r *Response, now time.Time) {
	v.Withdrawn, v.AnsweredAt, v.Remind = r, time.Time{}, nil
	if v.State == Answered {
		if v.State = Sent; !now.Before(v.ExpiresAt) {
			v.State = Expired
		}
	}
	v.AddSign(now, SignAdmin)
	v.Changed = UTC(now)
	v.Next(UTC(now))
}

// maxIntents bounds what is kept of clicks; scanners produce many.
const maxIntents = 50

// AddIntent keeps a click; it reports whether it was kept.
func (v *Invitation) AddIntent(at time.Time, score int, agent string) bool {
	if len(v.Intents) >= maxIntents {
		return false
	}
	if n := len(v.Intents); n > 0 && v.Intents[n-1].Score == score {
		return false
	}
	v.Intents = append(v.Intents, Intent{UTC(at), score, agent})
	return true
}

// AddSign keeps a sign of a machine; it reports whether it is a new one.
func (v *Invitation) AddSign(at time.Time, kind string) bool {
	if slices.ContainsFunc(v.Signs, func(s Sign) bool { return s.Kind == kind }) {
		return false
	}
	v.Signs = append(v.Signs, Sign{UTC(at), kind})
	return true
}

// Scanned tells whether a machine is known to follow the invitation's links: one strong sign, or two
// weak ones together.
func (v *Invitation) Scanned() bool {
	weak := 0
	for _, s := range v.Signs {
		if s.Strong() {
			return true
		}
		weak++
	}
	return weak > 1
}

// Limits of a burst: as many different scores within so much time as no hand chooses.
const (
	burstScores, burstTime = 3, 10 * time.Second
	pairTime               = 1500 * time.Millisecond
)

// Burst tells whether the latest clicks are a machine's: three different scores within ten seconds,
// or two within one and a half.
func (v *Invitation) Burst() bool {
	for i := range v.Intents {
		different := map[int]bool{}
		for _, in := range v.Intents[i:] {
			gap := in.At.Sub(v.Intents[i].At)
			if gap > burstTime {
				break
			}
			different[in.Score] = true
			if len(different) >= burstScores || len(different) == 2 && gap <= pairTime {
				return true
			}
		}
	}
	return false
}
