package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

// praised has a customer of Sam Okoro answer with a high score and a comment.
func (s *site) praised(id, comment string) {
	s.t.Helper()
	token := s.invited(id, nil)
	has(s.t, s.post("/s/"+token, url.Values{"score": {"5"}, "comment": {comment}}), 303)
	s.work()
}

// thanksMails lists the mails of praise in the outbox.
func (s *site) thanksMails() []string { return s.mails("thanks") }

// mails lists the mails of a kind in the outbox, as their subjects and recipients.
func (s *site) mails(kind string) []string {
	s.t.Helper()
	entries, _, err := s.app.Outbox.List("", 100)
	check(s.t, err)
	var out []string
	for _, e := range entries {
		if string(e.Kind) == kind {
			m, err := s.app.Outbox.Read(e.Name)
			check(s.t, err)
			out = append(out, m.Subject+" → "+m.To)
		}
	}
	return out
}

func TestPraiseReachesWhomItNames(t *testing.T) {
	s := newSite(t)
	sam := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	ivy := s.signedIn("ivy@acme.test", "Ivy Brandt", feedback.RoleAgent, "Billing")
	has(t, s.do(sam, s.request("GET", "/desk/wall", "")), 200, "No praise here yet")
	s.praised("1", "Sam was wonderful: friendly, quick, and he really listened. Thank you, Sam!")
	if mails := s.thanksMails(); len(mails) != 1 || !strings.Contains(mails[0], "sam@acme.test") {
		t.Fatalf("mails of praise: %q", mails)
	}
	has(t, s.do(ivy, s.request("GET", "/desk/wall", "")), 200, "Sam Okoro", "and he really")
	s.work()
	if mails := s.thanksMails(); len(mails) != 1 {
		t.Errorf("working again sent %q", mails)
	}

	csrf := s.csrfOf(sam, "/you")
	has(t, s.postAs(sam, "/you", url.Values{"csrf": {csrf}, "weekly": {"1"}, "language": {"de"}}), 303)
	has(t, s.do(sam, s.request("GET", "/desk/wall", "")), 200, "Lob für Billing", `lang="de"`, "sehen nur Sie")
	if a := s.do(ivy, s.request("GET", "/desk/wall", "")); strings.Contains(a.body, "and he really") {
		t.Error("who chose not to appear appears")
	}
	has(t, s.postAs(sam, "/you", url.Values{"csrf": {csrf}, "timezone": {"Mars/Olympus"}}), 422, "keine Zeitzone")
}

func TestWeeklyThanksComeOnceAWeek(t *testing.T) {
	s := newSite(t)
	s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	check(t, s.app.Staff.Choose(t.Context(), "sam@acme.test", func(u *feedback.User) { u.Timezone = "America/New_York" }))
	s.praised("1", "Sam was wonderful: friendly, quick, and he really listened. Thank you, Sam!")
	friday := time.Date(2026, 11, 27, 19, 59, 0, 0, time.UTC) // 14:59 in New York
	s.pass(friday.Sub(s.clock()))
	week := func() int {
		t.Helper()
		for range 3 { // any number of instances
			_, err := s.app.Coaching.Weekly(t.Context(), s.clock())
			check(t, err)
			s.work()
		}
		return len(s.thanksMails())
	}
	if n := week(); n != 1 {
		t.Errorf("%d mails of praise before the week ended; want the one of the praise itself", n)
	}
	s.pass(time.Minute)
	if n := week(); n != 2 {
		t.Errorf("%d mails after it ended; want one more", n)
	}
	if m := s.thanksMails(); !strings.Contains(strings.Join(m, "\n"), "Your week: 1 times praise") {
		t.Errorf("mails: %q", m)
	}
	s.pass(7 * 24 * time.Hour)
	if n := week(); n != 2 {
		t.Errorf("%d mails after a week without praise", n)
	}
}
