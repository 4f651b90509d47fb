package main

import (
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"earshot/internal/config"
	"earshot/internal/mail"
	"earshot/internal/mail/resend"
	"earshot/internal/mail/smtp"
)

// helpdesks says which systems may tell us of ended contacts.
func (d *doctor) helpdesks(c config.Config) {
	if len(c.Helpdesks) == 0 {
		d.fine("helpdesks", "none is connected; contacts come in by the API (docs/helpdesks.md)")
		return
	}
	d.fine("helpdesks", "taken from %s", strings.Join(slices.Sorted(maps.Keys(c.Helpdesks)), ", "))
}

// mail examines how mail leaves, whether others will believe it, and where answers come in.
func (d *doctor) mail(ctx context.Context, c config.Config) {
	ctx, cancel := context.WithTimeout(ctx, 4*askFor)
	defer cancel()
	_, domain, _ := strings.Cut(c.From.Address, "@")
	switch c.Mail {
	case config.MailResend:
		d.resend(ctx, c, domain)
	case config.MailSMTP:
		d.smtp(ctx, c)
	default:
		d.outbox(c)
		return // nothing leaves this machine: the domain does not matter yet
	}
	d.domain(ctx, domain)
	d.answers(ctx, c)
}

func (d *doctor) outbox(c config.Config) {
	folder := filepath.Join(c.Data, "outbox")
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		d.fine("mail", "goes into %s, which the first start makes; nothing leaves this machine", folder)
		return
	}
	f, err := os.CreateTemp(folder, ".doctor-*")
	if err != nil {
		d.problem("mail", "the outbox cannot be written: %v", err)
		return
	}
	_ = f.Close()
	if err := os.Remove(f.Name()); err != nil {
		d.worry("mail", "a file of this examination stays in the outbox: %v", err)
	}
	d.fine("mail", "goes into %s as files; nothing leaves this machine", folder)
}

func (d *doctor) resend(ctx context.Context, c config.Config, domain string) {
	s, err := resend.Open(resend.Settings{Key: c.Resend.Key, BaseURL: c.Resend.BaseURL, Timeout: askFor})
	if err != nil {
		d.problem("mail", "%v", err)
		return
	}
	verified, err := s.Check(ctx, domain)
	switch {
	case errors.Is(err, mail.ErrAccount):
		d.problem("mail", "Resend will not send: %s", mail.Reason(err))
	case err != nil:
		d.problem("mail", "%s", mail.Reason(err))
	case verified:
		d.fine("mail", "Resend takes the key, and the domain %s is verified there", domain)
	default:
		d.worry("mail", "Resend takes the key, which may only send; whether %s is verified there is not for it to see", domain)
	}
	if base := c.Resend.BaseURL; base != "" {
		d.worry("mail", "RESEND_BASE_URL is %s, not Resend itself", base)
	}
	d.readDate(ctx, "Resend", orElse(c.Resend.BaseURL, resend.DefaultURL))
	switch err := resend.CheckSecret(c.Resend.WebhookSecret); {
	case c.Resend.WebhookSecret == "":
		d.worry("webhooks", "RESEND_WEBHOOK_SECRET is not set: bounces and complaints stay unknown, and mail goes on to addresses that refuse it")
	case err != nil:
		d.problem("webhooks", "RESEND_WEBHOOK_SECRET %v", err)
	default:
		d.fine("webhooks", "Resend's are taken at /hooks/resend")
	}
}

func (d *doctor) smtp(ctx context.Context, c config.Config) {
	s, err := smtp.Open(smtp.Settings{URL: c.SMTP, Timeout: askFor})
	if err != nil {
		d.problem("mail", "EARSHOT_MAIL %v", err)
		return
	}
	defer func() { _ = s.Close() }()
	if err := s.Check(ctx); err != nil {
		why := mail.Reason(err)
		var e *mail.Error
		if errors.As(err, &e) && e.Cause != nil {
			why += " (" + e.Cause.Error() + ")"
		}
		d.problem("mail", "%s", why)
		return
	}
	d.fine("mail", "the mail server answers, the connection is as safe as asked for, and the sign-in works")
}

// domain looks up what makes other mail servers believe the sender (RFC 7208, RFC 7489).
func (d *doctor) domain(ctx context.Context, domain string) {
	if !strings.Contains(domain, ".") {
		d.problem("sender", "EARSHOT_FROM names the domain %q, from which nobody accepts mail", domain)
		return
	}
	spf, err := d.record(ctx, domain, "v=spf1")
	switch {
	case err != nil:
		d.worry("sender", "the domain %s could not be looked up: %v", domain, err)
		return
	case spf == "":
		d.worry("sender", "%s has no SPF record: nothing says which servers send for it, and many will treat its mail as spam", domain)
	case strings.HasSuffix(spf, "+all"):
		d.worry("sender", "the SPF record of %s lets the whole world send for it: %s", domain, spf)
	default:
		d.fine("sender", "%s says who sends for it (SPF)", domain)
	}
	d.dmarc(ctx, domain)
}

// dmarc looks for the policy of the domain, or of the one above it, which then holds.
func (d *doctor) dmarc(ctx context.Context, domain string) {
	for name := domain; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		policy, err := d.record(ctx, "_dmarc."+name, "v=DMARC1")
		if err != nil {
			d.worry("sender", "whether %s has a DMARC policy could not be looked up: %v", domain, err)
			return
		}
		if policy != "" {
			d.fine("sender", "%s has a DMARC policy", name)
			return
		}
	}
	d.worry("sender", "%s has no DMARC policy: Gmail and Yahoo refuse much mail of such senders", domain)
}

// record is the text record of a name that begins with a word; empty when there is none.
func (d *doctor) record(ctx context.Context, name, begins string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	all, err := d.dns.LookupTXT(ctx, name)
	var missing *net.DNSError
	if errors.As(err, &missing) && missing.IsNotFound {
		return "", nil
	}
	if err != nil {
		return "", errors.New("the name server does not answer")
	}
	for _, s := range all {
		if strings.HasPrefix(strings.ToLower(s), strings.ToLower(begins)) {
			return s, nil
		}
	}
	return "", nil
}

// answers looks whether mail to the mailbox for answers has somewhere to go.
func (d *doctor) answers(ctx context.Context, c config.Config) {
	if c.Inbound == "" {
		d.fine("answers", "go to the agents; set EARSHOT_INBOUND to take votes by mail")
		return
	}
	domain := c.Inbound[strings.LastIndex(c.Inbound, "@")+1:]
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	servers, err := d.dns.LookupMX(ctx, domain)
	var missing *net.DNSError
	switch {
	case errors.As(err, &missing) && missing.IsNotFound || err == nil && len(servers) == 0:
		d.problem("answers", "no mail server is named for %s (MX): customers' answers would come back to them", domain)
	case err != nil:
		d.worry("answers", "the mail server of %s could not be looked up: the name server does not answer", domain)
	default:
		d.fine("answers", "to %s go to %s; hand them to /hooks/inbound", c.Inbound, strings.TrimSuffix(servers[0].Host, "."))
	}
}
