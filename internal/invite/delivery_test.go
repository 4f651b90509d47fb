package invite

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func TestBounceBlocksTheAddress(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	sent := noon(t).Add(time.Hour)
	w.work(sent)
	ref := w.invitation(row).ID
	if err := w.Delivered(t.Context(), ref, sent, ""); err != nil {
		t.Fatal(err)
	}
	for range 2 { // providers repeat themselves
		if err := w.Bounced(t.Context(), ref, sent.Add(time.Minute), "550 no such user"); err != nil {
			t.Fatal(err)
		}
	}
	w.work(noon(t).Add(20 * day))
	v := w.invitation(row)
	if v.State != feedback.Failed || w.mails() != "invitation" || v.DeliveredAt.IsZero() {
		t.Errorf("%s after a bounce, mails %q, delivered %s", v.State, w.mails(), v.DeliveredAt)
	}
	var bounces int
	for _, l := range v.Ledger {
		if l.Decision == "bounced" && l.Rule == "mail.bounced" {
			bounces++
		}
	}
	if bounces != 1 {
		t.Errorf("the ledger speaks of %d bounces: %v", bounces, v.Ledger)
	}
	if d := w.accept(w.contact(noon(t)), noon(t).Add(40*day)).Decision; d.Rule != "person.blocked" && d.Rule != "ask.expires" {
		t.Errorf("asked again: %+v", d)
	}
	if err := w.Bounced(t.Context(), "no such ref", sent, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a mail that is not ours: %v", err)
	}
}

func TestComplaintStopsRemindersAndLeavesTheLink(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	w.work(noon(t).Add(time.Hour))
	if err := w.Complained(t.Context(), row.Decision.Invitation, noon(t).Add(2*time.Hour), ""); err != nil {
		t.Fatal(err)
	}
	if v := w.invitation(row); !v.Open(noon(t).Add(3 * time.Hour)) {
		t.Errorf("the link is closed: %s", v.State)
	}
	w.work(noon(t).Add(5 * day))
	if w.mails() != "invitation" {
		t.Errorf("mails after a complaint: %q", w.mails())
	}
	if d := w.accept(w.contact(noon(t).Add(40*day)), noon(t).Add(40*day)).Decision; d.Rule != "person.opted_out" {
		t.Errorf("after a complaint: %+v", d)
	}
}

// News can be faster than the note that the mail was sent: the worker must not write over it.
func TestNewsBeforeTheNote(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	if err := w.Bounced(t.Context(), row.Decision.Invitation, noon(t).Add(30*time.Minute), ""); err != nil {
		t.Fatal(err)
	}
	w.work(noon(t).Add(time.Hour))
	if v := w.invitation(row); v.State != feedback.Failed || v.SentAt.IsZero() || !v.Due.IsZero() || w.mails() != "" {
		t.Errorf("%s, sent %s, due %s, mails %q", v.State, v.SentAt, v.Due, w.mails())
	}
}

// sends writes n sent invitations of the survey, a minute apart, the last one at until.
func (w *world) sends(n int, until time.Time) []string {
	w.t.Helper()
	var ids []string
	var rows []*feedback.Invitation
	for i := range n {
		at := until.Add(-time.Duration(n-1-i) * time.Minute)
		v := &feedback.Invitation{Interaction: fmt.Sprint("sent ", i), Survey: "csat", State: feedback.Sent, CreatedAt: at, SentAt: at, ExpiresAt: at.Add(14 * day),
			Customer: feedback.Customer{Email: fmt.Sprintf("c%d@example.com", i)}}
		v.ID = feedback.InvitationID(v.Interaction, "csat")
		ids, rows = append(ids, v.ID), append(rows, v)
	}
	if err := w.Store.Invitations().Put(w.t.Context(), rows); err != nil {
		w.t.Fatal(err)
	}
	return ids
}

func TestBrake(t *testing.T) {
	for _, c := range []struct {
		name                       string
		sends, bounces, complaints int
		rule                       string
	}{
		{"too few to say", 99, 40, 3, ""},
		{"below both limits", 1100, 49, 0, ""},
		{"five in a hundred come back", 1100, 50, 0, "brake.bounces"},
		{"one in a thousand complains", 1000, 0, 1, "brake.complaints"},
		{"long ago", 3000, 0, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, definition)
			now := noon(t)
			ids := w.sends(c.sends, now)
			last := ids[len(ids)-min(len(ids), 1000):] // the window
			if c.name == "long ago" {
				for _, id := range ids[:100] {
					if _, err := store.Update(t.Context(), w.Store.Invitations(), id, func(v *feedback.Invitation) error { v.Bounced(now, ""); return nil }); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, id := range last[:max(c.bounces-1, 0)] {
				if _, err := store.Update(t.Context(), w.Store.Invitations(), id, func(v *feedback.Invitation) error { v.Bounced(now, ""); return nil }); err != nil {
					t.Fatal(err)
				}
			}
			if c.complaints > 0 {
				if err := w.Complained(t.Context(), last[60], now, ""); err != nil {
					t.Fatal(err)
				}
			}
			if c.bounces > 0 || c.name == "long ago" { // the last bounce is heard of by the service
				if err := w.Bounced(t.Context(), last[70], now, ""); err != nil {
					t.Fatal(err)
				}
			}
			b, err := w.Brake(t.Context(), "csat")
			if err != nil || b.Rule != c.rule || b.Paused() != (c.rule != "") {
				t.Fatalf("%+v, %v; want %q", b, err, c.rule)
			}
		})
	}
}

func TestPausedSurveyWaitsForAPerson(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	ids := w.sends(200, noon(t))
	if err := w.Complained(t.Context(), ids[0], noon(t), ""); err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{30 * time.Minute, 40 * time.Minute, time.Hour} {
		w.work(noon(t).Add(after))
	}
	v := w.invitation(row)
	if w.mails() != "" || v.State != feedback.Scheduled || len(v.Ledger) != 1 || v.Ledger[0].Rule != "brake.complaints" {
		t.Fatalf("paused: %s, mails %q, ledger %v", v.State, w.mails(), v.Ledger)
	}
	resumed := noon(t).Add(61 * time.Minute)
	if err := w.Resume(t.Context(), "csat", "admin@acme.test", resumed); err != nil {
		t.Fatal(err)
	}
	w.work(resumed.Add(brakeWait))
	if w.mails() != "invitation" {
		t.Errorf("after resuming: %q", w.mails())
	}
	if err := w.Bounced(t.Context(), ids[1], resumed.Add(time.Hour), ""); err != nil {
		t.Fatal(err)
	}
	if b, err := w.Brake(t.Context(), "csat"); err != nil || b.Paused() || b.By != "admin@acme.test" {
		t.Errorf("what went out before is held against it again: %+v, %v", b, err)
	}
}
