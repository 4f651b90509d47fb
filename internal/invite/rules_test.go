package invite

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func TestAcceptRules(t *testing.T) {
	type interaction = feedback.Interaction
	never := strings.Replace(definition, "  rest: 30d\n", "  rest: 30d\n  sample: 0\n", 1)
	for _, c := range []struct {
		name, survey  string
		change        func(*interaction)
		outcome, rule string
		sendAt        string
	}{
		{"asked", definition, func(*interaction) {}, feedback.Asked, "ask.delay", "2026-11-20T12:30:00Z"},
		{"ended a while ago", definition, func(in *interaction) { in.EndedAt = in.EndedAt.Add(-48 * time.Hour) }, feedback.Asked, "ask.delay", "2026-11-20T12:00:00Z"},
		{"the source says no", definition, func(in *interaction) { in.NoAsk = true }, feedback.Skipped, "ask", ""},
		{"no address", definition, func(in *interaction) { in.NoAsk, in.Customer = true, feedback.Customer{ID: "c-1"} }, feedback.Skipped, "ask", ""},
		{"tag", definition, func(in *interaction) { in.Tags = []string{"vip", "spam"} }, feedback.Skipped, "ask.except.tags", ""},
		{"channel", definition, func(in *interaction) { in.Channel = "Fax" }, feedback.Skipped, "ask.except.channels", ""},
		{"team", definition, func(in *interaction) { in.Agent.Team = "legal" }, feedback.Skipped, "ask.except.teams", ""},
		{"sample", never, func(*interaction) {}, feedback.Skipped, "ask.sample", ""},
		{"too long ago", definition, func(in *interaction) { in.EndedAt = in.EndedAt.Add(-15 * 24 * time.Hour) }, feedback.Skipped, "ask.expires", ""},
		{"night in Tokyo", definition, func(in *interaction) { in.Customer.Timezone = "Asia/Tokyo" }, feedback.Deferred, "ask.quiet", "2026-11-20T23:00:00Z"},
		{"noon in Berlin", definition, func(in *interaction) { in.Customer.Timezone = "Europe/Berlin" }, feedback.Asked, "ask.delay", "2026-11-20T12:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.survey)
			in := w.contact(noon(t))
			c.change(&in)
			row := w.accept(in, noon(t))
			d := row.Decision
			if d.Outcome != c.outcome || d.Rule != c.rule || d.Reason == "" || len(row.Ledger) != 1 || row.Ledger[0].Rule != c.rule {
				t.Errorf("decision %+v, ledger %+v; want %s by %s", d, row.Ledger, c.outcome, c.rule)
			}
			if !row.Due.IsZero() {
				t.Errorf("the decision is still due at %s", row.Due)
			}
			_, err := w.Store.Invitations().Get(t.Context(), feedback.InvitationID(row.ID, "csat"))
			if c.sendAt == "" {
				if !errors.Is(err, store.ErrNotFound) || !d.SendAt.IsZero() {
					t.Errorf("there is an invitation, %v, sent at %s", err, d.SendAt)
				}
				return
			}
			if v := w.invitation(row); !d.SendAt.Equal(at(t, c.sendAt)) || !v.SendAt.Equal(d.SendAt) || !v.Due.Equal(d.SendAt) {
				t.Errorf("sent at %s by the decision and %s by the invitation, want %s", d.SendAt, v.SendAt, c.sendAt)
			}
		})
	}
}

func TestQuietNightsAroundDaylightSaving(t *testing.T) {
	for ended, want := range map[string]string{"2026-03-28T22:00:00Z": "2026-03-29T06:00:00Z", "2026-10-24T22:00:00Z": "2026-10-25T07:00:00Z"} {
		w := newWorld(t, definition)
		in := w.contact(at(t, ended))
		in.Customer.Timezone = "Europe/Berlin"
		if d := w.accept(in, at(t, ended)).Decision; d.Rule != "ask.quiet" || !d.SendAt.Equal(at(t, want)) {
			t.Errorf("ended %s: %+v, want the morning, %s", ended, d, want)
		}
	}
}

func TestRestDefersOrSkips(t *testing.T) {
	w := newWorld(t, definition)
	first := w.accept(w.contact(noon(t)), noon(t))
	soon := w.accept(w.contact(noon(t)), noon(t).Add(10*24*time.Hour))
	if soon.Decision.Rule != "ask.rest" || soon.Decision.Outcome != feedback.Skipped {
		t.Errorf("20 days too early, open for 14: %+v", soon.Decision)
	}
	now := noon(t).Add(20 * 24 * time.Hour)
	late := w.contact(now)
	late.Customer.Email = "Mara+shop@Example.com"
	d := w.accept(late, now).Decision
	if d.Rule != "ask.rest" || d.Outcome != feedback.Deferred || !d.SendAt.Equal(first.Decision.SendAt.Add(30*24*time.Hour)) {
		t.Errorf("10 days too early: %+v", d)
	}
	other := w.contact(now)
	other.Customer.Email = "lena@example.com"
	if d := w.accept(other, now).Decision; d.Outcome != feedback.Asked {
		t.Errorf("somebody else: %+v", d)
	}
}

func TestOptedOutAndBlocked(t *testing.T) {
	w := newWorld(t, definition)
	row := w.accept(w.contact(noon(t)), noon(t))
	token := w.Tokens.Mint(row.Decision.Invitation)
	for range 2 {
		if _, err := w.OptOut(t.Context(), token, noon(t)); err != nil {
			t.Fatal(err)
		}
	}
	if d := w.accept(w.contact(noon(t)), noon(t)).Decision; d.Rule != "person.opted_out" || d.Outcome != feedback.Skipped {
		t.Errorf("after an opt-out: %+v", d)
	}
	w.work(noon(t).Add(time.Hour))
	v := w.invitation(row)
	if v.State != feedback.Cancelled || w.mails() != "" || len(v.Ledger) != 2 {
		t.Errorf("what was scheduled is %s, mails %q, ledger %v", v.State, w.mails(), v.Ledger)
	}
	if _, err := w.OptIn(t.Context(), token, noon(t)); err != nil {
		t.Fatal(err)
	}
	p, err := w.Store.People().Get(t.Context(), row.Person)
	if err != nil || !p.OptedOut.IsZero() {
		t.Errorf("after opting in: %+v, %v", p, err)
	}
	p.Blocked = "the mailbox does not exist"
	if err := w.Store.People().Save(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if d := w.accept(w.contact(noon(t)), noon(t)).Decision; d.Rule != "person.blocked" {
		t.Errorf("an address that cannot be reached: %+v", d)
	}
	if _, err := w.OptOut(t.Context(), token[:20], noon(t)); !errors.Is(err, feedback.ErrToken) {
		t.Errorf("a link that is not ours: %v", err)
	}
}

func TestAcceptIsRepeatable(t *testing.T) {
	w := newWorld(t, definition)
	in := w.contact(noon(t))
	first, created, err := w.Accept(t.Context(), in, noon(t))
	if err != nil || !created {
		t.Fatal(created, err)
	}
	in.Tags, in.Agent.Email = []string{"spam"}, "ivy@acme.test"
	again, created, err := w.Accept(t.Context(), in, noon(t).Add(time.Hour))
	if err != nil || created || again.Decision != first.Decision || again.Agent != first.Agent || again.Rev != first.Rev {
		t.Errorf("again: created %v, %v, %+v", created, err, again)
	}
}

func TestAcceptRefusesMistakes(t *testing.T) {
	w := newWorld(t, definition)
	in := w.contact(noon(t).Add(25 * time.Hour))
	in.Survey, in.Source, in.Customer.Email, in.Agent.Email = "unknown", "", "mara", "sam"
	_, _, err := w.Accept(t.Context(), in, noon(t))
	var invalid *feedback.Invalid
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	for _, field := range []string{"source ", "customer.email ", "agent.email ", "survey ", "ended_at "} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("%s is not named in %q", field, err)
		}
	}
}

// People are known by their address in lower case; a source may write it as it likes.
func TestAgentsAreKnownInLowerCase(t *testing.T) {
	w := newWorld(t, definition)
	in := w.contact(noon(t))
	in.Agent.Email, in.Owners = "Sam@ACME.test", []feedback.Owner{{Email: "Ivy@acme.test", From: noon(t)}}
	row := w.accept(in, noon(t))
	if row.Agent.Email != "sam@acme.test" || row.Owners[0].Email != "ivy@acme.test" {
		t.Errorf("kept as %+v, %+v", row.Agent, row.Owners)
	}
	if u, err := w.Store.Users().Get(t.Context(), "sam@acme.test"); err != nil || u.Email != "sam@acme.test" {
		t.Errorf("signs in as %+v, %v", u, err)
	}
}

// However many interactions of one person arrive at once, through however many callers: no two
// surveys are nearer than the rest, and every reservation belongs to an invitation.
func TestConcurrentAcceptsKeepTheRest(t *testing.T) {
	w := newWorld(t, strings.Replace(definition, "rest: 30d", "rest: 36h", 1))
	var wg sync.WaitGroup
	var contacts []feedback.Interaction
	for range 12 {
		contacts = append(contacts, w.contact(noon(t)))
	}
	for i := range 24 { // each one twice
		wg.Go(func() {
			if _, _, err := w.Accept(t.Context(), contacts[i%12], noon(t)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := w.Store.Invitations().List(t.Context(), store.InvitationFilter{Survey: "csat"}, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) < 8 {
		t.Errorf("only %d of 12 fit into 14 days of rests of 36 hours", len(list.Items))
	}
	p, err := w.Store.People().Get(t.Context(), "mara@example.com")
	if err != nil || len(p.Asked) != len(list.Items) {
		t.Fatalf("%d slots for %d invitations, %v", len(p.Asked), len(list.Items), err)
	}
	for i, a := range list.Items {
		for _, b := range list.Items[:i] {
			if gap := a.SendAt.Sub(b.SendAt).Abs(); gap < 36*time.Hour {
				t.Errorf("%s and %s are %s apart", a.SendAt, b.SendAt, gap)
			}
		}
	}
}

func TestInterruptedDecision(t *testing.T) {
	w := newWorld(t, definition)
	ctx := t.Context()
	crash := w.contact(noon(t))
	if err := w.complete(&crash, noon(t)); err != nil {
		t.Fatal(err)
	}
	if err := w.Store.Interactions().Insert(ctx, &crash); err != nil {
		t.Fatal(err)
	}
	unsaved := crash // the second crash came after the invitation, before the decision was written
	if _, err := w.judge(ctx, &unsaved, noon(t)); err != nil {
		t.Fatal(err)
	}
	later := noon(t).Add(2 * time.Hour)
	if n, err := w.Decide(ctx, later); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	row, err := w.Store.Interactions().Get(ctx, crash.ID)
	if err != nil || row.Decision.Outcome != feedback.Asked && row.Decision.Outcome != feedback.Deferred || len(row.Ledger) != 1 || !row.Due.IsZero() {
		t.Fatalf("decided %+v, %v", row, err)
	}
	v := w.invitation(row)
	p, err := w.Store.People().Get(ctx, row.Person)
	if err != nil || len(p.Asked) != 1 || !p.Asked[0].At.Equal(v.SendAt) || !row.Decision.SendAt.Equal(v.SendAt) {
		t.Errorf("sent at %s, decided %s, slots %v, %v", v.SendAt, row.Decision.SendAt, p.Asked, err)
	}
	if n, err := w.Decide(ctx, later.Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("decided again: %d, %v", n, err)
	}
}

func TestSampledShare(t *testing.T) {
	const n = 4000
	in := map[float64]int{}
	for i := range n {
		id := feedback.InteractionID("desk", fmt.Sprint(i))
		for _, percent := range []float64{0, 25, 60, 100} {
			if Sampled(id, percent) {
				in[percent]++
				if !Sampled(id, min(percent+10, 100)) {
					t.Fatalf("%s was among %g %% and is not among more", id, percent)
				}
			}
		}
	}
	for percent, got := range in {
		if want := n * percent / 100; math.Abs(float64(got)-want) > 4*math.Sqrt(n)/2 {
			t.Errorf("%d of %d are %g %%", got, n, percent)
		}
	}
	if in[0] != 0 || in[100] != n {
		t.Errorf("none: %d, all: %d", in[0], in[100])
	}
}
