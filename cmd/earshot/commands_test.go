package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/internal/sentiment"
)

// command runs one command in this process and returns what it printed and its exit status.
func command(t *testing.T, in string, args ...string) (out string, status int) {
	t.Helper()
	root := rootCommand()
	var b bytes.Buffer
	root.SetArgs(args)
	root.SetIn(strings.NewReader(in))
	root.SetOut(&b)
	root.SetErr(&b)
	err := root.ExecuteContext(context.Background())
	if err != nil {
		b.WriteString(err.Error())
	}
	return b.String(), statusOf(err)
}

func TestExitStatus(t *testing.T) {
	data := t.TempDir()
	for _, c := range []struct {
		args []string
		want int
		says string
	}{
		{[]string{"version"}, 0, "earshot dev"},
		{[]string{"--help"}, 0, "earshot demo"},
		{[]string{"nonsense"}, 2, "nonsense"},
		{[]string{"serve", "--nonsense"}, 2, "nonsense"},
		{[]string{"key", "create"}, 2, "name"},
		{[]string{"key"}, 2, "key"},
		{[]string{"user", "add", "a@b.test", "--role", "king", "--data", data}, 2, "king"},
		{[]string{"user", "add", "a@b.test", "--role", "lead", "--data", data}, 1, "team"},
		{[]string{"user", "add", "nobody", "--role", "agent", "--data", data}, 1, "e-mail"},
		{[]string{"user", "link", "nobody@b.test", "--data", data}, 1, "user add"},
		{[]string{"key", "revoke", "nothing", "--data", data}, 1, "key list"},
		{[]string{"serve", "--addr", "8080", "--log", "xml"}, 1, "EARSHOT_LOG"},
		{[]string{"survey", "show", "nothing"}, 1, "csat"},
	} {
		if out, status := command(t, "", c.args...); status != c.want || !strings.Contains(out, c.says) {
			t.Errorf("earshot %s: status %d, want %d; says %q, want it to speak of %q", strings.Join(c.args, " "), status, c.want, out, c.says)
		}
	}
}

func TestKeysAndUsers(t *testing.T) {
	data := t.TempDir()
	out, status := command(t, "", "key", "create", "zendesk", "--data", data)
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	key := lines[len(lines)-1]
	if status != 0 || !strings.HasPrefix(key, "ek_") || strings.Contains(key, " ") {
		t.Fatalf("key create: %d, last line %q", status, key)
	}
	if out, _ := command(t, "", "key", "list", "--data", data); !strings.Contains(out, "zendesk") || strings.Contains(out, key) {
		t.Errorf("key list shows %s", out)
	}
	command(t, "", "user", "add", "Sam@Acme.test", "--role", "agent", "--team", "Billing", "--data", data)
	if out, _ := command(t, "", "user", "list", "--data", data); !strings.Contains(out, "sam@acme.test") {
		t.Errorf("user list shows %s", out)
	}
	if out, status := command(t, "", "user", "link", "sam@acme.test", "--data", data); status != 0 || !strings.HasPrefix(out, "http://localhost:8080/sign-in/") {
		t.Errorf("user link: %d %s", status, out)
	}
	command(t, "", "user", "remove", "sam@acme.test", "--data", data)
	if out, status := command(t, "", "user", "link", "sam@acme.test", "--data", data); status != 1 {
		t.Errorf("a removed user gets a link: %d %s", status, out)
	}
}

func TestSurveyCheckNamesFileAndLine(t *testing.T) {
	dir := t.TempDir()
	broken := "id: broken\nname: Broken\nmetric: csat\ntext:\n  en: {subject: S, question: Q, low: L, high: H, comment: C, thanks: T}\nask:\n  quiet: \"25:00-08:00\"\n"
	if err := os.WriteFile(filepath.Join(dir, "broken.yaml"), []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, status := command(t, "", "survey", "check", dir); status != 1 || !strings.Contains(out, "broken.yaml:7:") {
		t.Errorf("survey check: %d %s", status, out)
	}
	if out, status := command(t, "", "serve", "--surveys", dir, "--data", t.TempDir()); status != 1 || !strings.Contains(out, "broken.yaml:7:") {
		t.Errorf("serve with a broken survey: %d %s", status, out)
	}
	if out, status := command(t, "", "survey", "check"); status != 0 || !strings.Contains(out, "csat.yaml: ok") {
		t.Errorf("the embedded surveys: %d %s", status, out)
	}
	if out, status := command(t, "", "survey", "show", "csat", "--lang", "ar"); status != 0 || !strings.Contains(out, "[5]") {
		t.Errorf("survey show: %d %s", status, out)
	}
}

func TestAnalyze(t *testing.T) {
	comments := []string{"Sam was lovely, but the refund took three weeks.", "", "Absolutely terrible service, I waited an hour.", "a\x00b \xff", "Great, thank you!"}
	out, status := command(t, strings.Join(comments, "\n")+"\n", "analyze")
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	if status != 0 || len(lines) != len(comments) {
		t.Fatalf("status %d, %d lines for %d comments", status, len(lines), len(comments))
	}
	for i, line := range lines {
		var a analysis
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		if want := strings.ToValidUTF8(comments[i], "\uFFFD"); a.Text != want {
			t.Errorf("line %d is about %q, want %q: the order is lost", i+1, a.Text, want)
		}
		if a.Polarity < -1 || a.Polarity > 1 || a.Topics == nil || a.Evidence == nil {
			t.Errorf("line %d: %+v", i+1, a)
		}
		for _, e := range a.Evidence {
			if e.Start < 0 || e.End > len(a.Text) || e.Start >= e.End {
				t.Errorf("line %d: evidence %+v is outside the text", i+1, e)
			}
		}
		if i == 2 && a.Label != string(sentiment.Negative) || i == 4 && a.Label != string(sentiment.Positive) {
			t.Errorf("%q is %s", a.Text, a.Label)
		}
	}
}
