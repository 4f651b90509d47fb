package mailtest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
)

// parse reads a message as a mailbox would.
func parse(t *testing.T, raw []byte) Delivered {
	t.Helper()
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("not a message: %v\n%s", err, raw)
	}
	words := new(mime.WordDecoder)
	d := Delivered{Headers: map[string]string{}}
	for name, values := range msg.Header {
		v, err := words.DecodeHeader(values[0])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		d.Headers[name] = v
	}
	d.From, d.To, d.ReplyTo, d.Subject = d.Headers["From"], d.Headers["To"], d.Headers["Reply-To"], d.Headers["Subject"]
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return d
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			d.HTML = text
		} else {
			d.Text = text
		}
	}
}
