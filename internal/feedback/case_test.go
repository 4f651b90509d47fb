package feedback

import (
	"errors"
	"testing"
	"time"
)

// caseIn is a case in a state, at a moment after its clock has begun.
func caseIn(state CaseState, opened time.Time) *Case {
	c := &Case{
		State: state, OpenedAt: opened, Interaction: "i", Customer: Customer{Email: "mara@example.com"}, Owner: Agent{Email: "sam@acme.test"},
		AcknowledgeBy: opened.Add(time.Hour), ContactBy: opened.Add(4 * time.Hour), ResolveBy: opened.Add(48 * time.Hour),
		Watches: []Watch{
			{After: AfterAcknowledge, To: "lead", At: opened.Add(time.Hour)},
			{After: AfterContact, To: "manager", At: opened.Add(4 * time.Hour)},
			{After: AfterResolve, To: "manager", At: opened.Add(48 * time.Hour)},
		},
		Resurvey: Resurvey{After: 3 * day},
	}
	c.Plan()
	return c
}

func TestCaseTransitions(t *testing.T) {
	now := at(t, "2026-11-20T12:00:00Z")
	verbs := map[string]func(*Case) error{
		"acknowledge": func(c *Case) error { return c.Acknowledge(Step{By: "sam"}, now) },
		"contact":     func(c *Case) error { return c.Contact(Step{By: "sam"}, now) },
		"call":        func(c *Case) error { return c.Call(Step{By: "sam"}, now) },
		"resolve":     func(c *Case) error { return c.Resolve(Step{By: "sam", Cause: "wait", Action: "refund"}, now) },
		"reopen":      func(c *Case) error { return c.Reopen(Step{By: "sam"}, now.Add(day), now.Add(2*day), now) },
		"note":        func(c *Case) error { return c.AddNote(Step{By: "sam", Note: "called"}, now) },
	}
	const refused = CaseState("")
	for verb, want := range map[string][]CaseState{ // by the order of CaseStates
		"acknowledge": {CaseAcknowledged, refused, refused, refused, refused, refused, refused},
		"contact":     {CaseContacted, CaseContacted, refused, refused, refused, refused, refused},
		"call":        {CaseContacted, CaseContacted, CaseContacted, CaseResolved, CaseConfirmed, CaseUnreachable, CaseCorrected},
		"resolve":     {CaseResolved, CaseResolved, CaseResolved, refused, refused, refused, refused},
		"reopen":      {refused, refused, refused, CaseAcknowledged, CaseAcknowledged, CaseAcknowledged, CaseAcknowledged},
		"note":        CaseStates(),
	} {
		for i, from := range CaseStates() {
			c := caseIn(from, now.Add(-time.Minute))
			err := verbs[verb](c)
			if want[i] == refused {
				if !errors.Is(err, ErrTransition) || c.State != from || len(c.History) != 0 || !c.Changed.IsZero() {
					t.Errorf("%s from %s: %v, now %s with %v", verb, from, err, c.State, c.History)
				}
				continue
			}
			if err != nil || c.State != want[i] || len(c.History) != 1 || !c.Due.Equal(now) && !c.Changed.Equal(now) {
				t.Errorf("%s from %s: %v, now %s, want %s, history %v", verb, from, err, c.State, want[i], c.History)
			}
		}
	}
}

func TestCaseStepsImplyEarlierOnes(t *testing.T) {
	now := at(t, "2026-11-20T12:00:00Z")
	c := caseIn(CaseOpen, now.Add(-time.Minute))
	if err := c.Resolve(Step{By: "sam", Cause: "wait", Action: "refund"}, now); err != nil {
		t.Fatal(err)
	}
	if !c.AcknowledgedAt.Equal(now) || !c.ContactedAt.Equal(now) || !c.ResolvedAt.Equal(now) || c.Cause != "wait" || c.Action != "refund" {
		t.Errorf("resolved as %+v", c)
	}
	if !c.Resurvey.Due.Equal(now.Add(3*day)) || !c.Deadline.IsZero() {
		t.Errorf("asked again at %s; the clock still runs to %s", c.Resurvey.Due, c.Deadline)
	}
}

func TestCaseDeadlineFollowsTheStep(t *testing.T) {
	opened := at(t, "2026-11-20T12:00:00Z")
	for state, want := range map[CaseState]time.Duration{CaseOpen: time.Hour, CaseAcknowledged: 4 * time.Hour, CaseContacted: 48 * time.Hour} {
		if c := caseIn(state, opened); c.Deadline.Sub(opened) != want || c.Due.Sub(opened) != want {
			t.Errorf("%s: deadline %s, due %s, want both after %s", state, c.Deadline, c.Due, want)
		}
	}
	for _, state := range []CaseState{CaseResolved, CaseConfirmed, CaseUnreachable} {
		if c := caseIn(state, opened); !c.Deadline.IsZero() || !c.Due.IsZero() {
			t.Errorf("%s: deadline %s, due %s, want none", state, c.Deadline, c.Due)
		}
	}
}

func TestCaseOverrunOnce(t *testing.T) {
	opened := at(t, "2026-11-20T12:00:00Z")
	c := caseIn(CaseOpen, opened)
	if got := c.Overrun(opened.Add(time.Hour - time.Millisecond)); len(got) != 0 {
		t.Errorf("too early: %v", got)
	}
	if got := c.Overrun(opened.Add(5 * time.Hour)); len(got) != 2 || got[0].After != AfterAcknowledge || got[1].After != AfterContact {
		t.Errorf("after five hours: %v", got)
	}
	if got := c.Overrun(opened.Add(6 * time.Hour)); len(got) != 0 {
		t.Errorf("a second time: %v", got)
	}
	c = caseIn(CaseContacted, opened)
	if got := c.Overrun(opened.Add(49 * time.Hour)); len(got) != 1 || got[0].After != AfterResolve {
		t.Errorf("contacted, after 49 hours: %v", got)
	}
}

func TestCaseConfirmDenyGiveUp(t *testing.T) {
	now := at(t, "2026-11-20T12:00:00Z")
	resolved := func() *Case {
		c := caseIn(CaseOpen, now.Add(-time.Hour))
		c.Overrun(now.Add(100 * day))
		if err := c.Resolve(Step{By: "sam"}, now); err != nil {
			t.Fatal(err)
		}
		c.Resurvey.Due, c.Resurvey.Invitation, c.Resurvey.Until = time.Time{}, "v", now.Add(14*day)
		c.Changed = time.Time{}
		return c
	}
	c := resolved()
	c.Confirm(5, now)
	if c.State != CaseConfirmed || !c.ClosedAt.Equal(now) || !c.Resurvey.Until.IsZero() || c.Resurvey.Score != 5 {
		t.Errorf("confirmed: %+v", c)
	}
	c = resolved()
	c.GiveUp(now)
	if c.State != CaseUnreachable || !c.Resurvey.Until.IsZero() {
		t.Errorf("given up: %+v", c)
	}
	c = resolved()
	c.Deny(1, "Still broken", now.Add(4*time.Hour), now.Add(48*time.Hour), now)
	if c.State != CaseAcknowledged || c.Reopened != 1 || !c.ResolvedAt.IsZero() || !c.Deadline.Equal(now.Add(4*time.Hour)) {
		t.Errorf("denied: %+v", c)
	}
	if got := c.Overrun(now.Add(5 * time.Hour)); len(got) != 1 || got[0].After != AfterContact {
		t.Errorf("the new clock's overruns are %v", got)
	}
	if err := c.Resolve(Step{By: "sam"}, now.Add(time.Hour)); err != nil || !c.Resurvey.Due.IsZero() {
		t.Errorf("the customer is asked a third time at %s, %v", c.Resurvey.Due, err)
	}
	c.Deny(2, "No", now, now, now)
	reopened := c.Reopened
	c.Deny(1, "No!", now, now, now)
	if c.Reopened != reopened {
		t.Error("a case that is worked on was opened again")
	}
}

func TestCaseAssignAndNotify(t *testing.T) {
	now := at(t, "2026-11-20T12:00:00Z")
	c := caseIn(CaseOpen, now)
	c.Agent = c.Owner
	if err := c.Assign(Step{By: "ivy", To: Agent{Email: "sam@acme.test"}}, now); !errors.Is(err, ErrTransition) {
		t.Errorf("given to its owner: %v", err)
	}
	if err := c.Assign(Step{By: "ivy", To: Agent{Email: "ivy@acme.test"}}, now); err != nil || c.Owner.Email != "ivy@acme.test" || c.Agent.Email != "sam@acme.test" {
		t.Errorf("given to Ivy: %v, owner %v, agent %v", err, c.Owner, c.Agent)
	}
	c.Changed = time.Time{}
	c.Notify(Notice{Key: "alert ivy", Due: now.Add(-time.Hour)})
	c.Notify(Notice{Key: "alert ivy", Due: now.Add(-2 * time.Hour)})
	c.Plan()
	if len(c.Notices) != 1 || !c.Due.Equal(now.Add(-time.Hour)) {
		t.Errorf("notices %v, due %s", c.Notices, c.Due)
	}
	c.Notices[0].Failed = "no such mailbox"
	c.Plan()
	if c.Due.Before(now) {
		t.Errorf("a notice that failed for good keeps the case due at %s", c.Due)
	}
}

func TestWhoSeesACase(t *testing.T) {
	c := &Case{Owner: Agent{Email: "ivy@acme.test", Team: "Sales"}, Agent: Agent{Email: "sam@acme.test", Team: "Billing"}}
	for _, x := range []struct {
		user User
		sees bool
	}{
		{User{Role: RoleAdmin}, true}, {User{Role: RoleExecutive}, false},
		{User{Role: RoleLead, Team: "Sales"}, true}, {User{Role: RoleLead, Team: "Billing"}, true}, {User{Role: RoleLead, Team: "Field"}, false},
		{User{Role: RoleAgent, Email: "ivy@acme.test"}, true}, {User{Role: RoleAgent, Email: "sam@acme.test"}, true},
		{User{Role: RoleAgent, Email: "eve@acme.test", Team: "Sales"}, false}, {User{}, false},
	} {
		if got := x.user.Sees(c); got != x.sees {
			t.Errorf("%+v sees the case: %v, want %v", x.user, got, x.sees)
		}
	}
}
