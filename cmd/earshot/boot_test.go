package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	netmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"earshot/internal/config"
	"earshot/internal/feedback"
)

// service is a whole running Earshot for a test: real HTTP, the real embedded store, the real outbox.
type service struct {
	*program
	t    testing.TB
	base string
	key  string
}

// boot starts the program on a folder of its own, with the embedded surveys asked at once at any hour.
func boot(t testing.TB) *service {
	t.Helper()
	c, err := config.Load(func(name string) (string, bool) {
		v, ok := map[string]string{"EARSHOT_ADDR": "127.0.0.1:0", "EARSHOT_DATA": t.TempDir(), "EARSHOT_ORG": "Acme"}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	surveys, err := loadSurveys("")
	if err != nil {
		t.Fatal(err)
	}
	for i := range surveys {
		surveys[i].Ask.Delay, surveys[i].Ask.Quiet, surveys[i].Ask.Rest = 0, feedback.Window{}, 0
	}
	return bootWith(t, c, surveys)
}

func bootWith(t testing.TB, c config.Config, surveys []feedback.Survey) *service {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	st, err := openStore(ctx, c, true, log)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := listen(&c)
	if err != nil {
		t.Fatal(err)
	}
	p, err := assemble(ctx, c, surveys, st, log)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- p.run(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := p.close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	key, _, err := p.staff.CreateKey(ctx, "test", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return &service{program: p, t: t, base: c.BaseURL, key: key}
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// api calls the API and decodes the answer into out when that is not nil. It returns the status.
func (s *service) api(method, path string, in, out any) int {
	s.t.Helper()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			s.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, s.base+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return resp.StatusCode
}

// submit sends a survey's form as a browser would.
func (s *service) submit(link string, form url.Values) int {
	s.t.Helper()
	resp, err := http.PostForm(link, form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// eventually waits for something that workers do, looking often; it fails the test after ten seconds.
func (s *service) eventually(what string, done func() bool) time.Duration {
	s.t.Helper()
	return s.eventuallyWithin(10*time.Second, what, done)
}

func (s *service) eventuallyWithin(limit time.Duration, what string, done func() bool) time.Duration {
	s.t.Helper()
	began := time.Now()
	for tick := time.NewTicker(2 * time.Millisecond); ; <-tick.C {
		if done() {
			tick.Stop()
			return time.Since(began)
		}
		if time.Since(began) > limit {
			s.t.Fatalf("after %v still not: %s", limit, what)
		}
	}
}

// letter is a mail in the outbox.
type letter struct {
	kind, ref, to, subject, text, html string
	header                             netmail.Header
}

// letters reads the whole outbox, or the mails of one kind and row.
func letters(t testing.TB, folder, kind, ref string) []letter {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "outbox", "*"+kind+"*"+ref+"*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var out []letter
	for _, f := range files {
		out = append(out, readLetter(t, f))
	}
	return out
}

func readLetter(t testing.TB, file string) letter {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	l := letter{kind: m.Header.Get("X-Earshot-Kind"), ref: m.Header.Get("X-Earshot-Ref"), header: m.Header}
	if to, err := netmail.ParseAddress(m.Header.Get("To")); err == nil {
		l.to = to.Address
	}
	l.subject, _ = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s is %q, not multipart/alternative", file, kind)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return l
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			l.html = string(body)
		} else {
			l.text = string(body)
		}
	}
}

var linkPattern = regexp.MustCompile(`https?://[^\s"<>]+/s/[A-Za-z0-9_-]+`)

// link returns the survey's link in a mail.
func (l letter) link(t testing.TB) string {
	t.Helper()
	link := linkPattern.FindString(l.text)
	if link == "" {
		t.Fatalf("the mail has no survey link:\n%s", l.text)
	}
	return link
}

// interaction is what a helpdesk posts.
func interaction(id, agent, team string) map[string]any {
	return map[string]any{
		"source": "test", "id": id, "channel": "chat", "subject": "Refund not received", "ended_at": time.Now().UTC().Add(-time.Minute).Format(time.RFC3339),
		"customer": map[string]any{"id": "c-" + id, "email": fmt.Sprintf("customer-%s@example.com", id), "name": "Mara Lind", "locale": "en"},
		"agent":    map[string]any{"email": agent, "name": "Sam Okoro", "team": team},
	}
}

// freePort asks the kernel for one.
func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
