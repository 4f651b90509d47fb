package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

// leadPages opens every page of this file's screens as a lead in every language: no page may lack a
// word, and the direction follows the language.
func TestLeadPagesInEveryLanguage(t *testing.T) {
	s := newSite(t)
	s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	rosa := s.signedIn("rosa@acme.test", "Rosa", feedback.RoleLead, "Billing")
	id := s.lowCase("1", "The agent was rude and the refund still has not arrived.")
	has(t, s.postAs(rosa, "/desk/about/"+id+"/note", url.Values{"csrf": {s.csrfOf(rosa, "/you")}, "to": {"team"}, "text": {"Say when the refund arrives."}}), 303)
	for _, lang := range sortedKeys(s.app.words) {
		check(t, s.app.Staff.Choose(t.Context(), "rosa@acme.test", func(u *feedback.User) { u.Language = lang }))
		for _, path := range []string{"/desk", "/desk?state=closed", "/desk/team", "/desk/coaching", "/desk/disputes", "/desk/about/" + id, "/desk/wall", "/desk/style", "/desk/watch", "/you"} {
			a := s.do(rosa, s.request("GET", path, ""))
			has(t, a, 200, `<html lang="`+lang+`" dir="`+direction(lang)+`"`)
			if m := regexp.MustCompile(`>\s*(team|talk|coaching|disputes|about|wall|you|nav|style|mindset|watch|desk|tab|step|empty)_\w+`).FindString(a.body); m != "" {
				t.Errorf("%s in %s shows the name of a word: %s", path, lang, m)
			}
			if lang != "en" && strings.Contains(a.body, `<main id="main" tabindex="-1" lang="en"`) {
				t.Errorf("%s is not in %s", path, lang)
			}
		}
	}
}

func TestTeamShowsLoadAndRules(t *testing.T) {
	s := newSite(t)
	sam := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	rosa := s.signedIn("rosa@acme.test", "Rosa", feedback.RoleLead, "Billing")
	other := s.signedIn("erik@acme.test", "Erik", feedback.RoleLead, "Technical")
	has(t, s.do(rosa, s.request("GET", "/desk/team", "")), 200, "All quiet", "no case was closed because of a rule")
	has(t, s.do(sam, s.request("GET", "/desk/team", "")), 403)
	id := s.lowCase("1", "The agent was rude and the refund still has not arrived.")
	has(t, s.do(rosa, s.request("GET", "/desk/team", "")), 200, "Sam Okoro", "the refund still has not arrived", "/desk/about/"+id)
	if a := s.do(other, s.request("GET", "/desk/team", "")); strings.Contains(a.body, "refund") {
		t.Error("another team's lead sees the case")
	}
	s.pass(100 * time.Hour)
	sam, rosa = s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing"), s.signedIn("rosa@acme.test", "Rosa", feedback.RoleLead, "Billing")
	has(t, s.do(rosa, s.request("GET", "/desk/team", "")), 200, "Over time: 1")
	csrf := s.csrfOf(sam, "/desk/cases/"+id)
	has(t, s.postAs(sam, "/desk/cases/"+id+"/resolve", url.Values{"csrf": {csrf}, "cause": {"policy"}, "action": {"explanation"}, "rule": {"Rule 7: no refund after 30 days"}}), 303)
	has(t, s.do(rosa, s.request("GET", "/desk/team", "")), 200, "Rule 7: no refund after 30 days", "this week: 1")
}

func TestNotesAreAnswered(t *testing.T) {
	s := newSite(t)
	sam := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	ivy := s.signedIn("ivy@acme.test", "Ivy", feedback.RoleAgent, "Billing")
	rosa := s.signedIn("rosa@acme.test", "Rosa", feedback.RoleLead, "Billing")
	id := s.lowCase("1", "The agent was rude and the refund still has not arrived.")
	has(t, s.do(ivy, s.request("GET", "/desk/about/"+id, "")), 404)
	form := url.Values{"csrf": {s.csrfOf(rosa, "/you")}, "to": {"agent"}, "text": {"Say when the refund arrives."}}
	has(t, s.postAs(sam, "/desk/about/"+id+"/note", url.Values{"csrf": {s.csrfOf(sam, "/you")}, "text": {"no"}}), 404)
	has(t, s.postAs(rosa, "/desk/about/"+id+"/note", form), 303)
	has(t, s.postAs(rosa, "/desk/about/"+id+"/note", form), 303) // pressed twice
	s.work()
	page := s.do(sam, s.request("GET", "/desk/coaching", ""))
	has(t, page, 200, "Say when the refund arrives.")
	if n := strings.Count(page.body, "Say when the refund arrives."); n != 1 {
		t.Errorf("the note stands there %d times", n)
	}
	if a := s.do(ivy, s.request("GET", "/desk/coaching", "")); strings.Contains(a.body, "refund") {
		t.Error("a colleague reads somebody's note")
	}
	answer := regexp.MustCompile(`/desk/coaching/\w+/answer`).FindString(page.body)
	has(t, s.postAs(sam, answer, url.Values{"csrf": {s.csrfOf(sam, "/you")}, "text": {"I will."}}), 303)
	has(t, s.postAs(ivy, answer, url.Values{"csrf": {s.csrfOf(ivy, "/you")}, "text": {"Me too."}}), 404)
	s.work()
	has(t, s.do(rosa, s.request("GET", "/desk/coaching", "")), 200, "I will.")
	if subjects := strings.Join(s.mails("digest"), "\n"); !strings.Contains(subjects, "A note for you from Rosa → \"Sam Okoro\" <sam@acme.test>") || !strings.Contains(subjects, "Sam Okoro replied to you → \"Rosa\" <rosa@acme.test>") {
		t.Errorf("mails: %s", subjects)
	}
}

func TestDisputesAreDecidedBySomebodyElse(t *testing.T) {
	s := newSite(t)
	sam := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	rosa := s.signedIn("rosa@acme.test", "Rosa", feedback.RoleLead, "Billing")
	s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	id := s.lowCase("1", "The agent was rude and the refund still has not arrived.")
	form := url.Values{"csrf": {s.csrfOf(sam, "/you")}, "reason": {"not_mine"}, "text": {"I took over after the call."}}
	has(t, s.postAs(rosa, "/desk/about/"+id+"/dispute", url.Values{"csrf": {s.csrfOf(rosa, "/you")}, "reason": {"not_mine"}, "text": {"x"}}), 404)
	has(t, s.postAs(sam, "/desk/about/"+id+"/dispute", form), 303)
	has(t, s.postAs(sam, "/desk/about/"+id+"/dispute", form), 303)
	s.work()
	page := s.do(rosa, s.request("GET", "/desk/disputes", ""))
	has(t, page, 200, "Open: 1", "I took over after the call.", "Somebody else served this customer")
	decide := regexp.MustCompile(`/desk/disputes/\w+/decide`).FindString(page.body)
	has(t, s.postAs(sam, decide, url.Values{"csrf": {s.csrfOf(sam, "/you")}, "decision": {"upheld"}, "text": {"x"}}), 403)

	s.pass(4 * 24 * time.Hour) // nobody decided: it goes up
	sam, rosa = s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing"), s.signedIn("rosa@acme.test", "Rosa", feedback.RoleLead, "Billing")
	root := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	s.work()
	if up := strings.Join(s.mails("escalation"), "\n"); !strings.Contains(up, "A dispute of Sam Okoro waits for a decision → \"Root\" <root@acme.test>") {
		t.Errorf("mails: %s", up)
	}
	has(t, s.do(root, s.request("GET", "/desk/disputes", "")), 200, "nobody had decided in time")
	before, err := s.st.Responses().Get(t.Context(), id)
	check(t, err)
	has(t, s.postAs(rosa, decide, url.Values{"csrf": {s.csrfOf(rosa, "/you")}, "decision": {"upheld"}, "text": {"Ivy had the call."}}), 303)
	has(t, s.postAs(root, decide, url.Values{"csrf": {s.csrfOf(root, "/you")}, "decision": {"declined"}, "text": {"no"}}), 409, "decided already")
	s.work()
	has(t, s.do(sam, s.request("GET", "/desk/disputes", "")), 200, "Shown as disputed", "Ivy had the call.")
	if m := strings.Join(s.mails("digest"), "\n"); !strings.Contains(m, "Your dispute is upheld → \"Sam Okoro\" <sam@acme.test>") {
		t.Errorf("mails: %s", m)
	}
	after, err := s.st.Responses().Get(t.Context(), id)
	check(t, err)
	if before.Score != after.Score || before.Agent != after.Agent || len(before.Versions) != len(after.Versions) {
		t.Error("the dispute changed the answer")
	}
}

func TestWithoutScores(t *testing.T) {
	for _, c := range []struct {
		metric feedback.Metric
		all    []int
		gone   []int
	}{
		{feedback.CSAT, []int{5, 4, 1, 2, 3, 5}, []int{1}}, {feedback.NPS, []int{10, 9, 0, 6, 7, 8}, []int{0, 7}},
		{feedback.CES, []int{1, 7, 4}, []int{7}}, {feedback.Thumbs, []int{1, 0, 0}, []int{0, 0}},
	} {
		mean := func(scores []int) float64 {
			sum := 0.0
			for _, v := range scores {
				sum += worth(c.metric, v)
			}
			return sum / float64(len(scores))
		}
		left := append([]int(nil), c.all...)
		for _, g := range c.gone {
			for i, v := range left {
				if v == g {
					left = append(left[:i], left[i+1:]...)
					break
				}
			}
		}
		got, n := withoutScores(c.metric, mean(c.all), int64(len(c.all)), c.gone)
		if int(n) != len(left) || got-mean(left) > 1e-9 || mean(left)-got > 1e-9 {
			t.Errorf("%s: %v of %d; want %v of %d", c.metric, got, n, mean(left), len(left))
		}
	}
	if _, n := withoutScores(feedback.CSAT, 0, 1, []int{1}); n != 0 {
		t.Error("nothing is left of one answer without it")
	}
}

func TestStyleSaysNothingOfPeopleWithFewMentions(t *testing.T) {
	s := newSite(t)
	s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	rosa := s.signedIn("rosa@acme.test", "Rosa", feedback.RoleLead, "Billing")
	has(t, s.do(rosa, s.request("GET", "/desk/style", "")), 200, "Nothing to read yet")
	s.praised("1", "He really listened and found another way. Thank you!")
	page := s.do(rosa, s.request("GET", "/desk/style", ""))
	has(t, page, 200, "Listens", "say so: 1", "of whom nothing is said: 1", `<mark class="pos">listened</mark>`)
	if strings.Contains(page.body, "<dt>Sam Okoro") {
		t.Error("one mention is a verdict on a person")
	}
}

func TestAnswersFromTheOfficeAreAsked(t *testing.T) {
	s := newSite(t)
	s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	rosa := s.signedIn("rosa@acme.test", "Rosa", feedback.RoleLead, "Billing")
	root := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	has(t, s.do(rosa, s.request("GET", "/desk/watch", "")), 200, "No questions")
	csrf := s.csrfOf(root, "/desk/watch")
	has(t, s.postAs(root, "/desk/watch/networks", url.Values{"csrf": {csrf}, "networks": {"not a network"}}), 422, "no network")
	s.praised("1", "All good, thanks.")
	has(t, s.do(rosa, s.request("GET", "/desk/watch", "")), 200, "No questions")
	has(t, s.postAs(root, "/desk/watch/networks", url.Values{"csrf": {csrf}, "networks": {"127.0.0.0/8"}}), 303)
	has(t, s.postAs(rosa, "/desk/watch/networks", url.Values{"csrf": {s.csrfOf(rosa, "/you")}, "networks": {""}}), 403)
	s.praised("2", "All good, thanks.")
	has(t, s.do(rosa, s.request("GET", "/desk/watch", "")), 200, "Who answered for Sam Okoro’s customers from the office?", "1 of 2 (50 %)")
}
