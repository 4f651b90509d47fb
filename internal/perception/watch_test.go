package perception

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/emails"
	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/mail/outbox"
	"earshot/internal/store"
)

// counted writes the rollups of one agent's days as counting would leave them.
func (w *world) counted(team string, first time.Time, days []feedback.Votes) {
	w.t.Helper()
	var rows []*feedback.Rollup
	for i, v := range days {
		leaf := feedback.LeafOf(feedback.Agent{Email: "a@" + team, Team: team}, "csat", feedback.CSAT, first.AddDate(0, 0, i).Format(time.DateOnly))
		tally := feedback.Tally{Scores: v, Asked: 4 * v.N(), Answered: v.N()}
		for _, r := range []feedback.Rollup{leaf, sumOf(&leaf, feedback.ScopeTeam, team)} {
			r.Tally, r.Rev = tally, 1
			rows = append(rows, &r)
		}
	}
	w.must(w.st.Rollups().Put(context.Background(), rows))
}

// everybody adds the leaves up, and puts the sums beside them.
func (w *world) everybody() {
	w.t.Helper()
	ctx := context.Background()
	leaves, err := w.st.Rollups().Range(ctx, store.RollupFilter{Scope: feedback.ScopeAgent, From: "2020-01-01", To: "2030-01-01"})
	w.must(err)
	sums := map[string]*feedback.Rollup{}
	for _, l := range leaves {
		r := sumOf(l, feedback.ScopeAll, "")
		if sums[r.ID] == nil {
			r.Rev = 1
			sums[r.ID] = &r
		}
		sums[r.ID].Tally.Add(l.Tally)
	}
	var rows []*feedback.Rollup
	for _, r := range sums {
		rows = append(rows, r)
	}
	w.must(w.st.Rollups().Put(ctx, rows))
}

func steady(n int, v feedback.Votes) (out []feedback.Votes) {
	for range n {
		out = append(out, v)
	}
	return out
}

func TestWatchFindsAFallAndASilenceOnce(t *testing.T) {
	w := newWorld(t, openStore(t))
	ctx := context.Background()
	box, err := outbox.Open(t.TempDir(), markAt())
	w.must(err)
	templates, err := mail.Load(emails.FS)
	w.must(err)
	w.service = New(Config{Store: w.st, Zone: w.zone, Holder: "one", Mailer: Mailer{
		Sender: box, Templates: templates, Brand: mail.Brand{Org: "Acme"}, From: mail.Address{Email: "surveys@acme.test"}, BaseURL: "http://localhost",
		SurveyName: func(string) string { return "Satisfaction" },
	}})
	for _, u := range []feedback.User{
		{Email: "boss@acme.test", Name: "Boss", Role: feedback.RoleExecutive}, {Email: "lea@acme.test", Name: "Lea", Role: feedback.RoleLead, Team: "Billing"},
		{Email: "leo@acme.test", Name: "Leo", Role: feedback.RoleLead, Team: "Sales"}, {Email: "sam@acme.test", Name: "Sam", Role: feedback.RoleAgent, Team: "Billing"},
	} {
		u.ID = u.Email
		w.must(w.st.Users().Insert(ctx, &u))
	}
	first := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	good, bad := votes(1, 4, 5, 16), votes(1, 12, 5, 8)
	w.counted("Billing", first, append(steady(140, good), steady(20, bad)...))
	w.counted("Sales", first, append(steady(150, good), steady(10, feedback.Votes{})...))
	w.everybody()
	now := first.AddDate(0, 0, 160).Add(3 * time.Hour) // the night after the last day

	if n, err := w.service.Watch(ctx, now); err != nil || n == 0 {
		t.Fatalf("the first look handled %d (%v)", n, err)
	}
	got, err := w.service.Alerts(ctx, first, now)
	w.must(err)
	kinds := map[string]Alert{}
	for _, a := range got {
		if a.Scope == feedback.ScopeTeam {
			kinds[a.Kind+a.Name] = a
		}
	}
	fell, silent := kinds[AlertFall+"Billing"], kinds[AlertSilent+"Sales"]
	if fell.Day < "2026-10-19" || fell.Day > "2026-10-28" || daysBetween(fell.Since, "2026-10-19") > 3 {
		t.Errorf("the fall was found on %s, since %s, of %+v", fell.Day, fell.Since, got)
	}
	near(t, "before", fell.Before.Value, 80, 1e-9)
	if silent.Since != "2026-10-29" || silent.Day != "2026-10-30" {
		t.Errorf("the silence was found on %s, since %s", silent.Day, silent.Since)
	}
	if n, err := w.service.Watch(ctx, now.Add(time.Hour)); err != nil || n != 0 {
		t.Errorf("a second look on the same day handled %d (%v)", n, err)
	}
	before := len(got)
	w.counted("Billing", first.AddDate(0, 0, 160), steady(1, bad))
	w.everybody()
	_, err = w.service.Watch(ctx, now.AddDate(0, 0, 1))
	w.must(err)
	got, err = w.service.Alerts(ctx, first, now.AddDate(0, 0, 2))
	w.must(err)
	if len(got) != before {
		t.Errorf("the next day told the same again: %d findings, then %d", before, len(got))
	}
}

func TestWatchMailsLeadersOnce(t *testing.T) {
	w := newWorld(t, openStore(t))
	ctx := context.Background()
	box, err := outbox.Open(t.TempDir(), markAt())
	w.must(err)
	templates, err := mail.Load(emails.FS)
	w.must(err)
	w.service.mailer = Mailer{Sender: box, Templates: templates, Brand: mail.Brand{Org: "Acme"}, From: mail.Address{Email: "s@acme.test"}, BaseURL: "http://localhost"}
	for _, u := range []feedback.User{
		{Email: "boss@acme.test", Name: "Boss", Role: feedback.RoleExecutive, Language: "de"}, {Email: "leo@acme.test", Name: "Leo", Role: feedback.RoleLead, Team: "Sales"},
		{Email: "lea@acme.test", Name: "Lea", Role: feedback.RoleLead, Team: "Billing"},
	} {
		u.ID = u.Email
		w.must(w.st.Users().Insert(ctx, &u))
	}
	first := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	w.counted("Billing", first, steady(150, votes(1, 4, 5, 16)))
	w.counted("Sales", first, append(steady(148, votes(1, 4, 5, 16)), steady(2, feedback.Votes{})...))
	w.everybody()
	now := first.AddDate(0, 0, 150).Add(3 * time.Hour)
	for range 3 {
		_, err := w.service.Watch(ctx, now)
		w.must(err)
		now = now.Add(time.Hour)
	}
	sent, _, err := box.List("", 50)
	w.must(err)
	to := map[string]string{}
	for _, m := range sent {
		to[m.To] = m.Subject
	}
	if len(sent) != 2 || !strings.Contains(to[`"Boss" <boss@acme.test>`], "Sales: keine Antworten seit") || !strings.Contains(to[`"Leo" <leo@acme.test>`], "no answers since") {
		t.Errorf("mails %+v", to)
	}
}
