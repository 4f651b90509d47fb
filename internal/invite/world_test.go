package invite

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"earshot/emails"
	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/mail/outbox"
	"earshot/internal/store"
	"earshot/internal/store/sqlite"
)

const definition = `id: csat
name: Satisfaction
metric: csat
text:
  en: {subject: "How did we do?", question: "How did we do?", low: Bad, high: Good, comment: "Why?", thanks: "Thank you."}
ask:
  delay: 30m
  expires: 14d
  remind: [3d]
  quiet: "20:00-08:00"
  rest: 30d
  except: {tags: [Spam], channels: [fax], teams: [Legal]}
`

var templates = sync.OnceValues(func() (*mail.Templates, error) { return mail.Load(emails.FS) })

// sender is an outbox that can refuse.
type sender struct {
	*outbox.Outbox
	mu   sync.Mutex
	fail error
}

func (s *sender) Send(ctx context.Context, m mail.Message) (mail.Receipt, error) {
	s.mu.Lock()
	fail := s.fail
	s.mu.Unlock()
	if fail != nil {
		return mail.Receipt{}, fail
	}
	return s.Outbox.Send(ctx, m)
}

// world is the service on a real store with a real outbox.
type world struct {
	*Service
	t    *testing.T
	box  *sender
	next int
}

func newWorld(t *testing.T, survey string) *world {
	t.Helper()
	ctx := t.Context()
	st, err := sqlite.Open(ctx, t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	surveys, err := feedback.ParseSurveys(fstest.MapFS{"csat.yaml": {Data: []byte(survey)}})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := store.NewCatalog(ctx, st, surveys, noon(t))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := templates()
	if err != nil {
		t.Fatal(err)
	}
	box, err := outbox.Open(t.TempDir(), noon(t))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, box: &sender{Outbox: box}}
	w.Service = New(Config{
		Store: st, Catalog: catalog, Tokens: feedback.NewTokens([]byte("secret")), Sender: w.box, Templates: pages,
		Brand: mail.Brand{Org: "Acme"}, From: mail.Address{Email: "surveys@acme.test"}, BaseURL: "http://localhost:8080",
		Zone: time.UTC, Org: "Acme", Holder: "one", Log: slog.New(slog.DiscardHandler),
	})
	return w
}

// noon is a Friday's noon in winter.
func noon(t *testing.T) time.Time { return at(t, "2026-11-20T12:00:00Z") }

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

// contact is a finished interaction of Mara's, each with an id of its own.
func (w *world) contact(ended time.Time) feedback.Interaction {
	w.next++
	return feedback.Interaction{
		Source: "desk", External: fmt.Sprint(w.next), Channel: "chat", EndedAt: ended,
		Customer: feedback.Customer{Email: "mara@example.com", Name: "Mara Lind"}, Agent: feedback.Agent{Email: "sam@acme.test", Name: "Sam Okoro", Team: "Billing"},
	}
}

func (w *world) accept(in feedback.Interaction, now time.Time) *feedback.Interaction {
	w.t.Helper()
	row, _, err := w.Accept(w.t.Context(), in, now)
	if err != nil {
		w.t.Fatal(err)
	}
	return row
}

// work does everything that is due at now, claims and counts included.
func (w *world) work(now time.Time) {
	w.t.Helper()
	for range 20 {
		n, err := w.Work(w.t.Context(), now)
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
	w.t.Fatal("the work never ends")
}

func (w *world) invitation(in *feedback.Interaction) *feedback.Invitation {
	w.t.Helper()
	v, err := w.Store.Invitations().Get(w.t.Context(), feedback.InvitationID(in.ID, in.Survey))
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// mails lists the kinds of what was sent, oldest first.
func (w *world) mails() string {
	w.t.Helper()
	list, _, err := w.box.List("", 200)
	if err != nil {
		w.t.Fatal(err)
	}
	var kinds []string
	for _, e := range list {
		kinds = append([]string{string(e.Kind)}, kinds...)
	}
	return strings.Join(kinds, " ")
}
