package web

import (
	"net/url"
	"strings"
	"testing"

	"earshot/internal/feedback"
	"earshot/internal/sentiment"
)

// A signal comes first on the case page, in the customer's own words.
func TestCasePageShowsSignalsFirst(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	id := s.lowCase("1", "The plug caught fire, and you will hear from my lawyer.")
	has(t, s.do(admin, s.request("GET", "/desk/cases/"+id, "")), 200, "See this first", "<strong>Legal threat</strong> <q", "<strong>Safety</strong> <q")
}

func TestVerdictsAreCorrectedOnTheCasePage(t *testing.T) {
	s := newSite(t)
	sam := s.signedIn("sam@acme.test", "Sam", feedback.RoleAgent, "Billing")
	ivy := s.signedIn("ivy@acme.test", "Ivy", feedback.RoleAgent, "Orders")
	id := s.lowCase("1", "The agent was rude and the refund still has not arrived.")
	page := "/desk/cases/" + id
	has(t, s.do(sam, s.request("GET", page, "")), 200, "Not right?", `name="label" value="mixed"`)
	form := func(label, csrf string) url.Values {
		return url.Values{"csrf": {csrf}, "id": {id}, "label": {label}, "back": {page}}
	}
	has(t, s.postAs(sam, "/verdicts", form("mixed", "wrong")), 403)
	has(t, s.postAs(ivy, "/verdicts", form("mixed", s.csrfOf(ivy, "/desk"))), 404)
	a := s.postAs(sam, "/verdicts", form("mixed", s.csrfOf(sam, page)))
	if has(t, a, 303); a.header.Get("Location") != page {
		t.Errorf("led to %s", a.header.Get("Location"))
	}
	s.work()
	has(t, s.do(sam, s.request("GET", page, "")), 200, "Corrected by sam@acme.test, was negative", "Take it back")
	has(t, s.api("GET", "/v1/responses?label=mixed", ""), 200, id, `"was":"negative"`)
	has(t, s.postAs(sam, "/verdicts", form("", s.csrfOf(sam, page))), 303)
	has(t, s.do(sam, s.request("GET", page, "")), 200, "Not right?")
}

func TestVerdictsAreCorrectedByAPI(t *testing.T) {
	s := newSite(t)
	id := s.lowCase("1", "The agent was rude and the refund still has not arrived.")
	has(t, s.api("POST", "/v1/responses/"+id+"/sentiment", `{"label":"neutral","by":"crm"}`), 200, `"label":"neutral"`, `"was":"negative"`)
	has(t, s.api("POST", "/v1/responses/"+id+"/sentiment", `{"label":"great","by":"crm"}`), 422, "must be one of")
	has(t, s.api("POST", "/v1/responses/none/sentiment", `{"label":"neutral","by":"crm"}`), 404)
}

func TestDeskAsksWhatItDoesNotKnow(t *testing.T) {
	s := newSite(t)
	sam := s.signedIn("sam@acme.test", "Sam", feedback.RoleAgent, "Billing")
	s.app.Collect.Analyser = doubting{}
	token := s.invited("1", nil)
	has(t, s.post("/s/"+token, url.Values{"score": {"5"}, "comment": {"Well, well."}}), 303)
	s.work()
	id, err := s.app.Tokens.Open(token)
	check(t, err)
	has(t, s.do(sam, s.request("GET", "/desk", "")), 200, "How is this meant?", "Well, well.", "Not now")
	has(t, s.postAs(sam, "/verdicts", url.Values{"csrf": {s.csrfOf(sam, "/desk")}, "id": {id}, "label": {"skip"}, "asked": {"1"}, "back": {"/desk"}}), 303)
	if a := s.do(sam, s.request("GET", "/desk", "")); strings.Contains(a.body, "How is this meant?") {
		t.Error("asked again about what was passed over")
	}
}

// doubting is not sure of anything.
type doubting struct{}

func (doubting) Analyse(string, string) sentiment.Verdict {
	return sentiment.Verdict{Language: "en", Label: sentiment.Unsure, Polarity: 0.1, Confidence: 0.4}
}

func TestAdministratorsLetItLearn(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	has(t, s.do(admin, s.request("GET", "/admin", "")), 200, "Your people gave 0 verdicts so far; it can learn from 40 on.")
	csrf := s.csrfOf(admin, "/admin")
	has(t, s.postAs(admin, "/admin/learn", url.Values{"csrf": {csrf}}), 303)
	has(t, s.do(admin, s.request("GET", "/admin", "")), 200, "A worker will learn in a moment.")
	_, err := s.app.Learn.Work(t.Context(), s.clock())
	check(t, err)
	has(t, s.do(admin, s.request("GET", "/admin", "")), 200, "There are 0 verdicts of yours; at least 40 are needed.")
	has(t, s.postAs(admin, "/admin/learn/undo", url.Values{"csrf": {csrf}}), 303)
	sam := s.signedIn("sam@acme.test", "Sam", feedback.RoleAgent, "Billing")
	has(t, s.postAs(sam, "/admin/learn", url.Values{"csrf": {s.csrfOf(sam, "/desk")}}), 403)
}
