package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/google/go-cmp/cmp"
)

// told stores answers of customers about an agent, one for each score, as the loop would, and lets
// the figures follow.
func (s *site) told(agent feedback.Agent, comment string, feels *feedback.Sentiment, scores ...int) {
	s.t.Helper()
	ctx := context.Background()
	for i, score := range scores {
		at := feedback.UTC(s.clock().Add(-time.Duration(i+1) * time.Hour))
		id := toldID(agent, comment, i, score)
		customer := feedback.Customer{Email: "mara@customer.test", Name: "Mara Lind"}
		v := &feedback.Invitation{
			Record: feedback.Record{ID: id}, Interaction: id, Survey: "csat", Metric: feedback.CSAT, Agent: agent, Channel: "chat",
			Customer: customer, Person: customer.Email, State: feedback.Answered, CreatedAt: at, SentAt: at, AnsweredAt: at,
		}
		r := &feedback.Response{
			Record: feedback.Record{ID: id}, Invitation: id, Survey: "csat", Metric: feedback.CSAT, Agent: agent, Channel: "chat",
			Customer: customer, Person: customer.Email, Score: score, Scored: true, Low: score <= 2, Comment: comment,
			Sentiment: feels, Analysed: feels != nil, AnsweredAt: at, ChangedAt: at, AskedAt: at,
		}
		check(s.t, s.st.Invitations().Insert(ctx, v))
		check(s.t, s.st.Responses().Insert(ctx, r))
		check(s.t, s.st.Rollups().MarkDirty(ctx, append(v.Leaves(s.app.Zone), r.Leaves(s.app.Zone)...), s.clock(), s.clock()))
	}
	s.work()
}

func toldID(agent feedback.Agent, comment string, i, score int) string {
	return feedback.InvitationID(fmt.Sprint(agent.Email, comment, i, score), "csat")
}

func (s *site) visit(client *http.Client, path string) answer {
	s.t.Helper()
	return s.do(client, s.request("GET", path, ""))
}

func lacks(t *testing.T, a answer, texts ...string) {
	t.Helper()
	for _, x := range texts {
		if strings.Contains(a.body, x) {
			t.Errorf("%q is shown", x)
		}
	}
}

func sam() feedback.Agent {
	return feedback.Agent{Email: "sam@acme.test", Name: "Sam Okoro", Team: "Billing"}
}

func ivy() feedback.Agent {
	return feedback.Agent{Email: "ivy@acme.test", Name: "Ivy Brandt", Team: "Sales"}
}

func slow() *feedback.Sentiment {
	return &feedback.Sentiment{
		Label: feedback.Negative, Polarity: -0.8, Confidence: 0.9, Evidence: []feedback.Span{{Start: 4, End: 8, Weight: -1}},
		Topics: []feedback.Topic{{Topic: "speed", Label: feedback.Negative}},
	}
}

func repeat(n, score int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = score
	}
	return out
}

func TestBoardSaysHowSureItIs(t *testing.T) {
	s := newSite(t)
	boss := s.signedIn("boss@acme.test", "Boss", feedback.RoleExecutive, "")
	has(t, s.visit(boss, "/board"), 200, "No answers in these days")

	s.told(ivy(), "", nil, repeat(30, 5)...)
	s.told(sam(), "Too slow, write to mara@customer.test", slow(), repeat(20, 1)...)
	a := s.visit(boss, "/board")
	// 30 of 50: Wilson's interval is 46.2 to 72.4
	has(t, a, 200, "How customers perceive us", `60<span class="unit">%`, "between 46 and 72, 50 answers", "Billing", "Sam Okoro", "Ivy Brandt",
		"clearly below", "Speed", `<mark class="neg">slow</mark>`, "How this is computed", "no earlier answers")
	lacks(t, a, "mara@customer.test", "Mara Lind", "NaN", "Inf")
	if v := a.header.Get("Content-Security-Policy"); strings.Contains(v, "unsafe") {
		t.Errorf("policy %q", v)
	}

	has(t, s.visit(boss, "/board?team=Billing"), 200, "How customers perceive Billing", "The whole organisation", "between 0 and 16, 20 answers")
	agent := s.visit(boss, "/board?agent=ivy%40acme.test")
	has(t, agent, 200, "How customers perceive Ivy Brandt", "between 89 and 100, 30 answers")
	lacks(t, agent, "Sam Okoro", "slow")
	has(t, s.visit(boss, "/board?topic=speed"), 200, "Critical comments on Speed")
}

func TestBoardShowsNoNumberFromTooFew(t *testing.T) {
	s := newSite(t)
	boss := s.signedIn("boss@acme.test", "Boss", feedback.RoleExecutive, "")
	s.told(sam(), "Too slow", slow(), 1, 1, 1, 5)
	a := s.visit(boss, "/board")
	has(t, a, 200, "Too few answers", "4 answers so far", "6 more answers needed", "nobody can be traced")
	lacks(t, a, "bignum\">", "25 %", "<mark")

	own := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	has(t, s.visit(own, "/board/me"), 200, "What customers say about your work", "Too few answers", `<mark class="neg">slow</mark>`)
}

func TestBoardIsForThoseWhoMaySeeIt(t *testing.T) {
	s := newSite(t)
	s.told(ivy(), "Too slow for Ivy", slow(), repeat(12, 1)...)
	s.told(sam(), "Too slow for Sam", slow(), repeat(12, 1)...)
	for _, path := range []string{"/board", "/board/me"} {
		if a := s.visit(s.browser(), path); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
			t.Errorf("%s without signing in: %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
	agent := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	if a := s.visit(agent, "/board"); a.status != http.StatusForbidden {
		t.Errorf("an agent on the board: %d", a.status)
	}
	own := s.visit(agent, "/board/me?agent=ivy%40acme.test&team=Sales&all=1")
	has(t, own, 200, "12 answers", "for Sam")
	lacks(t, own, "Ivy")

	lead := s.signedIn("lead@acme.test", "Lea", feedback.RoleLead, "Billing")
	for _, path := range []string{"/board", "/board?team=Sales", "/board?agent=sam%40acme.test"} {
		a := s.visit(lead, path)
		has(t, a, 200, "12 answers", "for Sam")
		lacks(t, a, "Ivy")
	}
	for _, path := range []string{"/board?all=1", "/board?all=1&team=Sales", "/board?all=1&agent=ivy%40acme.test"} {
		a := s.visit(lead, path)
		has(t, a, 200, "choose your own team")
		lacks(t, a, "Ivy", "Too slow")
	}
}

func TestBoardTakesAnyAddress(t *testing.T) {
	s := newSite(t)
	boss := s.signedIn("boss@acme.test", "Boss", feedback.RoleExecutive, "")
	s.told(sam(), "", nil, repeat(12, 4)...)
	for _, query := range []string{
		"days=0", "days=99999999999", "days=x", "from=2026-13-45&to=x", "from=2026-11-20&to=2026-11-01", "from=0001-01-01&to=9999-12-31",
		"survey=none", "team=%00%ff", "agent=" + url.QueryEscape("<script>alert(1)</script>"), "topic=" + strings.Repeat("x", 2000), "from=2026-11-01",
	} {
		a := s.visit(boss, "/board?"+query)
		has(t, a, 200)
		lacks(t, a, "<script>alert")
	}
	has(t, s.visit(boss, "/board?from=2026-11-20&to=2026-11-01"), 200, "Choose a first day", "12 answers")
	has(t, s.visit(boss, "/board?from=2026-11-23&to=2026-11-24"), 200, "23 Nov – 24 Nov 2026", "12 answers")
	has(t, s.visit(boss, "/board?from=2026-11-01&to=2026-11-22"), 200, "No answers in these days")
}

func TestBoardWords(t *testing.T) {
	for got, want := range map[string]string{
		number(0): "0", number(999): "999", number(1000): "1,000", number(-1234567): "-1,234,567",
		pointsText(0.04): "0", pointsText(-3.25): "−3.2", pointsText(12): "+12.0", magnitude(-1): "1 point", magnitude(4.5): "4.5 points",
		scoreText(feedback.NPS, 31.4): "+31", scoreText(feedback.NPS, -0.2): "0", scoreText(feedback.NPS, -40): "−40",
		scoreText(feedback.CES, 5.25): "5.2", scoreText(feedback.CSAT, 99.6): "100", percent(1, 0): "–", percent(2, 3): "67\u202f%",
		hideAddresses("mail mara.l@x.example, now"): "mail ****************, now",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	h := perception.Headline{Metric: feedback.CSAT, Before: perception.Estimate{N: 5}}
	if text, _, tone := changeText(feedback.CSAT, h, 30); text != "too few answers to compare" || tone != "" {
		t.Errorf("five answers before: %q %q", text, tone)
	}
	h.Before.N, h.Change = 50, perception.Difference{Value: -8, Low: -14, High: -2, Known: true}
	if text, _, tone := changeText(feedback.CSAT, h, 30); text != "▼ clearly down by 8 points" || tone != "bad" {
		t.Errorf("a clear loss: %q %q", text, tone)
	}
	h.Change.High = 1
	if text, _, tone := changeText(feedback.CSAT, h, 30); text != "no clear change" || tone != "" {
		t.Errorf("an unclear loss: %q %q", text, tone)
	}
}

func TestPiecesKeepEveryByte(t *testing.T) {
	text := "Viel zu spät und teuer"
	got := pieces(text, []feedback.Span{{Start: 17, End: 23, Weight: -1}, {Start: 5, End: 13, Weight: 0.5}, {Start: 6, End: 8, Weight: -1}, {Start: 20, End: 99, Weight: -1}})
	want := []piece{{"Viel ", ""}, {"zu spät", "pos"}, {" und", ""}, {" teuer", "neg"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := pieces(text, nil); len(got) != 1 || got[0].Text != text {
		t.Errorf("no spans gave %+v", got)
	}
}
