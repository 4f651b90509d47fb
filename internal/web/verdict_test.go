package web

import (
	"testing"

	"earshot/internal/feedback"
)

// A signal comes first on the case page, in the customer's own words.
func TestCasePageShowsSignalsFirst(t *testing.T) {
	s := newSite(t)
	admin := s.signedIn("root@acme.test", "Root", feedback.RoleAdmin, "")
	id := s.lowCase("1", "The plug caught fire, and you will hear from my lawyer.")
	has(t, s.do(admin, s.request("GET", "/desk/cases/"+id, "")), 200, "See this first", "<strong>Legal threat</strong> <q", "<strong>Safety</strong> <q")
}
