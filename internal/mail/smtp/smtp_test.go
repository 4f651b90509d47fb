package smtp_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"earshot/internal/mail"
	"earshot/internal/mail/mailtest"
	"earshot/internal/mail/smtp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open connects a sender to a server.
func open(t testing.TB, server *mailtest.SMTP, scheme, user, query string) *smtp.Sender {
	t.Helper()
	u := url.URL{Scheme: scheme, Host: server.Addr, RawQuery: query}
	if user != "" {
		u.User = url.UserPassword(user, mailtest.Password)
	}
	s, err := smtp.Open(smtp.Settings{URL: u.String(), TLS: server.TLS, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		options             mailtest.SMTPOptions
		scheme, user, query string
	}{
		"STARTTLS with sign-in": {mailtest.SMTPOptions{Auth: true}, "smtp", mailtest.User, ""},
		"TLS with sign-in":      {mailtest.SMTPOptions{Auth: true, Implicit: true}, "smtps", mailtest.User, ""},
		"a local mail catcher":  {mailtest.SMTPOptions{NoTLS: true}, "smtp", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			mailtest.Run(t, func(t *testing.T) mailtest.Subject {
				server := mailtest.NewSMTP(t, c.options)
				return mailtest.Subject{Sender: open(t, server, c.scheme, c.user, c.query), Delivered: server.Delivered, ForgetsKeys: true}
			})
		})
	}
}

func TestErrors(t *testing.T) {
	server := mailtest.NewSMTP(t, mailtest.SMTPOptions{Auth: true})
	s := open(t, server, "smtp", mailtest.User, "")
	for name, c := range map[string]struct {
		spoil func(*mail.Message)
		class error
		maybe bool
		taken int
	}{
		"refused recipient": {func(m *mail.Message) { m.To.Email = "refused@example.com" }, mail.ErrRejected, false, 0},
		"full mailbox":      {func(m *mail.Message) { m.To.Email = "full@example.com" }, mail.ErrTemporary, false, 0},
		"refused sender":    {func(m *mail.Message) { m.From.Email = "stranger@example.com" }, mail.ErrAccount, false, 0},
		"refused content":   {func(m *mail.Message) { m.Text = "spam spam spam" }, mail.ErrRejected, false, 0},
		"no answer":         {func(m *mail.Message) { m.To.Email = "silent@example.com" }, mail.ErrTemporary, true, 1},
		"broken off":        {func(m *mail.Message) { m.To.Email = "dropped@example.com" }, mail.ErrTemporary, true, 0},
	} {
		before := len(server.Delivered(t))
		m := mailtest.Message(1)
		c.spoil(&m)
		_, err := s.Send(t.Context(), m)
		e, ok := errors.AsType[*mail.Error](err)
		if !ok || !errors.Is(err, c.class) || e.Maybe != c.maybe || e.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
		if got := len(server.Delivered(t)) - before; got != c.taken {
			t.Errorf("%s: took %d, want %d", name, got, c.taken)
		}
		if _, err := s.Send(t.Context(), mailtest.Message(2)); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

func TestConnectionsAreKept(t *testing.T) {
	server := mailtest.NewSMTP(t, mailtest.SMTPOptions{Auth: true})
	s := open(t, server, "smtp", mailtest.User, "")
	for i := range 20 {
		if _, err := s.Send(t.Context(), mailtest.Message(i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, signedIn := server.Sessions(); signedIn != 1 {
		t.Errorf("signed in %d times", signedIn)
	}
	server.HangUp()
	if _, err := s.Send(t.Context(), mailtest.Message(20)); err != nil {
		t.Errorf("a kept connection that was closed in between: %v", err)
	}
	if n := len(server.Delivered(t)); n != 21 {
		t.Errorf("delivered %d", n)
	}
}

func TestRefusedByTheAccount(t *testing.T) {
	plain := mailtest.NewSMTP(t, mailtest.SMTPOptions{NoTLS: true, Auth: true})
	encrypted := mailtest.NewSMTP(t, mailtest.SMTPOptions{Auth: true})
	untrusted := mailtest.NewSMTP(t, mailtest.SMTPOptions{})
	untrusted.TLS = nil
	for name, s := range map[string]*smtp.Sender{
		"wrong user":           open(t, encrypted, "smtp", "somebody", ""),
		"no encryption":        open(t, plain, "smtp", mailtest.User, ""),
		"required without":     open(t, mailtest.NewSMTP(t, mailtest.SMTPOptions{NoTLS: true}), "smtp", "", "tls=required"),
		"no sign-in":           open(t, encrypted, "smtp", "", ""),
		"nothing to sign in":   open(t, mailtest.NewSMTP(t, mailtest.SMTPOptions{}), "smtp", mailtest.User, ""),
		"unknown certificate":  open(t, untrusted, "smtp", "", ""),
		"certificate unneeded": open(t, untrusted, "smtp", "", "tls=required"),
	} {
		_, err := s.Send(t.Context(), mailtest.Message(1))
		if !errors.Is(err, mail.ErrAccount) || strings.Contains(err.Error(), mailtest.Password) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := open(t, untrusted, "smtp", "", "tls=off").Check(t.Context()); err != nil {
		t.Errorf("without encryption, as told: %v", err)
	}
	if err := open(t, encrypted, "smtp", "somebody", "").Check(t.Context()); !errors.Is(err, mail.ErrAccount) {
		t.Errorf("check with a wrong user: %v", err)
	}
}

func TestServerAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // accepts nobody: the greeting never comes
	s, err := smtp.Open(smtp.Settings{URL: "smtp://" + l.Addr().String(), Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Send(t.Context(), mailtest.Message(1))
	if e, _ := errors.AsType[*mail.Error](err); !errors.Is(err, mail.ErrTemporary) || !errors.Is(err, context.DeadlineExceeded) || e.Maybe {
		t.Errorf("silent server: %v", err)
	}
	nobody, err := smtp.Open(smtp.Settings{URL: "smtp://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nobody.Send(t.Context(), mailtest.Message(1)); !errors.Is(err, mail.ErrTemporary) {
		t.Errorf("no server: %v", err)
	}
}

func TestSettings(t *testing.T) {
	for _, bad := range []string{"", "http://a.test", "smtp://", "smtp://u:" + "hush%zz@a.test", "smtp://u:hush/y@a.test:25", "smtp://a.test/x", "smtp://a.test?tls=maybe"} {
		_, err := smtp.Open(smtp.Settings{URL: bad})
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"smtp://a.test", "smtps://user:p%40ss@a.test:465/", "smtp://[::1]:25?tls=off"} {
		if _, err := smtp.Open(smtp.Settings{URL: good}); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func BenchmarkSend(b *testing.B) {
	server := mailtest.NewSMTP(b, mailtest.SMTPOptions{Auth: true})
	s := open(b, server, "smtp", mailtest.User, "")
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Send(b.Context(), mailtest.Message(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
