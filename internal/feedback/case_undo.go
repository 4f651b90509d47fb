package feedback

import (
	"fmt"
	"slices"
	"time"
)

// UndoFor is how long a step of which nothing went out can be taken back by who took it.
const UndoFor = 10 * time.Minute

// Undoable names the latest step of a person that they can still take back: "acknowledged" or
// "resolved", of which nothing has gone out to anybody. It is empty when there is none.
func (c *Case) Undoable(by string, now time.Time) string {
	for _, e := range slices.Backward(c.History) {
		if e.By == "earshot" {
			continue
		}
		old := now.Sub(e.At) > UndoFor
		switch {
		case e.By != by || old:
			return ""
		case e.What == "acknowledged" && c.State == CaseAcknowledged:
			return e.What
		case e.What == "resolved" && c.State == CaseResolved && c.Resurvey.Invitation == "":
			return e.What
		}
		return ""
	}
	return ""
}

// Undo takes that step back. The history keeps both. ErrTransition when there is nothing to take back.
func (c *Case) Undo(by string, now time.Time) error {
	what := c.Undoable(by, now)
	if what == "" {
		return fmt.Errorf("%w: there is nothing to take back", ErrTransition)
	}
	if what == "resolved" {
		at := c.ResolvedAt
		if c.ContactedAt.Equal(at) { // resolving had contacted and acknowledged
			c.ContactedAt = time.Time{}
		}
		if c.AcknowledgedAt.Equal(at) {
			c.AcknowledgedAt = time.Time{}
		}
		c.ResolvedAt, c.Resurvey.Due, c.Cause, c.Action, c.Rule = time.Time{}, time.Time{}, "", "", ""
	} else {
		c.AcknowledgedAt = time.Time{}
	}
	switch {
	case !c.ContactedAt.IsZero():
		c.State = CaseContacted
	case !c.AcknowledgedAt.IsZero():
		c.State = CaseAcknowledged
	default:
		c.State = CaseOpen
	}
	return c.stepped(Step{By: by}, "undone", now)
}
