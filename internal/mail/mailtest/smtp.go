package mailtest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// User and Password are what the local SMTP server takes.
const (
	User     = "earshot"
	Password = "s3cret@/:"
)

// SMTP is a mail server on this machine. What it does depends on how an address begins: it refuses
// "refused@", "full@" for now, and the sender "stranger@"; it takes "silent@" and hangs up before it
// says so, and hangs up on "dropped@" when the message comes.
type SMTP struct {
	Addr string      // host:port
	TLS  *tls.Config // what a client needs to trust it

	mu       sync.Mutex
	raw      [][]byte
	sessions int
	signedIn int
	hangUp   bool
}

// SMTPOptions says what the server demands.
type SMTPOptions struct {
	NoTLS    bool // offers no STARTTLS
	Implicit bool // speaks TLS from the start
	Auth     bool // wants User and Password
}

// NewSMTP starts a server that ends with the test.
func NewSMTP(t testing.TB, o SMTPOptions) *SMTP {
	t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate, which is good for 127.0.0.1
	cert, root := web.TLS.Certificates[0], web.Certificate()
	web.Close()
	trust := x509.NewCertPool()
	trust.AddCert(root)
	s := &SMTP{TLS: &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sessions++
		return &session{server: s, conn: c, auth: o.Auth}, nil
	}))
	server.Domain = "mail.test"
	server.AllowInsecureAuth = o.NoTLS || o.Implicit
	server.ErrorLog = discard{}
	own := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = listener.Addr().String()
	switch {
	case o.Implicit:
		listener = tls.NewListener(listener, own)
	case !o.NoTLS:
		server.TLSConfig = own
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		listener.Close() // a server that has not begun to listen yet would not hear of Close
		server.Close()
		if err := <-ended; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Errorf("mail server: %v", err)
		}
	})
	return s
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

// Delivered returns what the server took.
func (s *SMTP) Delivered(t *testing.T) []Delivered {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Delivered
	for _, raw := range s.raw {
		all = append(all, parse(t, raw))
	}
	return all
}

// Sessions tells how many connections have been made, and how many signed in.
func (s *SMTP) Sessions() (made, signedIn int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions, s.signedIn
}

// HangUp lets the server close the next connection that begins a message, without a word.
func (s *SMTP) HangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hangUp = true
}

// session is one connection to the server.
type session struct {
	server   *SMTP
	conn     *smtp.Conn
	auth     bool
	signedIn bool
	to       string
}

func (s *session) AuthMechanisms() []string {
	if s.auth {
		return []string{sasl.Plain}
	}
	return nil
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return smtp.ErrAuthFailed
		}
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.signedIn = true
		s.server.signedIn++
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.server.mu.Lock()
	hangUp := s.server.hangUp
	s.server.hangUp = false
	s.server.mu.Unlock()
	switch {
	case hangUp:
		return errors.Join(s.conn.Conn().Close(), errors.New("hung up"))
	case s.auth && !s.signedIn:
		return smtp.ErrAuthRequired
	case strings.HasPrefix(from, "stranger@"):
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not your address"}
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	switch {
	case strings.HasPrefix(to, "refused@"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user here"}
	case strings.HasPrefix(to, "full@"):
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "mailbox full"}
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	if strings.HasPrefix(s.to, "dropped@") {
		return s.conn.Conn().Close()
	}
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(r); err != nil {
		return err
	}
	if bytes.Contains(raw.Bytes(), []byte("spam spam spam")) {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "looks like spam"}
	}
	s.server.mu.Lock()
	s.server.raw = append(s.server.raw, raw.Bytes())
	s.server.mu.Unlock()
	if strings.HasPrefix(s.to, "silent@") {
		return s.conn.Conn().Close()
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
