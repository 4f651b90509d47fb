package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

// browserPage is one page that the browser looks at; Enter is the path that signs in for it.
type browserPage struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Enter string `json:"enter,omitempty"`
	// Customer pages must also hold on the narrowest screen with forced colours.
	Customer bool `json:"customer,omitempty"`
	// Submit sends the page's first form as it is: what comes back is looked at.
	Submit bool `json:"submit,omitempty"`
	// Once is enough: the same page in another language was seen on every screen.
	Once bool `json:"once,omitempty"`
}

type browserAnswer struct {
	Path    string `json:"path"`
	Score   int    `json:"score"`
	Right   int    `json:"right"` // presses of the arrow key
	Comment string `json:"comment"`
	Thanks  string `json:"thanks"`
}

type browserPlan struct {
	Base     string          `json:"base"`
	Out      string          `json:"out"`
	Pages    []browserPage   `json:"pages"`
	Answer   []browserAnswer `json:"answer"`
	Keyboard []browserAnswer `json:"keyboard"`
}

// TestInBrowser shows every page to a real browser: no axe violation, nothing wider than a phone,
// nothing that the page's own policy refused, and surveys answered without scripts and by keyboard.
// It needs Chromium and node with `npm ci` done in browsertest, so it runs where EARSHOT_TEST_BROWSER=1
// says so. EARSHOT_TEST_AXE=all adds every metric, language and state of the customers' pages;
// EARSHOT_TEST_AXE=customers leaves the staff's pages out. EARSHOT_TEST_SCREENSHOTS names a folder for pictures.
func TestInBrowser(t *testing.T) {
	if os.Getenv("EARSHOT_TEST_BROWSER") != "1" {
		t.Skip("set EARSHOT_TEST_BROWSER=1 after `npm ci --prefix internal/web/browsertest`; needs /usr/bin/chromium")
	}
	s := newSite(t)
	plan := browserPlan{Base: s.url, Out: os.Getenv("EARSHOT_TEST_SCREENSHOTS")}
	s.planSurveys(&plan)
	if os.Getenv("EARSHOT_TEST_AXE") != "customers" {
		s.planStaff(&plan)
	}
	s.run()
	in, err := json.Marshal(plan)
	check(t, err)
	cmd := exec.CommandContext(t.Context(), "node", "run.mjs")
	cmd.Dir = filepath.Join("browsertest")
	cmd.Stdin = strings.NewReader(string(in))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&out, os.Stderr), os.Stderr // what is found is seen at once
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	t.Logf("%d pages: %s", len(plan.Pages), out.String())
}

// planSurveys covers every metric, language and state of the customers' pages.
func (s *site) planSurveys(plan *browserPlan) {
	add := func(name, path string) {
		plan.Pages = append(plan.Pages, browserPage{Name: name, Path: path, Customer: true})
	}
	survey := func(id, survey string) string {
		return "/s/" + s.invited(id, func(m map[string]any) { m["survey"] = survey })
	}
	over := survey("over", "csat")
	s.pass(15 * 24 * time.Hour)
	csat := survey("csat", "csat")
	for _, lang := range []string{"en", "de", "fr", "es", "pt", "it", "nl", "ar"} {
		add("csat-"+lang, csat+"?score=1&lang="+lang)
	}
	for _, metric := range []string{"nps", "ces", "resolution"} {
		at := survey(metric, metric)
		add(metric, at)
		add(metric+"-chosen", at+"?score=1")
		add(metric+"-ar", at+"?lang=ar&score=0")
	}
	answered := survey("answered", "csat")
	has(s.t, s.post(answered, url.Values{"score": {"2"}, "comment": {"It took three weeks."}}), 303)
	add("answered", answered)
	add("thanks", answered+"/thanks")
	add("thanks-ar", answered+"/thanks?lang=ar")
	s.planAftermath(plan)
	if os.Getenv("EARSHOT_TEST_AXE") == "all" {
		s.planEverything(plan)
	}
	add("optout", answered+"/opt-out")
	add("over", over)
	add("unknown", "/s/nothing")
	add("home", "/")
	plan.Answer = []browserAnswer{
		{Path: survey("plain", "csat"), Score: 2, Comment: "Without any script.", Thanks: "Your answer: 2 / 5"},
		{Path: survey("plain-nps", "nps"), Score: 10, Comment: "Top.", Thanks: "Your answer: 10 / 10"},
		{Path: survey("plain-thumbs", "resolution"), Score: 0, Comment: "It is not solved.", Thanks: "Thank you"},
	}
	plan.Keyboard = []browserAnswer{{Path: survey("keys", "csat"), Right: 3, Comment: "Typed, not clicked.", Thanks: "Your answer: 4 / 5"}}
}

// firstStaff adds somebody who only signs in.
func (s *site) firstStaff() string {
	u, err := s.app.Staff.AddUser(s.t.Context(), "new@acme.test", "New Here", feedback.RoleAgent, "Billing", s.clock())
	check(s.t, err)
	return u.Email
}

// planStaff covers the pages of each role, full and empty.
func (s *site) planStaff(plan *browserPlan) {
	enter := func(email, name string, role feedback.Role, team string) func(page, path string) {
		ctx := s.t.Context()
		_, err := s.app.Staff.AddUser(ctx, email, name, role, team, s.clock())
		check(s.t, err)
		at := (&Server{app: s.app}).Visit(email, "/")
		return func(page, path string) {
			plan.Pages = append(plan.Pages, browserPage{Name: page, Path: path, Enter: at})
		}
	}
	first := s.lowCase("1", "Sam was friendly, but the refund took three weeks. Call me back, or I will cancel.")
	second := s.lowCase("2", "Nobody answered for two hours and then I was passed around.")
	_, err := s.app.Recovery.Act(s.t.Context(), second, "resolve", feedback.Step{By: "sam@acme.test", Cause: "wait", Action: "refund", Note: "Refund paid."}, s.clock())
	check(s.t, err)
	plan.Pages = append(plan.Pages, browserPage{Name: "signin", Path: "/sign-in"}, browserPage{Name: "link-used", Path: "/sign-in/nothing"})
	link, err := s.app.Staff.Link(s.t.Context(), s.firstStaff(), "/desk", s.clock())
	check(s.t, err)
	plan.Pages = append(plan.Pages, browserPage{Name: "link", Path: strings.TrimPrefix(link, s.url)})
	agent := enter("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	agent("desk", "/desk")
	agent("case", "/desk/cases/"+first)
	agent("case-resolved", "/desk/cases/"+second)
	agent("refused", "/admin")
	enter("ivy@acme.test", "Ivy Adams", feedback.RoleAgent, "Shipping")("desk-empty", "/desk")
	lead := enter("lea@acme.test", "Lea Brandt", feedback.RoleLead, "Billing")
	lead("desk-lead", "/desk")
	lead("desk-waiting", "/desk?state=resolved")
	s.placed(sam(), "Too slow again.", slow(), 2000, 1, 15)
	s.placed(ivy(), "Quick and kind.", &feedback.Sentiment{Label: feedback.Positive, Topics: []feedback.Topic{{Topic: "speed", Label: feedback.Positive}}}, 20, 5, 15)
	executive := enter("eva@acme.test", "Eva Stone", feedback.RoleExecutive, "")
	executive("board", "/board")
	for _, path := range boardPaths() {
		executive(strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "-"), path+"?days=7")
	}
	admin := enter("root@acme.test", "Root", feedback.RoleAdmin, "")
	admin("admin", "/admin")
	admin("definition", "/admin/surveys/csat")
	s.scannedMail()
	admin("votes", "/admin/votes")
	admin("clicks", "/admin/votes?show=intents")
	admin("domains", "/admin/votes?show=domains")
	admin("requests", "/admin/requests")
	admin("outbox", "/outbox")
	admin("mail", s.firstMail(s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")))
}
