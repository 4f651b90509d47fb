package inbound

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRead: whatever arrives is read or refused by name, never a panic; what is kept is text, and none
// of the words is lost between reply and quotation.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"From: a@b.c\r\nSubject: =?utf-8?q?Re=3A?=\r\n\r\n4 - but\r\n> old",
		"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=iso-2022-jp\r\n\r\n<p>4<blockquote>x\r\n--x--",
		"From: a@b.c\r\nContent-Type: text/plain; format=flowed\r\nContent-Transfer-Encoding: base64\r\n\r\nNCAtIGJ1dA==",
		"Subject: x\r\nContent-Type: multipart/alternative; boundary=\"\r\n\r\n--\r\n",
		"From: a@b.c\r\n\r\nOn Mon wrote:\r\n\r\nx\r\n-- \r\ny",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Read(raw)
		if err != nil {
			if !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrUnreadable) {
				t.Fatalf("an error without a name: %v", err)
			}
			return
		}
		for _, s := range []string{m.Text, m.Reply, m.Quoted, m.Subject, m.From.Name} {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Fatalf("kept %q", s)
			}
		}
		if m.ID == "" {
			t.Fatal("a message without an id cannot be recognised when it comes again")
		}
		if strings.TrimSpace(m.Text) != "" && strings.TrimSpace(m.Reply+m.Quoted) == "" {
			t.Fatalf("the words %q are lost", m.Text)
		}
	})
}
