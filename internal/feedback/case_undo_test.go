package feedback

import (
	"errors"
	"testing"
	"time"
)

func TestUndo(t *testing.T) {
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	fresh := func() *Case {
		c := &Case{State: CaseOpen, OpenedAt: at, AcknowledgeBy: at.Add(time.Hour), ContactBy: at.Add(2 * time.Hour), ResolveBy: at.Add(3 * time.Hour)}
		c.Plan()
		return c
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c := fresh()
	must(c.Acknowledge(Step{By: "sam"}, at.Add(time.Minute)))
	if err := c.Undo("ivy", at.Add(2*time.Minute)); !errors.Is(err, ErrTransition) {
		t.Errorf("somebody else took it back: %v", err)
	}
	if err := c.Undo("sam", at.Add(time.Hour)); !errors.Is(err, ErrTransition) {
		t.Errorf("taken back an hour later: %v", err)
	}
	must(c.Undo("sam", at.Add(2*time.Minute)))
	if c.State != CaseOpen || !c.AcknowledgedAt.IsZero() || !c.Deadline.Equal(c.AcknowledgeBy) || len(c.History) != 2 {
		t.Errorf("after undo: %+v", c)
	}
	if err := c.Undo("sam", at.Add(2*time.Minute)); err == nil {
		t.Error("taken back twice")
	}

	c = fresh()
	must(c.Acknowledge(Step{By: "sam"}, at))
	must(c.Resolve(Step{By: "sam", Cause: "policy", Action: "fix", Rule: "7"}, at.Add(time.Minute)))
	must(c.Undo("sam", at.Add(2*time.Minute)))
	if c.State != CaseAcknowledged || c.Cause+c.Action+c.Rule != "" || !c.ResolvedAt.IsZero() || !c.Deadline.Equal(c.ContactBy) {
		t.Errorf("after undoing the resolution: %+v", c)
	}
	must(c.Contact(Step{By: "sam"}, at.Add(3*time.Minute)))
	if c.Undoable("sam", at.Add(3*time.Minute)) != "" {
		t.Error("a customer who heard from us cannot unhear it")
	}
}
