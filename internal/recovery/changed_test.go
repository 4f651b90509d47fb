package recovery

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// answers changes the answer of the case and tells the case.
func (w *world) answers(id string, score int, comment string, now time.Time) *feedback.Case {
	w.t.Helper()
	r, err := store.Update(w.t.Context(), w.Store.Responses(), id, func(r *feedback.Response) error {
		r.Give(feedback.Answer{Score: score, Scored: true, Comment: comment}, w.survey, now)
		r.Analysed = true
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for range 2 {
		if err := w.Changed(w.t.Context(), r, now); err != nil {
			w.t.Fatal(err)
		}
	}
	return w.get(id)
}

// TestRaisedScore closes the case of a score that the customer corrected upwards, lets the alerted agent
// hear so in the same conversation, and opens it again when the score falls again.
func TestRaisedScore(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	w.work(noon())
	c = w.answers(c.ID, 5, "Sorry, wrong star.", noon().Add(time.Minute))
	if c.State != feedback.CaseCorrected || !c.Deadline.IsZero() {
		t.Fatalf("the case is %s", c.State)
	}
	w.work(noon().Add(time.Minute))
	if got := w.mails(); got != "alert sam, digest sam" {
		t.Fatalf("mails %q", got)
	}
	m := w.mailOf(t, "digest")
	for _, want := range []string{"Subject: Raised to 5/5 by Mara Lind", "In-Reply-To: <", "Sorry, wrong star."} {
		if !strings.Contains(m, want) {
			t.Errorf("the second message lacks %q", want)
		}
	}
	w.work(noon().Add(200 * time.Hour))
	if got := w.mails(); got != "alert sam, digest sam" {
		t.Errorf("a closed case still escalates: %q", got)
	}
	c = w.answers(c.ID, 1, "No, it was right after all.", noon().Add(time.Hour))
	w.work(noon().Add(time.Hour))
	if c.State != feedback.CaseAcknowledged || w.mails() != "alert sam, alert sam, digest sam" {
		t.Errorf("after the score fell again the case is %s, mails %q", c.State, w.mails())
	}
}

// TestRaisedBeforeAlert sends nothing at all when the customer was faster than the mail.
func TestRaisedBeforeAlert(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	w.answers(c.ID, 5, "Wrong star.", noon())
	w.work(noon().Add(time.Hour))
	if got := w.mails(); got != "" {
		t.Errorf("mails %q", got)
	}
}

// TestWordsFollow sends the customer's words after an alert that went out without them, once.
func TestWordsFollow(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	w.answers(c.ID, 1, "", noon())
	w.work(noon())
	w.answers(c.ID, 1, "Three weeks!", noon().Add(time.Minute))
	w.work(noon().Add(time.Minute))
	w.answers(c.ID, 1, "Three weeks and two days!", noon().Add(2*time.Minute))
	w.work(noon().Add(2 * time.Minute))
	if got := w.mails(); got != "alert sam, digest sam" {
		t.Fatalf("mails %q", got)
	}
	if m := w.mailOf(t, "digest"); !strings.Contains(m, "Three weeks!") || !strings.Contains(m, "The customer added words") {
		t.Errorf("the second message:\n%s", m)
	}
}
