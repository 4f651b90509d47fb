package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"earshot/internal/mail"
)

func alert() Alert {
	return Alert{
		ID: "case:1:alert", Type: "case.alert", At: time.Unix(1_790_000_000, 0), Case: "1", Heading: "Mara <!channel> needs you", Reason: "The score is low.",
		Score: 1, ScoreOf: 5, Words: "<!everyone> [click](http://evil) & *shout*", Matter: "Refund", Customer: "Mara", Signals: []string{"wants to leave"},
		Owner: "Sam", Left: "58 min left", URL: "https://earshot.test/desk/cases/1",
	}
}

// TestPost holds what each kind of target gets, and that a chat cannot be made to ring by a customer.
func TestPost(t *testing.T) {
	var body []byte
	var head http.Header
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		head = r.Header
		w.WriteHeader(status)
	}))
	defer server.Close()
	p := New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	secret := "whsec_" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789"))
	now := time.Unix(1_790_000_100, 0)
	for _, kind := range Kinds() {
		if err := p.Post(t.Context(), Target{kind, server.URL, secret}, alert(), now); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if !json.Valid(body) {
			t.Errorf("%s: not JSON: %s", kind, body)
		}
		var plain any
		_ = json.Unmarshal(body, &plain)
		if text := flat(plain); kind != Webhook && strings.Contains(text, "<!") || kind == Teams && strings.Contains(text, "[click]") {
			t.Errorf("%s: a customer's words can ring or link: %s", kind, text)
		}
	}
	m := hmac.New(sha256.New, []byte("0123456789abcdef0123456789"))
	m.Write([]byte("case:1:alert.1790000100."))
	m.Write(body)
	if got, want := head.Get("webhook-signature"), "v1,"+base64.StdEncoding.EncodeToString(m.Sum(nil)); got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
	for code, class := range map[int]error{404: mail.ErrRejected, 429: mail.ErrTemporary, 500: mail.ErrTemporary, 302: mail.ErrRejected} {
		status = code
		if err := p.Post(t.Context(), Target{Webhook, server.URL, secret}, alert(), now); !errors.Is(err, class) {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := New(nil).Post(t.Context(), Target{Slack, server.URL, ""}, alert(), now); !errors.Is(err, mail.ErrRejected) || strings.Contains(err.Error(), server.URL) {
		t.Errorf("the own machine is reached, or the address told: %v", err)
	}
}

// flat joins all texts of a JSON value, except the ones that Slack shows as they are.
func flat(v any) string {
	var b strings.Builder
	switch v := v.(type) {
	case string:
		return v + "\n"
	case []any:
		for _, x := range v {
			b.WriteString(flat(x))
		}
	case map[string]any:
		if v["type"] == "plain_text" {
			return ""
		}
		for _, x := range v {
			b.WriteString(flat(x))
		}
	}
	return strings.ReplaceAll(b.String(), `\[click\]`, "")
}

func TestReachable(t *testing.T) {
	never := special()
	for ip, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "127.0.0.1": false, "10.1.2.3": false, "192.168.0.1": false, "172.16.9.9": false, "169.254.169.254": false,
		"100.64.0.1": false, "198.18.0.1": false, "64:ff9b::a00:1": false, "::1": false, "::ffff:10.0.0.1": false, "fd00::1": false, "fe80::1": false, "0.0.0.0": false,
		"224.0.0.1": false, "255.255.255.255": false, "2002:a00:1::": false,
	} {
		if got := reachable(netip.MustParseAddr(ip), never, nil); got != want {
			t.Errorf("%s: %v", ip, got)
		}
	}
	if !reachable(netip.MustParseAddr("10.1.2.3"), never, []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}) {
		t.Error("an allowed network is refused")
	}
}

func TestCheck(t *testing.T) {
	for _, bad := range []Target{{Slack, "http://hooks.slack.test/x", ""}, {"fax", "https://a.test/", ""}, {Webhook, "https://a.test/", "short"}, {Teams, "https://user:pw@a.test/", ""}, {Slack, "file:///etc/passwd", ""}} {
		if bad.Check() == "" {
			t.Errorf("%+v is taken", bad)
		}
	}
	if words := (Target{Slack, "https://hooks.slack.test/x", ""}).Check(); words != "" {
		t.Error(words)
	}
}
