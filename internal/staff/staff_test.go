package staff

import (
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/emails"
	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/mail/outbox"
	"earshot/internal/store"
	"earshot/internal/store/sqlite"
)

var templates = sync.OnceValues(func() (*mail.Templates, error) { return mail.Load(emails.FS) })

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

type world struct {
	*Service
	t   *testing.T
	box *outbox.Outbox
}

// newWorld has one agent, sam@acme.test.
func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	pages, err := templates()
	if err != nil {
		t.Fatal(err)
	}
	box, err := outbox.Open(t.TempDir(), noon())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, box: box, Service: New(Config{
		Store: st, Sender: box, Templates: pages, Brand: mail.Brand{Org: "Acme"}, From: mail.Address{Email: "surveys@acme.test"},
		BaseURL: "http://localhost:8080", Secret: []byte("secret"), Holder: "test", Log: slog.New(slog.DiscardHandler),
	})}
	w.add("Sam@Acme.test")
	return w
}

func (w *world) add(email string) *feedback.User {
	w.t.Helper()
	u, err := w.AddUser(w.t.Context(), email, "Sam Okoro", feedback.RoleAgent, "Billing", noon())
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// link returns the secret of a fresh link.
func (w *world) link(next string) string {
	w.t.Helper()
	url, err := w.Link(w.t.Context(), "sam@acme.test", next, noon())
	if err != nil {
		w.t.Fatal(err)
	}
	return url[strings.LastIndexByte(url, '/')+1:]
}

func (w *world) signedIn() string {
	w.t.Helper()
	session, _, err := w.UseLink(w.t.Context(), w.link("/"), noon())
	if err != nil {
		w.t.Fatal(err)
	}
	return session
}

func TestLinkWorksOnce(t *testing.T) {
	w := newWorld(t)
	secret := w.link("/desk")
	var wins atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			session, next, err := w.UseLink(t.Context(), secret, noon())
			switch {
			case err == nil && next == "/desk" && session != "":
				wins.Add(1)
			case !errors.Is(err, ErrLink) || session != "":
				t.Errorf("%q, %q, %v", session, next, err)
			}
		})
	}
	wg.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d signed in with one link", wins.Load())
	}
	if _, err := w.PeekLink(t.Context(), secret, noon()); !errors.Is(err, ErrLink) {
		t.Errorf("a used link: %v", err)
	}
}

func TestLinkExpires(t *testing.T) {
	w := newWorld(t)
	secret := w.link("/")
	for range 2 { // looking does not use it
		if link, err := w.PeekLink(t.Context(), secret, noon().Add(LinkLives-time.Millisecond)); err != nil || link.User != "sam@acme.test" {
			t.Fatal(link, err)
		}
	}
	if _, _, err := w.UseLink(t.Context(), secret, noon().Add(LinkLives)); !errors.Is(err, ErrLink) {
		t.Errorf("too old: %v", err)
	}
	for _, s := range []string{"", "x", secret + "A", strings.ToLower(secret)} {
		if _, _, err := w.UseLink(t.Context(), s, noon()); !errors.Is(err, ErrLink) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestSecretsAreNotStored(t *testing.T) {
	w := newWorld(t)
	secret := w.link("/")
	if _, err := w.Store.Links().Get(t.Context(), secret); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a link is stored under its secret: %v", err)
	}
	links, err := w.Store.Links().Scan(t.Context(), "", 10)
	if err != nil || len(links) != 1 {
		t.Fatal(links, err)
	}
	for _, stored := range []string{links[0].ID, links[0].Nonce} {
		if _, _, err := w.UseLink(t.Context(), stored, noon()); !errors.Is(err, ErrLink) {
			t.Errorf("what is stored of a link signs in: %v", err)
		}
	}
	session := w.signedIn()
	if _, err := w.Store.Sessions().Get(t.Context(), session); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a session is stored under its secret: %v", err)
	}
}

func TestSessionEnds(t *testing.T) {
	w := newWorld(t)
	session := w.signedIn()
	now := noon()
	for now.Sub(noon()) < SessionLives-SessionIdle { // used every day
		now = now.Add(SessionIdle - time.Minute)
		if _, _, err := w.Session(t.Context(), session, now); err != nil {
			t.Fatalf("after %s: %v", now.Sub(noon()), err)
		}
	}
	if _, _, err := w.Session(t.Context(), session, noon().Add(SessionLives)); !errors.Is(err, ErrNoSession) {
		t.Errorf("after thirty days: %v", err)
	}
	idle := w.signedIn()
	if _, _, err := w.Session(t.Context(), idle, noon().Add(SessionIdle)); err != nil {
		t.Errorf("idle for a day: %v", err)
	}
	idle = w.signedIn()
	if _, _, err := w.Session(t.Context(), idle, noon().Add(SessionIdle+time.Millisecond)); !errors.Is(err, ErrNoSession) {
		t.Errorf("idle for longer: %v", err)
	}
}

func TestSignOutAndRemoval(t *testing.T) {
	w := newWorld(t)
	one, two, unused := w.signedIn(), w.signedIn(), w.link("/")
	for range 2 {
		if err := w.SignOut(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := w.Session(t.Context(), one, noon()); !errors.Is(err, ErrNoSession) {
		t.Errorf("signed out: %v", err)
	}
	if u, _, err := w.Session(t.Context(), two, noon()); err != nil || u.Email != "sam@acme.test" {
		t.Fatalf("the other browser: %v, %v", u, err)
	}
	if err := w.RemoveUser(t.Context(), "SAM@acme.test", noon()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Session(t.Context(), two, noon()); !errors.Is(err, ErrNoSession) {
		t.Errorf("removed: %v", err)
	}
	if _, err := w.Link(t.Context(), "sam@acme.test", "/", noon()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a link for somebody removed: %v", err)
	}
	if _, _, err := w.UseLink(t.Context(), unused, noon()); !errors.Is(err, ErrLink) {
		t.Errorf("an old link of somebody removed: %v", err)
	}
	w.add("sam@acme.test")
	if _, _, err := w.Session(t.Context(), two, noon()); !errors.Is(err, ErrNoSession) {
		t.Errorf("an old session of somebody who came back: %v", err)
	}
	if err := w.RemoveUser(t.Context(), "nobody@acme.test", noon()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody removed: %v", err)
	}
}

func TestAddUser(t *testing.T) {
	w := newWorld(t)
	u, err := w.AddUser(t.Context(), "sam@acme.test", "", feedback.RoleLead, "Sales", noon())
	if err != nil || u.Name != "Sam Okoro" || u.Role != feedback.RoleLead || u.Team != "Sales" {
		t.Errorf("%+v, %v", u, err)
	}
	_, err = w.AddUser(t.Context(), "sam", "", "boss", "", noon())
	if invalid := (*feedback.Invalid)(nil); !errors.As(err, &invalid) || len(invalid.Errors) != 2 {
		t.Errorf("mistakes: %v", err)
	}
	if _, err = w.AddUser(t.Context(), "lena@acme.test", "", feedback.RoleLead, "", noon()); err == nil {
		t.Error("a lead of no team")
	}
}

func TestKeys(t *testing.T) {
	w := newWorld(t)
	key, row, err := w.CreateKey(t.Context(), " zendesk ", noon())
	if err != nil || row.Name != "zendesk" || strings.Contains(row.Hash, key) {
		t.Fatal(row, err)
	}
	other, _, err := w.CreateKey(t.Context(), "other", noon().Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := w.CheckKey(t.Context(), key); err != nil || got.ID != row.ID {
		t.Fatal(got, err)
	}
	secret := other[strings.LastIndexByte(other, '_')+1:]
	for _, bad := range []string{"", "ek", "ek__", key + "x", key[:len(key)-1], strings.ToUpper(key), "ek_" + row.ID + "_" + secret, "xx" + key[2:]} {
		if _, err := w.CheckKey(t.Context(), bad); !errors.Is(err, ErrKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for range 2 {
		if err := w.RevokeKey(t.Context(), row.ID, noon()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.CheckKey(t.Context(), key); !errors.Is(err, ErrKey) {
		t.Errorf("revoked: %v", err)
	}
	if _, err := w.CheckKey(t.Context(), other); err != nil {
		t.Errorf("the other key: %v", err)
	}
	if keys, err := w.ListKeys(t.Context()); err != nil || len(keys) != 2 || keys[0].Name != "zendesk" {
		t.Errorf("keys %v, %v", keys, err)
	}
	for _, name := range []string{"", "  ", strings.Repeat("x", 101)} {
		if _, _, err := w.CreateKey(t.Context(), name, noon()); err == nil {
			t.Errorf("a key named %q", name)
		}
	}
	if err := w.RevokeKey(t.Context(), "none", noon()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such key: %v", err)
	}
}

func TestSafeNext(t *testing.T) {
	for in, want := range map[string]string{
		"/desk": "/desk", "/desk/cases/1?x=/y#z": "/desk/cases/1?x=/y#z", "/": "/",
		"": "/", "desk": "/", "//evil.example": "/", "///evil.example": "/", `/\evil.example`: "/", `\\evil.example`: "/", "https://evil.example": "/",
		"javascript:alert(1)": "/", "/\t/evil.example": "/", "/\n/evil.example": "/", " /desk": "/", "/a\r\nSet-Cookie: x": "/",
	} {
		if got := SafeNext(in); got != want {
			t.Errorf("%q continues at %q, want %q", in, got, want)
		}
	}
}

func TestCSRF(t *testing.T) {
	a, b := New(Config{Secret: []byte("one")}), New(Config{Secret: []byte("two")})
	if again := New(Config{Secret: []byte("one")}); a.CSRF("s1") != again.CSRF("s1") || a.CSRF("s1") == a.CSRF("s2") || a.CSRF("s1") == b.CSRF("s1") || len(a.CSRF("s1")) < 22 {
		t.Errorf("tokens %q, %q, %q", a.CSRF("s1"), a.CSRF("s2"), b.CSRF("s1"))
	}
}
