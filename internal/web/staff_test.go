package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/staff"
)

// walkStaffPages opens every page of the staff as an administrator, on a site with something on each.
func (s *site) walkStaffPages(visit func(name, body string)) {
	s.t.Helper()
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	id := s.lowCase("1", "The agent was rude and the refund still has not arrived. Call me back.")
	for _, path := range []string{"/desk", "/desk/cases/" + id, "/board", "/board/me", "/admin", "/admin/surveys/csat", "/admin/why?q=zendesk/1", "/admin/opt-outs", "/outbox", s.firstMail(admin)} {
		a := s.do(admin, s.request("GET", path, ""))
		has(s.t, a, 200, "<title>")
		visit(path, a.body)
	}
}

func (s *site) firstMail(admin *http.Client) string {
	s.t.Helper()
	list := s.do(admin, s.request("GET", "/outbox", ""))
	m := regexp.MustCompile(`href="(/outbox/[^"]+alert[^"]+)"`).FindStringSubmatch(list.body)
	if m == nil {
		s.t.Fatalf("no alert in the outbox: %.2000s", list.body)
	}
	return m[1]
}

// lowCase has a customer answer low and returns the case.
func (s *site) lowCase(id, comment string) string {
	s.t.Helper()
	token := s.invited(id, nil)
	has(s.t, s.post("/s/"+token, url.Values{"score": {"1"}, "comment": {comment}, "reason": {"wait"}, "resolved": {"no"}}), 303)
	s.work()
	row, err := s.app.Tokens.Open(token)
	check(s.t, err)
	_, err = s.st.Cases().Get(context.Background(), row)
	check(s.t, err)
	return row
}

// csrfOf reads the token from a page.
func (s *site) csrfOf(client *http.Client, path string) string {
	s.t.Helper()
	a := s.do(client, s.request("GET", path, ""))
	m := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(a.body)
	if m == nil {
		s.t.Fatalf("%s has no form token: %d %.300s", path, a.status, a.body)
	}
	return m[1]
}

func TestSigningIn(t *testing.T) {
	s := newSite(t)
	_, err := s.app.Staff.AddUser(t.Context(), "sam@acme.test", "Sam", feedback.RoleAgent, "Billing", s.clock())
	check(t, err)
	client := s.browser()
	a := s.do(client, s.request("GET", "/desk?state=open", ""))
	has(t, a, 303)
	if to := a.header.Get("Location"); to != "/sign-in?next=%2Fdesk%3Fstate%3Dopen" {
		t.Errorf("led to %s", to)
	}
	has(t, s.do(client, s.request("GET", a.header.Get("Location"), "")), 200, `name="next" value="/desk?state=open"`)
	has(t, s.postAs(client, "/sign-in", url.Values{"email": {"nonsense"}}), 422, "not an e-mail address")

	known := s.postAs(client, "/sign-in", url.Values{"email": {"sam@acme.test"}, "next": {"/desk?state=open"}})
	unknown := s.postAs(client, "/sign-in", url.Values{"email": {"eve@acme.test"}, "next": {"/desk?state=open"}})
	has(t, known, 200, "Look into your mailbox")
	if strings.ReplaceAll(known.body, "sam@", "eve@") != unknown.body && stripIDs(strings.ReplaceAll(known.body, "sam@", "eve@")) != stripIDs(unknown.body) {
		t.Error("the page tells who may sign in")
	}

	s.work()
	entries, _, err := s.app.Outbox.List("", 10)
	check(t, err)
	if len(entries) != 1 || entries[0].Kind != "sign-in" {
		t.Fatalf("outbox: %+v", entries)
	}
	mail, err := s.app.Outbox.Read(entries[0].Name)
	check(t, err)
	path := regexp.MustCompile(`/sign-in/[A-Z0-9]+`).FindString(mail.Text)
	for range 3 { // scanners open links
		has(t, s.get(path), 200, "Sign in as", "sam@acme.test")
	}
	s.do(s.client, s.request("HEAD", path, ""))
	in := s.postAs(client, path, nil)
	has(t, in, 303)
	if to := in.header.Get("Location"); to != "/desk?state=open" {
		t.Errorf("led to %s", to)
	}
	cookie := in.header.Get("Set-Cookie")
	for _, want := range []string{"earshot=", "HttpOnly", "SameSite=Lax", "path=/"} {
		if !strings.Contains(strings.ToLower(cookie), strings.ToLower(want)) {
			t.Errorf("the cookie lacks %s: %s", want, cookie)
		}
	}
	has(t, s.do(client, s.request("GET", "/desk", "")), 200, "Your cases", "All quiet")
	has(t, s.do(client, s.request("GET", "/", "")), 303)
	has(t, s.postAs(s.browser(), path, nil), 410, "used before")
	has(t, s.get(path), 410, "used before")
	has(t, s.get("/sign-in/nonsense"), 410)

	csrf := s.csrfOf(client, "/desk")
	has(t, s.postAs(client, "/sign-out", url.Values{"csrf": {csrf}}), 303)
	has(t, s.do(client, s.request("GET", "/desk", "")), 303)
}

func stripIDs(body string) string {
	return regexp.MustCompile(`data-now="[^"]*"`).ReplaceAllString(body, "")
}

func TestSignInLinksEnd(t *testing.T) {
	s := newSite(t)
	_, err := s.app.Staff.AddUser(t.Context(), "sam@acme.test", "Sam", feedback.RoleAgent, "Billing", s.clock())
	check(t, err)
	link, err := s.app.Staff.Link(t.Context(), "sam@acme.test", "//evil.test", s.clock())
	check(t, err)
	u, err := url.Parse(link)
	check(t, err)
	s.pass(staff.LinkLives)
	has(t, s.postAs(s.browser(), u.Path, nil), 410)
	link, err = s.app.Staff.Link(t.Context(), "sam@acme.test", "//evil.test", s.clock())
	check(t, err)
	u, err = url.Parse(link)
	check(t, err)
	if to := s.postAs(s.browser(), u.Path, nil).header.Get("Location"); to != "/" {
		t.Errorf("signing in led to %s", to)
	}
	for range throttleLimit {
		s.postAs(s.client, "/sign-in", url.Values{"email": {"eve@acme.test"}})
	}
	has(t, s.postAs(s.client, "/sign-in", url.Values{"email": {"eve@acme.test"}}), http.StatusTooManyRequests)
}

func TestCookieOverHTTPS(t *testing.T) {
	s := newSiteAt(t, "https://feedback.acme.test")
	_, err := s.app.Staff.AddUser(t.Context(), "sam@acme.test", "Sam", feedback.RoleAgent, "Billing", s.clock())
	check(t, err)
	link, err := s.app.Staff.Link(t.Context(), "sam@acme.test", "/desk", s.clock())
	check(t, err)
	a := s.do(s.client, s.request("POST", strings.TrimPrefix(link, "https://feedback.acme.test"), "", "Origin", "https://feedback.acme.test"))
	has(t, a, 303)
	cookie := strings.ToLower(a.header.Get("Set-Cookie"))
	if !strings.HasPrefix(cookie, "__host-earshot=") || !strings.Contains(cookie, "secure") || strings.Contains(cookie, "domain") {
		t.Errorf("cookie %s", cookie)
	}
	if a.header.Get("Strict-Transport-Security") == "" {
		t.Error("browsers may come back without https")
	}
}

func TestFormsFromElsewhere(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	csrf := s.csrfOf(admin, "/admin")
	form := url.Values{"csrf": {csrf}, "email": {"new@acme.test"}, "role": {"agent"}}
	for name, c := range map[string]struct {
		form   url.Values
		header []string
		status int
	}{
		"without token":      {url.Values{"email": {"new@acme.test"}, "role": {"agent"}}, nil, 403},
		"with another token": {url.Values{"csrf": {"x"}, "email": {"new@acme.test"}, "role": {"agent"}}, nil, 403},
		"cross-site":         {form, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"same-site":          {form, []string{"Sec-Fetch-Site", "same-site"}, 403},
		"foreign origin":     {form, []string{"Origin", "https://evil.test"}, 403},
		"null origin":        {form, []string{"Origin", "null"}, 403},
		"own origin":         {form, []string{"Origin", s.url}, 303},
		"own page":           {form, []string{"Sec-Fetch-Site", "same-origin"}, 303},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.request("POST", "/admin/users", c.form.Encode(), append(c.header, "Content-Type", "application/x-www-form-urlencoded")...)
			has(t, s.do(admin, r), c.status)
		})
	}
	r := s.request("POST", "/sign-in", "email=root@acme.test", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site")
	has(t, s.do(s.client, r), 403)
}

func TestRoles(t *testing.T) {
	s := newSite(t)
	id := s.lowCase("1", "Terrible, nobody answered.")
	// page → who may open it; everybody else is told no, and somebody signed out is led to the sign-in.
	pages := map[string]string{
		"/desk": "agent lead admin", "/desk/cases/" + id: "agent lead admin", "/board": "lead executive admin",
		"/admin": "admin", "/outbox": "admin", "/admin/surveys/csat": "admin", "/admin/why?q=a@b.test": "admin", "/admin/opt-outs?format=csv": "admin",
	}
	people := map[string]*http.Client{
		"agent": s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing"), "lead": s.signedIn("lea@acme.test", "Lea", feedback.RoleLead, "Billing"),
		"executive": s.signedIn("eva@acme.test", "Eva", feedback.RoleExecutive, ""), "admin": s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, ""),
	}
	for page, may := range pages {
		for role, client := range people {
			want := http.StatusForbidden
			if strings.Contains(may, role) {
				want = http.StatusOK
			}
			if a := s.do(client, s.request("GET", page, "")); a.status != want {
				t.Errorf("%s opens %s: %d, want %d", role, page, a.status, want)
			}
		}
		has(t, s.do(s.browser(), s.request("GET", page, "")), 303)
	}
	for name, client := range map[string]*http.Client{
		"another agent": s.signedIn("ivy@acme.test", "Ivy", feedback.RoleAgent, "Billing"), "another lead": s.signedIn("leo@acme.test", "Leo", feedback.RoleLead, "Shipping"),
	} {
		if a := s.do(client, s.request("GET", "/desk/cases/"+id, "")); a.status != http.StatusNotFound {
			t.Errorf("%s sees the case: %d", name, a.status)
		}
		csrf := s.csrfOf(client, "/desk")
		if a := s.postAs(client, "/desk/cases/"+id+"/acknowledge", url.Values{"csrf": {csrf}}); a.status != http.StatusNotFound {
			t.Errorf("%s acts on the case: %d", name, a.status)
		}
		for _, whose := range []string{"mine", "team", "all"} {
			if a := s.do(client, s.request("GET", "/desk?whose="+whose, "")); strings.Contains(a.body, id) {
				t.Errorf("%s finds the case under %s", name, whose)
			}
		}
	}
	check(t, s.app.Staff.RemoveUser(t.Context(), "sam@acme.test", s.clock()))
	has(t, s.do(people["agent"], s.request("GET", "/desk", "")), 303)
}

func TestDeskAndCase(t *testing.T) {
	s := newSite(t)
	sam := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	s.signedIn("ivy@acme.test", "Ivy Adams", feedback.RoleAgent, "Billing")
	id := s.lowCase("1", "Sam was friendly, but the refund took three weeks. <b>Never again</b>, I will cancel.")
	has(t, s.do(sam, s.request("GET", "/desk", "")), 200, "Mara Lind", "Refund not received", "to acknowledge", "left", `<mark class="neg">`, "&lt;b&gt;", "Worth 1\u202f290", "May leave")

	path := "/desk/cases/" + id
	page := s.do(sam, s.request("GET", path, ""))
	has(t, page, 200, "Mara Lind", "score 1 of 5", "What went wrong?", "It took too long", "Is your problem solved?", "Waited", "6 min", "Passed on", "once",
		"Acknowledge", "Their way with us", "opened the case", `data-until="`)
	csrf := s.csrfOf(sam, path)
	act := func(action string, more url.Values) answer {
		form := url.Values{"csrf": {csrf}}
		for k, v := range more {
			form[k] = v
		}
		return s.postAs(sam, path+"/"+action, form)
	}
	has(t, act("acknowledge", nil), 303)
	has(t, act("acknowledge", nil), 409, "Somebody was faster")
	has(t, act("note", url.Values{"note": {" "}}), 422, "Note is required")
	has(t, act("note", url.Values{"note": {"Spoke with <i>accounting</i>."}}), 303)
	has(t, act("contact", url.Values{"note": {"Called at noon."}}), 303)
	has(t, act("resolve", url.Values{"note": {"Typed already."}}), 422, "Typed already.", "are required")
	has(t, act("resolve", url.Values{"cause": {"wait"}, "action": {"nonsense"}, "note": {"Typed already."}}), 422, "Typed already.", `value="wait" selected`)
	has(t, act("resolve", url.Values{"cause": {"wait"}, "action": {"refund"}}), 303)
	has(t, act("nonsense", nil), 404)
	page = s.do(sam, s.request("GET", path, ""))
	has(t, page, 200, "Resolved, waiting for the customer", "Open it again", "Sam Okoro</strong> resolved it · Wait · Refund", "Spoke with &lt;i&gt;accounting&lt;/i&gt;.", "Called at noon.")
	has(t, s.do(sam, s.request("GET", "/desk?state=resolved", "")), 200, "Mara Lind")
	has(t, s.do(sam, s.request("GET", "/desk?state=closed", "")), 200, "Nothing is closed yet")
	has(t, act("reopen", url.Values{"note": {"It was not."}}), 303)
	has(t, act("assign", url.Values{"to": {"ivy@acme.test"}, "note": {"Ivy knows them."}}), 303)
	has(t, s.do(sam, s.request("GET", path, "")), 200, "Ivy Adams", "Served by") // who earned the score goes on seeing the case
	s.pass(300 * time.Hour)
	lead := s.signedIn("lea@acme.test", "Lea", feedback.RoleLead, "Billing")
	has(t, s.do(lead, s.request("GET", "/desk", "")), 200, "Cases of Billing", "Over time: 1", "Ivy Adams")
}

func TestDeskPages(t *testing.T) {
	s := newSite(t)
	sam := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	ctx := t.Context()
	for i := range deskPage + 5 {
		k := &feedback.Case{Survey: "csat", Metric: feedback.CSAT, Score: 1, Scored: true, Reason: feedback.ReasonLowScore, Person: "p", Customer: feedback.Customer{Name: "Customer"},
			Agent: feedback.Agent{Email: "sam@acme.test"}, Owner: feedback.Agent{Email: "sam@acme.test"}, State: feedback.CaseOpen, OpenedAt: s.clock(), Deadline: s.clock().Add(time.Duration(i) * time.Minute)}
		k.ID = feedback.FeedbackID("test", string(rune('A'+i)))
		check(t, s.st.Cases().Insert(ctx, k))
	}
	first := s.do(sam, s.request("GET", "/desk", ""))
	has(t, first, 200, `<span class="n">55</span>`, "More cases", "Due within the hour")
	next := regexp.MustCompile(`href="(/desk\?[^"]*after=[^"]+)"`).FindStringSubmatch(first.body)
	if next == nil {
		t.Fatal("no next page")
	}
	second := s.do(sam, s.request("GET", strings.ReplaceAll(next[1], "&amp;", "&"), ""))
	if n := strings.Count(second.body, "data-row"); n != 5 {
		t.Errorf("the second page has %d cases, want 5", n)
	}
}

func TestAdministration(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	csrf := s.csrfOf(admin, "/admin")
	post := func(path string, form url.Values) answer {
		form.Set("csrf", csrf)
		return s.postAs(admin, path, form)
	}
	has(t, post("/admin/users", url.Values{"email": {"nonsense"}, "name": {"Typed"}, "role": {"lead"}}), 422, "Email is not an e-mail address.", "Team is required for a lead.", `value="Typed"`)
	has(t, post("/admin/users", url.Values{"email": {"lea@acme.test"}, "name": {"Lea"}, "role": {"lead"}, "team": {"Billing"}}), 303)
	has(t, s.do(admin, s.request("GET", "/admin", "")), 200, "lea@acme.test", "tests", "Satisfaction after support", "kept in the outbox")
	has(t, post("/admin/users/remove", url.Values{"email": {"root@acme.test"}}), 422, "is your own")
	has(t, post("/admin/users/remove", url.Values{"email": {"lea@acme.test"}}), 303)
	if a := s.do(admin, s.request("GET", "/admin", "")); strings.Contains(a.body, "lea@acme.test") {
		t.Error("a removed user is still listed")
	}
	made := post("/admin/keys", url.Values{"name": {"Zendesk"}})
	has(t, made, 200, "It is shown this once")
	key := regexp.MustCompile(`ek_[a-z0-9]+_[A-Z0-9]+`).FindString(made.body)
	has(t, s.get("/v1/cases", "Authorization", "Bearer "+key), 200)
	if a := s.do(admin, s.request("GET", "/admin", "")); strings.Contains(a.body, key) {
		t.Error("the key is shown again")
	}
	has(t, post("/admin/keys", url.Values{"name": {""}}), 422)
	has(t, post("/admin/keys/revoke", url.Values{"id": {strings.Split(key, "_")[1]}}), 303)
	has(t, s.get("/v1/cases", "Authorization", "Bearer "+key), 401)
	has(t, s.do(admin, s.request("GET", "/admin/surveys/csat", "")), 200, "How satisfied are you", "العربية", "metric: csat")
	has(t, s.do(admin, s.request("GET", "/admin/surveys/none", "")), 404)
}

func TestOutboxPages(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	has(t, s.do(admin, s.request("GET", "/outbox", "")), 200, "No mail yet")
	s.lowCase("1", "Bad and slow.")
	path := s.firstMail(admin)
	page := s.do(admin, s.request("GET", path, ""))
	has(t, page, 200, "sam@acme.test", "<iframe", `sandbox="allow-popups`, "X-Earshot-Kind", "As plain text")
	html := s.do(admin, s.request("GET", path+"/html", ""))
	has(t, html, 200, "<base target=")
	if p := html.header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "sandbox ") || strings.Contains(p, "script") || html.header.Get("X-Frame-Options") != "SAMEORIGIN" {
		t.Errorf("the mail may do too much: %s", p)
	}
	raw := s.do(admin, s.request("GET", path+"/raw", ""))
	has(t, raw, 200, "X-Earshot-Kind: alert")
	for _, bad := range []string{"/outbox/nothing.eml", "/outbox/..%2f..%2fetc%2fpasswd"} {
		has(t, s.do(admin, s.request("GET", bad, "")), 404)
	}
}

// TestAlertChannels adds, tries and removes a channel, and never shows its address again.
func TestAlertChannels(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	csrf := s.csrfOf(admin, "/admin/alerts")
	post := func(action string, form url.Values) answer {
		form.Set("csrf", csrf)
		return s.postAs(admin, "/admin/alerts/"+action, form)
	}
	has(t, post("add", url.Values{"kind": {"slack"}, "url": {"http://hooks.slack.test/x"}}), 422, "begins with https://")
	has(t, post("add", url.Values{"kind": {"slack"}, "name": {"#cases"}, "url": {"https://127.0.0.1:9/services/T0/SECRET"}}), 303)
	page := s.do(admin, s.request("GET", "/admin/alerts", ""))
	has(t, page, 200, "#cases", "127.0.0.1:9", "everybody")
	if strings.Contains(page.body, "SECRET") {
		t.Error("the address is shown again")
	}
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	has(t, post("try", url.Values{"id": {id}}), 422, "The test did not arrive")
	has(t, post("number", url.Values{"per_hour": {"-1"}}), 422, "no limit")
	has(t, post("number", url.Values{"per_hour": {"3"}}), 303)
	has(t, post("remove", url.Values{"id": {id}}), 303)
	has(t, s.do(admin, s.request("GET", "/admin/alerts", "")), 200, "Nothing yet", `value="3"`)
}

// TestCalendarPage lets an agent write down an absence, a lead the team's hours, and nobody a stranger's.
func TestCalendarPage(t *testing.T) {
	s := newSite(t)
	s.signedIn("ivy@acme.test", "Ivy Adams", feedback.RoleAgent, "Billing")
	s.signedIn("otto@acme.test", "Otto", feedback.RoleAgent, "Sales")
	sam := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	csrf := s.csrfOf(sam, "/desk/calendar")
	own := url.Values{"csrf": {csrf}, "of": {"person"}, "name": {"sam@acme.test"}}
	with := func(more ...string) url.Values {
		form := url.Values{}
		for k, v := range own {
			form[k] = v
		}
		for i := 0; i+1 < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	has(t, s.postAs(sam, "/desk/calendar", with("hours", "whenever")), 422, "Hours")
	has(t, s.postAs(sam, "/desk/calendar", with("days", "Christmas")), 422, "begin with a date")
	today := s.clock().Format("2006-01-02")
	has(t, s.postAs(sam, "/desk/calendar", with("from", today, "why", "ill", "deputy", "ivy@acme.test")), 303)
	has(t, s.do(sam, s.request("GET", "/desk/calendar", "")), 200, "Your calendar", today, "ill", "Ivy Adams")
	id := s.lowCase("1", "Three weeks for a refund.")
	has(t, s.do(sam, s.request("GET", "/desk/cases/"+id, "")), 200, "Ivy Adams", "keeps the score; Sam Okoro is away until "+today)
	has(t, s.postAs(sam, "/desk/calendar", with("back", today+today)), 303)
	has(t, s.do(sam, s.request("GET", "/desk/calendar?of=person&name=otto@acme.test", "")), 404)
	has(t, s.do(sam, s.request("GET", "/desk/calendar?of=team&name=Billing", "")), 404)
	lead := s.signedIn("lea@acme.test", "Lea", feedback.RoleLead, "Billing")
	has(t, s.do(lead, s.request("GET", "/desk/calendar?of=team&name=Billing", "")), 200, "Team Billing", "Ivy Adams")
	has(t, s.do(lead, s.request("GET", "/desk/calendar?of=person&name=otto@acme.test", "")), 404)
}
