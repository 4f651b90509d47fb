package feedback

import "time"

// Settle records that the customer says, on the page of the survey, that the matter is solved. They
// need not be asked again.
func (c *Case) Settle(note string, at time.Time) {
	at = UTC(at)
	if c.ResolvedAt.IsZero() {
		c.ResolvedAt = at
	}
	c.State, c.ClosedAt, c.Snooze = CaseConfirmed, at, Snooze{}
	c.Resurvey.Due, c.Resurvey.Until = time.Time{}, time.Time{}
	c.Log(Event{At: at, By: "customer", What: "confirmed", Note: note})
	c.Changed = at
	c.Plan()
}

// Unsettle records that the customer says, on the page of the survey, that the matter is not solved. A
// case that was closed is worked on again, on a new clock; it reports whether it was.
func (c *Case) Unsettle(note string, contactBy, resolveBy, at time.Time) (reopened bool) {
	at = UTC(at)
	c.Log(Event{At: at, By: "customer", What: "not_confirmed", Note: note})
	if reopened = !c.State.Working(); reopened {
		c.reopen(contactBy, resolveBy, at)
	}
	c.Snooze = Snooze{}
	c.Changed = at
	c.Plan()
	return reopened
}

// Void closes a case whose answer turned out to be a machine's: there is no customer to win back.
func (c *Case) Void(by, note string, at time.Time) {
	at = UTC(at)
	c.State, c.ClosedAt, c.Snooze = CaseCorrected, at, Snooze{}
	c.Resurvey.Due, c.Resurvey.Until = time.Time{}, time.Time{}
	for i := range c.Notices {
		if n := &c.Notices[i]; n.SentAt.IsZero() && n.Failed == "" {
			n.Failed = "The answer was a machine's."
		}
	}
	c.Log(Event{At: at, By: by, What: "corrected", Note: note})
	c.Changed = at
	c.Plan()
}
