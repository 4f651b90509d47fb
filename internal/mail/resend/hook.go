package resend

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"earshot/internal/mail"
	"earshot/internal/mail/inbound"
)

// ErrSignature means that a webhook was not signed with the secret, or too long ago.
var ErrSignature = errors.New("resend: the signature is missing, wrong or too old")

// tolerance is how far a webhook's time may lie from ours (docs.svix.com, "Verifying payloads").
const tolerance = 300 * time.Second

// Event is a webhook of Resend (https://resend.com/docs/dashboard/webhooks/event-types).
type Event struct {
	ID   string // svix-id: a repetition carries the same
	Type string // such as email.bounced
	At   time.Time
	// Kind and Ref are those of the message, from its tags; empty when it was not one of ours.
	Kind mail.Kind
	Ref  string
	Mail string // Resend's id of the mail

	// Hard tells of a bounce that the address will never take mail; Detail is what the server said.
	Hard   bool
	Detail string

	// Click is what is known of a click or an opening.
	Click struct {
		Link, Agent, Address string
		At                   time.Time
	}
}

// ReadEvent checks a webhook's signature against the secret (whsec_…) and reads it. now is compared with
// the time that was signed. ErrSignature, or an error about the payload.
func ReadEvent(header func(name string) string, body []byte, secret string, now time.Time) (Event, error) {
	id, ts := header("svix-id"), header("svix-timestamp")
	if !signed(id, ts, header("svix-signature"), body, secret, now) {
		return Event{}, ErrSignature
	}
	var in payload
	if err := json.Unmarshal(body, &in); err != nil {
		return Event{}, fmt.Errorf("resend: the event cannot be read: %w", err)
	}
	e := Event{ID: id, Type: in.Type, At: in.CreatedAt, Mail: in.Data.EmailID, Kind: mail.Kind(in.Data.Tags["kind"]), Ref: in.Data.Tags["ref"]}
	if e.At.IsZero() {
		e.At = now
	}
	b := in.Data.Bounce
	// Permanent is final; Undetermined is not known to be, and nobody is struck off on a guess.
	e.Hard = strings.EqualFold(b.Type, "Permanent") || strings.EqualFold(b.Type, "hard")
	e.Detail = strings.Join(strings.Fields(strings.Join([]string{b.Type, b.SubType, b.Message, in.Data.Failed.Reason}, " ")), " ")
	e.Click.Link, e.Click.Agent, e.Click.Address, e.Click.At = in.Data.Click.Link, in.Data.Click.UserAgent, in.Data.Click.IPAddress, in.Data.Click.Timestamp
	return e, nil
}

// payload is the form of an event.
type payload struct {
	Type      string    `json:"type"`
	CreatedAt time.Time `json:"created_at"`
	Data      struct {
		EmailID string `json:"email_id"`
		Tags    tags   `json:"tags"`
		Bounce  struct{ Type, SubType, Message string }
		Failed  struct{ Reason string }
		Click   struct {
			Link, IPAddress, UserAgent string
			Timestamp                  time.Time
		}
	} `json:"data"`
}

// tags are a message's tags: Resend writes them as an object, and describes them as a list.
type tags map[string]string

// UnmarshalJSON implements json.Unmarshaler. A form that is neither is no tags.
func (t *tags) UnmarshalJSON(b []byte) error {
	out := map[string]string{}
	var list []struct{ Name, Value string }
	if json.Unmarshal(b, &out) != nil && json.Unmarshal(b, &list) == nil {
		out = map[string]string{}
		for _, e := range list {
			out[e.Name] = e.Value
		}
	}
	*t = out
	return nil
}

// signed checks one of the signatures "v1,<base64>" over id.timestamp.body.
func signed(id, ts, signatures string, body []byte, secret string, now time.Time) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	at, errTime := strconv.ParseInt(ts, 10, 64)
	if err != nil || len(key) == 0 || errTime != nil || id == "" || now.Sub(time.Unix(at, 0)).Abs() > tolerance {
		return false
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + ts + "."))
	m.Write(body)
	want := []byte(base64.StdEncoding.EncodeToString(m.Sum(nil)))
	ok := false
	for _, s := range strings.Fields(signatures) {
		version, got, _ := strings.Cut(s, ",")
		ok = hmac.Equal([]byte(got), want) && version == "v1" || ok
	}
	return ok
}

// CheckSecret tells what is wrong with a secret for webhooks, or nil.
func CheckSecret(secret string) error {
	if key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_")); err != nil || len(key) < 16 {
		return errors.New("is not a secret of a webhook at Resend, which begins with whsec_")
	}
	return nil
}

// Received fetches a mail that came in at Resend: the event email.received carries no words, only the id
// under which they are kept (API reference, "Retrieve Received Email"). The error has the meaning it has
// for Send.
func (s *Sender) Received(ctx context.Context, id string) (inbound.Message, error) {
	ctx, answer := listen(ctx)
	in, err := s.client.Emails.Receiving.GetWithContext(ctx, id)
	if err != nil {
		return inbound.Message{}, classify(ctx, answer, err)
	}
	h := textproto.MIMEHeader{}
	for name, value := range in.Headers {
		h.Add(name, value)
	}
	set := func(name string, values ...string) {
		if h.Get(name) == "" && len(values) > 0 && values[0] != "" {
			h[http.CanonicalHeaderKey(name)] = values
		}
	}
	set("From", in.From)
	set("To", in.To...)
	set("Cc", in.Cc...)
	set("Subject", in.Subject)
	set("Message-Id", orDefault(in.MessageId, "<"+id+"@resend>"))
	h["X-Original-To"] = append(h["X-Original-To"], in.To...) // who it was handed to, whatever the header says
	return inbound.Assemble(h, in.Text, in.Html), nil
}
