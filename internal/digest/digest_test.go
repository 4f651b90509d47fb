package digest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/emails"
	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/mail/outbox"
	"earshot/internal/perception"
	"earshot/internal/store"
	"earshot/internal/store/sqlite"
	"earshot/surveys"
)

// world is a store with a week of answers, and a service with its outbox.
type world struct {
	*testing.T
	st  store.Store
	box *outbox.Outbox
	*Service
}

// monday is the moment at which the week before is due in UTC.
var monday = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	st, err := sqlite.Open(ctx, t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	definitions, err := feedback.ParseSurveys(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := store.NewCatalog(ctx, st, definitions, monday)
	if err != nil {
		t.Fatal(err)
	}
	templates, err := mail.Load(emails.FS)
	if err != nil {
		t.Fatal(err)
	}
	box, err := outbox.Open(t.TempDir(), monday)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, st: st, box: box}
	w.Service = New(Config{Store: st, Catalog: catalog, Perception: perception.New(perception.Config{Store: st, Holder: "test"}), Sender: box, Templates: templates,
		Brand: mail.Brand{Org: "Acme"}, From: mail.Address{Name: "Acme", Email: "surveys@acme.test"}, BaseURL: "https://earshot.acme.test", Holder: "one"})
	return w
}

func (w *world) user(email string, role feedback.Role, change func(*feedback.User)) {
	w.Helper()
	u := &feedback.User{Email: email, Name: "Kim Duarte", Role: role, CreatedAt: monday.AddDate(-1, 0, 0)}
	u.ID = email
	if change != nil {
		change(u)
	}
	if err := w.st.Users().Insert(context.Background(), u); err != nil {
		w.Fatal(err)
	}
}

// answers puts n votes of a score on a day into the figures.
func (w *world) answers(n, score int, at time.Time) {
	w.Helper()
	ctx := context.Background()
	var rows []*feedback.Response
	for i := range n {
		r := &feedback.Response{Survey: "csat", Metric: feedback.CSAT, Score: score, Scored: true, Comment: "slow", Analysed: true, AnsweredAt: at, Version: "v",
			Agent:     feedback.Agent{Email: "sam@acme.test", Team: "Billing"},
			Sentiment: &feedback.Sentiment{Label: feedback.Negative, Topics: []feedback.Topic{{Topic: "wait", Label: feedback.Negative}}}}
		r.ID = fmt.Sprintf("%d-%d-%d", at.Unix(), score, i)
		rows = append(rows, r)
	}
	if err := w.st.Responses().Put(ctx, rows); err != nil {
		w.Fatal(err)
	}
	if err := w.st.Rollups().MarkDirty(ctx, rows[0].Leaves(time.UTC), at, at); err != nil {
		w.Fatal(err)
	}
	for {
		count, err := w.Perception.Work(ctx, monday.AddDate(0, 0, 3))
		if err != nil {
			w.Fatal(err)
		}
		if count == 0 {
			return
		}
	}
}

func (w *world) mails() []outbox.Stored {
	w.Helper()
	entries, _, err := w.box.List("", 200)
	if err != nil {
		w.Fatal(err)
	}
	var out []outbox.Stored
	for _, e := range entries {
		m, err := w.box.Read(e.Name)
		if err != nil {
			w.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func TestOneDigestForEachReaderWhateverRuns(t *testing.T) {
	w := newWorld(t)
	w.user("kim@acme.test", feedback.RoleExecutive, nil)
	w.user("lea@acme.test", feedback.RoleLead, func(u *feedback.User) { u.Team, u.Language = "Billing", "de" })
	w.user("olaf@acme.test", feedback.RoleLead, func(u *feedback.User) { u.Team = "Shipping" })
	w.user("off@acme.test", feedback.RoleExecutive, func(u *feedback.User) { u.NoDigest = true })
	w.user("sam@acme.test", feedback.RoleAgent, nil)
	w.user("new@acme.test", feedback.RoleExecutive, func(u *feedback.User) { u.CreatedAt = monday })
	w.answers(30, 5, monday.AddDate(0, 0, -3))
	w.answers(10, 1, monday.AddDate(0, 0, -3))
	if n, err := w.Work(context.Background(), monday.Add(-time.Minute)); n != 0 || err != nil {
		t.Fatalf("before it is due: %d, %v", n, err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			c := w.Config
			c.Holder = fmt.Sprint("instance ", i)
			if _, err := New(c).Work(context.Background(), monday); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	mails := w.mails()
	if len(mails) != 2 {
		t.Fatalf("%d mails, want one for the executive and one for the lead", len(mails))
	}
	for _, m := range mails {
		want := []string{"75", "https://earshot.acme.test/board?from=2026-11-16", "https://earshot.acme.test/board/comments?", "https://earshot.acme.test/you", "16.11."}
		if strings.Contains(m.To, "lea@") {
			want = append(want, "Billing", "Beschwerden", "Antworten: 40")
		} else {
			want = append(want, "Acme", "complaints", "40 answers", "Satisfaction after support")
		}
		for _, part := range want {
			if !strings.Contains(m.Text, part) || !strings.Contains(m.Subject+m.HTML, strings.ReplaceAll(part, "&", "&amp;")) {
				t.Errorf("the mail to %s lacks %q:\n%s", m.To, part, m.Text)
			}
		}
		if m.Kind != mail.KindDigest || strings.Contains(m.HTML, "<svg") || strings.Contains(m.HTML, "<script") {
			t.Errorf("kind %s, or something that mail programs strip", m.Kind)
		}
	}
	if n, err := w.Work(context.Background(), monday.Add(time.Hour)); n != 0 || err != nil || len(w.mails()) != 2 {
		t.Errorf("again: %d, %v, %d mails", n, err, len(w.mails()))
	}
}

// A writer that dies after its claim is followed by another one, which writes the same mail.
func TestAnInterruptedDigestIsWrittenAgain(t *testing.T) {
	w := newWorld(t)
	w.user("kim@acme.test", feedback.RoleExecutive, nil)
	w.answers(20, 4, monday.AddDate(0, 0, -2))
	if _, _, err := w.take(context.Background(), "digest:week:2026-11-23:kim@acme.test", monday); err != nil {
		t.Fatal(err)
	}
	if n, _ := w.Work(context.Background(), monday.Add(time.Minute)); n != 0 {
		t.Error("a claimed digest was written by another one")
	}
	if n, err := w.Work(context.Background(), monday.Add(3*time.Minute)); n != 1 || err != nil {
		t.Errorf("after the lease: %d, %v", n, err)
	}
	if m := w.mails(); len(m) != 1 || !m[0].At.Equal(monday) {
		t.Errorf("mails: %+v", m)
	}
}

func TestPeriodsFollowTheReadersClock(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 30, 22, 30, 0, 0, time.UTC) // Tuesday, 1 December, 7:30 in Tokyo
	for _, p := range periods(now, tokyo) {
		want := map[string]string{"week": "2026-11-23 2026-11-30", "month": "2026-11-01 2026-12-01"}[p.kind]
		if got := p.from.Format(time.DateOnly) + " " + p.to.Format(time.DateOnly); got != want || p.due.In(tokyo).Hour() != 7 {
			t.Errorf("the %s is %s, due %v; want %s", p.kind, got, p.due, want)
		}
	}
	for _, p := range periods(now, time.UTC) {
		if p.kind == "month" && p.to.Month() != time.November {
			t.Errorf("in UTC the month is over before it is: %v", p)
		}
	}
}
