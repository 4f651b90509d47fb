package collect

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/sentiment"
	"earshot/internal/store"
)

// turned finds everything terrible, as the next engine.
type turned struct{ calls *atomic.Int64 }

func (k turned) Analyse(string, string) sentiment.Verdict {
	k.calls.Add(1)
	return sentiment.Verdict{Label: sentiment.Negative, Polarity: -0.9, Confidence: 0.95, Engine: "next"}
}

// manyAnswered has n customers answer one after another, friendly.
func (w *world) manyAnswered(n int) (ids []string) {
	w.t.Helper()
	for i := range n {
		id := w.invite("again"+string(rune('a'+i%26))+string(rune('a'+i/26)), "")
		if _, err := w.Submit(w.t.Context(), w.Tokens.Mint(id), vote(5, "lovely"), noon().Add(time.Duration(i)*time.Second)); err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for range n { // several rounds of work
		w.work(noon().Add(time.Hour))
	}
	return ids
}

func TestReanalyseKeepsCorrectionsAndAlertsNobody(t *testing.T) {
	w := newWorld(t)
	ids := w.manyAnswered(5)
	if _, err := w.Correct(t.Context(), ids[0], feedback.Mixed, "sam@acme.test", noon()); err != nil {
		t.Fatal(err)
	}
	w.work(noon().Add(time.Hour))
	var calls atomic.Int64
	w.Analyser = turned{&calls}
	q := Reanalysis{Since: noon().Add(time.Second), Engine: "next"}
	done, err := w.Reanalyse(t.Context(), q, noon().Add(2*time.Hour))
	if err != nil || done != (Reread{Seen: 4, Read: 4, Changed: 4}) {
		t.Fatalf("%+v, %v", done, err)
	}
	if done, err = w.Reanalyse(t.Context(), Reanalysis{Since: noon(), Engine: "next"}, noon().Add(2*time.Hour)); err != nil || done != (Reread{Seen: 5, Read: 1}) {
		t.Fatalf("again, and from the first on: %+v, %v", done, err)
	}
	w.work(noon().Add(2 * time.Hour))
	for i, id := range ids {
		r := w.response(id)
		want := feedback.Negative
		if i == 0 {
			want = feedback.Mixed
		}
		if r.Sentiment.Label != want || r.Sentiment.Engine != "next" || w.openCase(id) != nil {
			t.Errorf("%d: %+v, case %v", i, r.Sentiment, w.openCase(id))
		}
	}
	if c := w.response(ids[0]).Sentiment.Corrected; c == nil || c.Was != feedback.Negative {
		t.Errorf("the correction: %+v", c)
	}
}

func TestReanalyseAlertsWhenAsked(t *testing.T) {
	w := newWorld(t)
	id := w.manyAnswered(1)[0]
	var calls atomic.Int64
	w.Analyser = turned{&calls}
	if _, err := w.Reanalyse(t.Context(), Reanalysis{Since: noon(), Engine: "next", Alert: true}, noon().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	w.work(noon().Add(2 * time.Hour))
	if c := w.openCase(id); c == nil || c.Reason != feedback.ReasonComment {
		t.Errorf("case %+v", c)
	}
}

// Interrupted after its first batch, it goes on from there and reads nothing twice.
func TestReanalyseGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t)
	w.manyAnswered(again + 20)
	var calls atomic.Int64
	w.Analyser = turned{&calls}
	ctx, cancel := context.WithCancel(t.Context())
	q := Reanalysis{Since: noon(), Engine: "next", Progress: func(Reread, time.Time) { cancel() }}
	if _, err := w.Reanalyse(ctx, q, noon().Add(2*time.Hour)); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	first := calls.Load()
	q.Progress = nil
	done, err := w.Reanalyse(t.Context(), q, noon().Add(2*time.Hour))
	if err != nil || calls.Load() != again+20 || first != again || done.Seen < 20 {
		t.Errorf("%d calls before, %d in all, %+v, %v", first, calls.Load(), done, err)
	}
	if _, err := w.Store.Settings().Get(t.Context(), reanalyseID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("its mark stayed: %v", err)
	}
}
