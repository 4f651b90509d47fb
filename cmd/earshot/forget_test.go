package main

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/forget"
	"earshot/internal/perception"
	"earshot/internal/store"
)

// figures are the scores of the last days and all sums below them, as JSON.
func (s *service) figures() string {
	s.t.Helper()
	now := time.Now().UTC()
	var out []any
	for _, by := range []string{perception.ByAll, perception.ByAgent, perception.ByTopic, perception.ByChannel} {
		scores, err := s.perception.Scores(s.t.Context(), perception.Query{By: by, From: now.AddDate(0, 0, -3), To: now.AddDate(0, 0, 1)})
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, scores)
	}
	rows, err := s.store.Rollups().Range(s.t.Context(), store.RollupFilter{Scope: feedback.ScopeAll, From: "2000-01-01", To: "2999-12-31"})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, r.Tally)
	}
	b, err := json.Marshal(out)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

// settled waits until no figure is due.
func (s *service) settled() {
	s.eventually("the figures are counted", func() bool {
		due, err := s.store.Rollups().NextDue(s.t.Context())
		return err == nil && due.IsZero()
	})
}

// TestForget runs the loop for two customers, forgets one, and looks for them everywhere.
func TestForget(t *testing.T) {
	s := boot(t)
	folder := s.config.Data
	for _, id := range []string{"gone", "stays"} {
		s.api("POST", "/v1/interactions", interaction(id, "sam@acme.test", "Billing"), nil)
		ref := feedback.InvitationID(feedback.InteractionID("test", id), "csat")
		s.eventually("the survey of "+id, func() bool { return len(letters(t, folder, "invitation", ref)) == 1 })
		link := letters(t, folder, "invitation", ref)[0].link(t)
		s.submit(link, url.Values{"score": {"1"}, "comment": {"Terrible service, I waited an hour. Write to customer-" + id + "@example.com"}})
		s.eventually("the alert about "+id, func() bool { return len(letters(t, folder, "alert", ref)) == 1 })
	}
	s.settled()
	before := s.figures()
	const email = "customer-gone@example.com"
	out, status := command(t, "", "disclose", email, "--data", folder)
	var d forget.Disclosure
	if err := json.Unmarshal([]byte(out), &d); err != nil || status != 0 {
		t.Fatalf("disclose: %d %v %s", status, err, out)
	}
	if len(d.Interactions) != 1 || len(d.Invitations) != 1 || len(d.Responses) != 1 || len(d.Cases) != 1 || len(d.Mails) != 2 || len(d.Person) == 0 {
		t.Errorf("disclosed: %s", out)
	}
	for _, say := range []string{`"comment": "Terrible service`, `"name": "Mara Lind"`, `"answered_at": "2`} {
		if !strings.Contains(out, say) {
			t.Errorf("the disclosure does not say %s", say)
		}
	}
	if out, status := command(t, "", "forget", email, "--data", folder); status != 0 || !strings.Contains(out, "1 interactions, 1 invitations, 1 responses and 1 cases; 2 mails") {
		t.Errorf("forget: %d %s", status, out)
	}
	s.settled()
	if after := s.figures(); after != before {
		t.Errorf("the figures changed:\n%s\n%s", before, after)
	}
	out, _ = command(t, "", "export", "responses", "--format", "jsonl", "--data", folder)
	cases, _ := command(t, "", "export", "cases", "--format", "jsonl", "--data", folder)
	for _, trace := range []string{email, "c-gone", `"gone"`} {
		if strings.Contains(out+cases, trace) || mailsMention(t, folder, trace) {
			t.Errorf("%s is still to be found", trace)
		}
	}
	if !strings.Contains(out, "customer-stays@example.com") || !mailsMention(t, folder, "customer-stays@example.com") {
		t.Error("the other customer is gone as well")
	}
	if out, status := command(t, "", "forget", email, "--data", folder); status != 0 || !strings.Contains(out, "Nothing is kept") {
		t.Errorf("again: %d %s", status, out)
	}
	var decision struct{ Decision, Rule string }
	again := interaction("later", "sam@acme.test", "Billing")
	again["customer"].(map[string]any)["email"] = email
	if s.api("POST", "/v1/interactions", again, &decision); decision.Rule != "person.erased" {
		t.Errorf("an erased person is asked again: %+v", decision)
	}
}

// mailsMention tells whether a text stands in any file of the outbox.
func mailsMention(t *testing.T, folder, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "outbox", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		l := readLetter(t, f)
		if strings.Contains(string(b)+l.text+l.html, text) {
			return true
		}
	}
	return false
}

// TestAnInterruptedErasureIsFinished leaves an erasure half-way, as a crash does, and lets the service
// go on.
func TestAnInterruptedErasureIsFinished(t *testing.T) {
	s := boot(t)
	const email = "customer-half@example.com"
	s.api("POST", "/v1/interactions", interaction("half", "sam@acme.test", "Billing"), nil)
	work := &feedback.Setting{Value: []byte(email)}
	work.ID = "erase:" + s.tokens.Veil(email)
	if err := s.store.Settings().Insert(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	s.eventually("the erasure is finished", func() bool { // a mail may be on its way at first
		if _, err := s.forget.Work(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		_, err := s.store.Settings().Get(t.Context(), work.ID)
		return errors.Is(err, store.ErrNotFound)
	})
	if d, err := s.forget.Disclose(t.Context(), email, time.Now()); err != nil || !d.Nothing() || !d.Erased {
		t.Errorf("left: %+v, %v", d, err)
	}
}
