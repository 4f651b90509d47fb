package invite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/fstest"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/mail/mailtest"
	"earshot/internal/mail/outbox"
	"earshot/internal/mail/resend"
	"earshot/internal/mail/smtp"
	"earshot/internal/store"
	"earshot/internal/store/sqlite"
)

// benchMails is how many invitations are due at once.
const benchMails = 2000

// BenchmarkSend sends invitations that are due through each of the senders, to a server on this machine:
// rules, rendering, handing over and the rows' durable writes. The metric is mails/s.
func BenchmarkSend(b *testing.B) {
	for name, open := range map[string]func(b *testing.B) mail.Sender{
		"outbox": func(b *testing.B) mail.Sender {
			box, err := outbox.Open(b.TempDir(), time.Now())
			must(b, err)
			return box
		},
		"resend": func(b *testing.B) mail.Sender { // without a limit of requests, to see what is ours
			s, err := resend.Open(resend.Settings{Key: mailtest.ResendKey, BaseURL: mailtest.NewResend(1 << 20).Serve(b)})
			must(b, err)
			return s
		},
		"resend-5-a-second": func(b *testing.B) mail.Sender { // the default of an account: 500 mails a second at most
			s, err := resend.Open(resend.Settings{Key: mailtest.ResendKey, BaseURL: mailtest.NewResend(5).Serve(b)})
			must(b, err)
			return s
		},
		"smtp": func(b *testing.B) mail.Sender {
			server := mailtest.NewSMTP(b, mailtest.SMTPOptions{})
			s, err := smtp.Open(smtp.Settings{URL: "smtp://" + server.Addr + "?tls=off"})
			must(b, err)
			b.Cleanup(func() { must(b, s.Close()) })
			return s
		},
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				s := benchService(b, open(b))
				b.StartTimer()
				began := time.Now()
				sendAll(b, s)
				b.ReportMetric(benchMails/time.Since(began).Seconds(), "mails/s")
			}
		})
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// benchService is a service with benchMails invitations due.
func benchService(b *testing.B, sender mail.Sender) *Service {
	ctx, now := context.Background(), time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	st, err := sqlite.Open(ctx, b.TempDir(), sqlite.Options{})
	must(b, err)
	b.Cleanup(func() { must(b, st.Close()) })
	surveys, err := feedback.ParseSurveys(fstest.MapFS{"csat.yaml": {Data: []byte(definition)}})
	must(b, err)
	catalog, err := store.NewCatalog(ctx, st, surveys, now)
	must(b, err)
	pages, err := templates()
	must(b, err)
	s := New(Config{
		Store: st, Catalog: catalog, Tokens: feedback.NewTokens([]byte("secret")), Sender: sender, Templates: pages, Brand: mail.Brand{Org: "Acme"},
		From: mail.Address{Email: "surveys@acme.test"}, BaseURL: "http://localhost:8080", Zone: time.UTC, Org: "Acme", Holder: "one", Log: slog.New(slog.DiscardHandler),
	})
	for i := range benchMails {
		in := feedback.Interaction{Source: "desk", External: fmt.Sprint(i), EndedAt: now.Add(-time.Hour), ReceivedAt: now, Subject: "Refund not received",
			Customer: feedback.Customer{Email: fmt.Sprintf("customer%d@example.com", i), Name: "Mara Lind"}, Agent: feedback.Agent{Email: "sam@acme.test", Name: "Sam Okoro"}}
		in.ID, in.Person = feedback.InteractionID(in.Source, in.External), in.Customer.Email
		v, p := NewInvitation(&in, surveys[0], now, now), &feedback.Person{Email: in.Customer.Email}
		p.ID = in.Person
		p.Reserve(v.ID, now, 0) // as Accept leaves it
		must(b, errors.Join(st.People().Insert(ctx, p), st.Invitations().Insert(ctx, v)))
	}
	return s
}

func sendAll(b *testing.B, s *Service) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for {
		n, err := s.Work(context.Background(), now)
		must(b, err)
		if n == 0 {
			break
		}
	}
	all, err := s.Store.Invitations().Scan(context.Background(), "", 1000)
	must(b, err)
	for _, v := range all {
		if v.State != feedback.Sent {
			b.Fatalf("an invitation is %s: %s", v.State, v.LastError)
		}
	}
}
