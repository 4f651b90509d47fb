package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

// say posts what a customer says beside the answer and returns the page that follows.
func (s *site) say(token, do string, more ...string) answer {
	s.t.Helper()
	form := url.Values{"do": {do}}
	a := s.postForm("/s/"+token+"/say", form, more...)
	has(s.t, a, 303)
	return s.get(a.header.Get("Location"))
}

func (s *site) caseOf(token string) *feedback.Case {
	s.t.Helper()
	c, err := s.st.Cases().Get(s.t.Context(), s.invitation(token).ID)
	check(s.t, err)
	return c
}

func TestLowAnswerShowsWhatHappens(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	has(t, s.postForm("/s/"+token, url.Values{}, "score", "1", "comment", "The refund took three weeks."), 303)
	has(t, s.get("/s/"+token+"/thanks"), 200, "What happens now", "Sam sees your answer now")
	s.work()
	id := s.caseOf(token).ID
	act := func(verb string, step feedback.Step) {
		t.Helper()
		step.By = "sam@acme.test"
		_, err := s.app.Recovery.Act(t.Context(), id, verb, step, s.clock())
		check(t, err)
	}
	act("acknowledge", feedback.Step{})
	has(t, s.get("/s/"+token), 200, "Sam has this and will contact you by 24 Nov 2026, 14:3", "You answered this already", "It is not solved")
	act("contact", feedback.Step{Note: "Called."})
	has(t, s.get("/s/"+token+"?lang=de"), 200, "Sam hat sich deswegen bei Ihnen gemeldet")
	act("resolve", feedback.Step{Cause: "wait", Action: "refund", Note: "Paid."})
	has(t, s.get("/s/"+token+"/thanks"), 200, "You have the last word", "It is solved", "It is not solved")

	has(t, s.say(token, "unsolved", "note", "Still no money."), 200, "Sam knows now that it is not solved")
	if k := s.caseOf(token); !k.State.Working() || k.Reopened != 1 || k.History[len(k.History)-1].Note != "Still no money." {
		t.Errorf("after “not solved” the case is %s, reopened %d times: %+v", k.State, k.Reopened, k.History)
	}
	s.say(token, "unsolved", "note", "Still no money.")
	if k := s.caseOf(token); k.Reopened != 1 {
		t.Error("the same word twice is two words")
	}
	has(t, s.say(token, "solved"), 200, "Sam knows now that it is solved", "You told us that this is solved")
	if k := s.caseOf(token); k.State != feedback.CaseConfirmed || !k.Resurvey.Due.IsZero() {
		t.Errorf("after “solved” the case is %s, asked again at %s", k.State, k.Resurvey.Due)
	}
	s.work()
	if n := len(s.caseOf(token).Notices); n < 2 {
		t.Errorf("%d notices; the owner did not hear that it was not solved", n)
	}
}

func TestSayWithoutAnAnswer(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	for _, do := range []string{"solved", "quote"} {
		a := s.postForm("/s/"+token+"/say", url.Values{"do": {do}, "name": {"Mara"}})
		has(t, a, 303)
	}
	has(t, s.postForm("/s/"+token+"/say", url.Values{"do": {"nonsense"}}), 303) // no answer yet: to the survey
	has(t, s.postForm("/s/nothing/say", url.Values{"do": {"solved"}}), 404, "This link does not work")
	has(t, s.postForm("/s/"+token, url.Values{}, "score", "5", "comment", "Sam solved it in five minutes."), 303)
	has(t, s.postForm("/s/"+token+"/say", url.Values{"do": {"nonsense"}}), 422, "Thank you")
	has(t, s.postForm("/s/"+token+"/say", url.Values{"do": {"quote"}, "name": {strings.Repeat("x", 90)}}), 422, strings.Repeat("x", 90))
}

func TestHastySayIsAskedAgain(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	has(t, s.postForm("/s/"+token, url.Values{}, "score", "1", "comment", "No."), 303)
	s.work()
	form := s.opened("/s/" + token + "/thanks")
	s.pass(300 * time.Millisecond)
	has(t, s.postForm("/s/"+token+"/say", form, "do", "solved"), 422, "Please press the button once more")
	has(t, s.postForm("/s/"+token+"/say", form, "do", "erase"), 422)
	if k := s.caseOf(token); k.State == feedback.CaseConfirmed {
		t.Error("a machine closed the case")
	}
	if list, err := s.app.Collect.Requests(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("a machine asked for an erasure: %+v, %v", list, err)
	}
}

func TestDataRequests(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	has(t, s.postForm("/s/"+token, url.Values{}, "score", "3"), 303)
	has(t, s.say(token, "copy"), 200, "Acme sends the copy")
	has(t, s.say(token, "erase"), 200, "Acme erases your data")
	s.say(token, "erase")
	list, err := s.app.Collect.Requests(t.Context())
	check(t, err)
	if len(list) != 2 || list[0].Email != "mara1@example.com" {
		t.Fatalf("listed %+v", list)
	}
	for _, r := range list {
		check(t, s.app.Collect.CloseRequest(t.Context(), r.ID, "root@acme.test", s.clock()))
	}
	list, err = s.app.Collect.Requests(t.Context())
	check(t, err)
	for _, r := range list {
		if r.DoneBy != "root@acme.test" || (r.Kind == "erase") != (r.Email == "") {
			t.Errorf("closed %+v", r)
		}
	}
	s.say(token, "copy")
	if list, _ = s.app.Collect.Requests(t.Context()); !list[0].Done.IsZero() {
		t.Errorf("a request made again stays closed: %+v", list)
	}
}

func TestPromoters(t *testing.T) {
	s := newSite(t)
	happy := func(id string) string {
		t.Helper()
		token := s.invited(id, nil)
		has(t, s.postForm("/s/"+token, url.Values{}, "score", "5", "comment", "Sam was wonderful and solved it at once."), 303)
		return token
	}
	token := happy("1")
	has(t, s.get("/s/"+token+"/thanks"), 200, "Your words go straight to Sam", "May Acme repeat your words", `value="Mara"`)
	has(t, s.say(token, "quote", "name", " Mara  L. "), 200, "Acme may quote you as “Mara L.”")
	if q := s.response(token).Quote; q == nil || q.Name != "Mara L." {
		t.Errorf("kept %+v", q)
	}
	s.say(token, "unquote")
	if q := s.response(token).Quote; q != nil {
		t.Errorf("taken back, but %+v", q)
	}

	k := &feedback.Case{Survey: "csat", Metric: feedback.CSAT, Person: "mara3@example.com", State: feedback.CaseConfirmed, OpenedAt: s.clock().Add(-24 * time.Hour)}
	k.ID = feedback.FeedbackID("case", "3")
	check(t, s.st.Cases().Insert(t.Context(), k))
	again := happy("3")
	if page := s.get("/s/" + again + "/thanks"); strings.Contains(page.body, "repeat your words") {
		t.Error("somebody who was just recovered is asked for praise")
	}
	cross := s.invited("4", nil)
	has(t, s.postForm("/s/"+cross, url.Values{}, "score", "5", "comment", "Terrible, rude and slow. I am angry and want my money back."), 303)
	if page := s.get("/s/" + cross + "/thanks"); strings.Contains(page.body, "repeat your words") || strings.Contains(page.body, "best part of the day") {
		t.Error("an angry comment beside a high score is asked for praise")
	}
}
