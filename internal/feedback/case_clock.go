package feedback

import "time"

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
	due := Earliest(c.Resurvey.Due, c.Resurvey.Until, c.Changed, c.Snooze.Until)
	for _, m := range c.Mails {
		if m.SentAt.IsZero() && m.Failed == "" {
			due = Earliest(due, m.At)
		}
	}
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

// reopen puts the case back to work on a new clock that runs from now.
func (c *Case) reopen(contactBy, resolveBy, now time.Time) {
	c.State, c.ClockFrom, c.Snooze = CaseAcknowledged, UTC(now), Snooze{}
	if c.AcknowledgedAt.IsZero() {
		c.AcknowledgedAt = UTC(now)
	}
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

// lengthen moves the end of the time to resolve, and what waits for it.
func (c *Case) lengthen(d time.Duration) {
	if d <= 0 || c.ResolveBy.IsZero() {
		return
	}
	c.ResolveBy = UTC(c.ResolveBy.Add(d))
	for i := range c.Watches {
		if w := &c.Watches[i]; w.After == AfterResolve && !w.Done {
			w.At = c.ResolveBy
		}
	}
}
