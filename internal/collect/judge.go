package collect

import (
	"errors"
	"time"

	"earshot/internal/feedback"
)

// ErrUnproven: nothing shows that a person sent this. The page asks for the button once more; nothing
// that was typed is lost.
var ErrUnproven = errors.New("not yet known to come from a person")

// Bounds of what a person does, from the moment a page is there. Reading a question takes longer than
// a second. A hand goes to where it presses: a pointer that jumps there is a script's, which a busy
// machine can make look slow, so that without any gesture only patience is believed.
const (
	glance     = 1500 * time.Millisecond // before a page may send the answer by itself
	read       = time.Second             // before a press is believed where no script could look
	stillness  = 3 * time.Second         // before a press is believed that nothing led up to
	reflex     = 400 * time.Millisecond  // before this no press is believed
	enoughPath = 3                       // places the pointer went through
	enoughTime = 30                      // milliseconds that it took
	twoPresses = 300                     // milliseconds between two places that a hand pressed one after the other
	enoughTurn = 2                       // turns of the wheel
)

// Reasons of a verdict, beside the signs of package feedback.
const (
	ReasonPointer  = "pointer"
	ReasonTouch    = "touch"
	ReasonKeyboard = "keyboard"
	ReasonScroll   = "scroll"
	ReasonDwell    = "dwell"  // the page was looked at before anything was sent
	ReasonTyped    = "typed"  // words came with the answer
	ReasonNoPage   = "direct" // no page of ours was involved
	ReasonNoScript = "no_script"
	ReasonEarly    = "too_early"  // pressed before anybody could have read the page
	ReasonNobody   = "no_gesture" // nothing moved
	ReasonScanned  = "scanned"    // machines follow the links of this mail or domain
)

// Visit is what was seen of whoever sent an answer.
type Visit struct {
	Page     bool          // it came from a page of ours, which was Open before
	Open     time.Duration // between the making of the page and the arrival of the answer
	Auto     bool          // the page sent it by itself, on what it saw
	Typed    bool          // it brings words that were not there before
	Evidence *feedback.Evidence
	Client   Client
}

// Client is who speaks HTTP to us.
type Client struct{ Agent, Address string }

// Judge says how an answer came in and whether a person sent it. ok is false when the page has to ask
// once more.
func (v Visit) Judge(scanned bool) (vote feedback.Vote, ok bool) {
	vote = feedback.Vote{Way: feedback.WayButton, Verdict: feedback.Human, Evidence: v.Evidence}
	switch {
	case !v.Page:
		return feedback.Vote{Way: feedback.WayProgram, Verdict: feedback.Unproven, Reasons: []string{ReasonNoPage}}, true
	case v.Auto:
		vote.Way = feedback.WayOneClick
		ok = v.seen(&vote, scanned)
	default:
		ok = v.pressed(&vote)
	}
	if !ok {
		vote.Verdict = feedback.Unproven
	}
	return vote, ok
}

// seen decides about an answer that the page sent without a press.
func (v Visit) seen(vote *feedback.Vote, scanned bool) bool {
	e := v.Evidence
	switch {
	case scanned:
		vote.Reasons = []string{ReasonScanned}
		return false
	case e == nil || ms(e.Visible) < glance || v.Open < glance-200*time.Millisecond: // clocks of two machines
		vote.Reasons = []string{ReasonNobody}
		return false
	case e.Early:
		vote.Reasons = []string{ReasonEarly}
		return false
	}
	vote.Reasons = gestures(e)
	if len(vote.Reasons) == 0 {
		vote.Reasons = []string{ReasonNobody}
		return false
	}
	vote.Reasons = append(vote.Reasons, ReasonDwell)
	return true
}

// pressed decides about a press of the button.
func (v Visit) pressed(vote *feedback.Vote) bool {
	e := v.Evidence
	if e == nil {
		vote.Reasons = []string{ReasonNoScript}
	} else {
		vote.Reasons = gestures(e)
	}
	switch {
	case v.Typed:
		vote.Reasons = append(vote.Reasons, ReasonTyped)
		return true
	case e == nil && v.Open >= read, e != nil && min(v.Open, ms(e.Dwell)) >= needed(e):
		vote.Reasons = append(vote.Reasons, ReasonDwell)
		return true
	}
	vote.Reasons = []string{ReasonEarly}
	return false
}

// needed is how long somebody who moved like this must have been there before a press is believed.
func needed(e *feedback.Evidence) time.Duration {
	switch {
	case e.Moves >= enoughPath, e.Moves > 1 && e.Spread >= twoPresses, e.Keys > 0, e.Wheel >= enoughTurn:
		return reflex
	case e.Touches > 0: // a tap comes without a way
		return glance
	}
	return stillness
}

// gestures names what only a person does.
func gestures(e *feedback.Evidence) []string {
	var out []string
	if e.Moves >= enoughPath && e.Spread >= enoughTime {
		out = append(out, ReasonPointer)
	}
	if e.Touches > 0 {
		out = append(out, ReasonTouch)
	}
	if e.Keys > 0 {
		out = append(out, ReasonKeyboard)
	}
	if e.Wheel >= enoughTurn {
		out = append(out, ReasonScroll)
	}
	return out
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }
