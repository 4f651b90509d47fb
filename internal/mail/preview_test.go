package mail_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"earshot/emails"
	"earshot/internal/mail"
)

// TestPreview writes every sample in every language as files to look at, when told where.
func TestPreview(t *testing.T) {
	dir := os.Getenv("EARSHOT_PREVIEW")
	if dir == "" {
		t.Skip("set EARSHOT_PREVIEW to a folder to see every mail as a file")
	}
	templates := load(t)
	for _, l := range templates.Languages() {
		for _, s := range mail.Samples(l) {
			subject, text, html, err := templates.Render(s.Page)
			if err != nil {
				t.Fatal(err)
			}
			for ext, body := range map[string]string{".html": html, ".txt": "Subject: " + subject + "\n\n" + text} {
				if err := os.WriteFile(filepath.Join(dir, l+"-"+s.Name+ext), []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// loadOnce loads the embedded templates for all tests: they never change after it.
var loadOnce = sync.OnceValues(func() (*mail.Templates, error) { return mail.Load(emails.FS) })

func load(t testing.TB) *mail.Templates {
	t.Helper()
	templates, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return templates
}
