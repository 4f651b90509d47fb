package collect

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/recovery"
	"earshot/internal/sentiment"
	"earshot/internal/store"
	"earshot/internal/store/sqlite"
)

const definition = `id: csat
name: Satisfaction
metric: csat
text:
  en: {subject: "How did we do?", question: "How did we do?", low: Bad, high: Good, comment: "Why?", thanks: "Thank you."}
questions:
  - {id: resolved, type: yesno, text: {en: "Solved?"}}
  - {id: reason, type: choice, when: {at_most: 2}, text: {en: "Why?"}, options: [{id: wait, text: {en: Wait}}, {id: other, text: {en: Other}}]}
  - {id: wish, type: text, text: {en: "Wish?"}}
ask: {edit_window: 24h}
recover: {settle: 2m, resurvey: 3d}
`

// wordsOf judges a comment by one word, so that tests say what was understood.
type wordsOf struct{}

func (wordsOf) Analyse(text, _ string) sentiment.Verdict {
	switch {
	case strings.Contains(text, "terrible"):
		return sentiment.Verdict{Label: sentiment.Negative, Polarity: -0.9, Confidence: 0.95}
	case strings.Contains(text, "lovely"):
		return sentiment.Verdict{Label: sentiment.Positive, Polarity: 0.9, Confidence: 0.95}
	}
	return sentiment.Verdict{Label: sentiment.Neutral, Confidence: 0.9}
}

type world struct {
	*Service
	t      *testing.T
	survey feedback.Survey
	token  string // of an invitation that was sent at noon
	id     string
}

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := t.Context()
	st, err := sqlite.Open(ctx, t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	surveys, err := feedback.ParseSurveys(fstest.MapFS{"csat.yaml": {Data: []byte(definition)}})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := store.NewCatalog(ctx, st, surveys, noon())
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	rec := recovery.New(recovery.Config{Store: st, Catalog: catalog, Zone: time.UTC, Holder: "one", Log: log})
	w := &world{t: t, survey: surveys[0], Service: New(Config{
		Store: st, Catalog: catalog, Tokens: feedback.NewTokens([]byte("secret")), Analyser: wordsOf{}, Recovery: rec,
		Zone: time.UTC, Org: "Acme", Holder: "one", Log: log,
	})}
	w.id = w.invite("1", "")
	w.token = w.Tokens.Mint(w.id)
	return w
}

func (w *world) invite(external, original string) string {
	w.t.Helper()
	in := feedback.InteractionID("desk", external)
	v := &feedback.Invitation{
		Interaction: in, Source: "desk", External: external, Survey: "csat", Version: w.survey.Version, Metric: feedback.CSAT, Original: original,
		Person: "mara@example.com", Customer: feedback.Customer{Email: "mara@example.com", Name: "Mara Lind"},
		Agent: feedback.Agent{Email: "sam@acme.test", Team: "Billing"}, Language: "en", State: feedback.Scheduled,
		CreatedAt: noon(), SendAt: noon(), ExpiresAt: noon().Add(14 * 24 * time.Hour),
	}
	v.ID = feedback.InvitationID(in, "csat")
	v.MarkSent(noon())
	v.MarkCounted()
	if err := w.Store.Invitations().Insert(w.t.Context(), v); err != nil {
		w.t.Fatal(err)
	}
	return v.ID
}

func vote(score int, comment string) feedback.Answer {
	return feedback.Answer{Score: score, Scored: true, Comment: comment}
}

func (w *world) submit(a feedback.Answer, now time.Time) *feedback.Response {
	w.t.Helper()
	r, err := w.Submit(w.t.Context(), w.token, a, now)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

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

func (w *world) response(id string) *feedback.Response {
	w.t.Helper()
	r, err := w.Store.Responses().Get(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// openCase returns the case, or nil where there is none.
func (w *world) openCase(id string) *feedback.Case {
	w.t.Helper()
	list, err := w.Store.Cases().List(context.Background(), store.CaseFilter{}, store.Page{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range list.Items {
		if c.ID == id {
			return c
		}
	}
	return nil
}
