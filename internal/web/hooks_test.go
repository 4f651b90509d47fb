package web

import (
	"bytes"
	"context"
	"fmt"
	netmail "net/mail"
	"strings"
	"testing"

	"earshot/internal/feedback"
	"earshot/internal/mail/inbound"
)

// outgoing is the newest mail of a kind in the outbox.
func (s *site) outgoing(kind string) *netmail.Message {
	s.t.Helper()
	all, _, err := s.app.Outbox.List("", 100)
	check(s.t, err)
	for _, e := range all {
		if strings.Contains(e.Name, "-"+kind+"-") {
			stored, err := s.app.Outbox.Read(e.Name)
			check(s.t, err)
			m, err := netmail.ReadMessage(bytes.NewReader(stored.Raw))
			check(s.t, err)
			return m
		}
	}
	s.t.Fatalf("no %s in the outbox", kind)
	return nil
}

// answerTo writes a customer's answer to a mail, as mail programs do.
func answerTo(m *netmail.Message, id, from, body string) string {
	return strings.ReplaceAll(fmt.Sprintf("From: %s\nTo: %s\nSubject: Re: %s\nMessage-ID: <%s>\nIn-Reply-To: %s\nReferences: %s\nContent-Type: text/plain; charset=utf-8\n\n%s\n\nOn Tue, 24 Nov 2026 at 11:30, Acme <surveys@acme.test> wrote:\n> How did we do?\n",
		from, m.Header.Get("Reply-To"), m.Header.Get("Subject"), id, m.Header.Get("Message-Id"), m.Header.Get("Message-Id"), body), "\n", "\r\n")
}

func (s *site) arrives(raw string) answer {
	s.t.Helper()
	return s.do(s.client, s.request("POST", "/hooks/inbound", raw, "Authorization", "Bearer "+s.key, "Content-Type", "message/rfc822"))
}

// The mail in the outbox is answered: the vote and its words arrive, once, and a low one alerts.
func TestMailIsAnswered(t *testing.T) {
	s := newSite(t)
	s.invited("1", nil)
	raw := answerTo(s.outgoing("invitation"), "a1@example.com", "Mara Lind <mara1@example.com>", "1 - but I waited an hour and nobody helped me")
	for _, want := range []string{"voted", "repeated"} {
		a := s.arrives(raw)
		has(t, a, 200, `"result":"`+want+`"`)
	}
	s.work()
	has(t, s.api("GET", "/v1/interactions/zendesk/1", ""), 200, `"score":1`, `"comment":"but I waited an hour and nobody helped me"`, `"label":"negative"`)
	if m := s.outgoing("alert"); !strings.Contains(m.Header.Get("To"), "sam@acme.test") {
		t.Errorf("the alert went to %s", m.Header.Get("To"))
	}
}

func TestAnswersGoToTheMailbox(t *testing.T) {
	s := newSite(t)
	s.app.Invite.Inbound = "reply@in.acme.test"
	s.invited("1", nil)
	m := s.outgoing("invitation")
	to, err := m.Header.AddressList("Reply-To")
	if err != nil || len(to) != 1 || !strings.HasPrefix(to[0].Address, "reply+s") || to[0].Name != "Sam Okoro" {
		t.Fatalf("Reply-To %v, %v", to, err)
	}
	m.Header["Message-Id"] = []string{"<made-anew@amazonses.com>"} // as Resend does
	has(t, s.arrives(answerTo(m, "a1@example.com", "mara1@example.com", "5")), 200, `"result":"voted"`)
}

func TestWhatIsNoAnswer(t *testing.T) {
	s := newSite(t)
	s.invited("1", nil)
	m := s.outgoing("invitation")
	has(t, s.do(s.client, s.request("POST", "/hooks/inbound", "From: a@b.c\r\n\r\n4")), 401)
	has(t, s.arrives("this is no mail"), 422)
	has(t, s.arrives("From: a@b.c\r\n\r\n"+strings.Repeat("4", inbound.MaxBytes)), 413)
	has(t, s.arrives("Auto-Submitted: auto-replied\r\n"+answerTo(m, "a1", "mara1@example.com", "5")), 200, `"result":"noted"`, `"kind":"out of office"`)
	has(t, s.arrives(answerTo(m, "a2", "eve@example.com", "1")), 200, `"result":"feedback"`)
	has(t, s.arrives("From: stranger@example.com\r\nMessage-ID: <x@y>\r\n\r\nYour service is terrible, I want my money back!"), 200, `"result":"feedback"`)
	s.work()
	has(t, s.api("GET", "/v1/responses?survey=feedback", ""), 200, "I want my money back", "eve@example.com")
}

// A report that the mail itself could not be delivered suppresses the address.
func TestDeliveryReport(t *testing.T) {
	s := newSite(t)
	s.invited("1", nil)
	m := s.outgoing("invitation")
	report := strings.ReplaceAll("From: MAILER-DAEMON@mx.example.com\nTo: surveys@acme.test\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <d1@mx>\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nI'm sorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; mara1@example.com\nAction: failed\nStatus: 5.1.1\n"+
		"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: "+m.Header.Get("Message-Id")+"\nSubject: x\n--b--\n", "\n", "\r\n")
	has(t, s.arrives(report), 200, `"result":"bounced"`)
	p, err := s.st.People().Get(context.Background(), feedback.PersonID("", "", "mara1@example.com"))
	if err != nil || p.Blocked == "" {
		t.Errorf("person %+v, %v", p, err)
	}
	later := strings.Replace(report, "Status: 5.1.1", "Status: 4.2.2", 1)
	has(t, s.arrives(later), 200, `"result":"noted"`)
}
