package invite

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

// busy lets many interactions of a few customers end over 20 days, through the real path.
func (w *world) busy(t *testing.T) {
	t.Helper()
	dice := rand.New(rand.NewPCG(7, 7))
	at := noon(t)
	for range 160 {
		at = at.Add(time.Duration(dice.IntN(200)) * time.Minute)
		in := w.contact(at)
		n := dice.IntN(60)
		in.Customer = feedback.Customer{Email: fmt.Sprintf("c%d@example.com", n), Timezone: []string{"", "Europe/Berlin", "Asia/Tokyo"}[n%3]}
		in.Subject = []string{"", "Refund", "Delivery", "Login"}[dice.IntN(4)]
		switch dice.IntN(12) {
		case 0:
			in.Tags = []string{"spam"}
		case 1:
			in.Tags = []string{"auto_closed"}
		case 2:
			in.Customer.Email = "ivy@acme.test"
		}
		w.accept(in, at.Add(time.Second))
	}
}

// The same definition on the same interactions decides as it did in earnest: the simulation is no
// second set of rules.
func TestSimulationAgreesWithWhatHappened(t *testing.T) {
	for _, rest := range []string{"rest: 30d", "rest: 2d", "rest: 0d"} {
		w := newWorld(t, strings.Replace(definition, "rest: 30d", rest, 1))
		w.busy(t)
		survey, _ := w.Catalog.Current("csat")
		s, err := w.Simulate(t.Context(), Draft{Survey: survey, From: noon(t), To: noon(t).Add(60 * day)})
		if err != nil {
			t.Fatal(err)
		}
		if s.Interactions != 160 || len(s.Items) != 160 || !s.Named || s.Draft.Asked == 0 || s.Draft.Skipped == 0 {
			t.Fatalf("%+v", s)
		}
		for _, it := range s.Items {
			if it.Decision != it.Was || it.Rule != it.WasRule {
				t.Errorf("%s: %s/%s of %s at %s: the draft says %s by %s, it was %s by %s", rest, it.Source, it.ID, it.Customer, it.EndedAt, it.Decision, it.Rule, it.Was, it.WasRule)
			}
		}
		if rest == "rest: 2d" && (s.Rest.Deferred == 0 || s.Rest.People == 0 || s.Rest.Longest == 0) {
			t.Errorf("the effect of the rest: %+v", s.Rest)
		}
	}
}

func TestSimulationOfADraft(t *testing.T) {
	w := newWorld(t, definition)
	w.busy(t)
	w.work(noon(t).Add(20 * day)) // too late for some, whose time to be answered is over
	draft, err := feedback.ParseSurvey("half.yaml", []byte(strings.NewReplacer("id: csat", "id: half", "rest: 30d", "rest: 0d\n  sample: 50").Replace(definition)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Simulate(t.Context(), Draft{Survey: draft, From: noon(t), To: noon(t).Add(60 * day)})
	if err != nil {
		t.Fatal(err)
	}
	sampled, days := 0, 0
	for _, r := range s.Rules {
		if r.Rule == "ask.sample" {
			sampled = r.Draft
			if r.Happened != 0 {
				t.Errorf("%+v", r)
			}
		}
	}
	for _, d := range s.Days {
		days += d.Draft
	}
	if s.Named || s.Interactions != 160 || sampled < 40 || days != s.Draft.Mails || s.Happened.Mails == 0 || s.Draft.Mails <= s.Happened.Mails {
		t.Errorf("named %v, %d interactions, %d sampled out, %d mails on days, draft %+v, happened %+v", s.Named, s.Interactions, sampled, days, s.Draft, s.Happened)
	}
	left, err := w.Store.Invitations().Scan(t.Context(), "", 1000)
	if err != nil || len(left) != s.Happened.Asked+s.Happened.Deferred {
		t.Errorf("the simulation wrote %d invitations, %v", len(left), err)
	}
}
