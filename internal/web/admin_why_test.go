package web

import (
	"net/url"
	"testing"
	"time"

	"earshot/internal/feedback"
)

func TestAdminPausesASurvey(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	csrf := s.csrfOf(admin, "/admin")
	has(t, s.postAs(admin, "/admin/surveys/csat/pause", url.Values{"csrf": {csrf}}), 303)
	has(t, s.do(admin, s.request("GET", "/admin", "")), 200, "Paused", "root@acme.test paused this survey.")
	d := s.interaction("1", nil)
	s.pass(time.Hour)
	s.work()
	has(t, s.api("GET", "/v1/interactions/zendesk/1", ""), 200, `"brake.person"`, `"scheduled"`)
	has(t, s.postAs(admin, "/admin/surveys/csat/resume", url.Values{"csrf": {csrf}}), 303)
	s.pass(5 * time.Minute)
	s.work()
	v, err := s.st.Invitations().Get(t.Context(), *d.Invitation)
	check(t, err)
	if v.State != feedback.Sent {
		t.Errorf("%s after the survey was resumed", v.State)
	}
	has(t, s.postAs(admin, "/admin/surveys/none/pause", url.Values{"csrf": {csrf}}), 404)
}
