package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

func TestHeadersOfEveryAnswer(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	for _, path := range []string{"/", "/sign-in", "/s/" + token, "/s/x", "/nothing", "/v1/cases", "/healthz", "/desk"} {
		a := s.get(path)
		policy := a.header.Get("Content-Security-Policy")
		for _, must := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(policy, must) {
				t.Errorf("%s: the policy lacks %s: %s", path, must, policy)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy allows something unsafe: %s", path, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Server": ""} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if a.header.Get("X-Request-Id") == "" {
			t.Errorf("%s has no request id", path)
		}
	}
	if got := s.get("/s/" + token).header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("the survey's address goes to others: Referrer-Policy %q", got)
	}
	if got := s.get("/", "X-Request-Id", "from-a-proxy-1").header.Get("X-Request-Id"); got != "from-a-proxy-1" {
		t.Errorf("a proxy's request id became %q", got)
	}
	if got := s.get("/", "X-Request-Id", "evil\"id").header.Get("X-Request-Id"); strings.Contains(got, "evil") {
		t.Errorf("a broken request id was taken over: %q", got)
	}
}

func TestPagesHaveNothingInline(t *testing.T) {
	s := newSite(t)
	s.walkStaffPages(func(name, body string) {
		for _, bad := range []string{" style=\"", "<script>", " onclick=", " onload=", "javascript:"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s carries %q, which the policy forbids", name, bad)
			}
		}
	})
}

func TestLimits(t *testing.T) {
	s := newSite(t)
	big := strings.Repeat("x", 3*bodyLimit)
	paths := []string{"/v1/interactions", "/v1/interactions:batch", "/s/x"}
	for i := range 30 { // the refusal goes out while the client still sends, and is never lost to that
		path := paths[i%len(paths)]
		r, err := http.NewRequest("POST", s.url+path, strings.NewReader(big))
		check(t, err)
		r.Header.Set("Authorization", "Bearer "+s.key)
		res, err := s.browser().Do(r)
		check(t, err)
		b, err := io.ReadAll(res.Body)
		check(t, err)
		res.Body.Close()
		a := answer{res.StatusCode, res.Header, string(b)}
		has(t, a, http.StatusRequestEntityTooLarge)
		if strings.HasPrefix(path, "/v1") && (a.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(a.body, "1 MiB")) {
			t.Errorf("%s: %s %.200s", path, a.header.Get("Content-Type"), a.body)
		}
		if a.header.Get("Content-Security-Policy") == "" || strings.Contains(a.body, "xxxx") {
			t.Errorf("%s: the refusal is not guarded, or echoes the request", path)
		}
	}
	has(t, s.get("/", "Cookie", "x="+strings.Repeat("y", 5000)), 200)
	has(t, s.get("/", "Cookie", "x="+strings.Repeat("y", 20_000)), http.StatusRequestHeaderFieldsTooLarge)
}

func TestCompressedBodiesAreRefused(t *testing.T) {
	s := newSite(t)
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	_, err := w.Write(make([]byte, 8<<20))
	check(t, err)
	check(t, w.Close())
	for _, coding := range []string{"gzip", "gzip, gzip", "br", "deflate", "nonsense"} {
		r := s.request("POST", "/v1/interactions", bomb.String(), "Authorization", "Bearer "+s.key, "Content-Encoding", coding, "Content-Type", "application/json")
		has(t, s.do(s.client, r), http.StatusUnsupportedMediaType, `"status":415`)
	}
}

// raw sends bytes that no client library would.
func (s *site) raw(request string) string {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	check(s.t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, request)
	check(s.t, err)
	check(s.t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	line, err := bufio.NewReader(conn).ReadString('\n')
	check(s.t, err)
	return line
}

func TestBrokenRequests(t *testing.T) {
	s := newSite(t)
	for name, c := range map[string]struct{ request, want string }{
		"no HTTP":           {"hello\r\n\r\n", "400"},
		"unknown method":    {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
		"chunk extension":   {"POST /v1/cases HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nb\r\nx\r\n0\r\n\r\n", "400"},
		"two lengths":       {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
		"long request line": {"GET /" + strings.Repeat("a", 20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", "431"},
	} {
		t.Run(name, func(t *testing.T) {
			if line := s.raw(c.request); !strings.Contains(line, c.want) {
				t.Errorf("answered %q, want %s", line, c.want)
			}
		})
	}
}

func TestRoutingErrors(t *testing.T) {
	s := newSite(t)
	has(t, s.get("/nothing"), 404, "Not Found", "Back to the start")
	has(t, s.get("/static/app.css"), 404)
	has(t, s.get("/static/../app.go"), 404)
	a := s.do(s.client, s.request("DELETE", "/s/x", ""))
	has(t, a, http.StatusMethodNotAllowed)
	if allow := a.header.Get("Allow"); !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("Allow is %q", allow)
	}
	has(t, s.api("PUT", "/v1/cases", ""), http.StatusMethodNotAllowed, `"status":405`)
	has(t, s.get("/favicon.ico"), http.StatusMovedPermanently)
	has(t, s.get("/robots.txt"), 200, "Disallow: /")
	home := s.get("/")
	has(t, home, 200, "Acme listens")
}

func TestAssets(t *testing.T) {
	s := newSite(t)
	for name, at := range s.app.assets.urls {
		a := s.get(at, "Accept-Encoding", "identity")
		has(t, a, 200)
		if !strings.Contains(a.header.Get("Cache-Control"), "immutable") || a.body != s.app.assets.text[name] {
			t.Errorf("%s: %s", name, a.header.Get("Cache-Control"))
		}
	}
	at, err := s.app.assets.url("app.css")
	check(t, err)
	a := s.get(at, "Accept-Encoding", "gzip")
	if a.header.Get("Content-Encoding") != "gzip" {
		t.Error("the style sheet is not sent compressed")
	}
	if _, err := s.app.assets.url("nothing.css"); err == nil {
		t.Error("a page may name a file that is not there")
	}
}

func TestHealthAndMetrics(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	has(t, s.get("/healthz"), 200, "ok")
	has(t, s.get("/readyz"), 200, "ready")
	s.get("/s/" + token)
	s.get("/s/x")
	s.get("/nothing/at/all")
	s.do(s.client, s.request("HEAD", "/healthz", ""))
	m := s.get("/metrics")
	has(t, m, 200, `earshot_http_requests_total{method="GET",route="/s/{token}",status="200"} 1`, `route="/s/{token}",status="404"} 1`,
		`route="unmatched",status="404"} 1`, `route="/v1/interactions",status="201"} 1`, `method="HEAD",route="/healthz"`, "earshot_http_request_seconds_bucket")
	if strings.Contains(m.body, token) {
		t.Error("a token stands in the metrics")
	}
}

func TestLogsSayNothingPersonal(t *testing.T) {
	s := newSite(t)
	token := s.invited("secret-id", nil)
	agent := s.signedIn("sam@acme.test", "Sam Okoro", feedback.RoleAgent, "Billing")
	s.post("/s/"+token, url.Values{"score": {"1"}, "comment": {"Confidential words"}})
	s.post("/s/"+token[:40]+"xxx", url.Values{"score": {"1"}, "comment": {"Confidential words"}})
	s.post("/sign-in", url.Values{"email": {"sam@acme.test"}})
	s.api("GET", "/v1/responses?agent=sam@acme.test", "")
	s.api("GET", "/v1/interactions/zendesk/secret-id", "")
	s.do(agent, s.request("GET", "/desk?x=Confidential", ""))
	s.work()
	log := s.log.String()
	for _, bad := range []string{token, token[:40], "@acme.test", "@example.com", "Confidential", "secret-id", s.key, "Mara"} {
		if strings.Contains(log, bad) {
			t.Errorf("the log says %q:\n%s", bad, log)
		}
	}
	if !strings.Contains(log, "route=/s/{token}") || !strings.Contains(log, "request_id=") {
		t.Errorf("the log lacks routes or request ids:\n%.800s", log)
	}
}

// brokenStore is a store that has gone away.
type brokenStore struct{ store.Store }

func (brokenStore) Ping(context.Context) error { return fmt.Errorf("ping: %w", store.ErrUnavailable) }

func (b brokenStore) Responses() store.Responses { return brokenResponses{b.Store.Responses()} }

type brokenResponses struct{ store.Responses }

func (brokenResponses) List(context.Context, store.ResponseFilter, store.Page) (store.List[feedback.Response], error) {
	return store.List[feedback.Response]{}, fmt.Errorf("list for mara@example.com: %w", store.ErrUnavailable)
}

func (brokenResponses) Insert(context.Context, *feedback.Response) error { return store.ErrUnavailable }

func TestAnswerThatCannotBeStored(t *testing.T) {
	s := newSite(t)
	token := s.invited("1", nil)
	s.app.Collect.Store = brokenStore{s.st}
	a := s.post("/s/"+token, url.Values{"score": {"2"}, "comment": {"Do not lose this."}})
	has(t, a, http.StatusServiceUnavailable, "Do not lose this.", `value="2" required checked`, "press the button again")
	if a.header.Get("Retry-After") == "" {
		t.Error("nothing says when to come back")
	}
	json := s.do(s.client, s.request("POST", "/s/"+token, `{"score":2}`, "Content-Type", "application/json"))
	has(t, json, http.StatusServiceUnavailable, `"status":503`)
}

func TestStoreGone(t *testing.T) {
	s := newSite(t)
	s.app.Store = brokenStore{s.st}
	a := s.api("GET", "/v1/responses", "")
	has(t, a, http.StatusServiceUnavailable, `"status":503`)
	if a.header.Get("Retry-After") == "" || strings.Contains(a.body, "mara") {
		t.Errorf("Retry-After %q, body %s", a.header.Get("Retry-After"), a.body)
	}
	ready := s.get("/readyz")
	has(t, ready, http.StatusServiceUnavailable)
	if ready.header.Get("Retry-After") == "" || strings.Contains(s.log.String(), "mara@") {
		t.Error("readiness says nothing about when to come back, or the log names a customer")
	}
}

func TestPanicsStayInside(t *testing.T) {
	s := newSite(t)
	s.app.Now = func() time.Time { panic("boom for mara@example.com") }
	a := s.get("/s/" + s.app.Tokens.Mint(strings.Repeat("ab", 16)))
	if a.status != http.StatusInternalServerError || strings.Contains(a.body, "boom") {
		t.Errorf("answered %d %.300s", a.status, a.body)
	}
	if log := s.log.String(); !strings.Contains(log, "panic in a handler") || strings.Contains(log, "mara@") {
		t.Errorf("log: %.600s", log)
	}
}

func TestServerStopsWithIdleConnections(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	bare := func() *Server {
		return &Server{app: &app{streams: &streams{stop: make(chan struct{})}}, fiber: fiber.New(fiber.Config{DisableStartupMessage: true})}
	}
	server := bare()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, ln) }()
	spare, err := net.Dial("tcp", ln.Addr().String()) // opened in advance, as browsers do
	check(t, err)
	defer spare.Close()
	conn, err := net.Dial("tcp", ln.Addr().String())
	check(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	check(t, err)
	_, err = bufio.NewReader(conn).ReadString('\n')
	check(t, err)
	stop()
	select {
	case err := <-done:
		check(t, err)
	case <-time.After(stopTime / 2):
		t.Fatal("an idle connection holds the server up")
	}
	before, cancel := context.WithCancel(context.Background())
	cancel()
	ln, err = net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	server = bare()
	check(t, server.Serve(before, ln)) // stopped before it began
}

func TestBadBaseURL(t *testing.T) {
	for _, base := range []string{"", "localhost:8080", "ftp://x", "https://"} {
		if _, err := New(Config{BaseURL: base}); err == nil {
			t.Errorf("%q is taken as a base URL", base)
		}
	}
}

func TestEveryLanguageHasEveryWord(t *testing.T) {
	all, err := loadWords(embedded)
	check(t, err)
	if got := sortedKeys(all); !reflect.DeepEqual(got, []string{"ar", "de", "en", "es", "fr", "it", "nl", "pt"}) {
		t.Errorf("languages: %v", got)
	}
	english := reflect.ValueOf(all["en"])
	for lang, w := range all {
		v := reflect.ValueOf(w)
		for i := range v.NumField() {
			name, text := v.Type().Field(i).Tag.Get("yaml"), v.Field(i).String()
			for _, slot := range []string{"{org}", "{agent}", "{time}", "{n}", "{score}"} {
				if strings.Contains(english.Field(i).String(), slot) && !strings.Contains(text, slot) && name != "privacy" {
					t.Errorf("%s: %s lost %s", lang, name, slot)
				}
			}
			if lang != "en" && len(text) > 20 && text == english.Field(i).String() && name != "time" {
				t.Errorf("%s: %s is still English", lang, name)
			}
		}
	}
}
