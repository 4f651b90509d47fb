package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	gosmtp "github.com/wneessen/go-mail/smtp"

	"earshot/internal/mail"
)

// conn is one connection, signed in and ready for a message.
type conn struct {
	raw    net.Conn // below the encryption; its deadline ends every wait
	client *gosmtp.Client
	sent   int
	last   time.Time
	broken bool
}

// envelope is a message with its addresses, bare.
type envelope struct {
	from, to string
	raw      []byte
}

// errGone says that the server had closed the connection before it took anything of the message.
var errGone = errors.New("smtp: the connection was gone")

// dial connects, encrypts and signs in.
func dial(ctx context.Context, s server) (*conn, error) {
	var d net.Dialer
	raw, err := d.DialContext(ctx, "tcp", s.address())
	if err != nil {
		return nil, mail.Temporary("the mail server cannot be reached", 0, err)
	}
	c := &conn{raw: raw}
	stop := c.watch(ctx)
	defer stop()
	if err := c.open(ctx, s); err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

// watch makes every wait on the connection end with ctx.
func (c *conn) watch(ctx context.Context) (stop func()) {
	if err := c.raw.SetDeadline(time.Time{}); err != nil { // that of the message before
		c.broken = true
	}
	end := context.AfterFunc(ctx, func() {
		if err := c.raw.SetDeadline(time.Unix(1, 0)); err != nil {
			c.raw.Close()
		}
	})
	return func() { end() }
}

func (c *conn) open(ctx context.Context, s server) error {
	wire := c.raw
	if s.implicit {
		encrypted := tls.Client(c.raw, s.config)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			return tlsError(err)
		}
		wire = encrypted
	}
	var err error
	if c.client, err = gosmtp.NewClient(wire, s.host); err != nil {
		return greetingError(err)
	}
	c.client.SkipSMTPUTF8(true) // addresses are ASCII, and a relay behind may not know it
	if err := c.client.Hello(s.hello); err != nil {
		return greetingError(err)
	}
	if err := c.encrypt(s); err != nil {
		return err
	}
	return c.signIn(s)
}

// encrypt turns to TLS as the settings demand.
func (c *conn) encrypt(s server) error {
	if s.implicit || s.starttls == off {
		return nil
	}
	if offered, _ := c.client.Extension("STARTTLS"); !offered {
		if s.starttls == required {
			return mail.Account("the mail server offers no encryption (STARTTLS), and without it nothing is sent; add ?tls=optional if that is right", nil)
		}
		return nil
	}
	if err := c.client.StartTLS(s.config); err != nil {
		return tlsError(err)
	}
	return nil
}

// signIn authenticates with the strongest mechanism that both sides know.
func (c *conn) signIn(s server) error {
	if s.user == "" {
		return nil
	}
	_, offered := c.client.Extension("AUTH")
	mechanisms := strings.Fields(offered)
	for _, m := range []struct {
		name string
		auth gosmtp.Auth
	}{
		{"SCRAM-SHA-256", gosmtp.ScramSHA256Auth(s.user, s.password)},
		{"PLAIN", gosmtp.PlainAuth("", s.user, s.password, s.host, false)},
		{"LOGIN", gosmtp.LoginAuth(s.user, s.password, s.host, false)},
		{"CRAM-MD5", gosmtp.CRAMMD5Auth(s.user, s.password)},
	} {
		if !slices.Contains(mechanisms, m.name) {
			continue
		}
		if err := c.client.Auth(m.auth); err != nil {
			return authError(err)
		}
		return nil
	}
	return mail.Account(fmt.Sprintf("the mail server offers no way to sign in that is known here (it offers %q)", offered), nil)
}

// send gives one message to the server and returns its answer.
func (c *conn) send(ctx context.Context, e envelope) (string, error) {
	fresh := c.sent == 0
	c.sent++
	stop := c.watch(ctx)
	defer stop()
	if err := c.client.Mail("<" + e.from + ">"); err != nil {
		if !fresh && gone(err) && ctx.Err() == nil {
			c.broken = true
			return "", errGone
		}
		return "", c.failed("the mail server refuses the sender address", err, mail.ErrAccount)
	}
	if err := c.client.Rcpt("<" + e.to + ">"); err != nil {
		return "", c.failed("the mail server refuses the recipient", err, mail.ErrRejected)
	}
	w, err := c.client.Data()
	if err != nil {
		return "", c.failed("the mail server refuses the message", err, mail.ErrRejected)
	}
	if _, err := w.Write(e.raw); err != nil {
		c.broken = true
		return "", mail.Temporary("the connection broke before the message was complete", 0, err)
	}
	return c.finish(w)
}

// finish ends the message. Without an answer nobody knows whether the server has it.
func (c *conn) finish(w io.WriteCloser) (string, error) {
	if err := w.Close(); err != nil {
		if _, ok := errors.AsType[*textproto.Error](err); ok {
			return "", c.failed("the mail server refuses the message", err, mail.ErrRejected)
		}
		c.broken = true
		return "", mail.Ambiguous("the connection broke before the mail server confirmed", err)
	}
	if d, ok := w.(*gosmtp.DataCloser); ok {
		return d.ServerResponse(), nil
	}
	return "", nil
}

// failed makes an error of ours from a server's refusal (RFC 5321, 4.2.1: 4yz is for now, 5yz for
// good), and readies the connection for the next message. What a refusal for good is about is class.
func (c *conn) failed(what string, err error, class error) error {
	code := 0
	if refusal, ok := errors.AsType[*textproto.Error](err); ok {
		code = refusal.Code
	}
	if code == 0 || code == 421 || c.client.Reset() != nil {
		c.broken = true
	}
	switch {
	case code == 0:
		return mail.Temporary("the connection to the mail server broke", 0, err)
	case code < 500:
		return mail.Temporary(what+" for now", 0, err)
	case code == 530 || code == 535: // wants authentication
		return mail.Account("the mail server wants a sign-in", err)
	}
	return &mail.Error{Class: class, Reason: what + ": " + err.Error()}
}

// gone tells whether err is that of a connection which the other side has closed.
func gone(err error) bool {
	refusal, ok := errors.AsType[*textproto.Error](err)
	return !ok || refusal.Code == 421
}

// quit says goodbye and closes. It does not wait for long.
func (c *conn) quit() {
	if !c.broken {
		if err := c.raw.SetDeadline(time.Now().Add(time.Second)); err == nil && c.client.Quit() == nil {
			return
		}
	}
	c.raw.Close()
}

func greetingError(err error) error {
	if refusal, ok := errors.AsType[*textproto.Error](err); ok && refusal.Code >= 500 {
		return mail.Account("the mail server does not want to talk to this machine", err)
	}
	return mail.Temporary("the mail server did not greet", 0, err)
}

func tlsError(err error) error {
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	if unknown || name || invalid {
		return mail.Account("the mail server's certificate is not to be trusted", err)
	}
	return mail.Temporary("no encrypted connection to the mail server came about", 0, err)
}

// authError tells a refused password from a server that cannot look right now. What the server says
// may repeat the user's name but, by the mechanisms, never the password.
func authError(err error) error {
	refusal, ok := errors.AsType[*textproto.Error](err)
	if ok && refusal.Code < 500 {
		return mail.Temporary("the mail server cannot check the sign-in for now", 0, err)
	}
	if _, network := errors.AsType[net.Error](err); network || errors.Is(err, io.EOF) {
		return mail.Temporary("the connection broke while signing in", 0, err)
	}
	return mail.Account("the mail server refuses user or password", err)
}
