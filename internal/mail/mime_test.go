package mail_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"earshot/internal/mail"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func invitation() mail.Message {
	return mail.Message{
		Kind: mail.KindInvitation, Ref: "0199f1c2", Key: "invitation/0199f1c2",
		Date: time.Date(2026, 11, 20, 14, 3, 0, 123e6, time.FixedZone("CET", 3600)),
		From: mail.Address{Name: "Müller & Söhne, Support", Email: "surveys@acme.test"},
		To:   mail.Address{Name: "Mara Lind", Email: "mara@example.com"},
		ReplyTo: mail.Address{
			Name: "سام", Email: "inbound+abc@acme.test"},
		Subject: "Wie zufrieden sind Sie mit unserer Hilfe zum Thema „Rückerstattung nicht erhalten“ vom 18. November?",
		Text:    "Hallo Mara,\n\n.ein Punkt am Anfang\nFrom hier\n", HTML: "<p>Grüße — 👍</p>",
		Unsubscribe: "https://acme.test/s/tok/opt-out", Language: "de",
	}
}

// parsed is a message as a mailbox reads it.
type parsed struct {
	header     netmail.Header
	text, html string
}

func parse(t interface{ Fatalf(string, ...any) }, raw []byte) parsed {
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("not a message: %v\n%s", err, raw)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q: %v", msg.Header.Get("Content-Type"), err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	p := parsed{header: msg.Header}
	for _, want := range []struct {
		kind string
		into *string
	}{{"text/plain", &p.text}, {"text/html", &p.html}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("part %s: %v", want.kind, err)
		}
		if got := part.Header.Get("Content-Type"); !strings.HasPrefix(got, want.kind+"; charset=") {
			t.Fatalf("part is %q, want %s", got, want.kind)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatalf("part %s: %v", want.kind, err)
		}
		*want.into = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Fatalf("more than two parts: %v", err)
	}
	return p
}

func TestMIMERoundTrip(t *testing.T) {
	m := invitation()
	raw, err := m.MIME()
	if err != nil {
		t.Fatal(err)
	}
	p := parse(t, raw)
	if p.text != m.Text || p.html != m.HTML {
		t.Errorf("bodies differ: %q, %q", p.text, p.html)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(p.header.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	for name, want := range map[string]mail.Address{"From": m.From, "To": m.To, "Reply-To": m.ReplyTo} {
		a, err := netmail.ParseAddress(p.header.Get(name))
		if err != nil || a.Name != want.Name || a.Address != want.Email {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
	got := map[string]string{}
	for _, name := range []string{"Auto-Submitted", "Content-Language", "Date", "List-Unsubscribe", "List-Unsubscribe-Post",
		"Message-Id", "Mime-Version", "X-Earshot-Kind", "X-Earshot-Ref"} {
		got[name] = p.header.Get(name)
	}
	want := map[string]string{
		"Auto-Submitted": "auto-generated", "Content-Language": "de", "Date": "Fri, 20 Nov 2026 13:03:00 +0000",
		"List-Unsubscribe": "<https://acme.test/s/tok/opt-out>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"Message-Id": m.MessageID(), "Mime-Version": "1.0", "X-Earshot-Kind": "invitation", "X-Earshot-Ref": "0199f1c2",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestMIMEIsTheSameEachTime(t *testing.T) {
	a, err := invitation().MIME()
	if err != nil {
		t.Fatal(err)
	}
	b, _ := invitation().MIME()
	if !bytes.Equal(a, b) {
		t.Error("two renderings of one message differ")
	}
	other := invitation()
	other.Key += "x"
	if other.MessageID() == invitation().MessageID() {
		t.Error("two keys share a Message-ID")
	}
}

// TestMIMELines holds the limits of RFC 5322 and RFC 2047 on lines, for any text.
func TestMIMESurvivesAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := invitation()
		any := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z\r\n:<>"',;@ ]{0,400}`))
		m.Subject, m.Ref = "s"+any.Draw(t, "subject"), "r"+any.Draw(t, "ref")
		m.From.Name, m.To.Name, m.Language = any.Draw(t, "from"), any.Draw(t, "to"), any.Draw(t, "language")
		m.Text, m.HTML = "t"+any.Draw(t, "text"), "h"+any.Draw(t, "html")
		raw, err := m.MIME()
		if err != nil {
			t.Fatalf("%v", err)
		}
		p := parse(t, raw)
		if n := len(p.header); n > 17 {
			t.Fatalf("%d header fields: something was smuggled in: %v", n, p.header)
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if strings.ContainsAny(line, "\r\n") || len(line) > 998 {
				t.Fatalf("line %q", line)
			}
		}
		if to, err := netmail.ParseAddress(p.header.Get("To")); err != nil || to.Address != m.To.Email {
			t.Fatalf("To: %q: %v", p.header.Get("To"), err)
		}
	})
}

func TestRejects(t *testing.T) {
	for name, spoil := range map[string]func(*mail.Message){
		"recipient: injected":   func(m *mail.Message) { m.To.Email = "a@b.test\r\nBcc: c@d.test" },
		"recipient: two":        func(m *mail.Message) { m.To.Email = "a@b.test,c@d.test" },
		"recipient: none":       func(m *mail.Message) { m.To.Email = "" },
		"recipient: named":      func(m *mail.Message) { m.To.Email = "Mara <a@b.test>" },
		"recipient: non-ASCII":  func(m *mail.Message) { m.To.Email = "jürgen@b.test" },
		"recipient: bad domain": func(m *mail.Message) { m.To.Email = "a@b_ .test" },
		"sender: none":          func(m *mail.Message) { m.From.Email = "" },
		"key: none":             func(m *mail.Message) { m.Key = "" },
		"key: too long":         func(m *mail.Message) { m.Key = strings.Repeat("k", 257) },
		"date: none":            func(m *mail.Message) { m.Date = time.Time{} },
		"subject: blank":        func(m *mail.Message) { m.Subject = " \r\n " },
		"body: no text":         func(m *mail.Message) { m.Text = " \n" },
		"unsubscribe: relative": func(m *mail.Message) { m.Unsubscribe = "/opt-out" },
		"unsubscribe: injected": func(m *mail.Message) { m.Unsubscribe = "https://a.test/>\r\nX: y" },
	} {
		m := invitation()
		spoil(&m)
		_, err := m.MIME()
		field, _, _ := strings.Cut(name, ":")
		if !errors.Is(err, mail.ErrRejected) || !strings.HasPrefix(mail.Reason(err), field) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDomainInAnotherScript(t *testing.T) {
	m := invitation()
	m.To.Email = "mara@Bücher.example"
	raw, err := m.MIME()
	if err != nil {
		t.Fatal(err)
	}
	if got := parse(t, raw).header.Get("To"); got != `"Mara Lind" <mara@xn--bcher-kva.example>` {
		t.Errorf("To: %s", got)
	}
}

func TestBrokenReplyAddressIsLeftOut(t *testing.T) {
	m := invitation()
	m.ReplyTo.Email = "nobody"
	raw, err := m.MIME()
	if err != nil {
		t.Fatal(err)
	}
	if got := parse(t, raw).header.Get("Reply-To"); got != "" {
		t.Errorf("Reply-To: %s", got)
	}
}

func TestSubjectCannotTurnTextAround(t *testing.T) {
	m := invitation()
	m.Subject = "Refund \u202Etxet\u202C  done\u2028"
	n, err := m.Normal()
	if err != nil || n.Subject != "Refund txet done" {
		t.Errorf("%q, %v", n.Subject, err)
	}
}

func TestErrors(t *testing.T) {
	cause := io.ErrUnexpectedEOF
	err := mail.Ambiguous("no answer", cause)
	if !errors.Is(err, mail.ErrTemporary) || !errors.Is(err, cause) || errors.Is(err, mail.ErrRejected) {
		t.Errorf("classes of %v", err)
	}
	if got := mail.RetryAfter(mail.Temporary("slow down", time.Minute, nil)); got != time.Minute {
		t.Errorf("retry after %v", got)
	}
	if mail.Reason(nil) != "" || mail.Reason(cause) != cause.Error() || mail.RetryAfter(cause) != 0 {
		t.Error("errors of others")
	}
}
