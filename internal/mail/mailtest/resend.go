package mailtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// ResendKey is the API key that the local Resend takes; the key ResendReadKey may not send.
const (
	ResendKey     = "re_local_full"
	ResendReadKey = "re_local_read"
)

// keyLife is how long Resend remembers an idempotency key.
const keyLife = 24 * time.Hour

// Resend is the part of the Resend API that sends, on this machine and faithful to its public
// description: idempotency keys, batches in both modes, the errors by status and name, and the rate
// with its headers. Of addresses it knows one trait: it sends from every domain but unverified.test.
type Resend struct {
	mu        sync.Mutex
	limit     int // requests a second
	used      int
	window    time.Time
	keys      map[string]*remembered
	delivered []Delivered
	failures  []Failure
	requests  int
}

// remembered is what an idempotency key stands for; body is nil while its request runs.
type remembered struct {
	payload [32]byte
	at      time.Time
	body    []byte
}

// Failure is how a request is made to fail.
type Failure struct {
	Status     int    // the status answered, 0 to break the connection
	Name       string // the error's name
	RetryAfter string // the header
	Taken      bool   // the messages are taken all the same
}

// NewResend makes an account that may send limit requests a second.
func NewResend(limit int) *Resend {
	return &Resend{limit: limit, keys: map[string]*remembered{}}
}

// Serve starts a web server for the API that ends with the test, and returns its address.
func (s *Resend) Serve(t testing.TB) string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// RoundTrip implements http.RoundTripper without a network, for tests on a made-up clock.
func (s *Resend) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	defer func() {
		if recover() == http.ErrAbortHandler {
			resp, err = nil, io.ErrUnexpectedEOF
		}
	}()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result(), r.Context().Err()
}

// Fail lets the next requests fail, one each.
func (s *Resend) Fail(fs ...Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, fs...)
}

// Delivered returns the messages taken.
func (s *Resend) Delivered(*testing.T) []Delivered {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Delivered(nil), s.delivered...)
}

// Requests counts the requests that came.
func (s *Resend) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// ServeHTTP implements http.Handler.
func (s *Resend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if !s.admit(w, r) {
		return
	}
	failure, failing := s.nextFailure()
	if failing && !failure.Taken {
		failure.answer(w)
		return
	}
	status, reply := s.idempotent(r, body)
	if failing {
		failure.answer(w)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(reply); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (f Failure) answer(w http.ResponseWriter) {
	if f.Status == 0 {
		panic(http.ErrAbortHandler) // net/http then breaks the connection
	}
	if f.RetryAfter != "" {
		w.Header().Set("retry-after", f.RetryAfter)
	}
	fail(w, f.Status, f.Name, "as the test wants it")
}

func fail(w http.ResponseWriter, status int, name, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(problem(status, name, message)); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func problem(status int, name, message string) []byte {
	raw, err := json.Marshal(map[string]any{"statusCode": status, "name": name, "message": message})
	if err != nil {
		panic(err)
	}
	return raw
}

func (s *Resend) nextFailure() (Failure, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failures) == 0 {
		return Failure{}, false
	}
	f := s.failures[0]
	s.failures = s.failures[1:]
	return f, true
}

// admit checks rate, path and key, in the order in which a gateway does.
func (s *Resend) admit(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	s.requests++
	now := time.Now()
	if now.Sub(s.window) >= time.Second {
		s.window, s.used = now, 0
	}
	s.used++
	left := s.limit - s.used
	s.mu.Unlock()
	w.Header().Set("ratelimit-limit", strconv.Itoa(s.limit))
	w.Header().Set("ratelimit-remaining", strconv.Itoa(max(left, 0)))
	w.Header().Set("ratelimit-reset", "1")
	switch auth := r.Header.Get("Authorization"); {
	case left < 0:
		w.Header().Set("retry-after", "1")
		fail(w, 429, "rate_limit_exceeded", "Too many requests.")
	case r.URL.Path != "/emails" && r.URL.Path != "/emails/batch":
		fail(w, 404, "not_found", "The requested endpoint does not exist.")
	case r.Method != http.MethodPost:
		fail(w, 405, "method_not_allowed", "Method is not allowed for the requested path.")
	case auth == "":
		fail(w, 401, "missing_api_key", "Missing API Key.")
	case auth == "Bearer "+ResendReadKey:
		fail(w, 401, "restricted_api_key", "This API key is restricted.")
	case auth != "Bearer "+ResendKey:
		fail(w, 403, "invalid_api_key", "API key is invalid.")
	case len(r.Header.Get("Idempotency-Key")) > 256:
		fail(w, 400, "invalid_idempotency_key", "The key must be between 1-256 chars.")
	default:
		return true
	}
	return false
}

// idempotent runs a request at most once for its key, and answers repeats as the first.
func (s *Resend) idempotent(r *http.Request, body []byte) (int, []byte) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return s.send(r, body)
	}
	payload := sha256.Sum256(append([]byte(r.URL.Path+"\x00"), body...))
	s.mu.Lock()
	known := s.keys[key]
	if known != nil && time.Since(known.at) < keyLife {
		defer s.mu.Unlock()
		switch {
		case known.payload != payload:
			return 409, problem(409, "invalid_idempotent_request", "Same idempotency key used with a different request payload.")
		case known.body == nil:
			return 409, problem(409, "concurrent_idempotent_requests", "Same idempotency key used while original request is still in progress.")
		}
		return 200, known.body
	}
	mine := &remembered{payload: payload, at: time.Now()}
	s.keys[key] = mine
	s.mu.Unlock()
	status, reply := s.send(r, body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if mine.body = reply; status != 200 {
		delete(s.keys, key)
	}
	return status, reply
}

// payload is one mail as the API takes it.
type payload struct {
	From    string            `json:"from"`
	To      []string          `json:"to"`
	ReplyTo string            `json:"reply_to"`
	Subject string            `json:"subject"`
	HTML    string            `json:"html"`
	Text    string            `json:"text"`
	Headers map[string]string `json:"headers"`
	Tags    []struct {
		Name, Value string
	} `json:"tags"`
}

// refusal is an error about one mail.
type refusal struct {
	status        int
	name, message string
}

// check says why a mail is refused, or nil.
func (p payload) check() *refusal {
	from, err := netmail.ParseAddress(p.From)
	switch {
	case p.From == "" || len(p.To) == 0 || p.Subject == "" || p.HTML+p.Text == "":
		return &refusal{422, "missing_required_field", "The request body is missing one or more required fields."}
	case err != nil:
		return &refusal{422, "invalid_from_address", "Invalid `from` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format."}
	case strings.HasSuffix(from.Address, "@unverified.test"):
		return &refusal{403, "validation_error", "The unverified.test domain is not verified."}
	case len(p.To) > 50:
		return &refusal{422, "validation_error", "Too many recipients."}
	}
	for _, to := range p.To {
		if a, err := netmail.ParseAddress(to); err != nil || strings.HasSuffix(a.Address, "@invalid.test") {
			return &refusal{422, "validation_error", "Invalid `to` field."}
		}
	}
	return nil
}

func (s *Resend) send(r *http.Request, body []byte) (int, []byte) {
	if r.URL.Path == "/emails/batch" {
		return s.sendBatch(r.Header.Get("x-batch-validation") == "permissive", body)
	}
	var p payload
	if !decode(body, &p) {
		return 422, problem(422, "validation_error", "The request body is not valid.")
	}
	if no := p.check(); no != nil {
		return no.status, problem(no.status, no.name, no.message)
	}
	return 200, fmt.Appendf(nil, `{"id":%q}`, s.take(p))
}

func (s *Resend) sendBatch(permissive bool, body []byte) (int, []byte) {
	var ps []payload
	if !decode(body, &ps) || len(ps) == 0 || len(ps) > 100 {
		return 422, problem(422, "validation_error", "The request body must be an array of 1 to 100 emails.")
	}
	type id struct {
		ID string `json:"id"`
	}
	type mistake struct {
		Index   int    `json:"index"`
		Message string `json:"message"`
	}
	reply := struct {
		Data   []id      `json:"data"`
		Errors []mistake `json:"errors,omitempty"`
	}{Data: []id{}}
	for i, p := range ps {
		no := p.check()
		if no != nil && (!permissive || no.status == 403) {
			return no.status, problem(no.status, no.name, no.message)
		}
		if no != nil {
			reply.Errors = append(reply.Errors, mistake{i, no.message})
		}
	}
	for i, p := range ps {
		if !slices.ContainsFunc(reply.Errors, func(m mistake) bool { return m.Index == i }) {
			reply.Data = append(reply.Data, id{s.take(p)})
		}
	}
	raw, err := json.Marshal(reply)
	if err != nil {
		panic(err)
	}
	return 200, raw
}

func decode(body []byte, into any) bool {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return d.Decode(into) == nil
}

// take keeps a mail as delivered and gives it an id.
func (s *Resend) take(p payload) string {
	d := Delivered{From: p.From, To: p.To[0], ReplyTo: p.ReplyTo, Subject: p.Subject, Text: p.Text, HTML: p.HTML, Headers: map[string]string{}}
	for k, v := range p.Headers {
		d.Headers[k] = v
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delivered = append(s.delivered, d)
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", len(s.delivered))
}
