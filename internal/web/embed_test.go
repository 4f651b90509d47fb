package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

// TestEmbedShowsOneScoreUntilItEnds makes a link, reads it as a stranger in a frame, and ends it.
func TestEmbedShowsOneScoreUntilItEnds(t *testing.T) {
	s := newSite(t)
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"} {
		s.lowCase(id, "Slow, says number"+id)
	}
	s.work()
	exec := s.signedIn("eva@acme.test", "Eva Stone", feedback.RoleExecutive, "")
	other := s.signedIn("max@acme.test", "Max", feedback.RoleExecutive, "")
	link := func(days string) string {
		a := s.postAs(exec, "/board/embeds", url.Values{"csrf": {s.csrfOf(exec, "/board/embeds")}, "name": {"Intranet"}, "survey": {"csat"}, "days": {days}})
		found := regexp.MustCompile(`/embed/[A-Z2-7]{26}`).FindString(a.body)
		if a.status != 200 || found == "" {
			t.Fatalf("no link: %d %s", a.status, a.body)
		}
		return found
	}
	at := link("7")
	a := s.get(at)
	if a.status != 200 || !strings.Contains(a.body, "Intranet") || !strings.Contains(a.body, "11 answers") || strings.Contains(a.body, "number1") || strings.Contains(a.body, "@") {
		t.Errorf("the frame: %d %s", a.status, a.body)
	}
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors *") || a.header.Get("X-Frame-Options") != "" {
		t.Errorf("it cannot be framed: %s %s", csp, a.header.Get("X-Frame-Options"))
	}
	if b := s.get("/sign-in"); !strings.Contains(b.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || b.header.Get("X-Frame-Options") != "DENY" {
		t.Error("other pages can be framed as well")
	}
	id := regexp.MustCompile(`name="id" value="([0-9a-f]{32})"`).FindStringSubmatch(s.getAs(exec, "/board/embeds").body)
	if id == nil || strings.Contains(s.getAs(other, "/board/embeds").body, id[1]) {
		t.Fatal("the link is not listed, or listed for others")
	}
	s.postAs(other, "/board/embeds/end", url.Values{"csrf": {s.csrfOf(other, "/board/embeds")}, "id": {id[1]}})
	if s.get(at).status != 200 {
		t.Error("somebody else ended the link")
	}
	s.postAs(exec, "/board/embeds/end", url.Values{"csrf": {s.csrfOf(exec, "/board/embeds")}, "id": {id[1]}})
	if a := s.get(at); a.status != 404 {
		t.Errorf("an ended link answers %d", a.status)
	}
	at = link("1")
	s.pass(25 * time.Hour)
	if a := s.get(at); a.status != 404 {
		t.Errorf("an expired link answers %d", a.status)
	}
	if s.get("/embed/nothing").status != 404 {
		t.Error("an unknown link answers")
	}
}
