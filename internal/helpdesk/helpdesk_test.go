package helpdesk

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"

	"github.com/google/go-cmp/cmp"
)

const secret = "the secret of this test"

func mac(h func() hash.Hash, text string) []byte {
	m := hmac.New(h, []byte(secret))
	m.Write([]byte(text))
	return m.Sum(nil)
}

// sign writes the headers as the system does.
func sign(system, body string) map[string]string {
	const ts = "2026-11-24T10:00:00Z"
	switch system {
	case "zendesk":
		return map[string]string{"X-Zendesk-Webhook-Signature": base64.StdEncoding.EncodeToString(mac(sha256.New, ts+body)), "X-Zendesk-Webhook-Signature-Timestamp": ts}
	case "freshdesk":
		return map[string]string{"X-Earshot-Secret": secret}
	case "helpscout":
		return map[string]string{"X-HelpScout-Signature": base64.StdEncoding.EncodeToString(mac(sha1.New, body)), "X-HelpScout-Event": "convo.status"}
	case "chatwoot":
		return map[string]string{"X-Chatwoot-Signature": "sha256=" + hex.EncodeToString(mac(sha256.New, ts+"."+body)), "X-Chatwoot-Timestamp": ts}
	}
	return map[string]string{"X-Hub-Signature": "sha1=" + hex.EncodeToString(mac(sha1.New, body))} // intercom, zammad
}

func request(headers map[string]string, body string) Request {
	return Request{Header: func(name string) string { return headers[name] }, Body: []byte(body)}
}

// ended is a payload of each system that tells of an ended contact, in the form its documentation shows.
func ended() map[string]string {
	return map[string]string{
		"zendesk":   `{"id":"84213","status":"Solved","subject":"Refund not received","channel":"Messaging","tags":"refund vip","ended_at":"2026-11-20T14:03:00Z","customer":{"id":"77","email":"Mara@Example.com","name":"Mara Lind","locale":"German"},"agent":{"email":"Sam@acme.test","name":"Sam Okoro","team":"Billing"}}`,
		"freshdesk": `{"freshdesk_webhook":{"id":84213,"status":"Closed","subject":"Refund not received","channel":"Email","tags":"refund,vip","customer":{"id":77,"email":"mara@example.com","name":"Mara Lind"},"agent":{"email":"sam@acme.test","name":"Sam Okoro","team":"Billing"}}}`,
		"intercom":  `{"type":"notification_event","topic":"conversation.admin.closed","data":{"item":{"type":"conversation","id":"84213","updated_at":1795183380,"title":null,"source":{"type":"conversation","subject":"<p>Refund not received</p>","author":{"type":"user","id":"6","external_id":"77","email":"mara@example.com","name":"Mara Lind"}},"conversation_parts":{"conversation_parts":[{"part_type":"comment","author":{"type":"admin","id":"3","name":"Ivy","email":"ivy@acme.test"}},{"part_type":"close","author":{"type":"admin","id":"4","name":"Sam Okoro","email":"sam@acme.test"}}]},"tags":{"type":"tag.list","tags":[{"type":"tag","name":"refund"},{"name":"vip"}]}}}}`,
		"helpscout": `{"id":84213,"number":12,"type":"email","status":"closed","subject":"Refund not received","closedAt":"2026-11-20T14:03:00Z","primaryCustomer":{"id":77,"type":"customer","first":"Mara","last":"Lind","email":"mara@example.com"},"assignee":{"id":4,"type":"user","first":"Sam","last":"Okoro","email":"sam@acme.test"},"tags":[{"id":9,"color":"#fff","tag":"refund"},{"tag":"vip"}]}`,
		"chatwoot":  `{"event":"conversation_status_changed","id":84213,"inbox_id":1,"status":"resolved","channel":"Channel::WebWidget","labels":["refund","vip"],"updated_at":1795183380.25,"additional_attributes":{"mail_subject":"Refund not received","conversation_language":"de"},"meta":{"sender":{"id":77,"name":"Mara Lind","email":"mara@example.com","type":"contact"},"assignee":{"id":4,"name":"Sam Okoro","email":"sam@acme.test","type":"user"},"team":{"name":"Billing"}}}`,
		"zammad":    `{"ticket":{"id":84213,"number":"20084213","title":"Refund not received","state":"closed","close_at":"2026-11-20T14:03:00.123Z","create_article_type":"phone","group":{"id":1,"name":"Billing"},"customer":{"id":77,"email":"mara@example.com","firstname":"Mara","lastname":"Lind"},"owner":{"id":4,"login":"sam","email":"sam@acme.test","firstname":"Sam","lastname":"Okoro"},"tags":["refund","vip"]},"article":{}}`,
	}
}

func TestEachSystem(t *testing.T) {
	for _, s := range Systems() {
		t.Run(s.Name, func(t *testing.T) {
			body := ended()[s.Name]
			in, err := s.Read(request(sign(s.Name, body), body), secret)
			if err != nil {
				t.Fatal(err)
			}
			want := feedback.Interaction{Source: s.Name, External: "84213", Subject: "Refund not received", Tags: []string{"refund", "vip"},
				Customer: feedback.Customer{ID: "77", Email: "mara@example.com", Name: "Mara Lind"}, Agent: feedback.Agent{Email: "sam@acme.test", Name: "Sam Okoro"}}
			want.Channel = map[string]string{"zendesk": "chat", "freshdesk": "email", "intercom": "chat", "helpscout": "email", "chatwoot": "chat", "zammad": "phone"}[s.Name]
			if s.Name != "intercom" && s.Name != "helpscout" {
				want.Agent.Team = "Billing"
			}
			if s.Name == "zendesk" || s.Name == "chatwoot" {
				want.Customer.Locale = "de"
			}
			if in.EndedAt.IsZero() == (s.Name != "freshdesk") || !in.EndedAt.IsZero() && in.EndedAt.Year() != 2026 {
				t.Errorf("ended at %v", in.EndedAt)
			}
			in.EndedAt = time.Time{}
			if diff := cmp.Diff(want, in); diff != "" {
				t.Error(diff)
			}
			if errs := in.Validate(); len(errs) > 0 {
				t.Errorf("not an interaction: %v", errs)
			}
		})
	}
}

// One changed byte of the body, another secret, or no signature at all: nobody is believed.
func TestSignatures(t *testing.T) {
	for _, s := range Systems() {
		body := ended()[s.Name]
		changed := strings.Replace(body, "Refund", "refund", 1)
		for name, r := range map[string]Request{
			"other body": request(sign(s.Name, body), changed),
			"none":       request(nil, body),
			"empty":      request(map[string]string{"X-Hub-Signature": "sha1=", "X-Chatwoot-Signature": "sha256="}, body),
		} {
			if s.Name == "freshdesk" && name == "other body" {
				continue // nothing is signed there
			}
			if _, err := s.Read(r, secret); !errors.Is(err, ErrSignature) {
				t.Errorf("%s, %s: %v", s.Name, name, err)
			}
		}
		for _, other := range []string{"", "another secret"} {
			if _, err := s.Read(request(sign(s.Name, body), body), other); !errors.Is(err, ErrSignature) {
				t.Errorf("%s with the secret %q: %v", s.Name, other, err)
			}
		}
	}
}

// What ends no contact is ignored, with a reason that helps whoever sets the system up.
func TestIgnored(t *testing.T) {
	for _, c := range []struct{ system, old, new, why string }{
		{"zendesk", "Solved", "Open", `the ticket is "Open"`},
		{"zendesk", `{"id":"84213"`, `{"type":"zen:event-type:ticket.status_changed","id":"84213"`, "no addresses"},
		{"freshdesk", "Closed", "Pending", "Pending"},
		{"intercom", "conversation.admin.closed", "ping", "ping"},
		{"helpscout", `"closed"`, `"active"`, "active"},
		{"chatwoot", "conversation_status_changed", "message_created", "message_created"},
		{"chatwoot", "resolved", "open", "open"},
		{"zammad", `"state":"closed"`, `"state":"open"`, "open"},
		{"zammad", `"ticket"`, `"tickets"`, "no ticket"},
		{"chatwoot", `"id":84213`, `"id":null`, "no ticket"},
		{"helpscout", `"email":"sam@acme.test"`, `"email":""`, ""},
	} {
		body := strings.Replace(ended()[c.system], c.old, c.new, 1)
		s, _ := Find(c.system)
		_, err := s.Read(request(sign(c.system, body), body), secret)
		var ignored *Ignored
		if c.why == "" {
			if err != nil {
				t.Errorf("%s: a name without an address is enough to look for: %v", c.system, err)
			}
			continue
		}
		if !errors.As(err, &ignored) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s with %s: %v", c.system, c.new, err)
		}
	}
	if _, ok := Find("nothing"); ok {
		t.Error("a system that is not there was found")
	}
}

// FuzzRead: whatever a system sends is taken or ignored, never a panic.
func FuzzRead(f *testing.F) {
	for name, body := range ended() {
		for i, s := range Systems() {
			if s.Name == name {
				f.Add(i, []byte(body))
			}
		}
	}
	f.Fuzz(func(t *testing.T, i int, body []byte) {
		all := Systems()
		s := all[(i%len(all)+len(all))%len(all)]
		in, err := s.Read(request(sign(s.Name, string(body)), string(body)), secret)
		var ignored *Ignored
		if err != nil && !errors.As(err, &ignored) {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if err == nil && (in.External == "" || in.Source != s.Name) {
			t.Fatalf("%s took %+v", s.Name, in)
		}
	})
}
