package outbox_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/mail"
	"earshot/internal/mail/mailtest"
	"earshot/internal/mail/outbox"
)

func open(t testing.TB, dir string) *outbox.Outbox {
	o, err := outbox.Open(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestConformance(t *testing.T) {
	mailtest.Run(t, func(t *testing.T) mailtest.Subject {
		o := open(t, t.TempDir())
		return mailtest.Subject{Sender: o, Delivered: func(t *testing.T) []mailtest.Delivered { return delivered(t, o) }}
	})
}

func delivered(t *testing.T, o *outbox.Outbox) (all []mailtest.Delivered) {
	for after := ""; ; {
		entries, next, err := o.List(after, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			s, err := o.Read(e.Name)
			if err != nil {
				t.Fatal(err)
			}
			d := mailtest.Delivered{From: s.From, To: s.To, Subject: s.Subject, Text: s.Text, HTML: s.HTML, Headers: map[string]string{}}
			for _, h := range s.Headers {
				d.Headers[h.Name] = h.Value
			}
			d.ReplyTo = d.Headers["Reply-To"]
			all = append(all, d)
		}
		if next == "" {
			return all
		}
		after = next
	}
}

func TestFileName(t *testing.T) {
	o := open(t, t.TempDir())
	m := mailtest.Message(0)
	m.Date = time.Date(2026, 11, 20, 15, 3, 0, 7e6, time.FixedZone("CET", 3600))
	r, err := o.Send(t.Context(), m)
	if want := "2026-11-20T14:03:00.007Z-invitation-row-0000.eml"; err != nil || r.Provider != want {
		t.Errorf("%q, %v; want %q", r.Provider, err, want)
	}
	m.Ref, m.Key = "../../etc/passwd\x00"+strings.Repeat("ß", 400), "other"
	r, err = o.Send(t.Context(), m)
	if err != nil || strings.ContainsAny(r.Provider, "/\x00") || len(r.Provider) > 255 {
		t.Errorf("%q, %v", r.Provider, err)
	}
	if s, err := o.Read(r.Provider); err != nil || s.Kind != mail.KindInvitation {
		t.Errorf("%+v, %v", s.Entry, err)
	}
}

func TestListNewestFirst(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir)
	for i := range 5 {
		if _, err := o.Send(t.Context(), mailtest.Message(i)); err != nil {
			t.Fatal(err)
		}
	}
	first, next, err := o.List("", 2)
	if err != nil || len(first) != 2 || first[0].Ref != "row-0004" || first[1].Ref != "row-0003" || next != first[1].Name {
		t.Fatalf("%+v, %q, %v", first, next, err)
	}
	rest, next, err := o.List(next, 100)
	if err != nil || len(rest) != 3 || rest[2].Ref != "row-0000" || next != "" {
		t.Errorf("%+v, %q, %v", rest, next, err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 5 {
		t.Errorf("something was left beside the messages: %v, %v", files, err)
	}
	want := mailtest.Message(4)
	if e := first[0]; e.Subject != want.Subject || e.To != `"Mara Lind" <mara4@example.com>` || !e.At.Equal(want.Date) || e.Kind != want.Kind || e.Size == 0 {
		t.Errorf("%+v", e)
	}
}

func TestReadStaysInside(t *testing.T) {
	dir := t.TempDir()
	o := open(t, filepath.Join(dir, "outbox"))
	secret := filepath.Join(dir, "2026-11-20T14:03:00.000Z-x-y.eml")
	if err := os.WriteFile(secret, []byte("Subject: secret\r\n\r\nx"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "outbox", "2026-11-20T14:03:00.001Z-x-y.eml")
	if err := os.Symlink(secret, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", "..", "../2026-11-20T14:03:00.000Z-x-y.eml", "2026-11-20T14:03:00.000Z-../../y.eml",
		filepath.Base(link), secret, "2026-11-20T14:03:00.000Z-missing-y.eml", "2026-11-20T14:03:00.000Z-x-y.eml\x00"} {
		if s, err := o.Read(name); !errors.Is(err, outbox.ErrNotFound) {
			t.Errorf("Read(%q) = %q, %v", name, s.Raw, err)
		}
	}
	if entries, _, err := o.List("", 10); err != nil || len(entries) != 0 {
		t.Errorf("List: %v, %v", entries, err)
	}
}

func TestOthersFiles(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir)
	for name, body := range map[string]string{
		"notes.txt":                              "not a mail",
		"2026-11-20T14:03:00.000Z-edited-by.eml": "somebody typed over this",
		"2026-11-20T14:03:01.000Z-plain-one.eml": "Subject: plain\r\n\r\nhello",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	entries, _, err := o.List("", 10)
	if err != nil || len(entries) != 2 || entries[0].Subject != "plain" {
		t.Fatalf("%+v, %v", entries, err)
	}
	if s, err := o.Read(entries[1].Name); err != nil || s.Text != "somebody typed over this" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestLeftoversOfACrash(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, ".unfinished-1")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := outbox.Open(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err != nil {
		t.Error("a file that may be being written was removed")
	}
	if entries, _, err := o.List("", 10); err != nil || len(entries) != 0 {
		t.Errorf("half a message is listed: %v, %v", entries, err)
	}
	if _, err := outbox.Open(dir, time.Now().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the leftover is still there: %v", err)
	}
}

func TestFolderGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	o := open(t, dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Send(t.Context(), mailtest.Message(1)); !errors.Is(err, mail.ErrTemporary) {
		t.Errorf("Send: %v", err)
	}
}

func BenchmarkSend(b *testing.B) {
	o := open(b, b.TempDir())
	m := mailtest.Message(1)
	m.HTML = strings.Repeat("<td>Lorem ipsum dolor sit amet</td>\n", 400)
	b.SetParallelism(16)
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m := m
			i := n.Add(1)
			m.Date = m.Date.Add(time.Duration(i) * time.Millisecond)
			m.Key = m.Date.String()
			if _, err := o.Send(b.Context(), m); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
