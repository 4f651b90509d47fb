package web

import (
	"net/url"
	"strings"
	"time"

	"earshot/internal/feedback"
)

// lookAt adds a customer's page in each of the given languages.
func (s *site) lookAt(plan *browserPlan, name, path string, submit bool, languages ...string) {
	for _, lang := range languages {
		u, err := url.Parse(path)
		check(s.t, err)
		q := u.Query()
		q.Set("lang", lang)
		u.RawQuery = q.Encode()
		plan.Pages = append(plan.Pages, browserPage{Name: name + "-" + lang, Path: u.String(), Customer: true, Submit: submit, Once: strings.HasPrefix(name, "all-")})
	}
}

// sent puts an invitation that was sent an hour ago into the store and returns its token: no time passes,
// so that every page stands in the state that it was brought to.
func (s *site) sent(id, survey, host string) string {
	s.t.Helper()
	definition, ok := s.app.Surveys.Current(survey)
	if !ok {
		s.t.Fatalf("there is no survey %s", survey)
	}
	v := benchInvitation(definition, 0, s.clock().Add(-time.Hour))
	v.Interaction, v.External = feedback.InteractionID("zendesk", id), id
	v.Customer.Email = id + "@" + host
	v.ID, v.Person = feedback.InvitationID(v.Interaction, survey), v.Customer.Email
	check(s.t, s.st.Invitations().Insert(s.t.Context(), v))
	return s.app.Tokens.Mint(v.ID)
}

// lowAnswer is the page of a low answer whose case stands in a state.
func (s *site) lowAnswer(id string, verbs ...string) string {
	path := "/s/" + s.sent(id, "csat", "example.com")
	has(s.t, s.post(path, url.Values{"score": {"1"}, "comment": {"The refund took three weeks and nobody called me."}, "reason": {"wait"}}), 303)
	s.work()
	for _, verb := range verbs {
		step := feedback.Step{By: "sam@acme.test", Note: "Refund paid.", Cause: "wait", Action: "refund"}
		_, err := s.app.Recovery.Act(s.t.Context(), s.caseOf(path[3:]).ID, verb, step, s.clock())
		check(s.t, err)
	}
	return path
}

// afterPages are the customers' pages after an answer, by state.
func (s *site) afterPages() map[string]string {
	happy := "/s/" + s.sent("state-happy", "csat", "example.com")
	has(s.t, s.post(happy, url.Values{"score": {"5"}, "comment": {"Sam was wonderful and solved it at once."}}), 303)
	quoted := "/s/" + s.sent("state-quoted", "csat", "example.com")
	has(s.t, s.post(quoted, url.Values{"score": {"5"}, "comment": {"Sam was wonderful and solved it at once."}}), 303)
	has(s.t, s.post(quoted+"/say", url.Values{"do": {"quote"}, "name": {"Mara L."}}), 303)
	confirmed := s.lowAnswer("state-confirmed")
	has(s.t, s.post(confirmed+"/say", url.Values{"do": {"solved"}}), 303)
	scanned := "/s/" + s.sent("state-scanned", "csat", "scanned.example")
	has(s.t, s.get(scanned+"/about"), 303)
	acknowledged, resolved := s.lowAnswer("state-acknowledged", "acknowledge"), s.lowAnswer("state-resolved", "resolve")
	return map[string]string{
		"happy": happy + "/thanks", "quoted": quoted + "/thanks?said=quote", "confirmed": confirmed + "/thanks?said=solved",
		"open": s.lowAnswer("state-open"), "acknowledged": acknowledged, "acknowledged-thanks": acknowledged + "/thanks?said=unsolved",
		"contacted": s.lowAnswer("state-contacted", "contact"), "resolved": resolved, "asked-data": resolved + "/thanks?said=erase", "scanned": scanned + "?score=4",
	}
}

// planAftermath shows every state after an answer, in one language of each direction.
func (s *site) planAftermath(plan *browserPlan) {
	for name, path := range s.afterPages() {
		s.lookAt(plan, name, path, false, "en", "ar")
	}
	s.lookAt(plan, "nothing-chosen", "/s/"+s.sent("state-wrong", "csat", "example.com"), true, "en", "ar")
	s.lookAt(plan, "opt-out-hasty", "/s/"+s.sent("state-hasty", "csat", "example.com")+"/opt-out", true, "en", "ar")
}

// planEverything shows every metric, language and state of the customers' pages.
func (s *site) planEverything(plan *browserPlan) {
	all := []string{"en", "de", "fr", "es", "pt", "it", "nl", "ar"}
	for _, p := range plan.Pages {
		if p.Customer && len(p.Name) > 3 && p.Name[len(p.Name)-3:] == "-ar" && p.Submit == false {
			base, err := url.Parse(p.Path)
			check(s.t, err)
			s.lookAt(plan, "all-"+p.Name[:len(p.Name)-3], base.String(), false, all[1:7]...)
		}
	}
	for _, metric := range []string{"csat", "nps", "ces", "resolution"} {
		of := func(state string) string {
			return "/s/" + s.sent("all-"+metric+state, metric, "example.com")
		}
		blank, answered := of("blank"), of("answered")
		has(s.t, s.post(answered, url.Values{"score": {"1"}, "comment": {"It took three weeks."}}), 303)
		s.lookAt(plan, "all-"+metric, blank, false, all...)
		s.lookAt(plan, "all-"+metric+"-chosen", blank+"?score=1", false, all...)
		s.lookAt(plan, "all-"+metric+"-wrong", blank, true, all...)
		s.lookAt(plan, "all-"+metric+"-answered", answered, false, all...)
		s.lookAt(plan, "all-"+metric+"-thanks", answered+"/thanks", false, all...)
		s.lookAt(plan, "all-"+metric+"-opt-out", blank+"/opt-out", false, all...)
		s.lookAt(plan, "all-"+metric+"-unknown", "/s/nothing", false, all...)
	}
}

// scannedMail makes a mail whose links a machine follows, so that the administrator's lists have
// something to show.
func (s *site) scannedMail() {
	token := s.invited("scanned-mail", nil)
	for _, path := range []string{"?score=1", "?score=2", "?score=3", "/about"} {
		s.get("/s/"+token+path, "User-Agent", chrome)
	}
	asked := s.invited("asked-mail", nil)
	has(s.t, s.post("/s/"+asked, url.Values{"score": {"3"}}), 303)
	s.say(asked, "copy")
}
