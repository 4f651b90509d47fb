package recovery

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

const day = 24 * time.Hour

func TestAlertGoesToTheOwnerOnce(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	for range 3 {
		w.work(noon())
	}
	if got := w.mails(); got != "alert sam" {
		t.Errorf("mails: %q", got)
	}
	if c = w.get(c.ID); c.Owner.Email != "sam@acme.test" || c.Notices[0].SentAt.IsZero() || !c.Changed.IsZero() || !c.Due.Equal(c.AcknowledgeBy) {
		t.Errorf("the case is %+v", c)
	}
}

func TestAlertWithoutTheOwner(t *testing.T) {
	for want, removed := range map[string][]string{"lena": {"sam"}, "ada": {"sam", "lena"}} {
		w := newWorld(t)
		w.remove(removed...)
		c := w.open()
		w.work(noon())
		if got := w.mails(); got != "alert "+want || c.Agent.Email != "sam@acme.test" || c.Owner.Email != want+"@acme.test" {
			t.Errorf("without %v: mails %q, owner %s, earned by %s", removed, got, c.Owner.Email, c.Agent.Email)
		}
	}
}

func TestAlertThatCannotBeDelivered(t *testing.T) {
	w := newWorld(t)
	w.box.gone["sam@acme.test"] = true
	c := w.open()
	w.work(noon())
	w.work(noon().Add(time.Minute))
	if got := w.mails(); got != "alert lena" {
		t.Errorf("mails: %q", got)
	}
	if c = w.get(c.ID); c.Notices[0].Failed == "" || !c.Due.Equal(c.AcknowledgeBy) {
		t.Errorf("notices %+v, due %s", c.Notices, c.Due)
	}
}

func TestAlertThatNoLeadCanRead(t *testing.T) {
	w := newWorld(t)
	w.remove("sam")
	w.box.gone["lena@acme.test"] = true
	w.open()
	w.work(noon())
	if got := w.mails(); got != "alert max" {
		t.Errorf("mails: %q; the only lead has no mailbox, so a manager must hear", got)
	}
}

func TestEscalation(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	for _, x := range []struct {
		after time.Duration
		mails string
	}{
		{59 * time.Minute, "alert sam"},
		{time.Hour, "alert sam, escalation lena"},
		{2 * time.Hour, "alert sam, escalation lena"},
		{4 * time.Hour, "alert sam, escalation lena, escalation max"},
		{50 * time.Hour, "alert sam, escalation lena, escalation max"},
	} {
		w.work(noon().Add(x.after))
		if got := w.mails(); got != x.mails {
			t.Errorf("after %s: %q, want %q", x.after, got, x.mails)
		}
	}
	if c = w.get(c.ID); !c.Due.IsZero() {
		t.Errorf("still due at %s", c.Due)
	}
}

func TestNoEscalationInTime(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	w.act(c.ID, "acknowledge", feedback.Step{}, noon().Add(30*time.Minute))
	w.act(c.ID, "contact", feedback.Step{}, noon().Add(3*time.Hour))
	w.work(noon().Add(100 * time.Hour))
	if got := w.mails(); got != "alert sam" {
		t.Errorf("mails: %q", got)
	}
}

// resolved is a case that was resolved at noon and whose customer was asked again three days later.
func (w *world) resolved() *feedback.Case {
	w.t.Helper()
	c := w.open()
	w.act(c.ID, "resolve", feedback.Step{Cause: "wait", Action: "refund"}, noon())
	w.work(noon().Add(3*day - time.Second))
	if c = w.get(c.ID); c.Resurvey.Invitation != "" {
		w.t.Fatal("asked again too early")
	}
	w.work(noon().Add(3 * day))
	c = w.get(c.ID)
	v, err := w.Store.Invitations().Get(w.t.Context(), c.Resurvey.Invitation)
	if err != nil || v.Original != c.ID || v.Survey != ResurveyID || v.Due.IsZero() || !c.Resurvey.Until.Equal(v.ExpiresAt) {
		w.t.Fatalf("asked again by %+v, %v", v, err)
	}
	return c
}

func TestSilenceAfterTheSecondQuestion(t *testing.T) {
	w := newWorld(t)
	c := w.resolved()
	w.work(c.Resurvey.Until.Add(-time.Second))
	if got := w.get(c.ID).State; got != feedback.CaseResolved {
		t.Errorf("before the end: %s", got)
	}
	w.work(c.Resurvey.Until)
	if c = w.get(c.ID); c.State != feedback.CaseUnreachable || !c.Due.IsZero() {
		t.Errorf("afterwards: %s, due %s", c.State, c.Due)
	}
}

func (w *world) follow(c *feedback.Case, score int, at time.Time) {
	w.t.Helper()
	survey, _ := w.Catalog.Current(ResurveyID)
	r := &feedback.Response{Original: c.ID, Survey: ResurveyID, Metric: feedback.CSAT}
	r.Give(feedback.Answer{Score: score, Scored: true, Comment: "Well"}, survey, at)
	for range 2 {
		if err := w.Followed(w.t.Context(), r, survey, at); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestCustomerIsContent(t *testing.T) {
	w := newWorld(t)
	c := w.resolved()
	w.follow(c, 5, noon().Add(4*day))
	w.work(noon().Add(30 * day))
	if c = w.get(c.ID); c.State != feedback.CaseConfirmed || c.Resurvey.Score != 5 || !c.Due.IsZero() || w.mails() != "alert sam" {
		t.Errorf("%s, score %d, due %s, mails %q", c.State, c.Resurvey.Score, c.Due, w.mails())
	}
}

func TestCustomerIsNotContent(t *testing.T) {
	w := newWorld(t)
	c := w.resolved()
	later := noon().Add(4 * day)
	w.follow(c, 1, later)
	w.work(later)
	if got := w.mails(); got != "alert sam, escalation lena, escalation sam" {
		t.Errorf("mails: %q", got)
	}
	c = w.get(c.ID)
	if c.State != feedback.CaseAcknowledged || c.Reopened != 1 || !c.ContactBy.Equal(later.Add(4*time.Hour)) {
		t.Errorf("%s, reopened %d times, contact by %s", c.State, c.Reopened, c.ContactBy)
	}
	w.follow(c, 4, later.Add(time.Hour)) // the customer thinks better of it
	w.work(later.Add(time.Hour))
	if c = w.get(c.ID); c.State != feedback.CaseConfirmed {
		t.Errorf("after a change of mind: %s", c.State)
	}
}

func TestChangedAnswer(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	w.work(noon())
	r, err := w.Store.Responses().Get(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.Score = 5
	for range 2 {
		if err := w.Changed(t.Context(), r, noon().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	c = w.get(c.ID)
	if last := c.History[len(c.History)-1]; c.Score != 5 || last.What != "score_changed" || last.Note != "1 → 5" || len(c.History) != 3 {
		t.Errorf("score %d, history %v", c.Score, c.History)
	}
}

// Everybody who acts at once is written down, whatever the order.
func TestActorsAtOnce(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := w.Act(t.Context(), c.ID, "note", feedback.Step{By: "sam@acme.test", Note: fmt.Sprint(i)}, noon()); err != nil {
				t.Error(err)
			}
		})
	}
	acknowledged := make(chan error, 8)
	for range 8 {
		wg.Go(func() {
			_, err := w.Act(t.Context(), c.ID, "acknowledge", feedback.Step{By: "sam@acme.test"}, noon())
			acknowledged <- err
		})
	}
	wg.Go(func() { w.work(noon()) })
	wg.Wait()
	close(acknowledged)
	done := 0
	for err := range acknowledged {
		if err == nil {
			done++
		} else if !errors.Is(err, feedback.ErrTransition) {
			t.Error(err)
		}
	}
	w.work(noon())
	notes := map[string]int{}
	for _, e := range w.get(c.ID).History {
		notes[e.What+e.Note]++
	}
	for i := range 20 {
		if notes[fmt.Sprintf("noted%d", i)] != 1 {
			t.Errorf("note %d stands %d times", i, notes[fmt.Sprintf("noted%d", i)])
		}
	}
	if done != 1 || notes["acknowledged"] != 1 || notes["alerted"] != 1 || w.mails() != "alert sam" {
		t.Errorf("acknowledged by %d; history %v, mails %q", done, notes, w.mails())
	}
}

func TestAssign(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	w.work(noon())
	c = w.act(c.ID, "assign", feedback.Step{By: "lena@acme.test", To: feedback.Agent{Email: "Otto@acme.test"}}, noon().Add(time.Minute))
	w.work(noon().Add(time.Minute))
	if got := w.mails(); got != "alert otto, alert sam" || c.Owner.Team != "Sales" || c.Agent.Email != "sam@acme.test" {
		t.Errorf("mails %q, owner %+v, agent %+v", got, c.Owner, c.Agent)
	}
	w.remove("max")
	for _, to := range []string{"", "nobody@acme.test", "max@acme.test"} {
		_, err := w.Act(t.Context(), c.ID, "assign", feedback.Step{By: "lena@acme.test", To: feedback.Agent{Email: to}}, noon())
		if invalid := (*feedback.Invalid)(nil); !errors.As(err, &invalid) || invalid.Errors[0].Field != "to" {
			t.Errorf("given to %q: %v", to, err)
		}
	}
}

func TestActRefuses(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	for field, x := range map[string]struct {
		verb string
		step feedback.Step
	}{
		"by":     {"contact", feedback.Step{}},
		"note":   {"note", feedback.Step{By: "sam", Note: " \n"}},
		"cause":  {"resolve", feedback.Step{By: "sam", Cause: "weather"}},
		"action": {"resolve", feedback.Step{By: "sam", Action: "shrug"}},
	} {
		_, err := w.Act(t.Context(), c.ID, x.verb, x.step, noon())
		if invalid := (*feedback.Invalid)(nil); !errors.As(err, &invalid) || len(invalid.Errors) != 1 || invalid.Errors[0].Field != field {
			t.Errorf("%s with %+v: %v", x.verb, x.step, err)
		}
	}
	if _, err := w.Act(t.Context(), c.ID, "delete", feedback.Step{By: "sam"}, noon()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown verb: %v", err)
	}
	if _, err := w.Act(t.Context(), "none", "note", feedback.Step{By: "sam", Note: "x"}, noon()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown case: %v", err)
	}
	if _, err := w.Act(t.Context(), c.ID, "reopen", feedback.Step{By: "sam"}, noon()); !errors.Is(err, feedback.ErrTransition) {
		t.Errorf("an open case reopened: %v", err)
	}
	if got := w.get(c.ID); got.Rev != c.Rev {
		t.Errorf("the case was written %d times", got.Rev-c.Rev)
	}
}

func TestJourney(t *testing.T) {
	w := newWorld(t)
	w.open()
	moments, err := w.Journey(t.Context(), "mara@example.com", 10)
	if err != nil || len(moments) != 2 {
		t.Fatalf("%v, %v", moments, err)
	}
	if others, err := w.Journey(t.Context(), "lena@example.com", 10); err != nil || len(others) != 0 {
		t.Errorf("a stranger's: %v, %v", others, err)
	}
}
