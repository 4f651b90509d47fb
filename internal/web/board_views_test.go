package web

import (
	"context"
	"net/http"
	"testing"

	"earshot/internal/feedback"
)

// placed gives what is told from now on a place in its customer's journey.
func (s *site) placed(agent feedback.Agent, comment string, feels *feedback.Sentiment, wait float64, score int, n int) {
	s.t.Helper()
	s.told(agent, comment, feels, repeat(n, score)...)
	ctx := context.Background()
	none := 0
	for i, sc := range repeat(n, score) {
		r, err := s.st.Responses().Get(ctx, toldID(agent, comment, i, sc))
		check(s.t, err)
		r.Customer.Segment, r.Customer.Locale, r.Tags = "vip", "de", []string{"refund"}
		r.Journey = &feedback.Journey{Before: feedback.Occasional, After: feedback.OneTime, Contacts: 2,
			Metrics: feedback.Metrics{WaitSeconds: &wait, Transfers: &none}}
		check(s.t, s.st.Responses().Save(ctx, r))
		check(s.t, s.st.Rollups().MarkDirty(ctx, r.Leaves(s.app.Zone), s.clock(), s.clock()))
	}
	s.work()
}

func boardPaths() []string {
	return []string{"/board/trend", "/board/compare", "/board/drivers", "/board/recovery", "/board/customers", "/board/diagnosis"}
}

func TestBoardViews(t *testing.T) {
	s := newSite(t)
	boss := s.signedIn("boss@acme.test", "Boss", feedback.RoleExecutive, "")
	for _, path := range boardPaths() {
		has(t, s.visit(boss, path), 200, "How customers perceive us", `aria-current="page"`)
	}
	s.placed(ivy(), "Quick and kind", &feedback.Sentiment{Label: feedback.Positive, Topics: []feedback.Topic{{Topic: "speed", Label: feedback.Positive}}}, 20, 5, 20)
	s.placed(sam(), "Too slow, write to mara@customer.test", slow(), 2000, 1, 20)

	has(t, s.visit(boss, "/board"), 200, "Perception index", `50<span class="unit">/100`, "What the index is made of", "Where it hurts most", "harm × volume × trend")
	has(t, s.visit(boss, "/board/trend?every=day"), 200, "Day by day", "Sent", "By month")
	has(t, s.visit(boss, "/board/trend?every=week&survey=csat"), 200, "The numbers as a table")
	has(t, s.visit(boss, "/board/trend?every=day&days=3650"), 200, "shown by week")
	has(t, s.visit(boss, "/board/compare?by=segment"), 200, "vip", "40")
	has(t, s.visit(boss, "/board/compare?by=stage"), 200, "occasional", "In their own order")
	has(t, s.visit(boss, "/board/compare?by=tag"), 200, "refund", "the parts overlap")
	has(t, s.visit(boss, "/board/compare?by=agent"), 200, "Sam Okoro", "Ivy Brandt")
	has(t, s.visit(boss, "/board/compare?by=nonsense"), 200, "Billing", "Sales")
	has(t, s.visit(boss, "/board/drivers"), 200, "mend first", "Speed", "not proof", `<mark class="neg">slow</mark>`)
	has(t, s.visit(boss, "/board/diagnosis"), 200, "Waiting", "100 points lower", "never the score")
	has(t, s.visit(boss, "/board/customers"), 200, "Value at risk now", "Fell on the ladder", "40")
	for _, path := range append(boardPaths(), "/board") {
		lacks(t, s.visit(boss, path+"?days=7"), "mara@customer.test", "Mara Lind", "NaN", "Inf", "%!")
	}
}

func TestBoardViewsAreForThoseWhoMaySeeThem(t *testing.T) {
	s := newSite(t)
	s.placed(ivy(), "Too slow for Ivy", slow(), 2000, 1, 12)
	s.placed(sam(), "Too slow for Sam", slow(), 20, 1, 12)
	agent := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	if a := s.visit(agent, "/board"); a.status != http.StatusForbidden {
		t.Errorf("an agent on the organisation's board: %d", a.status)
	}
	has(t, s.visit(agent, "/board/me"), 200, "/board/diagnosis")
	lead := s.signedIn("lead@acme.test", "Lea", feedback.RoleLead, "Billing")
	for _, path := range boardPaths() {
		own := s.visit(agent, path+"?agent=ivy%40acme.test&team=Sales&all=1&by=agent")
		has(t, own, 200, "What customers say about your work", "/board/me")
		lacks(t, own, "Ivy", "Sales")
		lacks(t, s.visit(lead, path), "Ivy")
		all := s.visit(lead, path+"?all=1&by=agent")
		has(t, all, 200)
		lacks(t, all, "Ivy", "Sam Okoro", "Too slow")
	}
}

func TestRecoveryPage(t *testing.T) {
	s := newSite(t)
	boss := s.signedIn("boss@acme.test", "Boss", feedback.RoleExecutive, "")
	id := s.lowCase("1", "The refund took three weeks.")
	s.lowCase("2", "Nobody answered.")
	_, err := s.app.Recovery.Act(t.Context(), id, "resolve", feedback.Step{By: "sam@acme.test", Cause: "wait", Action: "refund", Note: "Paid."}, s.clock())
	check(t, err)
	s.work()
	has(t, s.visit(boss, "/board/recovery"), 200, "What had gone wrong", "Wait", "Refund", "Value kept", "2 cases were opened", "of 1 resolved case took a refund")
	a := s.visit(boss, "/board/customers")
	has(t, a, 200, "Value at risk now", "Most valuable customers", "1,290")
	lacks(t, a, "mara@", "Mara")
}

func TestBoardTellsWhatTheWatchFound(t *testing.T) {
	s := newSite(t)
	s.told(sam(), "", nil, repeat(12, 4)...)
	s.told(ivy(), "", nil, repeat(12, 4)...)
	raw := `{"Alerts":[
	 {"Kind":"fall","Scope":"team","Name":"Billing","Survey":"csat","Metric":"csat","Day":"2026-11-20","Since":"2026-11-12","Before":{"Value":80},"After":{"Value":61.2,"N":84}},
	 {"Kind":"rise","Scope":"agent","Name":"ivy@acme.test","Team":"Sales","Survey":"nps","Metric":"nps","Day":"2026-11-19","Since":"2026-11-12","Before":{"Value":-4},"After":{"Value":31,"N":50}},
	 {"Kind":"topic","Scope":"all","Topic":"price","Day":"2026-11-18","Since":"2026-11-10","Before":{"Value":4},"After":{"Value":12,"N":90}},
	 {"Kind":"coverage","Scope":"all","Day":"2026-11-18","Since":"2026-11-10","Before":{"Value":30},"After":{"Value":12,"N":90}},
	 {"Kind":"silent","Scope":"team","Name":"Sales","Day":"2026-11-18","Since":"2026-11-16","Before":{"Value":31.4,"N":31}},
	 {"Kind":"fall","Scope":"all","Survey":"csat","Metric":"csat","Day":"2026-01-18","Since":"2026-01-10","Before":{"Value":4},"After":{"Value":12,"N":90}}]}`
	check(t, s.st.Settings().Insert(t.Context(), &feedback.Setting{Record: feedback.Record{ID: "perception.watch"}, Value: []byte(raw)}))
	boss := s.visit(s.signedIn("boss@acme.test", "Boss", feedback.RoleExecutive, ""), "/board")
	has(t, boss, 200, "Changes beyond chance", "fell from 80\u00a0% to 61\u00a0%, since 12 November (84 answers)", "Price is named more and more", "Fewer customers answer", "Sales has gone silent")
	lacks(t, boss, "rose from", "since 10 January")
	lead := s.visit(s.signedIn("lea@acme.test", "Lea", feedback.RoleLead, "Billing"), "/board")
	has(t, lead, 200, "fell from 80")
	lacks(t, lead, "Sales has gone silent", "rose from")
	other := s.visit(s.signedIn("leo@acme.test", "Leo", feedback.RoleLead, "Sales"), "/board")
	has(t, other, 200, "Ivy Brandt: Recommendation rose from -4 to")
	lacks(t, other, "Billing: ")
	own := s.visit(s.signedIn("ivy@acme.test", "Ivy Brandt", feedback.RoleAgent, "Sales"), "/board/me")
	has(t, own, 200, "Ivy Brandt: Recommendation rose from")
	lacks(t, own, "Billing: ", "Sales has gone silent")
}
