package recovery

import (
	"context"
	"log/slog"
	"slices"
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

const text = `
metric: csat
text:
  en: {subject: "How did we do?", question: "How did we do?", low: Bad, high: Good, comment: "Why?", thanks: "Thank you."}
`

const csat = "id: csat\nname: Satisfaction" + text + `
recover:
  acknowledge: 1h
  contact: 4h
  resolve: 48h
  escalate: [{after: acknowledge, to: lead}, {after: contact, to: manager}]
  resurvey: 3d
`

var templates = sync.OnceValues(func() (*mail.Templates, error) { return mail.Load(emails.FS) })

// sender is an outbox in which some mailboxes do not exist.
type sender struct {
	*outbox.Outbox
	gone map[string]bool
}

func (s sender) Send(ctx context.Context, m mail.Message) (mail.Receipt, error) {
	if s.gone[m.To.Email] {
		return mail.Receipt{}, mail.Rejected("no such mailbox", nil)
	}
	return s.Outbox.Send(ctx, m)
}

type world struct {
	*Service
	t      *testing.T
	box    sender
	survey feedback.Survey
}

// newWorld has Sam, an agent of Billing with the lead Lena, the executive Max and the administrator Ada.
func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := t.Context()
	st, err := sqlite.Open(ctx, t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	surveys, err := feedback.ParseSurveys(fstest.MapFS{"csat.yaml": {Data: []byte(csat)}, "recovered.yaml": {Data: []byte("id: recovered\nname: Made right" + text)}})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := store.NewCatalog(ctx, st, surveys, noon())
	if err != nil {
		t.Fatal(err)
	}
	pages, err := templates()
	if err != nil {
		t.Fatal(err)
	}
	box, err := outbox.Open(t.TempDir(), noon())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, box: sender{box, map[string]bool{}}, survey: surveys[0]}
	w.Service = New(Config{
		Store: st, Catalog: catalog, Sender: w.box, Templates: pages, Brand: mail.Brand{Org: "Acme"}, From: mail.Address{Email: "surveys@acme.test"},
		BaseURL: "http://localhost:8080", Zone: time.UTC, Holder: "one", Log: slog.New(slog.DiscardHandler),
	})
	w.user("sam", feedback.RoleAgent, "Billing")
	w.user("lena", feedback.RoleLead, "Billing")
	w.user("otto", feedback.RoleLead, "Sales")
	w.user("max", feedback.RoleExecutive, "")
	w.user("ada", feedback.RoleAdmin, "")
	return w
}

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func (w *world) user(name string, role feedback.Role, team string) {
	w.t.Helper()
	u := &feedback.User{Email: name + "@acme.test", Name: name, Role: role, Team: team}
	u.ID = u.Email
	if err := w.Store.Users().Insert(w.t.Context(), u); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) remove(names ...string) {
	w.t.Helper()
	for _, name := range names {
		if _, err := store.Update(w.t.Context(), w.Store.Users(), name+"@acme.test", func(u *feedback.User) error { u.Removed = noon(); return nil }); err != nil {
			w.t.Fatal(err)
		}
	}
}

// open stores a low response to Sam's work and opens its case.
func (w *world) open() *feedback.Case { return w.openFor("1", "mara", noon()) }

// openFor does so for an interaction of somebody else.
func (w *world) openFor(id, customer string, now time.Time) *feedback.Case {
	w.t.Helper()
	in := feedback.InteractionID("desk", id)
	r := &feedback.Response{
		Interaction: in, Source: "desk", External: id, Survey: "csat", Version: w.survey.Version, Metric: feedback.CSAT,
		Person: customer + "@example.com", Customer: feedback.Customer{Email: customer + "@example.com", Name: strings.ToUpper(customer[:1]) + customer[1:] + " Lind"},
		Agent: feedback.Agent{Email: "sam@acme.test", Name: "Sam", Team: "Billing"}, Subject: "Refund",
	}
	r.ID = feedback.InvitationID(in, "csat")
	r.Give(feedback.Answer{Score: 1, Scored: true, Comment: "Nobody answered me."}, w.survey, now)
	if err := w.Store.Responses().Insert(w.t.Context(), r); err != nil {
		w.t.Fatal(err)
	}
	for range 2 {
		if err := w.Open(w.t.Context(), r, w.survey, now); err != nil {
			w.t.Fatal(err)
		}
	}
	return w.get(r.ID)
}

func (w *world) get(id string) *feedback.Case {
	w.t.Helper()
	c, err := w.Store.Cases().Get(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) work(now time.Time) {
	w.t.Helper()
	for range 30 {
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

func (w *world) act(id, verb string, st feedback.Step, now time.Time) *feedback.Case {
	w.t.Helper()
	if st.By == "" {
		st.By = "sam@acme.test"
	}
	c, err := w.Act(w.t.Context(), id, verb, st, now)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// mails lists what was sent as "kind name", sorted.
func (w *world) mails() string {
	w.t.Helper()
	list, _, err := w.box.List("", 200)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		_, to, _ := strings.Cut(e.To, "<")
		if to == "" {
			to = e.To
		}
		name, _, _ := strings.Cut(to, "@")
		out = append(out, string(e.Kind)+" "+name)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// mailOf returns the source of the newest mail of a kind.
func (w *world) mailOf(t *testing.T, kind string) string {
	t.Helper()
	list, _, err := w.box.List("", 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if string(e.Kind) == kind {
			m, err := w.box.Read(e.Name)
			if err != nil {
				t.Fatal(err)
			}
			return string(m.Raw)
		}
	}
	t.Fatalf("there is no mail of kind %s", kind)
	return ""
}
