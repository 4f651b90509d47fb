package invite

import (
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

const day = 24 * time.Hour

func TestInvitationReminderExpiry(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	for _, c := range []struct {
		after time.Duration
		mails string
		state feedback.State
	}{
		{29 * time.Minute, "", feedback.Scheduled},
		{30 * time.Minute, "invitation", feedback.Sent},
		{2 * day, "invitation", feedback.Sent},
		{3*day + 31*time.Minute, "invitation reminder", feedback.Sent},
		{10 * day, "invitation reminder", feedback.Sent},
		{14*day + 30*time.Minute, "invitation reminder", feedback.Expired},
		{40 * day, "invitation reminder", feedback.Expired},
	} {
		w.work(noon(t).Add(c.after))
		if v := w.invitation(row); w.mails() != c.mails || v.State != c.state {
			t.Errorf("after %s: mails %q, %s; want %q, %s", c.after, w.mails(), v.State, c.mails, c.state)
		}
	}
}

func TestRemindersStop(t *testing.T) {
	for name, stop := range map[string]func(*world, *feedback.Interaction) error{
		"answered": func(w *world, row *feedback.Interaction) error {
			_, err := store.Update(w.t.Context(), w.Store.Invitations(), row.Decision.Invitation, func(v *feedback.Invitation) error {
				v.MarkAnswered(noon(w.t).Add(day))
				return nil
			})
			return err
		},
		"opted out": func(w *world, row *feedback.Interaction) error {
			_, err := w.OptOut(w.t.Context(), w.Tokens.Mint(row.Decision.Invitation), noon(w.t).Add(day))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, definition)
			row := w.accept(w.contact(noon(t)), noon(t))
			w.work(noon(t).Add(time.Hour))
			if err := stop(w, row); err != nil {
				t.Fatal(err)
			}
			for _, after := range []time.Duration{day, 4 * day, 15 * day} {
				w.work(noon(t).Add(after))
			}
			if w.mails() != "invitation" {
				t.Errorf("mails %q", w.mails())
			}
		})
	}
}

// A worker that comes late, at night, waits for the morning and sends one mail, dated that morning.
func TestQuietAtTheMomentOfSending(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	w.work(at(t, "2026-11-20T23:00:00Z"))
	if v := w.invitation(row); w.mails() != "" || !v.Due.Equal(at(t, "2026-11-21T08:00:00Z")) || v.Ledger[0].Rule != "ask.quiet" {
		t.Fatalf("at night: mails %q, due %s, ledger %v", w.mails(), v.Due, v.Ledger)
	}
	w.work(at(t, "2026-11-21T07:59:59Z"))
	w.work(at(t, "2026-11-21T08:00:00Z"))
	w.work(at(t, "2026-11-21T09:00:00Z"))
	list, _, err := w.box.List("", 10)
	if err != nil || len(list) != 1 || !list[0].At.Equal(at(t, "2026-11-21T08:00:00Z")) {
		t.Errorf("in the morning: %v, %v", list, err)
	}
}

func TestSenderFails(t *testing.T) {
	for _, c := range []struct {
		name  string
		fail  error
		state feedback.State
		mails string
	}{
		{"temporarily", mail.Temporary("busy", 0, nil), feedback.Sent, "invitation"},
		{"account", mail.Account("quota", nil), feedback.Sent, "invitation"},
		{"for good", mail.Rejected("no such mailbox", nil), feedback.Failed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, definition)
			row := w.accept(w.contact(noon(t)), noon(t))
			w.box.fail = c.fail
			now := noon(t).Add(time.Hour)
			w.work(now)
			v := w.invitation(row)
			if v.LastError != "" && v.LastError != mail.Reason(c.fail) || v.State == feedback.Scheduled && (!v.Due.After(now) || v.LastError == "") {
				t.Errorf("after the failure: %s, due %s, %q", v.State, v.Due, v.LastError)
			}
			w.box.fail = nil
			w.work(now.Add(10 * time.Minute))
			if v = w.invitation(row); v.State != c.state || w.mails() != c.mails {
				t.Errorf("later: %s, mails %q; want %s, %q", v.State, w.mails(), c.state, c.mails)
			}
		})
	}
}

func TestSenderFailsForADay(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	w.box.fail = mail.Temporary("busy", 0, nil)
	w.work(noon(t).Add(time.Hour))
	w.work(noon(t).Add(25 * time.Hour))
	if v := w.invitation(row); v.State != feedback.Failed || !v.Due.IsZero() {
		t.Errorf("after a day: %s, due %s", v.State, v.Due)
	}
}

// A worker that dies between handing the mail over and writing so is followed by one that sends the
// equal mail, which the sender knows.
func TestCrashBetweenSendAndSave(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	now := noon(t).Add(time.Hour)
	rows, err := w.Store.Invitations().Claim(t.Context(), w.claim(now))
	if err != nil || len(rows) != 1 {
		t.Fatal(len(rows), err)
	}
	survey, _ := w.Catalog.Current("csat")
	m, err := w.message(rows[0], survey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.box.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	w.work(now.Add(lease / 2))
	if v := w.invitation(row); v.State != feedback.Scheduled {
		t.Errorf("the lease was overtaken: %s", v.State)
	}
	w.work(now.Add(lease + time.Second))
	if v := w.invitation(row); v.State != feedback.Sent || w.mails() != "invitation" {
		t.Errorf("after the lease: %s, mails %q", v.State, w.mails())
	}
}

// A click that arrives while the mail is being handed over must not make it go out twice.
func TestChangeWhileSending(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	now := noon(t).Add(time.Hour)
	rows, err := w.Store.Invitations().Claim(t.Context(), w.claim(now))
	if err != nil || len(rows) != 1 {
		t.Fatal(len(rows), err)
	}
	if _, err := w.OptOut(t.Context(), w.Tokens.Mint(row.Decision.Invitation), now); err != nil {
		t.Fatal(err)
	}
	if _, err := w.sent(t.Context(), rows[0], now); err != nil {
		t.Fatal(err)
	}
	v := w.invitation(row)
	if v.State != feedback.Sent || !v.SentAt.Equal(now) || len(v.Ledger) != 2 {
		t.Errorf("%s, sent at %s, ledger %v", v.State, v.SentAt, v.Ledger)
	}
}

func TestDossier(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	w.work(noon(t).Add(time.Hour))
	d, err := w.Interaction(t.Context(), "desk", row.External)
	if err != nil || len(d.Invitations) != 1 || len(d.Ledger) != 2 || d.Ledger[0].Decision != feedback.Asked || d.Ledger[1].Decision != "sent" {
		t.Errorf("%+v, %v", d, err)
	}
}
