package web

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"earshot/internal/feedback"
)

func (s *site) getAs(client *http.Client, path string) answer {
	s.t.Helper()
	return s.do(client, s.request("GET", path, ""))
}

// TestDownloadsFollowTheViewer checks that each role gets its own rows, whole and without what it may
// not see.
func TestDownloadsFollowTheViewer(t *testing.T) {
	s := newSite(t)
	for _, id := range []string{"1", "2"} {
		s.lowCase(id, "=Slow! Write to mara@example.com")
	}
	s.work()
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	exec := s.signedIn("eva@acme.test", "Eva Stone", feedback.RoleExecutive, "")
	lead := s.signedIn("lea@acme.test", "Lea", feedback.RoleLead, "Billing")
	other := s.signedIn("olaf@acme.test", "Olaf", feedback.RoleLead, "Shipping")
	agent := s.signedIn("sam@acme.test", "Sam", feedback.RoleAgent, "Billing")

	a := s.getAs(admin, "/admin/download?table=responses&format=csv")
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	if err != nil || a.status != 200 || len(rows) != 3 || !strings.Contains(a.body, "'=Slow!") || !strings.Contains(a.body, "mara1@example.com") {
		t.Errorf("admin: %d %v %q", a.status, err, rows)
	}
	if d := a.header.Get("Content-Disposition"); d != `attachment; filename="earshot-responses.csv"` {
		t.Errorf("file %q", d)
	}
	if a := s.getAs(admin, "/admin/download?table=cases&format=xlsx"); a.status != 200 || !strings.HasPrefix(a.body, "PK") {
		t.Errorf("cases as xlsx: %d", a.status)
	}
	if a := s.getAs(exec, "/admin/download?table=responses"); a.status != 403 {
		t.Errorf("an executive gets the raw rows: %d", a.status)
	}
	a = s.getAs(exec, "/board/download?table=responses&format=jsonl")
	for line := range strings.Lines(a.body) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	if a.status != 200 || strings.Count(a.body, "\n") != 2 || strings.Contains(a.body, "@example.com") || strings.Contains(a.body, "Slow") {
		t.Errorf("an executive sees of two answers: %d %s", a.status, a.body)
	}
	if a := s.getAs(lead, "/board/download?table=responses&format=jsonl"); !strings.Contains(a.body, "mara2@example.com") || !strings.Contains(a.body, "Slow") {
		t.Errorf("the team's lead: %d %s", a.status, a.body)
	}
	if a := s.getAs(other, "/board/download?table=responses&all=1"); a.status != 403 {
		t.Errorf("another lead: %d %s", a.status, a.body)
	}
	if a := s.getAs(agent, "/board/download?table=responses&agent=ivy@acme.test&format=jsonl"); strings.Count(a.body, `"sam@acme.test"`) != 2 {
		t.Errorf("an agent: %d %s", a.status, a.body)
	}
	if a := s.getAs(exec, "/board/download?table=teams"); a.status != 200 || !strings.Contains(a.body, "Billing,csat,csat,") {
		t.Errorf("teams: %d %s", a.status, a.body)
	}
	if a := s.getAs(exec, "/board/download?table=secrets"); a.status != 404 {
		t.Errorf("an unknown table: %d", a.status)
	}
	if a := s.getAs(exec, "/board"); !strings.Contains(a.body, `action="/board/download"`) {
		t.Error("the board does not offer its tables")
	}
}

// TestAdministratorAnswersAPerson discloses and erases from the page.
func TestAdministratorAnswersAPerson(t *testing.T) {
	s := newSite(t)
	s.lowCase("1", "Slow. Mara")
	s.work()
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	csrf := s.csrfOf(admin, "/admin")
	send := func(path, email, sure string) answer {
		return s.postAs(admin, path, map[string][]string{"csrf": {csrf}, "email": {email}, "sure": {sure}})
	}
	if a := send("/admin/people/disclose", "mara1@example.com", ""); a.status != 200 || !json.Valid([]byte(a.body)) || !strings.Contains(a.body, "Slow. Mara") {
		t.Errorf("disclose: %d %s", a.status, a.body)
	}
	if a := send("/admin/people/forget", "mara1@example.com", ""); a.status != 422 || !strings.Contains(a.body, "tick the box") {
		t.Errorf("without the box: %d", a.status)
	}
	if a := send("/admin/people/forget", "mara1@example.com", "yes"); a.status != 200 || !strings.Contains(a.body, "Erased from 1 interaction and 1 answer") {
		t.Errorf("forget: %d %s", a.status, a.body)
	}
	if a := send("/admin/people/disclose", "mara1@example.com", ""); strings.Contains(a.body, "Slow") || !strings.Contains(a.body, `"erased": true`) {
		t.Errorf("disclose after: %s", a.body)
	}
	if a := send("/admin/people/disclose", "nobody", ""); a.status != 422 {
		t.Errorf("no address: %d", a.status)
	}
}

// TestMetricsTellTheScores reads the gauges before and after there are enough answers.
func TestMetricsTellTheScores(t *testing.T) {
	s := newSite(t)
	s.lowCase("1", "Slow.")
	s.work()
	if body := s.get("/metrics").body; !strings.Contains(body, `earshot_perception_answers{metric="csat",survey="csat"} 1`) || strings.Contains(body, "earshot_perception_score{") {
		t.Errorf("one answer: %s", body)
	}
	for _, id := range []string{"2", "3", "4", "5", "6", "7", "8", "9", "10", "11"} {
		s.lowCase(id, "Slow.")
	}
	s.work()
	if body := s.get("/metrics").body; !strings.Contains(body, `earshot_perception_score{metric="csat",survey="csat"} 0`) || !strings.Contains(body, "earshot_perception_score_high{") {
		t.Errorf("eleven answers: %s", body)
	}
}
