package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// votesOf is how many votes the figures of everybody count on the day of the site's clock.
func (s *site) votesOf(survey string) (votes, asked, answered int64) {
	s.t.Helper()
	s.work()
	rows, err := s.st.Rollups().Range(s.t.Context(), store.RollupFilter{Scope: feedback.ScopeAll, Survey: survey, From: "2026-11-20", To: "2026-12-20"})
	check(s.t, err)
	for _, r := range rows {
		votes, asked, answered = votes+r.Tally.Scores.N(), asked+r.Tally.Asked, answered+r.Tally.Answered
	}
	return votes, asked, answered
}

func (s *site) wantVotes(why string, votes, asked, answered int64) {
	s.t.Helper()
	v, a, n := s.votesOf("csat")
	if v != votes || a != asked || n != answered {
		s.t.Errorf("%s: %d votes, %d asked, %d answered; want %d, %d, %d", why, v, a, n, votes, asked, answered)
	}
}

func (s *site) overrule(admin *http.Client, token, verdict string, more ...string) answer {
	s.t.Helper()
	form := url.Values{"csrf": {s.csrfOf(admin, "/admin/votes")}, "verdict": {verdict}, "note": {"Called the customer."}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return s.postAs(admin, "/admin/votes/"+s.invitation(token).ID+"/correct", form)
}

func TestAdministratorOverrulesAVote(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	token := s.invited("1", nil)
	form := s.opened("/s/" + token)
	s.pass(5 * time.Second)
	has(t, s.postForm("/s/"+token, form, "score", "1", fieldSeen, hand), 303)
	s.pass(5 * time.Minute)
	s.wantVotes("after the vote", 1, 1, 1)
	list := s.do(admin, s.request("GET", "/admin/votes", ""))
	has(t, list, 200, "mara1@example.com", "The button of the page", "Human", "The pointer moved", "2.6 s on the page")
	has(t, s.do(admin, s.request("GET", "/admin/votes?q=nobody", "")), 200, "Nothing here")
	has(t, s.do(admin, s.request("GET", "/admin/votes?way=reply&verdict=human&survey=csat", "")), 200, "Nothing here")

	has(t, s.overrule(admin, token, "machine", "back", "/admin/votes?show=votes"), 303)
	s.wantVotes("after it was called a machine's", 0, 1, 0)
	if k := s.caseOf(token); k.State != feedback.CaseCorrected {
		t.Errorf("its case is %s", k.State)
	}
	has(t, s.overrule(admin, token, "machine"), 303) // once more changes nothing
	has(t, s.do(admin, s.request("GET", "/admin/votes?show=intents", "")), 200, "Withdrawn: The button of the page", "root@acme.test changed it from human to machine", "Called the customer.")
	has(t, s.do(admin, s.request("GET", "/admin/votes?show=domains", "")), 200, "example.com", "Needs the button", "An administrator said so")
	has(t, s.api("GET", "/v1/interactions/zendesk/1", ""), 200, "root@acme.test said that a machine gave this answer. Called the customer.")

	has(t, s.overrule(admin, token, "human"), 303)
	s.wantVotes("after it was the customer's after all", 1, 1, 1)
	if r := s.response(token); r.Score != 1 || len(r.Vote.Corrections) != 2 || r.Vote.Verdict != feedback.Human {
		t.Errorf("restored %+v", r.Vote)
	}
	if k := s.caseOf(token); !k.State.Working() {
		t.Errorf("its case is %s", k.State)
	}
	has(t, s.overrule(admin, token, "nobody"), 422, "must be human or machine")
	csrf := s.csrfOf(admin, "/admin/votes")
	has(t, s.postAs(admin, "/admin/votes/forget", url.Values{"csrf": {csrf}, "domain": {"example.com"}}), 303)
	has(t, s.do(admin, s.request("GET", "/admin/votes?show=domains", "")), 200, "No domain has given a sign.")
	has(t, s.do(admin, s.request("GET", "/admin/votes?show=nonsense", "")), 404)
}

func TestAdministratorCountsAClick(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	token := s.invited("1", nil)
	s.pass(time.Hour)
	s.get("/s/"+token+"?score=4", "User-Agent", chrome)
	clicked := s.clock()
	s.pass(time.Hour)
	s.wantVotes("after a click", 0, 1, 0)
	has(t, s.do(admin, s.request("GET", "/admin/votes?show=intents&survey=csat", "")), 200, "Clicked, not confirmed", "4 / 5", "The customer chose 4")
	has(t, s.overrule(admin, token, "human", "score", "5"), 422, "is none of the scores that were clicked")
	has(t, s.overrule(admin, token, "human", "score", "4"), 303)
	s.wantVotes("after it was counted", 1, 1, 1)
	if r := s.response(token); r.Vote.Way != feedback.WayAdmin || !r.AnsweredAt.Equal(clicked) {
		t.Errorf("counted %+v at %s", r.Vote, r.AnsweredAt)
	}
	has(t, s.overrule(admin, token, "human", "score", "4"), 409, "The customer has answered meanwhile")
}

func TestWithdrawnVoteLeavesTheLinkOpen(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	token := s.invited("1", nil)
	has(t, s.postForm("/s/"+token, url.Values{}, "score", "5"), 303)
	s.work()
	has(t, s.overrule(admin, token, "machine"), 303)
	has(t, s.get("/s/"+token+"?score=2", "User-Agent", chrome), 200, "Please press the button to confirm")
	has(t, s.postForm("/s/"+token, url.Values{}, "score", "2", "comment", "I was never asked before."), 303)
	s.wantVotes("after the customer's own answer", 1, 1, 1)
	has(t, s.overrule(admin, token, "human"), 409, "has answered meanwhile")
}

func TestRequestsPage(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	has(t, s.do(admin, s.request("GET", "/admin/requests", "")), 200, "Nobody waits for anything.")
	token := s.invited("1", nil)
	has(t, s.postForm("/s/"+token, url.Values{}, "score", "3"), 303)
	s.say(token, "erase")
	has(t, s.do(admin, s.request("GET", "/admin", "")), 200, `Requests about data <span class="badge bad">1</span>`)
	page := s.do(admin, s.request("GET", "/admin/requests", ""))
	has(t, page, 200, "earshot forget mara1@example.com", "Erasure")
	id := "erase/" + s.invitation(token).ID
	if !strings.Contains(page.body, id) {
		t.Fatalf("%s is not on the page", id)
	}
	has(t, s.postAs(admin, "/admin/requests/done", url.Values{"csrf": {s.csrfOf(admin, "/admin/requests")}, "id": {id}}), 303)
	done := s.do(admin, s.request("GET", "/admin/requests", ""))
	has(t, done, 200, "by root@acme.test")
	if strings.Contains(done.body, "mara1@example.com") {
		t.Error("an erasure that was done still names the customer")
	}
	agent := s.signedIn("sam@acme.test", "Sam", feedback.RoleAgent, "Billing")
	for _, path := range []string{"/admin/votes", "/admin/requests"} {
		has(t, s.do(agent, s.request("GET", path, "")), 403)
	}
}
