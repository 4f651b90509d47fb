package recovery

import (
	"errors"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// TestReply writes to the customer from a case, under the agent's name, and takes the answer back in, once.
func TestReply(t *testing.T) {
	w := newWorld(t)
	w.ReplyTo = func(id string) string { return "reply+" + id + "@in.acme.test" }
	c := w.open()
	w.work(noon())
	at := noon().Add(10 * time.Minute)
	c = w.act(c.ID, "reply", feedback.Step{Note: "I am sorry.\n\nSam", Once: "form 1"}, at)
	if c.State != feedback.CaseContacted || !c.ContactedAt.Equal(at) {
		t.Fatalf("a mail to the customer is the first contact; the case is %s", c.State)
	}
	c = w.act(c.ID, "reply", feedback.Step{Note: "I am sorry.\n\nSam", Once: "form 1"}, at.Add(time.Second))
	if len(c.Mails) != 1 {
		t.Fatalf("the same form sent twice made %d mails", len(c.Mails))
	}
	w.work(at)
	m := w.mailOf(t, "reply")
	for _, want := range []string{"From: \"sam\" <surveys@acme.test>", "reply+" + c.ID + "@in.acme.test", "I am sorry.", "Nobody answered me."} {
		if !strings.Contains(m, want) {
			t.Errorf("the mail to the customer lacks %q:\n%s", want, m)
		}
	}
	for range 2 {
		if err := w.CustomerReplied(t.Context(), c.ID, "Thank you, that helped.", "<1@mara>", at.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	w.work(at.Add(time.Hour))
	if got := w.mails(); got != "alert sam, alert sam, reply mara" {
		t.Errorf("mails %q", got)
	}
	if last := w.get(c.ID).History; last[len(last)-2].Note != "Thank you, that helped." || last[len(last)-2].By != "customer" {
		t.Errorf("the case does not hold the answer: %+v", last)
	}
	if err := w.CustomerReplied(t.Context(), "nothing", "x", "<2@mara>", at); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an answer to no case: %v", err)
	}
}

// TestTwoAtOnce lets two people work on the case they both have before them: the second sees what the
// first did, nothing is done twice, and no words are lost.
func TestTwoAtOnce(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	seen := len(c.History)
	w.act(c.ID, "call", feedback.Step{By: "sam@acme.test", Note: "Called.", Seen: seen}, noon())
	got, err := w.Act(t.Context(), c.ID, "reply", feedback.Step{By: "lena@acme.test", Note: "Dear Mara, we are sorry.", Seen: seen}, noon().Add(time.Minute))
	var second *Overtaken
	if !errors.As(err, &second) || !second.Kept || second.First.By != "sam@acme.test" {
		t.Fatalf("the second step: %v", err)
	}
	if len(got.Mails) != 0 || got.History[len(got.History)-1].Note != "Dear Mara, we are sorry." {
		t.Errorf("sent %d mails, and the last entry is %+v", len(got.Mails), got.History[len(got.History)-1])
	}
	got = w.act(c.ID, "note", feedback.Step{By: "lena@acme.test", Note: "By the way.", Seen: seen}, noon())
	if others := got.Since(seen, "lena@acme.test"); len(others) != 1 || others[0].What != "called" {
		t.Errorf("what Lena missed: %+v", others)
	}
	got = w.act(c.ID, "reply", feedback.Step{By: "lena@acme.test", Note: "Now really.", Seen: len(got.History)}, noon())
	if len(got.Mails) != 1 {
		t.Error("having seen it, Lena may write")
	}
}

// TestSnooze holds the rule of resting: before the first contact not beyond the clock, afterwards the time
// to resolve grows by the rest and nobody is told that it ran out.
func TestSnooze(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	tomorrow := noon().Add(24 * time.Hour)
	if _, err := w.Act(t.Context(), c.ID, "snooze", feedback.Step{By: "sam@acme.test", Note: "Later.", Until: tomorrow}, noon()); err == nil {
		t.Fatal("a case whose customer has not heard from us rests beyond its clock")
	}
	w.act(c.ID, "call", feedback.Step{}, noon())
	before := w.get(c.ID).ResolveBy
	c = w.act(c.ID, "snooze", feedback.Step{Note: "The parcel arrives tomorrow.", Until: tomorrow}, noon())
	if want := before.Add(24 * time.Hour); !c.ResolveBy.Equal(want) || !c.Deadline.Equal(want) {
		t.Errorf("to resolve by %s, want %s", c.ResolveBy, want)
	}
	c = w.act(c.ID, "snooze", feedback.Step{Note: "The day after.", Until: tomorrow.Add(24 * time.Hour)}, noon().Add(time.Hour))
	if want := before.Add(48 * time.Hour); !c.ResolveBy.Equal(want) {
		t.Errorf("a longer rest counts the first part twice: %s, want %s", c.ResolveBy, want)
	}
	w.work(tomorrow.Add(25 * time.Hour))
	if c = w.get(c.ID); !c.Snooze.Until.IsZero() || w.mails() != "alert sam, alert sam" {
		t.Errorf("after the rest: %+v, mails %q", c.Snooze, w.mails())
	}
}
