package collect

import (
	"errors"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/sentiment"
	"earshot/internal/store"
)

func TestCorrectionReachesFiguresCaseAndLearning(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(1, "terrible"), noon())
	w.work(noon())
	r, err := w.Correct(t.Context(), w.id, feedback.Mixed, "sam@acme.test", noon().Add(time.Minute))
	if err != nil || r.Sentiment.Label != feedback.Mixed || r.Sentiment.Corrected.Was != feedback.Negative {
		t.Fatalf("%v: %+v", err, r)
	}
	dirty := func() bool {
		rows, err := w.Store.Rollups().Claim(t.Context(), store.Claim{Holder: "test", Now: noon().Add(time.Hour), Lease: time.Second, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			row.Next(time.Time{})
			if err := w.Store.Rollups().Save(t.Context(), row); err != nil {
				t.Fatal(err)
			}
		}
		return len(rows) > 0
	}
	dirty()
	w.work(noon().Add(time.Minute))
	if c := w.openCase(w.id); c.Label != feedback.Mixed {
		t.Errorf("the case says %s", c.Label)
	}
	if !dirty() {
		t.Error("the figures of the day were not marked")
	}
	labels := func() (ids []string) {
		if err := w.Labelled(t.Context(), func(r *feedback.Response) error { ids = append(ids, r.ID); return nil }); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if got := labels(); len(got) != 1 || got[0] != w.id {
		t.Errorf("labelled: %v", got)
	}
	if _, err := w.Correct(t.Context(), w.id, "", "sam@acme.test", noon()); err != nil {
		t.Fatal(err)
	}
	w.work(noon().Add(time.Minute))
	if r := w.response(w.id); len(labels()) != 0 || r.Labelled || r.Sentiment.Label != feedback.Negative {
		t.Errorf("taken back: labelled %v, %+v", labels(), r.Sentiment)
	}
}

func TestChangedWordsNeedAnotherVerdict(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(5, "lovely"), noon())
	w.work(noon())
	if _, err := w.Correct(t.Context(), w.id, feedback.Negative, "sam@acme.test", noon()); err != nil {
		t.Fatal(err)
	}
	w.work(noon())
	if c := w.openCase(w.id); c == nil || c.Reason != feedback.ReasonComment {
		t.Errorf("a person says that it is negative; case %+v", c)
	}
	w.submit(vote(5, "lovely indeed"), noon().Add(time.Minute))
	w.work(noon().Add(time.Minute))
	if s := w.response(w.id).Sentiment; s.Corrected != nil || s.Label != feedback.Positive {
		t.Errorf("the verdict on the earlier words stands: %+v", s)
	}
}

func TestLateCorrectionAlertsNobody(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(5, "lovely"), noon())
	w.work(noon())
	late := noon().Add(lateCorrection + time.Hour)
	if _, err := w.Correct(t.Context(), w.id, feedback.Negative, "sam@acme.test", late); err != nil {
		t.Fatal(err)
	}
	w.work(late)
	if c := w.openCase(w.id); c != nil {
		t.Errorf("a case: %+v", c)
	}
}

func TestWhatCannotBeCorrected(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(5, ""), noon())
	w.work(noon())
	var invalid *feedback.Invalid
	for _, c := range [][2]string{{feedback.Positive, "sam"}, {"great", "sam"}, {feedback.Unsure, "sam"}, {feedback.Positive, " "}} {
		if _, err := w.Correct(t.Context(), w.id, c[0], c[1], noon()); !errors.As(err, &invalid) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := w.Correct(t.Context(), "nobody", feedback.Positive, "sam", noon()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
}

// hesitant is as sure of a comment as the comment is long, in hundredths.
type hesitant struct{}

func (hesitant) Analyse(text, _ string) sentiment.Verdict {
	return sentiment.Verdict{Language: "en", Label: sentiment.Negative, Polarity: -0.3, Confidence: float64(len(text)) / 100}
}

func TestDeskAsksForTheLeastSureThreeTimesADay(t *testing.T) {
	w := newWorld(t)
	w.Analyser = hesitant{}
	ids := []string{w.id}
	for _, n := range []string{"2", "3", "4", "5"} {
		ids = append(ids, w.invite(n, ""))
	}
	texts := []string{"a comment of forty-one letters, about that", "short words", "a few more words here", "this one is as clear as can be, and long enough that the engine is sure of what it means", "somewhat longer words here"}
	for i, id := range ids {
		if _, err := w.Submit(t.Context(), w.Tokens.Mint(id), vote(5, texts[i]), noon()); err != nil {
			t.Fatal(err)
		}
	}
	w.work(noon())
	sam := &feedback.User{Email: "sam@acme.test", Role: feedback.RoleAgent}
	for _, want := range []string{ids[1], ids[2], ids[4], ""} {
		r, err := w.Doubtful(t.Context(), sam, noon())
		if err != nil {
			t.Fatal(err)
		}
		if (r == nil) != (want == "") || r != nil && r.ID != want {
			t.Fatalf("asked about %+v, want %s", r, want)
		}
		if r != nil {
			if err := w.Asked(t.Context(), sam, r.ID, noon()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if r, err := w.Doubtful(t.Context(), sam, noon().Add(24*time.Hour)); err != nil || r == nil || r.ID != ids[0] {
		t.Errorf("the next day: %+v, %v; want what was not passed over", r, err)
	}
	if r, err := w.Doubtful(t.Context(), &feedback.User{Email: "ivy@acme.test", Role: feedback.RoleAgent}, noon()); err != nil || r != nil {
		t.Errorf("asked about somebody else's customers: %+v, %v", r, err)
	}
}
