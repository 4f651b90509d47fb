package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
)

type dossier struct {
	Decision   string
	Invitation *struct{ ID, State string }
	Response   *struct {
		Score   int
		Comment string
	}
	Sentiment *struct{ Label string }
	Case      *struct {
		ID, State string
		Owner     struct{ Email string }
	}
	Ledger []struct{ Decision, Rule string }
}

// TestTheWholeLoop follows one unhappy customer from the interaction to the confirmed recovery, on the
// embedded store.
func TestTheWholeLoop(t *testing.T) { theWholeLoop(t, boot(t)) }

func theWholeLoop(t *testing.T, s *service) {
	const agent = "sam@acme.test"
	var accepted struct{ Interaction, Decision, Rule, Invitation string }
	if status := s.api("POST", "/v1/interactions", interaction("1", agent, "Billing"), &accepted); status != http.StatusCreated || accepted.Decision != "asked" {
		t.Fatalf("status %d, decision %+v", status, accepted)
	}
	var again struct{ Interaction, Decision, Rule, Invitation string }
	if status := s.api("POST", "/v1/interactions", interaction("1", agent, "Billing"), &again); status != http.StatusOK || again != accepted {
		t.Fatalf("a repeat answers %d %+v, the first time %+v", status, again, accepted)
	}
	s.eventually("the invitation is in the outbox", func() bool { return len(letters(t, s.config.Data, "invitation", accepted.Invitation)) == 1 })
	mail := letters(t, s.config.Data, "invitation", accepted.Invitation)[0]
	checkInvitation(t, mail, agent)
	link := mail.link(t)

	for range 3 { // a click is not a vote
		if resp, err := http.Get(link + "?score=1"); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("the link of a score answers %v %v", resp, err)
		}
	}
	if d := s.dossier("1"); d.Response != nil || d.Case != nil {
		t.Fatalf("opening links wrote a vote: %+v", d)
	}

	before := time.Now()
	if status := s.submit(link, url.Values{"score": {"1"}, "comment": {"Nobody called back as promised. Terrible."}}); status >= 400 {
		t.Fatalf("the survey's form answers %d", status)
	}
	s.eventually("the alert is in the outbox", func() bool { return len(letters(t, s.config.Data, "alert", accepted.Invitation)) == 1 })
	t.Logf("submitted to alert in the outbox: %v", time.Since(before))
	alert := letters(t, s.config.Data, "alert", accepted.Invitation)[0]
	if alert.to != agent || !strings.Contains(alert.subject, "1/5") || !strings.Contains(alert.text, "Nobody called back") || !strings.Contains(alert.html, `class="bad"`) ||
		!strings.Contains(alert.text, "/desk/cases/"+accepted.Invitation) {
		t.Errorf("the alert to %s is %q:\n%s", alert.to, alert.subject, alert.text)
	}
	d := s.dossier("1")
	if d.Case == nil || d.Case.State != "open" || d.Case.Owner.Email != agent || d.Sentiment == nil || d.Sentiment.Label != "negative" {
		t.Fatalf("after a low answer the dossier is %+v", d)
	}
	s.mendAndAskAgain(d.Case.ID, agent)
}

func (s *service) dossier(id string) dossier {
	var d dossier
	if status := s.api("GET", "/v1/interactions/test/"+id, nil, &d); status != http.StatusOK {
		s.t.Fatalf("GET interaction: %d", status)
	}
	return d
}

func checkInvitation(t testing.TB, mail letter, agent string) {
	t.Helper()
	for _, name := range []string{"Message-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "Reply-To", "X-Earshot-Kind", "X-Earshot-Ref"} {
		if mail.header.Get(name) == "" {
			t.Errorf("the invitation has no header %s", name)
		}
	}
	if !strings.Contains(mail.header.Get("Reply-To"), agent) {
		t.Errorf("Reply-To is %q, want the agent", mail.header.Get("Reply-To"))
	}
	for score := '1'; score <= '5'; score++ {
		if !strings.Contains(mail.html, "?score="+string(score)) {
			t.Errorf("the mail has no link for score %c", score)
		}
	}
}

// mendAndAskAgain resolves the case, lets the time until the re-survey pass, and answers it.
func (s *service) mendAndAskAgain(id, agent string) {
	t := s.t
	for _, verb := range []string{"acknowledge", "contact", "resolve"} {
		body := map[string]any{"by": agent, "note": "done"}
		if verb == "resolve" {
			body["cause"], body["action"] = "wait", "apology"
		}
		if status := s.api("POST", "/v1/cases/"+id+"/"+verb, body, nil); status != http.StatusOK {
			t.Fatalf("%s answers %d", verb, status)
		}
	}
	if status := s.api("POST", "/v1/cases/"+id+"/resolve", map[string]any{"by": agent}, nil); status != http.StatusConflict {
		t.Errorf("resolving twice answers %d, want 409", status)
	}
	ctx := context.Background()
	later := time.Now().Add(4 * 24 * time.Hour)
	for range 3 { // what the workers will do in four days
		if _, err := s.recovery.Work(ctx, later); err != nil {
			t.Fatal(err)
		}
		if _, err := s.invite.Work(ctx, later); err != nil {
			t.Fatal(err)
		}
	}
	mails := letters(t, s.config.Data, "resurvey", "")
	if len(mails) != 1 {
		t.Fatalf("%d re-surveys were sent, want 1", len(mails))
	}
	if status := s.submit(mails[0].link(t), url.Values{"score": {"5"}}); status >= 400 {
		t.Fatalf("the re-survey answers %d", status)
	}
	s.eventually("the case is confirmed", func() bool {
		c, err := s.store.Cases().Get(ctx, id)
		return err == nil && c.State == feedback.CaseConfirmed
	})
	r, err := s.store.Responses().Get(ctx, id)
	if err != nil || r.Score != 1 {
		t.Errorf("the original response is %+v, %v: a re-survey must never change it", r, err)
	}
}

// TestABareLowVoteWaitsForItsComment checks settle: no alert before it is over, one at once with the
// comment.
func TestABareLowVoteWaitsForItsComment(t *testing.T) {
	s := boot(t)
	var a struct{ Invitation string }
	s.api("POST", "/v1/interactions", interaction("2", "ivy@acme.test", "Billing"), &a)
	s.eventually("the invitation is sent", func() bool { return len(letters(t, s.config.Data, "invitation", a.Invitation)) == 1 })
	link := letters(t, s.config.Data, "invitation", a.Invitation)[0].link(t)
	s.submit(link, url.Values{"score": {"2"}})
	ctx := context.Background()
	s.eventually("the vote is processed", func() bool {
		r, err := s.store.Responses().Get(ctx, a.Invitation)
		return err == nil && r.Analysed && r.Lease.Holder == ""
	})
	if n := len(letters(t, s.config.Data, "alert", a.Invitation)); n != 0 {
		t.Fatalf("a bare low vote alerted %d times before its time to settle was over", n)
	}
	s.submit(link, url.Values{"score": {"2"}, "comment": {"I waited an hour."}})
	s.eventually("the comment alerts at once", func() bool { return len(letters(t, s.config.Data, "alert", a.Invitation)) == 1 })
	s.submit(link, url.Values{"score": {"5"}, "comment": {"I waited an hour, but it is fine now."}})
	s.eventually("the case knows the new score", func() bool {
		c, err := s.store.Cases().Get(ctx, a.Invitation)
		return err == nil && c.Score == 5
	})
	if n := len(letters(t, s.config.Data, "alert", a.Invitation)); n != 1 {
		t.Errorf("a change of mind sent %d alerts", n)
	}
}

// TestABareLowVoteAlertsAfterSettle lets the time to settle pass.
func TestABareLowVoteAlertsAfterSettle(t *testing.T) {
	s := boot(t)
	var a struct{ Invitation string }
	s.api("POST", "/v1/interactions", interaction("3", "ivy@acme.test", "Billing"), &a)
	s.eventually("the invitation is sent", func() bool { return len(letters(t, s.config.Data, "invitation", a.Invitation)) == 1 })
	s.submit(letters(t, s.config.Data, "invitation", a.Invitation)[0].link(t), url.Values{"score": {"1"}})
	ctx := context.Background()
	s.eventually("the vote waits", func() bool {
		r, err := s.store.Responses().Get(ctx, a.Invitation)
		return err == nil && r.Analysed && r.Due.After(time.Now())
	})
	later := time.Now().Add(3 * time.Minute)
	if _, err := s.collect.Work(ctx, later); err != nil {
		t.Fatal(err)
	}
	if _, err := s.recovery.Work(ctx, later); err != nil {
		t.Fatal(err)
	}
	if n := len(letters(t, s.config.Data, "alert", a.Invitation)); n != 1 {
		t.Errorf("after the time to settle %d alerts were sent, want 1", n)
	}
}
