package feedback

import (
	"testing"
	"time"
)

func TestMatterOf(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Refund not received", "Re: refund not received", true},
		{"Refund not received", "AW: RE: Fwd:  Refund  not received!", true},
		{"Refund not received", "[#84213] Re: Refund not received", true},
		{"Refund not received", "Re: [Acme] Refund not received", false},
		{"Ticket 84213: Refund not received", "Re: Refund not received (Case 0012345)", true},
		{"Refund not received", "Refund received", false},
		{"Order 5512 is late", "Order 5513 is late", false},
		{"Rechnung falsch", "WG: Rechnung falsch", true},
		{"لم يصل المبلغ", "رد: لم يصل المبلغ", true},
	} {
		if got := MatterOf(c.a) == MatterOf(c.b); got != c.same {
			t.Errorf("%q and %q are one matter: %v, want %v", c.a, c.b, got, c.same)
		}
	}
	for _, empty := range []string{"", "  ", "Re:", "Re: [#123]", "..."} {
		if m := MatterOf(empty); m != "" {
			t.Errorf("%q says nothing, and is the matter %s", empty, m)
		}
	}
}

func TestAskedAbout(t *testing.T) {
	ended := at(t, "2026-11-20T12:00:00Z")
	p := &Person{}
	p.Reserve("one", ended, 0)
	p.About("one", "refund", ended)
	p.Reserve("one", ended.Add(time.Hour), 0) // a slot that moves is still about the same
	for _, c := range []struct {
		invitation, matter string
		ended              time.Time
		want               bool
	}{
		{"two", "refund", ended.Add(6 * day), true},
		{"two", "refund", ended.Add(-6 * day), true},
		{"two", "refund", ended.Add(8 * day), false},
		{"two", "delivery", ended, false},
		{"two", "", ended, false},
		{"one", "refund", ended, false}, // itself
	} {
		if s, got := p.AskedAbout(c.invitation, c.matter, c.ended, 7*day); got != c.want || got && s.Invitation != "one" {
			t.Errorf("%+v: %v, %+v", c, got, s)
		}
	}
}

func TestAbsorb(t *testing.T) {
	now := at(t, "2026-11-20T12:00:00Z")
	other := &Person{Email: "b@example.com", Name: "Mara", OptedOut: now, Asked: []Slot{{Invitation: "two", At: now}}, Names: []string{"c@example.com"}}
	other.ID = "b@example.com"
	p := &Person{Asked: []Slot{{Invitation: "one", At: now}}}
	p.ID = "a@example.com"
	for range 2 {
		p.Absorb(other)
	}
	if len(p.Asked) != 2 || len(p.IDs()) != 3 || !p.OptedOut.Equal(now) || p.Name != "Mara" {
		t.Errorf("%+v", p)
	}
}
