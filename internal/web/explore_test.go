package web

import (
	"net/url"
	"strings"
	"testing"

	"earshot/internal/feedback"
)

// TestExplorerFindsAndHides looks for comments as each role, and keeps a filter.
func TestExplorerFindsAndHides(t *testing.T) {
	s := newSite(t)
	for _, id := range []string{"1", "2", "3", "4"} {
		s.lowCase(id, "Terrible, the refund took three weeks. Mail mara@example.com about number"+id)
	}
	s.work()
	exec := s.signedIn("eva@acme.test", "Eva Stone", feedback.RoleExecutive, "")
	lead := s.signedIn("lea@acme.test", "Lea", feedback.RoleLead, "Billing")
	other := s.signedIn("olaf@acme.test", "Olaf", feedback.RoleLead, "Shipping")
	agent := s.signedIn("sam@acme.test", "Sam", feedback.RoleAgent, "Billing")
	stranger := s.signedIn("ivy@acme.test", "Ivy", feedback.RoleAgent, "Billing")
	find := func(who string, query string) string {
		t.Helper()
		client := map[string]int{"exec": 0, "lead": 1, "other": 2, "agent": 3, "stranger": 4}[who]
		a := s.getAs(list(exec, lead, other, agent, stranger)[client], "/board/comments?"+query)
		if a.status != 200 {
			t.Fatalf("%s %s: %d %s", who, query, a.status, a.body)
		}
		return a.body
	}
	if body := find("exec", ""); strings.Contains(body, "number1") || !strings.Contains(body, "Fewer than 5 answers") {
		t.Error("an executive reads the comments of four customers")
	}
	s.lowCase("5", "The refund never came. number5")
	s.work()
	if body := find("exec", "q=REFUND+weeks"); !strings.Contains(body, "number1") || strings.Contains(body, "number5") || strings.Contains(body, "mara@example.com") || !strings.Contains(body, `<mark class="neg">`) {
		t.Errorf("an executive's search: %s", body)
	}
	if body := find("exec", "q=nothing"); !strings.Contains(body, "No comment fits") {
		t.Error("nothing found is not said")
	}
	if body := find("lead", "team=Shipping&q=number2"); !strings.Contains(body, "number2") || strings.Contains(body, `name="team"`) {
		t.Error("a lead does not find in the own team")
	}
	if body := find("other", "team=Billing"); strings.Contains(body, "number1") {
		t.Error("a lead reads another team's comments")
	}
	if body := find("agent", "agent=ivy@acme.test"); !strings.Contains(body, "number3") {
		t.Error("an agent does not find the own comments")
	}
	if body := find("stranger", "agent=sam@acme.test"); strings.Contains(body, "number1") {
		t.Error("an agent reads another's comments")
	}
	save := s.postAs(exec, "/board/comments/save", url.Values{"csrf": {s.csrfOf(exec, "/board/comments")}, "name": {"Refunds"}, "query": {"q=refund&label=negative&evil=1"}})
	if save.status != 303 || save.header.Get("Location") != "/board/comments?label=negative&q=refund" {
		t.Errorf("saving: %d %s", save.status, save.header.Get("Location"))
	}
	if body := find("exec", ""); !strings.Contains(body, `href="/board/comments?label=negative&amp;q=refund">Refunds</a>`) {
		t.Error("a saved filter is not offered")
	}
	if body := find("lead", ""); strings.Contains(body, "Refunds</a>") {
		t.Error("somebody else's filter is offered")
	}
	s.postAs(exec, "/board/comments/drop", url.Values{"csrf": {s.csrfOf(exec, "/board/comments")}, "name": {"Refunds"}})
	if body := find("exec", ""); strings.Contains(body, "Refunds</a>") {
		t.Error("a forgotten filter is still offered")
	}
}

func list[T any](items ...T) []T { return items }
