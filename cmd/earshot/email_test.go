package main

import (
	"bytes"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/internal/mail"
)

func TestEmailPreview(t *testing.T) {
	templates, err := loadTemplates("")
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "preview")
	p := preview{templates: templates, folder: folder, org: "Acme", from: mail.Address{Email: "surveys@acme.test"}}
	var out bytes.Buffer
	if err := p.write(&out); err != nil {
		t.Fatal(err)
	}
	want := len(templates.Languages()) * len(mail.Samples("en"))
	if len(p.names) != want || !strings.Contains(out.String(), "in 8 languages") {
		t.Errorf("wrote %d of %d mails: %s", len(p.names), want, out.String())
	}
	raw, err := os.ReadFile(filepath.Join(folder, "ar-invitation-csat.eml"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil || !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/alternative") {
		t.Errorf("the mail reads %v, %v", m.Header, err)
	}
	for _, f := range []string{"index.html", "de-reminder.html", "fr-alert.txt"} {
		if b, err := os.ReadFile(filepath.Join(folder, f)); err != nil || len(b) == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
}
