package invite

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func TestNeverAskedAbout(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*feedback.Interaction)
		rule   string
	}{
		{"closed by a machine", func(in *feedback.Interaction) { in.Tags = []string{"Auto-Closed"} }, "ask.auto_closed"},
		{"spam in other words", func(in *feedback.Interaction) { in.Tags = []string{"vip", "junk"} }, "ask.spam"},
		{"merged", func(in *feedback.Interaction) { in.Tags = []string{"closed_by_merge"} }, "ask.merged"},
		{"opened again", func(in *feedback.Interaction) { in.Tags = []string{"reopened"} }, "ask.reopened"},
		{"not wanted", func(in *feedback.Interaction) { in.Tags = []string{"no survey"} }, "ask.no_survey"},
		{"the agent", func(in *feedback.Interaction) { in.Customer.Email = "SAM@acme.test" }, "ask.staff"},
		{"an owner before", func(in *feedback.Interaction) {
			in.Customer.Email, in.Owners = "ivy@acme.test", []feedback.Owner{{Email: "Ivy@acme.test", From: noon(t)}, {Email: "sam@acme.test", From: noon(t)}}
		}, "ask.staff"},
		{"a customer of an internal service desk", func(in *feedback.Interaction) { in.Customer.Email = "zoe@acme.test" }, "ask.delay"},
	} {
		w := newWorld(t, definition)
		in := w.contact(noon(t))
		c.change(&in)
		if d := w.accept(in, noon(t)).Decision; d.Rule != c.rule {
			t.Errorf("%s: %+v, want %s", c.name, d, c.rule)
		}
	}
	w := newWorld(t, definition)
	u := &feedback.User{Email: "mara@example.com", Role: feedback.RoleExecutive}
	u.ID = u.Email
	if err := w.Store.Users().Insert(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	if d := w.accept(w.contact(noon(t)), noon(t)).Decision; d.Rule != "ask.staff" {
		t.Errorf("somebody who signs in: %+v", d)
	}
}

// restless is the definition without a rest, so that nothing but the matter can refuse.
func restless() string { return strings.Replace(definition, "rest: 30d", "rest: 0d", 1) }

func TestOneSurveyForAMatter(t *testing.T) {
	w := newWorld(t, restless())
	ask := func(after time.Duration, subject string, reopens int, email string) feedback.Decision {
		in := w.contact(noon(t).Add(after))
		in.Subject, in.Customer.Email, in.Metrics.Reopens = subject, email, &reopens
		return w.accept(in, noon(t).Add(after)).Decision
	}
	const mara = "mara@example.com"
	for _, c := range []struct {
		name    string
		after   time.Duration
		subject string
		reopens int
		email   string
		rule    string
	}{
		{"first", 0, "Refund not received", 0, mara, "ask.delay"},
		{"ok thanks", time.Hour, "Re: Refund not received", 0, mara, "ask.matter"},
		{"another address with a tag", 2 * time.Hour, "RE: [#123] Refund not received", 0, "Mara+x@example.com", "ask.matter"},
		{"another matter", 3 * time.Hour, "Where is my order", 0, mara, "ask.delay"},
		{"somebody else", 4 * time.Hour, "Refund not received", 0, "lena@example.com", "ask.delay"},
		{"says nothing", 4 * time.Hour, "", 0, mara, "ask.delay"},
		{"says nothing again", 4 * time.Hour, "", 0, mara, "ask.delay"},
		{"reopened after weeks", 20 * day, "Refund not received", 1, mara, "ask.matter"},
		{"the same words after weeks", 21 * day, "Refund not received", 0, mara, "ask.delay"},
	} {
		if d := ask(c.after, c.subject, c.reopens, c.email); d.Rule != c.rule {
			t.Errorf("%s: %+v, want %s", c.name, d, c.rule)
		}
	}
}

func TestOpenCaseOnTheMatter(t *testing.T) {
	for _, c := range []struct {
		name, subject string
		state         feedback.CaseState
		rule          string
	}{
		{"the same matter", "Re: Refund not received", feedback.CaseAcknowledged, "ask.open_case"},
		{"the call about it", "", feedback.CaseOpen, "ask.open_case"},
		{"another matter", "Where is my order", feedback.CaseOpen, "ask.delay"},
		{"over", "Refund not received", feedback.CaseResolved, "ask.delay"},
	} {
		w := newWorld(t, restless())
		k := &feedback.Case{Person: "mara@example.com", Subject: "Refund not received", State: c.state, OpenedAt: noon(t)}
		k.ID = "case"
		if err := w.Store.Cases().Insert(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		in := w.contact(noon(t))
		in.Subject = c.subject
		if d := w.accept(in, noon(t)).Decision; d.Rule != c.rule {
			t.Errorf("%s: %+v, want %s", c.name, d, c.rule)
		}
	}
	// It may be opened between the decision and the mail.
	w := newWorld(t, restless())
	row := w.accept(w.contact(noon(t)), noon(t))
	k := &feedback.Case{Person: "mara@example.com", State: feedback.CaseOpen, OpenedAt: noon(t)}
	k.ID = "case"
	if err := w.Store.Cases().Insert(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	w.work(noon(t).Add(time.Hour))
	if v := w.invitation(row); v.State != feedback.Cancelled || w.mails() != "" || v.Ledger[0].Rule != "ask.open_case" {
		t.Errorf("%s, mails %q, ledger %v", v.State, w.mails(), v.Ledger)
	}
}

func TestWithdrawAndEndAgain(t *testing.T) {
	w := newWorld(t, definition)
	in := w.contact(noon(t))
	row := w.accept(in, noon(t))
	for range 2 {
		if _, err := w.Withdraw(t.Context(), in.Source, in.External, Reopened, noon(t).Add(10*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	w.work(noon(t).Add(time.Hour))
	again, _, err := w.Accept(t.Context(), in, noon(t).Add(time.Hour)) // a retry of the old message
	if err != nil || w.mails() != "" || again.Decision.Rule != "ask.reopened" || len(again.Ledger) != 2 {
		t.Fatalf("withdrawn: mails %q, %+v, ledger %v, %v", w.mails(), again.Decision, again.Ledger, err)
	}
	in.EndedAt, in.Agent = noon(t).Add(3*time.Hour), feedback.Agent{Email: "ivy@acme.test"}
	again, created, err := w.Accept(t.Context(), in, noon(t).Add(3*time.Hour))
	if err != nil || created || again.Decision.Outcome != feedback.Asked || again.Agent.Email != "ivy@acme.test" || len(again.Ledger) != 3 {
		t.Fatalf("ended again: created %v, %+v, ledger %v, %v", created, again.Decision, again.Ledger, err)
	}
	w.work(noon(t).Add(4 * time.Hour))
	if v := w.invitation(row); w.mails() != "invitation" || v.Agent.Email != "ivy@acme.test" {
		t.Errorf("mails %q, agent %v", w.mails(), v.Agent)
	}
	if _, err := w.Withdraw(t.Context(), in.Source, in.External, Reopened, noon(t).Add(5*time.Hour)); err != nil {
		t.Fatal(err)
	}
	in.EndedAt = noon(t).Add(10 * time.Hour)
	if _, _, err := w.Accept(t.Context(), in, noon(t).Add(11*time.Hour)); err != nil {
		t.Fatal(err)
	}
	w.work(noon(t).Add(10 * day))
	if w.mails() != "invitation" {
		t.Errorf("reopened after the survey went out, ended again: %q", w.mails())
	}
}

func TestHolidaysOfTheRecipient(t *testing.T) {
	off := strings.Replace(definition, "  rest: 30d\n", "  rest: 30d\n  holidays: false\n", 1)
	for _, c := range []struct{ name, survey, zone, ended, rule, sendAt string }{
		{"Christmas in Berlin", definition, "Europe/Berlin", "2026-12-24T18:45:00Z", "ask.holidays", "2026-12-27T07:00:00Z"},
		{"Thanksgiving in New York", definition, "America/New_York", "2026-11-26T15:00:00Z", "ask.holidays", "2026-11-27T13:00:00Z"},
		{"no holiday in London", definition, "Europe/London", "2026-11-26T15:00:00Z", "ask.delay", "2026-11-26T15:30:00Z"},
		{"not minded", off, "Europe/Berlin", "2026-12-25T12:00:00Z", "ask.delay", "2026-12-25T12:30:00Z"},
	} {
		w := newWorld(t, c.survey)
		in := w.contact(at(t, c.ended))
		in.Customer.Timezone = c.zone
		if d := w.accept(in, at(t, c.ended)).Decision; d.Rule != c.rule || !d.SendAt.Equal(at(t, c.sendAt)) {
			t.Errorf("%s: %+v, want %s at %s", c.name, d, c.rule, c.sendAt)
		}
	}
	// A reminder that falls on a holiday waits too.
	w := newWorld(t, definition)
	in := w.contact(at(t, "2026-12-22T12:00:00Z"))
	in.Customer.Timezone = "Europe/Berlin"
	row := w.accept(in, in.EndedAt)
	for _, now := range []string{"2026-12-22T12:30:00Z", "2026-12-25T12:30:00Z", "2026-12-26T12:30:00Z"} {
		w.work(at(t, now))
	}
	if v := w.invitation(row); w.mails() != "invitation" || !v.Due.Equal(at(t, "2026-12-27T07:00:00Z")) {
		t.Errorf("mails %q, next at %s", w.mails(), v.Due)
	}
}

// resurvey plans the second question as recovery does.
func (w *world) resurvey(original *feedback.Interaction, due time.Time) *feedback.Invitation {
	w.t.Helper()
	survey, _ := w.Catalog.Current("csat")
	v := NewInvitation(original, survey, due, due)
	v.ID, v.Original, v.Remind = "resurvey", original.Decision.Invitation, nil
	if err := w.Store.Invitations().Insert(w.t.Context(), v); err != nil {
		w.t.Fatal(err)
	}
	return v
}

func TestResurveyKeepsTheRules(t *testing.T) {
	w := newWorld(t, strings.Replace(definition, "rest: 30d", "rest: 5d", 1))
	row := w.accept(w.contact(noon(t)), noon(t))
	w.work(noon(t).Add(time.Hour))
	w.resurvey(row, noon(t).Add(2*day))
	w.work(noon(t).Add(2 * day))
	if w.mails() != "invitation" {
		t.Errorf("two days after the first: %q", w.mails())
	}
	w.work(row.Decision.SendAt.Add(5 * day))
	if !strings.Contains(w.mails(), "resurvey") {
		t.Errorf("after the rest: %q", w.mails())
	}
	next := w.accept(w.contact(noon(t).Add(6*day)), noon(t).Add(6*day)).Decision
	if next.Rule != "ask.rest" || !next.SendAt.Equal(row.Decision.SendAt.Add(10*day)) {
		t.Errorf("a survey after the re-survey does not rest: %+v", next)
	}
}

// A service that was down sends late; the rest counts from when the customer really got the mail.
func TestLateMailKeepsTheRest(t *testing.T) {
	w := newWorld(t, strings.Replace(definition, "rest: 30d", "rest: 5d", 1))
	w.accept(w.contact(noon(t)), noon(t))
	up := noon(t).Add(3 * day)
	w.work(up)
	p, err := store.PersonOf(t.Context(), w.Store.People(), "mara@example.com")
	if err != nil || len(p.Asked) != 1 || !p.Asked[0].At.Equal(up) || w.mails() != "invitation" {
		t.Errorf("slots %v, mails %q, %v", p.Asked, w.mails(), err)
	}
}
