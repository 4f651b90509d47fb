package web

import (
	"net/url"
	"strings"
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

func TestWhy(t *testing.T) {
	s, doc := newSite(t), description(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	s.interaction("1", nil)
	s.interaction("2", func(m map[string]any) { m["customer"].(map[string]any)["email"] = "Mara1+x@example.com" })
	csrf := s.csrfOf(admin, "/admin")
	get := func(path string) answer { return s.do(admin, s.request("GET", path, "")) }
	post := func(path string, form url.Values) answer {
		form.Set("csrf", csrf)
		return s.postAs(admin, path, form)
	}
	has(t, get("/admin/why"), 200, "Look up")
	has(t, get("/admin/why?q=mara1@example.com"), 200, "zendesk/1", "zendesk/2", "ask.delay", "ask.rest", "Welcome")
	has(t, get("/admin/why?q=zendesk/2"), 200, "ask.rest", "x@example.com")
	has(t, get("/admin/why?q=2"), 200, "zendesk/2")
	has(t, get("/admin/why?q=nobody@example.com"), 200, "No interaction of this customer")
	has(t, get("/admin/why?q=%3Cscript%3E"), 200, "No interaction", "&lt;script&gt;")
	has(t, post("/admin/why/stop", url.Values{"email": {"mara1@example.com"}}), 200, "No more surveys", "Opted out")
	has(t, get("/admin/opt-outs?format=csv"), 200, "email,opted_out_at", "mara1@example.com,2026-11-24T10:00:00Z")
	s.pass(time.Hour)
	s.work()
	has(t, get("/admin/why?q=zendesk/1"), 200, "Cancelled", "person.opted_out")
	has(t, post("/admin/why/ask", url.Values{"email": {"mara1@example.com"}}), 200, "may be asked again", "Welcome")
	has(t, post("/admin/why/merge", url.Values{"email": {"mara1@example.com"}, "other": {"lind@example.org"}}), 200, "one person", "lind@example.org")
	has(t, post("/admin/why/merge", url.Values{"email": {"mara1@example.com"}, "other": {"nonsense"}}), 422, "is not an e-mail address")
	has(t, post("/admin/opt-outs", url.Values{"list": {"lind@example.org\nnonsense\n"}}), 422, "1 new, 0 known already, 1 not understood", "Line 2:")
	has(t, get("/admin/why?q=mara1@example.com"), 200, "Opted out")
	has(t, get("/admin/opt-outs"), 200, "Take a list over")

	list := s.api("GET", "/v1/interactions?customer=LIND@example.org&limit=1", "")
	fits(t, doc, "GET", "/v1/interactions", list)
	page := decoded[listJSON[entryJSON]](t, list)
	if len(page.Items) != 1 || page.Items[0].Ledger == nil || page.Next == "" {
		t.Fatalf("%+v", page)
	}
	var ids []string
	for next := page.Next; next != ""; {
		ids = append(ids, page.Items[0].ID)
		page = decoded[listJSON[entryJSON]](t, s.api("GET", "/v1/interactions?customer=lind@example.org&limit=1&after="+url.QueryEscape(next), ""))
		if next = page.Next; len(page.Items) > 0 && next == "" {
			ids = append(ids, page.Items[0].ID)
		}
	}
	if strings.Join(ids, " ") != "2 1" && strings.Join(ids, " ") != "1 2" {
		t.Errorf("pages hold %v", ids)
	}
	has(t, s.api("GET", "/v1/interactions", ""), 422, "customer")
	has(t, s.api("GET", "/v1/interactions?customer=lind@example.org&after=nonsense", ""), 422)

	s.interaction("3", func(m map[string]any) { m["customer"].(map[string]any)["email"] = "lena@example.com" })
	withdrawn := s.api("POST", "/v1/interactions/zendesk/3/withdraw", `{"reason":"reopened"}`)
	has(t, withdrawn, 200, `"skipped"`, `"ask.reopened"`)
	fits(t, doc, "POST", "/v1/interactions/{source}/{id}/withdraw", withdrawn)
	has(t, s.api("POST", "/v1/interactions/zendesk/3/withdraw", `{"reason":"boredom"}`), 422, "must be one of")
	has(t, s.api("POST", "/v1/interactions/zendesk/none/withdraw", `{"reason":"spam"}`), 404)
}

// A helpdesk that tells of a ticket being opened again takes the survey back, until it is closed again.
func TestHelpdeskReopens(t *testing.T) {
	s := newSite(t)
	s.app.Hooks.Helpdesks = map[string]string{"freshdesk": "a secret of the automation"}
	tell := func(status string) answer {
		body := `{"id":"7","status":"` + status + `","subject":"Refund","ended_at":"` + s.clock().Format(time.RFC3339) + `",
			"customer":{"email":"mara@example.com"},"agent":{"email":"sam@acme.test"}}`
		return s.do(s.client, s.request("POST", "/hooks/freshdesk", body, "X-Earshot-Secret", "a secret of the automation"))
	}
	has(t, tell("open"), 200, "ignored: ")
	has(t, tell("resolved"), 200, `"asked"`)
	s.pass(10 * time.Minute)
	has(t, tell("open"), 200, `"skipped"`, "opened again")
	s.pass(time.Hour)
	s.work()
	has(t, s.api("GET", "/v1/interactions/freshdesk/7", ""), 200, `"cancelled"`, `"ask.reopened"`)
	has(t, tell("resolved"), 200, "repeated")
	s.pass(time.Hour)
	s.work()
	has(t, s.api("GET", "/v1/interactions/freshdesk/7", ""), 200, `"sent"`)
	has(t, tell("open"), 200, `"asked"`) // what was sent cannot be taken back
	s.pass(4 * 24 * time.Hour)
	s.work()
	if a := s.api("GET", "/v1/interactions/freshdesk/7", ""); strings.Contains(a.body, `"reminded":1`) {
		t.Errorf("reminded of a matter that is open again: %s", a.body)
	}
}
