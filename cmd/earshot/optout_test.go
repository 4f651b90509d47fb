package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOptOutCommands(t *testing.T) {
	data, other := t.TempDir(), t.TempDir()
	list := inFile(t, "email,opted_out_at,blocked\nmara@example.com,2026-01-02T03:04:05Z,\nLENA+x@example.com,,\ndead@example.com,,the mailbox does not exist\nnonsense,,\n")
	if out, status := command(t, "", "opt-out", "import", list, "--data", data); status != 1 || !strings.Contains(out, "3 opt-outs new, 0 known already, 1 wrong") || !strings.Contains(out, `:5: email "nonsense" is not`) {
		t.Fatal(status, out)
	}
	if out, status := command(t, "", "opt-out", "add", "mara@example.com", "--data", data); status != 0 || !strings.Contains(out, "opted out before") {
		t.Error(status, out)
	}
	file := filepath.Join(t.TempDir(), "out.csv")
	if out, status := command(t, "", "opt-out", "export", "--out", file, "--data", data); status != 0 || !strings.Contains(out, "3 opt-outs") {
		t.Fatal(status, out)
	}
	b, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(b), "mara@example.com,2026-01-02T03:04:05Z,,\n") || !strings.Contains(string(b), "dead@example.com,,the mailbox does not exist,") {
		t.Errorf("%s %v", b, err)
	}
	if out, status := command(t, "", "opt-out", "import", file, "--data", other); status != 0 || !strings.Contains(out, "3 opt-outs new") {
		t.Error(status, out)
	}
	if out, _ := command(t, "", "opt-out", "export", "--data", other); !strings.HasPrefix(out, string(b)) {
		t.Errorf("taken over as\n%swas\n%s", out, b)
	}
	if out, status := command(t, "", "opt-out", "remove", "lena@example.com", "--data", other); status != 0 || !strings.Contains(out, "may be asked again") {
		t.Error(status, out)
	}
	if out, _ := command(t, "", "opt-out", "export", "--data", other); strings.Contains(out, "lena") {
		t.Errorf("still there: %s", out)
	}
	if out, status := command(t, "", "opt-out", "add", "nonsense", "--data", other); status != 1 || !strings.Contains(out, "not an e-mail address") {
		t.Error(status, out)
	}
}
