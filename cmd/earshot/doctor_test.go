package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"earshot/internal/config"
	"earshot/internal/mail/mailtest"
)

// zone is a name server that knows a few names; timeout answers for the others where it is set.
type zone struct {
	txt     map[string]string
	mx      map[string]string
	hosts   map[string]string
	timeout bool
}

func (z zone) missing(name string) error {
	if z.timeout {
		return &net.DNSError{Err: "i/o timeout", Name: name, IsTimeout: true}
	}
	return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	if v, ok := z.txt[name]; ok {
		return []string{"something else", v}, nil
	}
	return nil, z.missing(name)
}

func (z zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	if v, ok := z.mx[name]; ok {
		return []*net.MX{{Host: v}}, nil
	}
	return nil, z.missing(name)
}

func (z zone) LookupHost(_ context.Context, name string) ([]string, error) {
	if v, ok := z.hosts[name]; ok {
		return []string{v}, nil
	}
	return nil, z.missing(name)
}

func examined(t *testing.T, dns asker, now func() time.Time, change func(c *config.Config)) (string, error) {
	t.Helper()
	c, err := config.Load(func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	c.Data, c.BaseURL = t.TempDir(), "http://localhost:8080"
	change(&c)
	var out strings.Builder
	d := &doctor{out: &out, dns: dns, http: &http.Client{Timeout: askFor}, now: now}
	err = d.examine(t.Context(), c, nil)
	return out.String(), err
}

func wants(t *testing.T, got string, err error, problems bool, lines ...string) {
	t.Helper()
	if (err != nil) != problems {
		t.Errorf("the examination ended with %v", err)
	}
	for _, l := range lines {
		if !strings.Contains(got, l) {
			t.Errorf("%q is not in\n%s", l, got)
		}
	}
}

func TestDoctorOnDefaults(t *testing.T) {
	out, err := examined(t, zone{}, time.Now, func(*config.Config) {})
	wants(t, out, err, false, "SQLite", "durable write", "are free", "nothing leaves this machine", "Everything is in order")
}

func TestDoctorFindsWhatWouldBreak(t *testing.T) {
	server := mailtest.NewResend(10).Serve(t)
	out, err := examined(t, zone{}, func() time.Time { return time.Now().Add(time.Hour) }, func(c *config.Config) {
		c.Mail, c.Resend = config.MailResend, config.Resend{Key: "re_wrong", BaseURL: server, WebhookSecret: "nonsense"}
		c.From, c.Inbound = netmail.Address{Address: "surveys@acme.test"}, "reply@in.acme.test"
	})
	wants(t, out, err, true, "SPF", "DMARC", "answers would come back", "only this machine can open", "whsec_", "clock          differs")
	if err != nil && !strings.Contains(err.Error(), "problems") {
		t.Errorf("ended with %v", err)
	}
}

func TestDoctorOnADomain(t *testing.T) {
	dns := zone{txt: map[string]string{"mail.acme.test": "v=spf1 include:amazonses.com ~all", "_dmarc.acme.test": "v=DMARC1; p=none"}, mx: map[string]string{"in.acme.test": "mx.acme.test."}}
	out, err := examined(t, dns, time.Now, func(c *config.Config) {
		c.Mail, c.Resend = config.MailResend, config.Resend{Key: mailtest.ResendKey, BaseURL: mailtest.NewResend(10).Serve(t), WebhookSecret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
		c.From, c.Inbound = netmail.Address{Address: "surveys@mail.acme.test"}, "reply@in.acme.test"
		c.BaseURL = "https://feedback.acme.test"
	})
	wants(t, out, err, true, "mail.acme.test says who sends", "acme.test has a DMARC policy", "go to mx.acme.test", "agrees with that of Resend", "cannot be found by its name")
}

func TestDoctorWithoutNameServer(t *testing.T) {
	out, err := examined(t, zone{timeout: true}, time.Now, func(c *config.Config) {
		c.Mail, c.Resend = config.MailResend, config.Resend{Key: mailtest.ResendKey, BaseURL: mailtest.NewResend(10).Serve(t)}
		c.From = netmail.Address{Address: "surveys@acme.test"}
	})
	wants(t, out, err, true, "could not be looked up", "RESEND_WEBHOOK_SECRET is not set")
}

func TestDoctorReadsMistakes(t *testing.T) {
	var out strings.Builder
	d := &doctor{out: &out, dns: zone{}, now: time.Now}
	err := d.examine(t.Context(), config.Config{}, errors.New("the configuration has mistakes:\nEARSHOT_ADDR is wrong\nEARSHOT_LOG is wrong"))
	wants(t, out.String(), err, true, "EARSHOT_ADDR is wrong", "EARSHOT_LOG is wrong")
	if err == nil || !strings.HasPrefix(err.Error(), "2 problems") {
		t.Errorf("ended with %v", err)
	}
}
