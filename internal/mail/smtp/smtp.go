// Package smtp is the mail.Sender for a mail server that speaks SMTP (RFC 5321): a relay of the
// organisation's own or of a provider.
//
// Connections are encrypted (STARTTLS on smtp://, TLS from the start on smtps://), authenticated, and
// kept for the next message. A server knows no idempotency keys, so a message whose fate is unknown
// may arrive twice after a retry; both copies carry the same Message-ID, by which mailboxes that look
// show one.
package smtp

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"earshot/internal/mail"
)

// Settings of a sender.
type Settings struct {
	// URL is smtp://user:password@host:port or smtps://…; user and port may be left out (587 and 465).
	// ?tls=required|optional|off says what smtp:// does without STARTTLS; the default is required with
	// a user and optional without.
	URL string
	// TLS is the configuration of encryption; nil trusts what the system trusts.
	TLS *tls.Config
	// Connections is the most connections at a time; 0 means 4.
	Connections int
	// Timeout bounds one attempt at one message, connecting included; 0 means 30 seconds.
	Timeout time.Duration
}

// Sender sends over a pool of connections. It is safe for concurrent use.
type Sender struct {
	server  server
	timeout time.Duration
	pool    *pool
}

// server is what a connection is made from.
type server struct {
	host, port, user, password string
	implicit                   bool // TLS from the start
	starttls                   string
	hello                      string
	config                     *tls.Config
}

// The values of ?tls=.
const (
	required = "required"
	optional = "optional"
	off      = "off"
)

// Open checks the settings. It does not connect; Check does. The error never contains the password.
func Open(s Settings) (*Sender, error) {
	srv, err := parse(s.URL)
	if err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	srv.config = s.TLS.Clone()
	if srv.config == nil {
		srv.config = &tls.Config{}
	}
	srv.config.ServerName = srv.host
	srv.config.MinVersion = max(srv.config.MinVersion, tls.VersionTLS12)
	sender := &Sender{server: srv, timeout: s.Timeout}
	if sender.timeout <= 0 {
		sender.timeout = 30 * time.Second
	}
	connections := s.Connections
	if connections <= 0 {
		connections = 4
	}
	sender.pool = newPool(connections)
	return sender, nil
}

func parse(raw string) (server, error) {
	u, err := url.Parse(raw)
	if err != nil { // its text would show the password
		return server{}, errors.New("is not an address such as smtp://user:password@host:587; characters like @ and / in a password are written %40 and %2F")
	}
	s := server{host: u.Hostname(), port: u.Port(), hello: hello()}
	switch u.Scheme {
	case "smtp":
		s.port = cmp.Or(s.port, "587")
	case "smtps":
		s.port, s.implicit = cmp.Or(s.port, "465"), true
	default:
		return server{}, errors.New("must begin with smtp:// or smtps://")
	}
	if s.host == "" || (u.Path != "" && u.Path != "/") {
		return server{}, errors.New("must be of the form smtp://user:password@host:587")
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.password, _ = u.User.Password()
	}
	s.starttls = cmp.Or(u.Query().Get("tls"), map[bool]string{true: required, false: optional}[s.user != ""])
	if s.starttls != required && s.starttls != optional && s.starttls != off {
		return server{}, errors.New("?tls= must be required, optional or off")
	}
	return s, nil
}

// hello is how this machine introduces itself: servers expect a name with a dot.
func hello() string {
	name, err := os.Hostname()
	if err != nil || !strings.Contains(name, ".") || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "localhost"
	}
	return name
}

// Check connects and signs in without sending anything. Its error is one of mail's.
func (s *Sender) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	c, err := dial(ctx, s.server)
	if err != nil {
		return withContext(ctx, err)
	}
	c.quit()
	return nil
}

// Close ends the idle connections. Messages under way are not disturbed.
func (s *Sender) Close() error {
	s.pool.close()
	return nil
}

// Send implements mail.Sender. The receipt is the server's answer, in which most servers name the
// message's id in their queue.
func (s *Sender) Send(ctx context.Context, m mail.Message) (mail.Receipt, error) {
	m, err := m.Normal()
	if err != nil {
		return mail.Receipt{}, err
	}
	raw, err := m.MIME()
	if err != nil {
		return mail.Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	answer, err := s.deliver(ctx, envelope{m.From.Email, m.To.Email, raw})
	if err != nil {
		return mail.Receipt{}, withContext(ctx, err)
	}
	if answer == "" {
		answer = m.MessageID()
	}
	return mail.Receipt{Provider: answer}, nil
}

// deliver sends over an idle connection, or a new one. An idle connection that turns out to be gone
// before it took anything is no failure of the message.
func (s *Sender) deliver(ctx context.Context, e envelope) (string, error) {
	if err := s.pool.enter(ctx); err != nil {
		return "", mail.Temporary("stopped before sending", 0, err)
	}
	defer s.pool.leave()
	if c := s.pool.idle(); c != nil {
		answer, err := s.over(ctx, c, e)
		if !errors.Is(err, errGone) {
			return answer, err
		}
	}
	c, err := dial(ctx, s.server)
	if err != nil {
		return "", err
	}
	return s.over(ctx, c, e)
}

// over sends e over c and keeps or closes c.
func (s *Sender) over(ctx context.Context, c *conn, e envelope) (string, error) {
	answer, err := c.send(ctx, e)
	if c.broken || c.sent >= perConnection || !s.pool.put(c) {
		c.quit()
	}
	return answer, err
}

// withContext makes an ended context visible to errors.Is under the class of err.
func withContext(ctx context.Context, err error) error {
	if ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	if e, ok := errors.AsType[*mail.Error](err); ok && e.Class == mail.ErrTemporary {
		again := *e
		again.Cause = errors.Join(ctx.Err(), e.Cause)
		return &again
	}
	return err
}

// address joins host and port for dialling.
func (s server) address() string { return net.JoinHostPort(s.host, s.port) }
