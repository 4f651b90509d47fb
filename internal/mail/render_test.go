package mail_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"earshot/emails"
	"earshot/internal/mail"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// languages are those that every installation can count on.
func languages() []string { return []string{"ar", "de", "en", "es", "fr", "it", "nl", "pt"} }

func TestLanguages(t *testing.T) {
	got := load(t).Languages()
	slices.Sort(got)
	if d := cmp.Diff(languages(), got); d != "" {
		t.Error(d)
	}
}

func TestGolden(t *testing.T) {
	templates := load(t)
	for _, language := range []string{"en", "de", "ar"} {
		for _, s := range mail.Samples(language) {
			if slices.Contains([]string{"invitation-ces", "invitation-thumbs", "invitation-bare", "alert-bare"}, s.Name) {
				continue // variants; TestSamples looks at them
			}
			subject, text, html, err := templates.Render(s.Page)
			if err != nil {
				t.Fatal(err)
			}
			got := "Subject: " + subject + "\n\n" + text + "\n\n" + html
			file := filepath.Join("testdata", "golden", language+"-"+s.Name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (go test -update writes it anew):\n%s", file, d)
			}
		}
	}
}

// TestSamples holds what must be true of every mail in every language.
func TestSamples(t *testing.T) {
	templates := load(t)
	for _, language := range languages() {
		for _, s := range mail.Samples(language) {
			subject, text, html, err := templates.Render(s.Page)
			name := language + "-" + s.Name
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if subject == "" || strings.Contains(subject+text+html, "ZgotmplZ") || strings.Contains(subject+text+html, "<no value>") {
				t.Errorf("%s: broken:\n%s", name, text)
			}
			if len(html) > 20_000 {
				t.Errorf("%s: %d bytes of HTML", name, len(html))
			}
			dir := map[bool]string{true: "rtl", false: "ltr"}[language == "ar"]
			if want := fmt.Sprintf(`<html lang="%s" dir="%s">`, language, dir); !strings.Contains(html, want) {
				t.Errorf("%s: no %s", name, want)
			}
			if strings.Contains(text, "\n\n\n") || strings.Contains(text, " \n") || !strings.HasSuffix(text, "\n") || strings.Contains(text, "</") {
				t.Errorf("%s: untidy text:\n%q", name, text)
			}
			for _, img := range regexp.MustCompile(`<img[^>]*>`).FindAllString(html, -1) {
				if !strings.Contains(img, "alt=") {
					t.Errorf("%s: %s", name, img)
				}
			}
		}
	}
}

func TestOneLinkPerScore(t *testing.T) {
	templates := load(t)
	for _, s := range mail.Samples("en") {
		p, ok := s.Page.(mail.Invitation)
		if !ok {
			continue
		}
		_, text, html, err := templates.Render(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, score := range p.Scores {
			if n := strings.Count(html, `href="`+score.URL+`"`); n != 1 {
				t.Errorf("%s: %d links for %d", s.Name, n, score.Value)
			}
			if n := strings.Count(text, score.URL+"\n"); n != 1 {
				t.Errorf("%s: %d addresses for %d in the text", s.Name, n, score.Value)
			}
		}
		for _, url := range []string{p.OptOutURL, p.SurveyURL} {
			if !strings.Contains(html, `href="`+url+`"`) {
				t.Errorf("%s: %s is missing", s.Name, url)
			}
		}
	}
}

func TestSubjects(t *testing.T) {
	templates := load(t)
	alert := mail.Alert{Language: "en", Score: 2, ScoreOf: 5, CustomerName: "Mara Lind", InteractionSubject: "Refund not\r\nreceived"}
	thumbs, words, bare, comment := alert, alert, alert, alert
	thumbs.Score, thumbs.ScoreOf = 0, 1
	words.ScoreOf = 0
	bare.CustomerName, bare.InteractionSubject = "", ""
	comment.InteractionSubject, comment.Comment = "", []mail.Piece{{Text: "Where is "}, {Text: "my parcel?", Weight: -1}}
	for _, c := range []struct {
		page mail.Page
		want string
	}{
		{alert, "2/5 from Mara Lind: Refund not received"},
		{thumbs, "Not solved for Mara Lind: Refund not received"},
		{words, "Complaint from Mara Lind: Refund not received"},
		{bare, "2/5 from A customer"},
		{comment, "2/5 from Mara Lind: Where is my parcel?"},
		{mail.Escalation{Alert: alert, Overdue: "contact"}, "Overdue: 2/5 from Mara Lind: Refund not received"},
		{mail.Invitation{Kind: mail.KindReminder, Subject: "How did we do?", Language: "de-AT"}, "Kurze Erinnerung: How did we do?"},
		{mail.Invitation{Kind: mail.KindResurvey, Subject: "All right now?", Language: "xx"}, "All right now?"},
		{mail.Reply{Language: "en", AgentName: "Sam"}, "A message from Sam"},
	} {
		if got, _, _, err := templates.Render(c.page); err != nil || got != c.want {
			t.Errorf("%q, %v; want %q", got, err, c.want)
		}
	}
}

func TestCustomersTextIsOnlyText(t *testing.T) {
	templates := load(t)
	evil := `<script>alert(1)</script>"><img src=x onerror=y>` + "\u202Eabc\x00</td></table>{{.}}"
	alert := mail.Alert{Language: "en", Score: 1, ScoreOf: 5, CustomerName: evil, CustomerEmail: evil, Segment: evil, CustomerValue: evil,
		Comment: []mail.Piece{{Text: evil}, {Text: evil, Weight: -1}}, Topics: []string{evil}, Signals: []string{evil}, Label: evil,
		InteractionSubject: evil, InteractionURL: "javascript:alert(1)", CaseURL: "https://a.test/", Survey: evil, Channel: evil,
		History: []mail.HistoryLine{{When: evil, What: evil}}, Reason: mail.AlertReason(evil)}
	for _, p := range []mail.Page{
		alert, mail.Escalation{Alert: alert, Overdue: "resolve", AlertedTo: evil, AlertedAt: evil},
		mail.Invitation{Brand: mail.Brand{Org: evil, Color: `red" onclick="x`, LogoURL: "javascript:x"}, Question: evil, Low: evil, High: evil, Subject: evil,
			Scores: []mail.ScoreLink{{1, evil, "javascript:x"}, {2, "", "https://a.test/"}}, CustomerName: evil, AgentName: evil, InteractionSubject: evil,
			OptOutURL: "javascript:x", Original: &mail.Original{Comment: evil, When: evil}},
		mail.Reply{Body: evil, Original: evil, CustomerName: evil}, mail.Thanks{Body: evil, PublicURL: "javascript:x"},
	} {
		_, _, html, err := templates.Render(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script", "<img", "onerror=y>\"", `href="javascript`, "\u202E", "\x00", "onclick=\"x"} {
			if strings.Contains(html, bad) {
				t.Errorf("%T lets through %q", p, bad)
			}
		}
	}
}

func TestHugeComment(t *testing.T) {
	a := mail.Alert{Language: "ar", Score: 1, ScoreOf: 5, CaseURL: "https://a.test/"}
	for i := range 20_000 {
		a.Comment = append(a.Comment, mail.Piece{Text: "خدمة سيئة\n", Weight: float64(i%3) - 1})
		a.History = append(a.History, mail.HistoryLine{When: "x", What: strings.Repeat("ش", 5000)})
		a.Topics = append(a.Topics, strings.Repeat("t", 500))
	}
	_, text, html, err := load(t).Render(a)
	if err != nil || len(html) > 60_000 || len(text) > 20_000 {
		t.Errorf("%d bytes of HTML, %d of text, %v", len(html), len(text), err)
	}
	if n := strings.Count(html, "<strong class="); n < 1 || n > 31 {
		t.Errorf("%d marks", n)
	}
}

func TestRenderLeavesThePageAlone(t *testing.T) {
	templates := load(t)
	var all sync.WaitGroup
	for _, s := range mail.Samples("de") {
		for range 4 {
			all.Go(func() {
				if _, _, _, err := templates.Render(s.Page); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	if d := cmp.Diff(mail.Samples("de"), mail.Samples("de"), cmp.AllowUnexported(mail.Alert{})); d != "" {
		t.Error(d)
	}
	p := mail.Samples("de")[0].Page.(mail.Invitation)
	if _, _, _, err := templates.Render(p); err != nil || p.Scores[0].Label != "" {
		t.Errorf("rendering wrote %q into the caller's page, %v", p.Scores[0].Label, err)
	}
}

func TestDate(t *testing.T) {
	templates := load(t)
	day := time.Date(2026, 3, 1, 23, 0, 0, 0, time.FixedZone("", 3600))
	for language, want := range map[string]string{"en-GB": "1 March 2026", "de": "1. März 2026", "fr": "1er mars 2026",
		"es": "1 de marzo de 2026", "ar": "1 مارس 2026", "xx": "1 March 2026"} {
		if got := templates.Date(language, day); got != want {
			t.Errorf("%s: %q, want %q", language, got, want)
		}
	}
}

func TestBrandInk(t *testing.T) {
	for color, want := range map[string]string{"#000000": "#ffffff", "#ffffff": "#111827", "#facc15": "#111827", "#1d4ed8": "#ffffff", "#16a34a": "#111827", "blue": "#ffffff"} {
		if got := string(mail.Brand{Color: color}.Ink()); got != want {
			t.Errorf("on %s: %s, want %s", color, got, want)
		}
	}
}

// TestNothingIsDead renders with a mark in every template and every phrase, and misses those that no
// sample shows. The words for Earshot's own names are found by name and excused.
func TestNothingIsDead(t *testing.T) {
	marked := fstest.MapFS{}
	marks := map[string]string{}
	mark := func(what string) string {
		m := fmt.Sprintf("@%03d@", len(marks))
		marks[m] = what
		return m
	}
	define := regexp.MustCompile(`{{define "[^"]+"}}`)
	phrase := regexp.MustCompile(`(?m)^  (\w+): "`)
	inEnglish := true
	for _, e := range files(t) {
		raw, err := fs.ReadFile(emails.FS, e)
		if err != nil {
			t.Fatal(err)
		}
		text := define.ReplaceAllStringFunc(string(raw), func(s string) string { return s + mark(e+" "+s) })
		if e == "text.yaml" {
			english, others, _ := strings.Cut(text, "\nde:\n")
			english = phrase.ReplaceAllStringFunc(english, func(s string) string {
				if regexp.MustCompile(`topic_|label_|signal_|reason_|ladder_|date:|months:`).MatchString(s) {
					return s
				}
				return s + mark(strings.TrimSpace(s))
			})
			text, inEnglish = english+"\nde:\n"+others, inEnglish && others != ""
		}
		marked[e] = &fstest.MapFile{Data: []byte(text)}
	}
	if !inEnglish || len(marks) < 80 {
		t.Fatalf("only %d marks were set", len(marks))
	}
	templates, err := mail.Load(marked)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(mail.Samples("en"), odd()...) {
		subject, text, html, err := templates.Render(s.Page)
		if err != nil {
			t.Fatal(err)
		}
		for m := range marks {
			if strings.Contains(subject+text+html, m) {
				delete(marks, m)
			}
		}
	}
	for _, what := range marks {
		t.Errorf("no mail ever shows %s", what)
	}
}

// odd are pages for the phrases that no sample needs.
func odd() []mail.Sample {
	long := []mail.Piece{{Text: strings.Repeat("x", 5000)}}
	return []mail.Sample{
		{Page: mail.Alert{ScoreOf: 0, Comment: long, InteractionURL: "https://a.test/"}},
		{Page: mail.Escalation{Overdue: "contact"}}, {Page: mail.Escalation{Overdue: "resolve"}},
		{Page: mail.Reply{}}, {Page: mail.AlertDigest{Customer: "Mara", Count: 2}},
		{Page: mail.Alert{}},
	}
}

func files(t *testing.T) []string {
	entries, err := fs.ReadDir(emails.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestMistakesNameFileAndLine(t *testing.T) {
	for name, c := range map[string]struct{ file, old, new, want string }{
		"broken template":  {"alert.html", `{{template "case" .}}`, `{{template "case" .`, "alert.html:"},
		"unknown template": {"alert.html", `{{template "case" .}}`, `{{template "nope" .}}`, `"nope"`},
		"unknown field":    {"invitation.txt", "{{.Page.Question}}", "{{.Page.Qestion}}", "invitation.txt:"},
		"unknown phrase":   {"sign-in.html", `"signin_lead"`, `"signin_led"`, "sign-in.html:"},
		"missing phrase":   {"text.yaml", `  no_comment: "Noch keine Worte, nur die Bewertung."`, "", "text.yaml: de lacks no_comment"},
		"extra phrase":     {"text.yaml", "de:\n", "de:\n  extra: \"x\"\n", "text.yaml: de has extra"},
		"broken phrase":    {"text.yaml", "{{with .CustomerName}} {{.}}{{end}},\"\n  invitation_lead: \"Thank", "{{with .CustomerName}} {{.}},\"\n  invitation_lead: \"Thank", "text.yaml:"},
		"not a text":       {"text.yaml", `  stop: "Stop these surveys"`, "  stop: 7", "stop is not a text"},
		"eleven months":    {"text.yaml", " Dezember\"", "\"", "months of de are 11"},
		"not YAML":         {"text.yaml", "en:\n", "en: [\n", "text.yaml"},
	} {
		broken := fstest.MapFS{}
		for _, f := range files(t) {
			raw, err := fs.ReadFile(emails.FS, f)
			if err != nil {
				t.Fatal(err)
			}
			if f == c.file {
				changed := strings.Replace(string(raw), c.old, c.new, 1)
				if changed == string(raw) {
					t.Fatalf("%s: %q is not in %s", name, c.old, f)
				}
				raw = []byte(changed)
			}
			broken[f] = &fstest.MapFile{Data: raw}
		}
		if _, err := mail.Load(broken); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mail.Load(fstest.MapFS{}); err == nil {
		t.Error("an empty folder was taken")
	}
}
