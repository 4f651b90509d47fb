package feedback

import (
	"encoding/base64"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPersonID(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Mara@Example.com", " mara@example.com ", true},
		{"mara+shop@example.com", "mara@example.com", true},
		{"mara+a+b@example.com", "mara@example.com", true},
		{"mara@example.com", "mara@example.org", false},
		{"+mara@example.com", "+lind@example.com", false},
		{"m.ara@example.com", "mara@example.com", false},
	} {
		if got := PersonID("z", "1", c.a) == PersonID("x", "2", c.b); got != c.same {
			t.Errorf("%q and %q are one person: %v, want %v", c.a, c.b, got, c.same)
		}
	}
	if PersonID("a", "7", "") == PersonID("b", "7", "") || PersonID("a", "7", "") != PersonID("a", "7", " ") {
		t.Error("without an address the source's own id must tell people apart")
	}
}

func TestNaturalKeysKeepTheirPartsApart(t *testing.T) {
	ids := []string{InteractionID("ab", "c"), InteractionID("a", "bc"), InvitationID("ab", "c"), FeedbackID("ab", "c"), InteractionID("abc", ""), InteractionID("", "abc")}
	seen := map[string]int{}
	for i, id := range ids {
		if j, dup := seen[id]; dup {
			t.Errorf("keys %d and %d are both %s", i, j, id)
		}
		seen[id] = i
	}
}

// Whoever asks in whatever order: no two slots of a person are nearer than the rest, nobody is asked
// before the wish, and asking again for the same invitation takes no second slot.
func TestReserveKeepsTheRest(t *testing.T) {
	base := at(t, "2026-11-20T12:00:00Z")
	rapid.Check(t, func(r *rapid.T) {
		rest := time.Duration(rapid.IntRange(0, 30*24).Draw(r, "rest hours")) * time.Hour
		p := &Person{}
		slots := map[string]time.Time{}
		for range rapid.IntRange(1, 25).Draw(r, "times") {
			id := fmt.Sprint(rapid.IntRange(0, 9).Draw(r, "invitation"))
			wish := base.Add(time.Duration(rapid.IntRange(-60*24, 60*24).Draw(r, "wish hours")) * time.Hour)
			got := p.Reserve(id, wish, rest)
			if got.Before(wish) {
				r.Fatalf("wished for %s, got %s", wish, got)
			}
			if again := p.Reserve(id, got, rest); !again.Equal(got) {
				r.Fatalf("the same again moved from %s to %s", got, again)
			}
			slots[id] = got
		}
		if len(p.Asked) != len(slots) {
			r.Fatalf("%d slots for %d invitations", len(p.Asked), len(slots))
		}
		for i, a := range p.Asked {
			if !slots[a.Invitation].Equal(a.At) {
				r.Fatalf("%s has %s, was told %s", a.Invitation, a.At, slots[a.Invitation])
			}
			for _, b := range p.Asked[:i] {
				if a.At.Sub(b.At).Abs() < rest {
					r.Fatalf("%s and %s are nearer than %s", a.At, b.At, rest)
				}
			}
		}
	})
}

func TestReserveForgetsAndReleases(t *testing.T) {
	p, now := &Person{}, at(t, "2026-11-20T12:00:00Z")
	p.Reserve("old", now.AddDate(-3, 0, 0), day)
	p.Reserve("recent", now.Add(-day), 30*day)
	got := p.Reserve("new", now, 30*day)
	if want := now.Add(29 * day); !got.Equal(want) || len(p.Asked) != 2 {
		t.Errorf("took %s, want %s; slots %v", got, want, p.Asked)
	}
	p.Release("recent")
	if again := p.Reserve("new", now, 30*day); !again.Equal(now) {
		t.Errorf("after the release it is %s, want %s", again, now)
	}
}

func TestTokens(t *testing.T) {
	tokens, id := NewTokens([]byte("secret")), InvitationID("i", "csat")
	token := tokens.Mint(id)
	if got, err := tokens.Open(token); err != nil || got != id {
		t.Fatalf("opened to %q, %v", got, err)
	}
	if _, err := NewTokens([]byte("Secret")).Open(token); !errors.Is(err, ErrToken) {
		t.Errorf("another installation's token gave %v", err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 32 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	for i := range raw {
		for bit := range 8 {
			raw[i] ^= 1 << bit
			if _, err := tokens.Open(base64.RawURLEncoding.EncodeToString(raw)); !errors.Is(err, ErrToken) {
				t.Fatalf("byte %d changed: %v", i, err)
			}
			raw[i] ^= 1 << bit
		}
	}
}

// FuzzTokens looks for any text but the one minted that opens an invitation.
func FuzzTokens(f *testing.F) {
	tokens := NewTokens([]byte("secret"))
	token := tokens.Mint(InvitationID("i", "csat"))
	for _, s := range []string{token, token + "=", token + "\n", token[:42], "", " " + token, token[:42] + "_", "%00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := tokens.Open(s); err == nil && tokens.Mint(id) != s {
			t.Fatalf("%q opened %s", s, id)
		}
	})
}

func TestIntentsAreBounded(t *testing.T) {
	v, now := &Invitation{}, at(t, "2026-11-20T12:00:00Z")
	if !v.AddIntent(now, 3, "") || v.AddIntent(now, 3, "") {
		t.Error("the same click twice must be kept once")
	}
	for i := range 500 {
		v.AddIntent(now, i%5+1, "")
	}
	if len(v.Intents) != maxIntents {
		t.Errorf("%d clicks were kept", len(v.Intents))
	}
}

func TestReminderNeverAfterTheEnd(t *testing.T) {
	now := at(t, "2026-11-20T12:00:00Z")
	v := &Invitation{State: Scheduled, ExpiresAt: now.Add(2 * day), Remind: []time.Duration{day, 3 * day}}
	v.MarkSent(now)
	v.MarkCounted()
	if !v.Due.Equal(now.Add(day)) {
		t.Fatalf("the reminder is due at %s", v.Due)
	}
	v.MarkSent(now.Add(day))
	v.MarkCounted()
	if !v.Due.Equal(v.ExpiresAt) || v.Reminded != 1 {
		t.Errorf("after one reminder it is due at %s, want its end %s", v.Due, v.ExpiresAt)
	}
}

// A mail that only waited for the morning is a new step; one that may be out already is the same.
func TestDeferKeepsWhatMayBeOut(t *testing.T) {
	now := at(t, "2026-11-20T20:00:00Z")
	for attempts, want := range map[int]time.Time{1: {}, 2: now} {
		v := &Invitation{State: Scheduled, Record: Record{Started: now, Attempts: attempts, Lease: Lease{Holder: "x", Until: now}}}
		v.Defer(now, now.Add(12*time.Hour), "ask.quiet", "night")
		if !v.Started.Equal(want) || v.Lease.Holder != "" || !v.Due.Equal(now.Add(12*time.Hour)) || !v.SendAt.Equal(v.Due) {
			t.Errorf("after %d attempts: %+v", attempts, v.Record)
		}
	}
}
