package mail

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

const (
	maxSubject = 250 // characters; a header line must stay under 998 bytes (RFC 5322, 2.1.1)
	maxURL     = 900 // bytes, for the same reason
	maxKey     = 256 // bytes, Resend's limit on an idempotency key
)

// Header is one header field of a message.
type Header struct{ Name, Value string }

// Headers returns the fields that are the same for every sender: all but the addresses, the subject,
// the date, the id and what describes the body.
func (m Message) Headers() []Header {
	hs := []Header{
		{"Auto-Submitted", "auto-generated"},
		{"X-Auto-Response-Suppress", "OOF, AutoReply"}, // Exchange's word for the same wish
		{"X-Earshot-Kind", tidy(string(m.Kind), maxName)},
		{"X-Earshot-Ref", tidy(m.Ref, maxSubject)},
	}
	if m.Language != "" {
		hs = append(hs, Header{"Content-Language", tidy(m.Language, maxName)})
	}
	if m.Follows != "" {
		hs = append(hs, Header{"In-Reply-To", tidy(m.Follows, maxSubject)}, Header{"References", tidy(m.Follows, maxSubject)})
	}
	if m.Unsubscribe != "" {
		hs = append(hs,
			Header{"List-Unsubscribe", "<" + m.Unsubscribe + ">"},
			Header{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"})
	}
	return hs
}

// Normal returns the message as every sender sends it: addresses in their form for the wire and the
// subject on one line. A ReplyTo that is no address is left out, because a mail with the wrong place
// to answer is better than none. The error is an ErrRejected that says what is wrong.
func (m Message) Normal() (Message, error) {
	var err error
	if m.From, err = m.From.normal(); err != nil {
		return m, Rejected("sender: "+err.Error(), nil)
	}
	if m.To, err = m.To.normal(); err != nil {
		return m, Rejected("recipient: "+err.Error(), nil)
	}
	if m.ReplyTo, err = m.ReplyTo.normal(); err != nil {
		m.ReplyTo = Address{}
	}
	m.Subject = tidy(m.Subject, maxSubject)
	return m, m.check()
}

func (m Message) check() error {
	switch {
	case m.Key == "" || len(m.Key) > maxKey || hasControl(m.Key):
		return Rejected(fmt.Sprintf("key: must be 1 to %d printable bytes", maxKey), nil)
	case m.Kind == "" || m.Ref == "":
		return Rejected("kind and ref: must not be empty", nil)
	case m.Date.IsZero():
		return Rejected("date: must not be zero", nil)
	case m.Subject == "":
		return Rejected("subject: must not be empty", nil)
	case strings.TrimSpace(m.Text) == "" || strings.TrimSpace(m.HTML) == "":
		return Rejected("body: needs plain text and HTML", nil)
	}
	return m.checkUnsubscribe()
}

func (m Message) checkUnsubscribe() error {
	if m.Unsubscribe == "" {
		return nil
	}
	u, err := url.Parse(m.Unsubscribe)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" ||
		len(m.Unsubscribe) > maxURL || strings.ContainsFunc(m.Unsubscribe, notInURL) {
		return Rejected("unsubscribe: is not an absolute address of the web", err)
	}
	return nil
}

func notInURL(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' || r == '"' }

// MIME returns the message as bytes with CRLF line ends (RFC 5322): multipart/alternative with the
// plain text first, both parts quoted-printable (RFC 2045), names and subject encoded (RFC 2047).
// Equal messages give equal bytes. The error is that of Normal.
func (m Message) MIME() ([]byte, error) {
	m, err := m.Normal()
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent(),
		gomail.WithBoundary("earshot-"+m.digest("boundary")))
	msg.FromMailAddress(m.From.std())
	msg.ToMailAddress(m.To.std())
	if m.ReplyTo.Email != "" {
		msg.ReplyToMailAddress(m.ReplyTo.std())
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.Date.UTC())
	msg.SetMessageIDWithValue(strings.Trim(m.MessageID(), "<>"))
	for _, h := range m.Headers() {
		msg.SetGenHeader(gomail.Header(h.Name), h.Value)
	}
	msg.SetBodyString(gomail.TypeTextPlain, strings.ToValidUTF8(m.Text, "\uFFFD"))
	msg.AddAlternativeString(gomail.TypeTextHTML, strings.ToValidUTF8(m.HTML, "\uFFFD"))
	var out bytes.Buffer
	if _, err := msg.WriteTo(&out); err != nil {
		return nil, Rejected("the message cannot be written", err)
	}
	return out.Bytes(), nil
}

func (a Address) std() *netmail.Address { return &netmail.Address{Name: a.Name, Address: a.Email} }
