package web

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/emails"
	"earshot/internal/coaching"
	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/forget"
	"earshot/internal/invite"
	"earshot/internal/learn"
	"earshot/internal/mail"
	"earshot/internal/mail/outbox"
	"earshot/internal/perception"
	"earshot/internal/recovery"
	"earshot/internal/sentiment"
	"earshot/internal/staff"
	"earshot/internal/store"
	"earshot/internal/store/sqlite"
	"earshot/surveys"

	"github.com/prometheus/client_golang/prometheus"
)

// site is the whole service on the real embedded store, served over real HTTP, with a clock that
// stands still until a test moves it.
type site struct {
	t      testing.TB
	url    string
	key    string
	st     store.Store
	app    *app
	log    *lockedBuffer
	client *http.Client

	mu    sync.Mutex
	now   time.Time
	began time.Time // when the clock began to run; zero while it stands still
}

// lockedBuffer gathers the log.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// executed remembers which pages any test rendered.
type executed struct {
	mu    sync.Mutex
	pages map[string]bool
}

func (e *executed) add(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pages[name] = true
}

var rendered = &executed{pages: map[string]bool{}}

// TestMain fails when a template was never executed by any test: a page that nobody rendered is a page
// that nobody knows to work.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if code == 0 && everything() {
		files, _ := filepath.Glob("pages/*.html")
		for _, f := range files {
			name := strings.TrimSuffix(filepath.Base(f), ".html")
			if !strings.HasPrefix(name, "layout_") && !rendered.pages[name] {
				_, _ = os.Stderr.WriteString("template was never executed: " + f + "\n")
				code = 1
			}
		}
	}
	os.Exit(code)
}

// everything tells whether no flag left tests out.
func everything() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.bench", "test.fuzz"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return true
}

// tuesday is in working hours and outside of every quiet window.
var tuesday = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func newSite(t testing.TB) *site { return newSiteAt(t, "") }

// newSiteAt serves under another base URL than its own address.
func newSiteAt(t testing.TB, base string) *site {
	t.Helper()
	ctx := context.Background()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	s := &site{t: t, url: "http://" + ln.Addr().String(), now: tuesday, log: &lockedBuffer{}}
	if base == "" {
		base = s.url
	}
	st, err := sqlite.Open(ctx, t.TempDir(), sqlite.Options{})
	check(t, err)
	s.st = st
	c := s.config(ctx, base)
	server, err := New(c)
	check(t, err)
	s.app = server.app
	s.app.views.rendered = rendered.add
	s.key, _, err = c.Staff.CreateKey(ctx, "tests", s.now)
	check(t, err)
	s.client = s.browser()
	run, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- server.Serve(run, ln) }()
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
		check(t, st.Close())
	})
	return s
}

func (s *site) config(ctx context.Context, base string) Config {
	t := s.t
	log := slog.New(slog.NewTextHandler(s.log, nil))
	definitions, err := feedback.ParseSurveys(surveys.FS)
	check(t, err)
	catalog, err := store.NewCatalog(ctx, s.st, definitions, s.now)
	check(t, err)
	templates, err := mail.Load(emails.FS)
	check(t, err)
	box, err := outbox.Open(t.TempDir(), s.now)
	check(t, err)
	engine, err := sentiment.New(sentiment.Options{})
	check(t, err)
	secret := []byte("a secret that is long enough for a test")
	tokens, from, brand := feedback.NewTokens(secret), mail.Address{Name: "Acme", Email: "surveys@acme.test"}, mail.Brand{Org: "Acme"}
	rec := recovery.New(recovery.Config{Store: s.st, Catalog: catalog, Sender: box, Templates: templates, Brand: brand, From: from,
		BaseURL: base, Zone: time.UTC, Holder: "test", Log: log})
	coach := coaching.New(coaching.Config{Store: s.st, Sender: box, Templates: templates, Brand: brand, From: from, BaseURL: base,
		Zone: time.UTC, Holder: "test", Log: log})
	return Config{
		BaseURL: base, Org: "Acme", Zone: time.UTC, Version: "test", Store: s.st, Surveys: catalog, Tokens: tokens, Outbox: box, Log: log,
		Recovery: rec, Coaching: coach, Metrics: prometheus.NewRegistry(), Now: s.clock,
		Invite: invite.New(invite.Config{Store: s.st, Catalog: catalog, Tokens: tokens, Sender: box, Templates: templates, Brand: brand, From: from,
			BaseURL: base, Zone: time.UTC, Org: "Acme", Holder: "test", Log: log}),
		Collect: collect.New(collect.Config{Store: s.st, Catalog: catalog, Tokens: tokens, Analyser: engine, Recovery: rec, Coaching: coach, Zone: time.UTC,
			Org: "Acme", Holder: "test", Log: log}),
		Learn:      learn.New(learn.Config{Store: s.st, Engine: engine, Labelled: collect.New(collect.Config{Store: s.st}).Labelled, Log: log}),
		Perception: perception.New(perception.Config{Store: s.st, Zone: time.UTC, Holder: "test", Log: log}),
		Staff:      staff.New(staff.Config{Store: s.st, Sender: box, Templates: templates, Brand: brand, From: from, BaseURL: base, Secret: secret, Holder: "test", Log: log}),
		Forget:     forget.New(forget.Config{Store: s.st, Tokens: tokens, Outbox: box, Log: log}),
	}
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.began.IsZero() {
		return s.now.Add(time.Since(s.began))
	}
	return s.now
}

// run lets the clock go from here, for visitors whose haste or patience counts.
func (s *site) run() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began = time.Now()
}

func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	s.now = s.now.Add(d)
	s.mu.Unlock()
}

// work does everything that is due.
func (s *site) work() {
	s.t.Helper()
	for range 50 {
		total := 0
		for _, do := range []func(context.Context, time.Time) (int, error){s.app.Invite.Work, s.app.Collect.Work, s.app.Recovery.Work, s.app.Coaching.Work, s.app.Perception.Work, s.app.Staff.Work} {
			n, err := do(context.Background(), s.clock())
			check(s.t, err)
			total += n
		}
		if total == 0 {
			return
		}
	}
	s.t.Fatal("the workers do not come to rest")
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser keeps cookies and follows no redirect.
func (s *site) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	check(s.t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

func (s *site) do(client *http.Client, r *http.Request) answer {
	s.t.Helper()
	res, err := client.Do(r)
	check(s.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	check(s.t, err)
	return answer{res.StatusCode, res.Header, string(b)}
}

func (s *site) request(method, path, body string, header ...string) *http.Request {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	check(s.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (s *site) get(path string, header ...string) answer {
	s.t.Helper()
	return s.do(s.client, s.request("GET", path, "", header...))
}

// api calls the API with a valid key.
func (s *site) api(method, path, body string) answer {
	s.t.Helper()
	return s.do(s.client, s.request(method, path, body, "Authorization", "Bearer "+s.key, "Content-Type", "application/json"))
}

// post submits a form.
func (s *site) post(path string, form url.Values) answer {
	s.t.Helper()
	return s.postAs(s.client, path, form)
}

func (s *site) postAs(client *http.Client, path string, form url.Values) answer {
	s.t.Helper()
	return s.do(client, s.request("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded"))
}

// signedIn adds somebody and returns their browser.
func (s *site) signedIn(email, name string, role feedback.Role, team string) *http.Client {
	s.t.Helper()
	ctx := context.Background()
	_, err := s.app.Staff.AddUser(ctx, email, name, role, team, s.clock())
	check(s.t, err)
	link, err := s.app.Staff.Link(ctx, email, "/", s.clock())
	check(s.t, err)
	client := s.browser()
	u, err := url.Parse(link)
	check(s.t, err)
	a := s.postAs(client, u.Path, nil)
	if a.status != http.StatusSeeOther {
		s.t.Fatalf("signing in %s: %d %s", email, a.status, a.body)
	}
	return client
}

// interaction reports one and returns what was decided.
func (s *site) interaction(id string, change func(m map[string]any)) decisionJSON {
	s.t.Helper()
	m := map[string]any{
		"source": "zendesk", "id": id, "channel": "chat", "subject": "Refund not received", "ended_at": s.clock().Add(-time.Minute).Format(time.RFC3339),
		"customer": map[string]any{"id": "c-" + id, "email": "mara" + id + "@example.com", "name": "Mara Lind", "locale": "en", "value": 1290, "segment": "loyal"},
		"agent":    map[string]any{"email": "sam@acme.test", "name": "Sam Okoro", "team": "Billing"},
		"metrics":  map[string]any{"wait_seconds": 412, "handle_seconds": 960, "transfers": 1, "reopens": 0},
	}
	if change != nil {
		change(m)
	}
	b, err := json.Marshal(m)
	check(s.t, err)
	a := s.api("POST", "/v1/interactions", string(b))
	if a.status != http.StatusCreated {
		s.t.Fatalf("interaction: %d %s", a.status, a.body)
	}
	return decoded[decisionJSON](s.t, a)
}

// invited reports an interaction, lets its survey be sent, and returns the token of its link.
func (s *site) invited(id string, change func(m map[string]any)) string {
	s.t.Helper()
	d := s.interaction(id, change)
	if d.Decision != feedback.Asked || d.Invitation == nil {
		s.t.Fatalf("not asked: %+v", d)
	}
	s.pass(31 * time.Minute)
	s.work()
	return s.app.Tokens.Mint(*d.Invitation)
}

func decoded[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return v
}

func has(t testing.TB, a answer, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %.900s", a.status, status, a.body)
	}
	for _, x := range texts {
		if !strings.Contains(a.body, x) {
			t.Fatalf("%q is not in %.3000s", x, a.body)
		}
	}
}
