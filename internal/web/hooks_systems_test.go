package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/mail/inbound"
)

const hookKey = "a key of Resend's webhooks"

// tells sends a webhook as Resend does.
func (s *site) tells(id, body string, age time.Duration) answer {
	s.t.Helper()
	ts := fmt.Sprint(s.clock().Add(-age).Unix())
	m := hmac.New(sha256.New, []byte(hookKey))
	m.Write([]byte(id + "." + ts + "." + body))
	return s.do(s.client, s.request("POST", "/hooks/resend", body, "svix-id", id, "svix-timestamp", ts,
		"svix-signature", "v1,bm90IHRoaXMgb25l v1,"+base64.StdEncoding.EncodeToString(m.Sum(nil))))
}

func resendSite(t *testing.T) (*site, string) {
	s := newSite(t)
	s.app.Hooks.ResendSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte(hookKey))
	d := s.interaction("1", nil)
	s.pass(31 * time.Minute)
	s.work()
	return s, *d.Invitation
}

func news(kind, ref, more string) string {
	return fmt.Sprintf(`{"type":"email.%s","created_at":"2026-11-24T10:32:00Z","data":{"email_id":"e-1","tags":{"kind":"invitation","ref":%q}%s}}`, kind, ref, more)
}

func TestResendTells(t *testing.T) {
	s, id := resendSite(t)
	person := func() *feedback.Person {
		p, err := s.st.People().Get(context.Background(), feedback.PersonID("", "", "mara1@example.com"))
		check(t, err)
		return p
	}
	has(t, s.tells("m1", news("delivered", id, ""), 0), 200, `"result":"delivered"`)
	has(t, s.tells("m1", news("delivered", id, ""), 0), 200, `"result":"repeated"`)
	has(t, s.tells("m2", news("bounced", id, `,"bounce":{"type":"Transient","subType":"MailboxFull","message":"full"}`), 0), 200, "ignored: ", "may pass")
	if person().Blocked != "" {
		t.Error("a full mailbox struck the customer off")
	}
	has(t, s.tells("m3", news("opened", id, ""), 0), 200, "ignored: ")
	has(t, s.tells("m4", strings.Replace(news("bounced", id, `,"bounce":{"type":"Permanent"}`), `"invitation"`, `"alert"`, 1), 0), 200, "ignored: ")
	if person().Blocked != "" {
		t.Error("an agent's bounce struck the customer off")
	}
	list := strings.Replace(news("bounced", id, `,"bounce":{"type":"Permanent","subType":"General","message":"no such user"}`),
		fmt.Sprintf(`{"kind":"invitation","ref":%q}`, id), fmt.Sprintf(`[{"name":"kind","value":"invitation"},{"name":"ref","value":%q}]`, id), 1)
	has(t, s.tells("m5", list, 0), 200, `"result":"bounced"`)
	if person().Blocked == "" {
		t.Error("a hard bounce did not strike the address off")
	}
	has(t, s.tells("m6", news("complained", id, ""), 0), 200, `"result":"complained"`)
	has(t, s.tells("m7", news("delivered", strings.Repeat("0", 32), ""), 0), 200, "no such invitation")
	has(t, s.tells("m8", "no json", 0), 200, "ignored: ")
	has(t, s.api("GET", "/v1/interactions/zendesk/1", ""), 200, "bounced", "delivered")
}

func TestResendMustSign(t *testing.T) {
	s, id := resendSite(t)
	body := news("complained", id, "")
	has(t, s.tells("m1", body, 301*time.Second), 401)
	has(t, s.tells("m1", body, -301*time.Second), 401)
	has(t, s.do(s.client, s.request("POST", "/hooks/resend", body)), 401)
	s.app.Hooks.ResendSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("another key entirely"))
	has(t, s.tells("m1", body, 0), 401)
	s.app.Hooks.ResendSecret = ""
	has(t, s.tells("m1", body, 0), 404, "RESEND_WEBHOOK_SECRET")
}

// A click that Resend tells of is no vote; a machine's is a sign.
func TestResendTellsOfClicks(t *testing.T) {
	s, id := resendSite(t)
	click := func(link, agent string) string {
		return fmt.Sprintf(`,"click":{"link":"http://localhost/s/x%s","ipAddress":"203.0.113.9","userAgent":%q,"timestamp":%q}`, link, agent, s.clock().Add(time.Minute).Format(time.RFC3339))
	}
	has(t, s.tells("m1", news("clicked", id, click("?score=1", "Mozilla/5.0 Firefox/140.0")), 0), 200, `"result":"clicked"`)
	v, err := s.st.Invitations().Get(context.Background(), id)
	check(t, err)
	if v.State != feedback.Sent || len(v.Intents) != 0 || len(v.Signs) != 0 {
		t.Errorf("a person's click left %v %v in state %s", v.Intents, v.Signs, v.State)
	}
	has(t, s.tells("m2", news("clicked", id, click("/about", "Mozilla/5.0")), 0), 200, `"result":"clicked"`)
	if v, err = s.st.Invitations().Get(context.Background(), id); err != nil || len(v.Signs) == 0 || !v.Scanned() {
		t.Errorf("the hidden link was followed and left %v, %v", v.Signs, err)
	}
	has(t, s.tells("m3", news("clicked", strings.Repeat("0", 32), click("", "x")), 0), 200, "no such invitation")
}

// A mail that came in at Resend is fetched; while it cannot be, Resend is asked to tell it again.
func TestResendReceives(t *testing.T) {
	s, id := resendSite(t)
	failing := true
	s.app.Hooks.Received = func(_ context.Context, mailID string) (inbound.Message, error) {
		if failing {
			return inbound.Message{}, mail.Temporary("busy", 0, errors.New("busy"))
		}
		return inbound.Assemble(map[string][]string{"From": {"Mara <mara1@example.com>"}, "To": {"reply+" + s.app.Tokens.Mark(feedback.SurveyThread, id) + "@in.acme.test"}, "Message-Id": {"<" + mailID + ">"}}, "2 - slow", ""), nil
	}
	body := `{"type":"email.received","data":{"email_id":"r-1"}}`
	has(t, s.tells("m1", body, 0), 503)
	failing = false
	has(t, s.tells("m1", body, 0), 200, `"result":"voted"`)
	has(t, s.tells("m1", body, 0), 200, `"result":"repeated"`)
	s.work()
	has(t, s.api("GET", "/v1/interactions/zendesk/1", ""), 200, `"score":2`, `"comment":"slow"`)
}

func TestHelpdeskTells(t *testing.T) {
	s := newSite(t)
	has(t, s.do(s.client, s.request("POST", "/hooks/freshdesk", "{}")), 404, "EARSHOT_FRESHDESK_SECRET")
	has(t, s.do(s.client, s.request("POST", "/hooks/nothing", "{}")), 404)
	s.app.Hooks.Helpdesks = map[string]string{"freshdesk": "a secret header"}
	has(t, s.get("/hooks/freshdesk"), 200, `"result":"ready"`)
	has(t, s.get("/hooks/zendesk"), 404, "EARSHOT_ZENDESK_SECRET")
	tell := func(secret, body string) answer {
		return s.do(s.client, s.request("POST", "/hooks/freshdesk", body, "X-Earshot-Secret", secret))
	}
	body := `{"id":9,"status":"Closed","subject":"Refund","customer":{"email":"mara@example.com"},"agent":{"email":"sam@acme.test","name":"Sam Okoro"}}`
	has(t, tell("wrong", body), http.StatusUnauthorized)
	has(t, tell("a secret header", body), 200, `"result":"asked"`)
	has(t, tell("a secret header", body), 200, `"result":"repeated"`)
	has(t, s.api("GET", "/v1/interactions/freshdesk/9", ""), 200, "Refund")
	has(t, tell("a secret header", strings.Replace(body, "Closed", "Open", 1)), 200, `"result":"skipped"`)
	has(t, tell("a secret header", strings.Replace(body, "mara@example.com", "not an address", 1)), 200, "customer.email")
	nameOnly := strings.Replace(strings.Replace(body, `"email":"sam@acme.test",`, "", 1), `"id":9`, `"id":10`, 1)
	nameOnly = strings.Replace(nameOnly, "mara@", "carl@", 1)
	has(t, tell("a secret header", nameOnly), 200, `"result":"asked"`)
	has(t, tell("a secret header", strings.Replace(nameOnly, "Sam Okoro", "Nobody Known", 1)), 200, "nobody of that name")
}
