package inbound

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"unicode"

	"earshot/internal/mail"

	"golang.org/x/net/html/charset"
)

// Read understands a raw message. Its error is ErrUnreadable or ErrTooLarge; what is merely broken is
// read as far as it goes, because a customer's words are worth more than the form of their mail.
func Read(raw []byte) (Message, error) {
	if len(raw) > MaxBytes {
		return Message{}, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(raw))
	}
	parsed, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Message{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	h := textproto.MIMEHeader(parsed.Header)
	if h.Get("From") == "" && h.Get("Subject") == "" && h.Get("Message-Id") == "" && h.Get("To") == "" {
		return Message{}, fmt.Errorf("%w: it has no sender, recipient, subject or id", ErrUnreadable)
	}
	r := &reader{}
	if err := r.part(h, parsed.Body, 0); err != nil {
		return Message{}, err
	}
	return understand(h, r, raw), nil
}

// understand fills in a message from its header and the texts that were gathered.
func understand(h textproto.MIMEHeader, r *reader, raw []byte) Message {
	m := Message{
		ID: idOf(h.Get("Message-Id"), raw), From: sender(h), To: recipients(h), Subject: oneLine(decodeHeader(h.Get("Subject"))),
		Refs: references(h),
	}
	m.Auto = automatic(h, m.From.Email, m.Subject)
	r.finish(&m)
	return m
}

// reader gathers the texts of a message's parts.
type reader struct {
	parts  int
	plain  []string
	html   []string
	behind []string // texts that are no part of the reply, such as a mail that was attached
}

// part reads one part, which may hold others.
func (r *reader) part(h textproto.MIMEHeader, body io.Reader, depth int) error {
	if r.parts++; r.parts > MaxParts {
		return fmt.Errorf("%w: more than %d parts", ErrTooLarge, MaxParts)
	}
	if depth > MaxDepth {
		return fmt.Errorf("%w: parts inside parts, %d deep", ErrTooLarge, depth)
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && kind == "" {
		kind, params = "text/plain", nil // RFC 2045, 5.2: what it is when nothing says
	}
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		return r.multipart(params["boundary"], kind == "multipart/alternative", body, depth)
	}
	text := func() string { return decode(h, params["charset"], body) }
	switch {
	case kind == "message/rfc822" || kind == "text/rfc822-headers" || kind == "message/delivery-status":
		r.behind = append(r.behind, text())
	case attached(h):
	case kind == "text/html":
		r.html = append(r.html, text())
	case strings.HasPrefix(kind, "text/plain") || kind == "text/enriched" || strings.HasPrefix(kind, "multipart/"):
		s := text()
		if strings.EqualFold(params["format"], "flowed") {
			s = unflow(s, strings.EqualFold(params["delsp"], "yes"))
		}
		r.plain = append(r.plain, s)
	}
	return nil
}

// multipart reads the parts inside a part. A missing end or a broken part ends it without an error.
func (r *reader) multipart(boundary string, alternative bool, body io.Reader, depth int) error {
	inner := &reader{parts: r.parts}
	parts := multipart.NewReader(body, boundary)
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			break
		}
		if err := inner.part(p.Header, p, depth+1); err != nil {
			return err
		}
	}
	r.parts, r.behind = inner.parts, append(r.behind, inner.behind...)
	if alternative && anything(inner.plain) {
		r.plain = append(r.plain, inner.plain...) // the HTML says the same once more
		r.behind = append(r.behind, inner.html...)
		return nil
	}
	r.plain, r.html = append(r.plain, inner.plain...), append(r.html, inner.html...)
	return nil
}

func anything(texts []string) bool {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return true
		}
	}
	return false
}

// finish turns the gathered texts into what the message says.
func (r *reader) finish(m *Message) {
	text, quoted := "", ""
	if anything(r.plain) {
		text = lines(strings.Join(r.plain, "\n"))
		quoted = strings.Join(r.html, "\n")
	} else {
		for _, h := range r.html {
			said, cut := textOf(h)
			text, quoted = text+said+"\n", quoted+cut
		}
		text = lines(text)
	}
	reply, below := cut(text)
	m.Text, m.Reply = text, reply
	m.Quoted = strings.Join(append([]string{below, quoted}, r.behind...), "\n")
}

// decode reads a part's text: its transfer encoding undone, its character set turned into UTF-8. What
// cannot be decoded is taken as it stands.
func decode(h textproto.MIMEHeader, label string, body io.Reader) string {
	raw, _ := io.ReadAll(io.LimitReader(body, MaxBytes)) // a part that breaks off is read to where it does
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		raw, _ = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
	case "base64":
		raw = fromBase64(raw)
	}
	return toUTF8(raw, label)
}

// fromBase64 decodes as much as can be, past blanks and to the first mistake.
func fromBase64(raw []byte) []byte {
	raw = bytes.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, raw)
	out := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
	n, err := base64.StdEncoding.Decode(out, raw)
	if err != nil {
		var at base64.CorruptInputError
		if errors.As(err, &at) && n == 0 {
			n, _ = base64.StdEncoding.Decode(out, raw[:int(at)/4*4])
		}
	}
	return out[:n]
}

// toUTF8 turns bytes of a named character set into text.
func toUTF8(raw []byte, label string) string {
	label = strings.ToLower(strings.TrimSpace(label))
	if label != "" && label != "utf-8" && label != "us-ascii" {
		if r, err := charset.NewReaderLabel(label, bytes.NewReader(raw)); err == nil {
			if out, err := io.ReadAll(r); err == nil {
				raw = out
			}
		}
	}
	s := strings.ToValidUTF8(string(raw), "\uFFFD")
	return strings.ReplaceAll(strings.TrimPrefix(s, "\uFEFF"), "\x00", "")
}

func attached(h textproto.MIMEHeader) bool {
	disposition, _, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	return disposition == "attachment"
}

// unflow joins the lines that format=flowed broke (RFC 3676, 4.1).
func unflow(s string, delsp bool) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		quoted := strings.HasPrefix(line, ">")
		if !quoted {
			line = strings.TrimPrefix(line, " ") // stuffed
		}
		if strings.HasSuffix(line, " ") && !quoted && line != "-- " {
			if delsp {
				line = line[:len(line)-1]
			}
			b.WriteString(line)
			continue
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// decodeHeader undoes the encoded words of a header (RFC 2047) in any character set.
func decodeHeader(s string) string {
	d := mime.WordDecoder{CharsetReader: func(label string, in io.Reader) (io.Reader, error) { return charset.NewReaderLabel(label, in) }}
	out, err := d.DecodeHeader(s)
	if err != nil {
		out = s
	}
	return strings.ToValidUTF8(out, "\uFFFD")
}

// oneLine makes one line of a header.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// idOf is the message's own id, or a digest of its bytes.
func idOf(header string, raw []byte) string {
	if id := strings.Trim(oneLine(header), "<> "); id != "" && len(id) <= 900 {
		return id
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16]) + "@no-message-id"
}

func sender(h textproto.MIMEHeader) mail.Address {
	for _, name := range []string{"From", "Sender", "Return-Path"} {
		if list := addresses(h.Values(name)); len(list) > 0 {
			return mail.Address{Name: oneLine(list[0].Name), Email: strings.ToLower(list[0].Address)}
		}
	}
	return mail.Address{}
}

// recipients are the addresses of every header that mail servers write one into: behind a forwarding
// the one with our tag may stand in any of them.
func recipients(h textproto.MIMEHeader) []string {
	var out []string
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To", "To", "Cc", "Resent-To"} {
		for _, a := range addresses(h.Values(name)) {
			out = append(out, strings.ToLower(a.Address))
		}
	}
	return out
}

func addresses(values []string) []*netmail.Address {
	parser := netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: func(label string, in io.Reader) (io.Reader, error) {
		return charset.NewReaderLabel(label, in)
	}}}
	var out []*netmail.Address
	for _, v := range values {
		if list, err := parser.ParseList(v); err == nil {
			out = append(out, list...)
			continue
		}
		for _, word := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(" ,;<>\"\t()", r) }) {
			if a, err := netmail.ParseAddress(word); err == nil {
				out = append(out, a)
			}
		}
	}
	return out
}

// references are the ids of the mails that were answered, the nearest first.
func references(h textproto.MIMEHeader) []string {
	var out []string
	add := func(ids []string) {
		for i := len(ids) - 1; i >= 0; i-- {
			if id := strings.Trim(ids[i], "<>,"); strings.Contains(id, "@") && len(out) < MaxParts {
				out = append(out, id)
			}
		}
	}
	split := func(s string) []string { return strings.Fields(strings.ReplaceAll(s, "><", "> <")) }
	add(split(h.Get("In-Reply-To")))
	add(split(h.Get("References")))
	return out
}

// Assemble understands a message whose header and texts were read by somebody else.
func Assemble(h textproto.MIMEHeader, plain, html string) Message {
	r := &reader{plain: []string{toUTF8([]byte(plain), "")}, html: []string{toUTF8([]byte(html), "")}}
	if anything(r.plain) {
		r.behind, r.html = r.html, nil
	}
	return understand(h, r, []byte(plain+html))
}
