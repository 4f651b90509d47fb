// Package resend is the mail.Sender for the Resend API (https://resend.com/docs/api-reference).
//
// The official client builds the requests. Underneath it our own round tripper keeps to the rate that
// the API announces and keeps what the client throws away: the status, the error's name and the
// retry-after, by which errors are told apart.
//
// Every message carries an idempotency key made from its own. Resend remembers a key for 24 hours; so
// a message whose fate is unknown must not be tried again after 23.
package resend

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	api "github.com/resend/resend-go/v3"

	"earshot/internal/mail"
)

// DefaultURL is where the API lives.
const DefaultURL = "https://api.resend.com/"

// maxBatch is the most messages in one request (API reference, "Send Batch Emails").
const maxBatch = 100

// Settings of a sender.
type Settings struct {
	// Key is the API key, re_….
	Key string
	// BaseURL is the API's address; empty means DefaultURL. Only tests and proxies need another.
	BaseURL string
	// Timeout bounds one request; 0 means 30 seconds.
	Timeout time.Duration
	// Transport carries the requests; nil means a copy of http.DefaultTransport.
	Transport http.RoundTripper
}

// Sender sends through the API. It is safe for concurrent use.
type Sender struct {
	client *api.Client
}

// Open checks the settings. It does not call the API.
func Open(s Settings) (*Sender, error) {
	if strings.TrimSpace(s.Key) == "" {
		return nil, errors.New("resend: the API key is empty; make one at https://resend.com/api-keys")
	}
	base, err := url.Parse(strings.TrimSuffix(orDefault(s.BaseURL, DefaultURL), "/") + "/")
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Errorf("resend: %q is not an address such as %s", s.BaseURL, DefaultURL)
	}
	if s.Transport == nil {
		s.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	if s.Timeout <= 0 {
		s.Timeout = 30 * time.Second
	}
	client := api.NewCustomClient(&http.Client{
		Transport: &wire{next: s.Transport, pace: newPace()},
		Timeout:   s.Timeout,
		// A redirect would carry the key to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, strings.TrimSpace(s.Key))
	client.BaseURL = base // the client would read RESEND_BASE_URL by itself, before our configuration
	return &Sender{client: client}, nil
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Send implements mail.Sender. The receipt is Resend's id of the mail, by which its webhooks speak.
func (s *Sender) Send(ctx context.Context, m mail.Message) (mail.Receipt, error) {
	m, err := m.Normal()
	if err != nil {
		return mail.Receipt{}, err
	}
	ctx, answer := listen(ctx)
	sent, err := s.client.Emails.SendWithOptions(ctx, request(m), &api.SendEmailOptions{IdempotencyKey: m.Key})
	if err != nil {
		return mail.Receipt{}, classify(ctx, answer, err)
	}
	if sent.Id == "" {
		return mail.Receipt{}, mail.Ambiguous("Resend answered without an id", nil)
	}
	return mail.Receipt{Provider: sent.Id}, nil
}

// MaxBatch implements mail.BatchSender.
func (s *Sender) MaxBatch() int { return maxBatch }

// SendBatch implements mail.BatchSender. Messages that are wrong in themselves stay out of the
// request; that depends on nothing else, so the same slice always makes the same request.
func (s *Sender) SendBatch(ctx context.Context, ms []mail.Message) ([]mail.Result, error) {
	if len(ms) > maxBatch {
		return nil, fmt.Errorf("resend: a batch of %d messages; at most %d go into one", len(ms), maxBatch)
	}
	results := make([]mail.Result, len(ms))
	var requests []*api.SendEmailRequest
	var index []int // of each request in ms
	digest := sha256.New()
	for i, m := range ms {
		m, err := m.Normal()
		if err != nil {
			results[i].Err = err
			continue
		}
		requests, index = append(requests, request(m)), append(index, i)
		fmt.Fprintf(digest, "%d:%s,", len(m.Key), m.Key)
	}
	if len(requests) == 0 {
		return results, nil
	}
	ctx, answer := listen(ctx)
	sent, err := s.client.Batch.SendWithOptions(ctx, requests, &api.BatchSendEmailOptions{
		IdempotencyKey:  "batch/" + hex.EncodeToString(digest.Sum(nil)),
		BatchValidation: api.BatchValidationPermissive,
	})
	if err != nil {
		return nil, classify(ctx, answer, err)
	}
	return results, deal(sent, index, results)
}

// deal gives each message of a batch its own result. In permissive mode the answer lists the refused
// ones by their index, and the ids of the others in order.
func deal(sent *api.BatchEmailResponse, index []int, results []mail.Result) error {
	for _, e := range sent.Errors {
		if e.Index < 0 || e.Index >= len(index) {
			return mail.Ambiguous(fmt.Sprintf("Resend answered about message %d of %d", e.Index, len(index)), nil)
		}
		results[index[e.Index]].Err = mail.Rejected("Resend refuses the message: "+e.Message, nil)
	}
	ids := sent.Data
	for _, i := range index {
		if results[i].Err != nil {
			continue
		}
		if len(ids) == 0 || ids[0].Id == "" {
			return mail.Ambiguous(fmt.Sprintf("Resend answered with %d ids and %d refusals to %d messages", len(sent.Data), len(sent.Errors), len(index)), nil)
		}
		results[i].Receipt, ids = mail.Receipt{Provider: ids[0].Id}, ids[1:]
	}
	return nil
}

// request is a message as the API takes it.
func request(m mail.Message) *api.SendEmailRequest {
	r := &api.SendEmailRequest{
		From: display(m.From), To: []string{display(m.To)}, Subject: m.Subject, Html: m.HTML, Text: m.Text,
		Headers: map[string]string{}, Tags: []api.Tag{{Name: "kind", Value: string(m.Kind)}},
	}
	if m.ReplyTo.Email != "" {
		r.ReplyTo = display(m.ReplyTo)
	}
	for _, h := range m.Headers() {
		r.Headers[h.Name] = h.Value
	}
	if tagValue.MatchString(m.Ref) {
		r.Tags = append(r.Tags, api.Tag{Name: "ref", Value: m.Ref})
	}
	return r
}

// tagValue is what the API takes as a tag's value.
var tagValue = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// display writes an address as people do, with the name in UTF-8: the API encodes it itself.
func display(a mail.Address) string {
	if a.Name == "" {
		return a.Email
	}
	name := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a.Name)
	return fmt.Sprintf(`"%s" <%s>`, name, a.Email)
}
