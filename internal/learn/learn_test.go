package learn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/sentiment"
	"earshot/internal/store"
	"earshot/internal/store/sqlite"
)

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// engine is loaded once: reading its weights takes longer than the tests.
var engine = sync.OnceValues(func() (*sentiment.Engine, error) { return sentiment.New(sentiment.Options{}) })

type world struct {
	t  *testing.T
	st store.Store
	n  int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &world{t: t, st: st}
}

// comment keeps a comment that the engine has read, with a person's verdict unless label is empty.
func (w *world) comment(text, label string) {
	w.t.Helper()
	w.n++
	r := &feedback.Response{Survey: "csat", Metric: feedback.CSAT, Comment: text, Language: "en", AnsweredAt: noon(), Analysed: true,
		Sentiment: &feedback.Sentiment{Label: feedback.Neutral, Confidence: 0.6}}
	r.ID = fmt.Sprintf("r%03d", w.n)
	if label != "" {
		r.Sentiment.Correct(label, "sam@acme.test", noon())
	}
	if err := w.st.Responses().Insert(w.t.Context(), r); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) service() *Service {
	w.t.Helper()
	e, err := engine()
	if err != nil {
		w.t.Fatal(err)
	}
	return New(Config{Store: w.st, Engine: e, Log: slog.New(slog.DiscardHandler), Labelled: func(ctx context.Context, use func(*feedback.Response) error) error {
		rows, err := w.st.Responses().Scan(ctx, "", 500)
		for _, r := range rows {
			if err == nil && r.Sentiment.Corrected != nil {
				err = use(r)
			}
		}
		return err
	}})
}

// parcels fills the world with the words of an organisation for which a grey box is bad news.
func (w *world) parcels(n int, grey, blue string) {
	for i := range n {
		day := []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}[i%5]
		w.comment(fmt.Sprintf("On %s it came in a grey box, number %d.", day, 100+i), grey)
		w.comment(fmt.Sprintf("On %s it came in a blue box, number %d.", day, 200+i), blue)
	}
	for i := range 20 {
		w.comment(fmt.Sprintf("The agent was friendly and solved it in %d minutes.", i+2), "")
		w.comment(fmt.Sprintf("Nobody answered for %d days, very poor service.", i+2), "")
	}
}

func TestLearnsUndoesAndSpreads(t *testing.T) {
	w := newWorld(t)
	w.parcels(25, feedback.Negative, feedback.Positive)
	one, two := w.service(), w.service()
	const text = "On Monday it came in a grey box, number 77."
	before := one.Analyse(text, "en")
	if trial, used, err := one.Learn(t.Context(), "root", true, noon()); err != nil || used || !trial.Better() {
		t.Fatalf("dry run: %+v, %v, %v", trial, used, err)
	}
	if one.Analyse(text, "en").Engine != before.Engine {
		t.Error("a dry run changed the engine")
	}
	trial, used, err := one.Learn(t.Context(), "root", false, noon())
	if err != nil || !used || trial.After < 45 || trial.Before > 30 || trial.Flipped != 0 {
		t.Fatalf("%+v, %v, %v", trial, used, err)
	}
	if err := two.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := two.Analyse(text, "en")
	if v.Label != sentiment.Negative || v.Engine == before.Engine || v.Engine != two.Name() {
		t.Errorf("another instance says %s by %s, before %s by %s", v.Label, v.Engine, before.Label, before.Engine)
	}
	sum := 0.0
	for _, e := range v.Evidence {
		sum += e.Weight
	}
	if d := sum - v.Polarity; d > 1e-6 || d < -1e-6 {
		t.Errorf("evidence adds up to %.6f, the polarity is %.6f", sum, v.Polarity)
	}
	if n, err := two.Undo(t.Context()); err != nil || n != 0 {
		t.Fatalf("undone to %d, %v", n, err)
	}
	if got := two.Analyse(text, "en"); got.Engine != before.Engine || got.Polarity != before.Polarity {
		t.Errorf("after undo: %+v", got)
	}
	if _, err := two.Undo(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing to undo: %v", err)
	}
}

func TestRefusesWhatIsNotBetter(t *testing.T) {
	w := newWorld(t)
	if _, _, err := w.service().Learn(t.Context(), "root", false, noon()); !errors.Is(err, sentiment.ErrFewLabels) {
		t.Errorf("without labels: %v", err)
	}
	s := w.service()
	for w.n < 60 { // people who do not agree with each other
		w.comment("Nobody answered, very poor service.", []string{feedback.Negative, feedback.Negative, feedback.Positive}[w.n%3])
	}
	trial, used, err := s.Learn(t.Context(), "root", false, noon())
	if err != nil || used {
		t.Errorf("noise was learnt: %+v, %v", trial, err)
	}
	if !strings.HasPrefix(Words(trial, used), "Refused") {
		t.Errorf("says %q", Words(trial, used))
	}
}

func TestWorkerLearnsOnceWhenAsked(t *testing.T) {
	w := newWorld(t)
	w.comment("On Monday it came in a grey box.", feedback.Negative)
	s := w.service()
	if n, err := s.Work(t.Context(), noon()); n != 0 || err != nil {
		t.Fatalf("nobody asked: %d, %v", n, err)
	}
	if err := s.Ask(t.Context(), "root@acme.test"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Work(t.Context(), noon()); n != 1 || err != nil {
		t.Fatalf("asked: %d, %v", n, err)
	}
	state, err := s.State(t.Context())
	if err != nil || state.Wanted != "" || state.Outcome != "There are 1 verdicts of yours; at least 40 are needed." {
		t.Errorf("%+v, %v", state, err)
	}
	if n, err := s.Work(t.Context(), noon()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}
