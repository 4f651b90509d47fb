package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/internal/invite"
	"earshot/surveys"
)

func TestSimulate(t *testing.T) {
	data := t.TempDir()
	rows := "source,id,subject,ended_at,customer.email,agent.email,tags\n"
	for i := range 40 {
		ended := time.Now().Add(-time.Duration(i+1) * 12 * time.Hour).UTC().Format(time.RFC3339)
		tag := ""
		if i%8 == 0 {
			tag = "merged"
		}
		rows += fmt.Sprintf("desk,%d,Matter %d,%s,c%d@example.com,sam@acme.test,%s\n", i, i, ended, i%10, tag)
	}
	if out, status := command(t, "", "import", "interactions", inFile(t, rows), "--data", data); status != 0 {
		t.Fatal(out)
	}
	source, err := surveys.FS.ReadFile("csat.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "draft.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(string(source), "rest: 30d", "rest: 0d", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, status := command(t, "", "simulate", "--survey", file, "--days", "30", "--data", data, "--format", "json")
	var s invite.Simulation
	if err := json.Unmarshal([]byte(out), &s); status != 0 || err != nil {
		t.Fatal(status, err, out)
	}
	if s.Interactions != 40 || !s.Named || s.Draft.Skipped != 5 || s.Draft.Mails != 35 || s.Happened.Asked+s.Happened.Deferred >= 35 {
		t.Errorf("%+v", s)
	}
	out, status = command(t, "", "simulate", "--survey", "csat", "--days", "7", "--data", data)
	for _, want := range []string{"14 interactions of the last 7 days", "ask.merged", "first mails", "The rest period"} {
		if status != 0 || !strings.Contains(out, want) && !strings.Contains(out, strings.Replace(want, "14", "13", 1)) {
			t.Errorf("status %d, and %q is not in\n%s", status, want, out)
		}
	}
	if out, status := command(t, "", "simulate", "--data", data); status != 2 || !strings.Contains(out, "--survey") {
		t.Error(status, out)
	}
	if out, status := command(t, "", "simulate", "--survey", "none.yaml", "--data", data); status != 1 || !strings.Contains(out, "csat") {
		t.Error(status, out)
	}
}
