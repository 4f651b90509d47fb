package collect

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func TestSubmitRefuses(t *testing.T) {
	w := newWorld(t)
	answers := func(id, value string) feedback.Answer {
		a := vote(1, "")
		a.Answers = map[string]string{id: value}
		return a
	}
	for name, c := range map[string]struct {
		answer feedback.Answer
		field  string
	}{
		"no score":          {feedback.Answer{Comment: "x"}, "score"},
		"above the scale":   {vote(6, ""), "score"},
		"below the scale":   {vote(0, ""), "score"},
		"a long comment":    {vote(3, strings.Repeat("é", MaxComment+1)), "comment"},
		"neither yes or no": {answers("resolved", "maybe"), "resolved"},
		"no such option":    {answers("reason", "weather"), "reason"},
		"a long text":       {answers("wish", strings.Repeat("x", maxAnswer+1)), "wish"},
	} {
		_, err := w.Submit(t.Context(), w.token, c.answer, noon())
		if invalid := (*feedback.Invalid)(nil); !errors.As(err, &invalid) || len(invalid.Errors) != 1 || invalid.Errors[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Store.Responses().Get(t.Context(), w.id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("something was kept: %v", err)
	}
	if r := w.submit(vote(3, strings.Repeat("é", MaxComment)), noon()); utf8.RuneCountInString(r.Comment) != MaxComment {
		t.Error("the longest comment was cut")
	}
}

func TestSubmitKeepsWhatWasAsked(t *testing.T) {
	w := newWorld(t)
	a := vote(4, " caf\xe9\x00 \r\nnext\rlast \n")
	a.Answers = map[string]string{"resolved": "yes", "reason": "wait", "wish": "  \x00 ", "colour": "blue"}
	r := w.submit(a, noon())
	if r.Comment != "caf\uFFFD \nnext\nlast" {
		t.Errorf("comment %q", r.Comment)
	}
	if d := cmp.Diff(map[string]string{"resolved": "yes"}, w.response(w.id).Answers); d != "" {
		t.Errorf("answers (-want +got): %s", d)
	}
	a.Score = 2
	if r := w.submit(a, noon().Add(time.Minute)); r.Answers["reason"] != "wait" {
		t.Errorf("answers beside a low score: %v", r.Answers)
	}
}

func FuzzTidy(f *testing.F) {
	for _, s := range []string{"a\r\nb", "\x00", "\xff\xfe", " \u00a0x", "\r\r\n\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Tidy(s)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\r") || strings.TrimSpace(got) != got || Tidy(got) != got {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func TestEditWindow(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(4, ""), noon())
	w.work(noon())
	r := w.submit(vote(5, "lovely"), noon().Add(24*time.Hour-time.Millisecond))
	if r.Score != 5 || len(r.Versions) != 1 {
		t.Errorf("inside the window: %+v", r)
	}
	if _, err := w.Submit(t.Context(), w.token, vote(1, ""), noon().Add(24*time.Hour)); !errors.Is(err, ErrGone) {
		t.Errorf("after the window: %v", err)
	}
	v, err := w.View(t.Context(), w.token, noon().Add(24*time.Hour))
	if err != nil || v.Editable || v.Response.Score != 5 {
		t.Errorf("view after the window: %+v, %v", v, err)
	}
}

func TestClosedAndForeignLinks(t *testing.T) {
	w := newWorld(t)
	end := noon().Add(14 * 24 * time.Hour)
	if _, err := w.Submit(t.Context(), w.token, vote(1, ""), end); !errors.Is(err, ErrGone) {
		t.Errorf("submitted after the end: %v", err)
	}
	if v, err := w.View(t.Context(), w.token, end); !errors.Is(err, ErrGone) || v == nil || v.Language != "en" {
		t.Errorf("viewed after the end: %+v, %v", v, err)
	}
	for _, token := range []string{"", "x", w.token + "A", w.Tokens.Mint(feedback.InvitationID("none", "csat"))} {
		if _, err := w.View(t.Context(), token, noon()); !errors.Is(err, ErrUnknown) {
			t.Errorf("view of %q: %v", token, err)
		}
		if _, err := w.Submit(t.Context(), token, vote(1, ""), noon()); !errors.Is(err, ErrUnknown) {
			t.Errorf("answer to %q: %v", token, err)
		}
	}
	w.submit(vote(3, ""), end.Add(-time.Hour))
	if r := w.submit(vote(4, ""), end.Add(time.Hour)); r.Score != 4 {
		t.Error("the edit window outlives the invitation")
	}
}

// An answer that was erased is gone: its link takes no new one.
func TestErasedAnswer(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(3, ""), noon())
	w.work(noon())
	if err := w.Store.Responses().Delete(t.Context(), w.id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Submit(t.Context(), w.token, vote(1, ""), noon()); !errors.Is(err, ErrGone) {
		t.Errorf("answered again: %v", err)
	}
}

func TestTwoSubmitsAtOnce(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := w.Submit(t.Context(), w.token, vote(1, "terrible"), noon()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Go(func() { w.work(noon()) })
	wg.Wait()
	w.work(noon())
	list, err := w.Store.Responses().List(t.Context(), store.ResponseFilter{}, store.Page{})
	if err != nil || len(list.Items) != 1 || len(list.Items[0].Versions) != 0 {
		t.Fatalf("%d responses, %v", len(list.Items), err)
	}
	if c := w.openCase(w.id); c == nil || !list.Items[0].HasCase {
		t.Errorf("case %v", c)
	}
}

func TestSettle(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(1, ""), noon())
	w.work(noon())
	r := w.response(w.id)
	if w.openCase(w.id) != nil || !r.Due.Equal(noon().Add(2*time.Minute)) {
		t.Fatalf("a bare vote: due %s", r.Due)
	}
	w.work(noon().Add(2*time.Minute - time.Millisecond))
	if w.openCase(w.id) != nil {
		t.Error("the vote did not wait for its comment")
	}
	w.work(noon().Add(2 * time.Minute))
	if c := w.openCase(w.id); c == nil || c.Reason != feedback.ReasonLowScore || c.Agent.Email != "sam@acme.test" {
		t.Errorf("after the wait: %+v", c)
	}
	if r = w.response(w.id); !r.Due.IsZero() || !r.HasCase {
		t.Errorf("the response: %+v", r.Record)
	}
}

func TestCommentAlertsAtOnce(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(2, ""), noon())
	w.submit(vote(2, "terrible"), noon().Add(time.Second))
	w.work(noon().Add(time.Second))
	if c := w.openCase(w.id); c == nil || c.Label != feedback.Negative {
		t.Errorf("case %+v", c)
	}
	v, err := w.Store.Invitations().Get(t.Context(), w.id)
	if err != nil || v.State != feedback.Answered || !v.AnsweredAt.Equal(noon()) {
		t.Errorf("invitation %+v, %v", v, err)
	}
}

func TestBadCommentBesideAHighScore(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(5, "terrible"), noon())
	w.work(noon())
	if c, r := w.openCase(w.id), w.response(w.id); c == nil || c.Reason != feedback.ReasonComment || r.Conflict != "high_score_negative_text" {
		t.Errorf("case %+v, conflict %q", c, r.Conflict)
	}
	w.submit(vote(1, "terrible"), noon().Add(time.Minute))
	w.work(noon().Add(time.Minute))
	if r := w.response(w.id); r.Conflict != "" || w.openCase(w.id).Score != 1 {
		t.Errorf("after the score follows the words: conflict %q, case %+v", r.Conflict, w.openCase(w.id))
	}
}

// The customer changes the answer while a worker is about to act on it: what was taken back alerts
// nobody.
func TestChangeBeforeTheCaseOpens(t *testing.T) {
	w := newWorld(t)
	rows := w.claimed(vote(1, "terrible"))
	w.submit(vote(5, "lovely"), noon().Add(time.Second))
	if err := w.process(t.Context(), rows, noon()); !errors.Is(err, store.ErrConflict) {
		t.Fatal(err)
	}
	w.work(noon().Add(time.Second))
	if c, r := w.openCase(w.id), w.response(w.id); c != nil || r.HasCase || r.Score != 5 {
		t.Errorf("case %+v, response %+v", c, r)
	}
}

// The customer changes the answer just when a worker has opened the case: the case hears of it.
func TestChangeWhileTheCaseOpens(t *testing.T) {
	w := newWorld(t)
	r := w.claimed(vote(1, "terrible"))
	survey, _ := w.Catalog.Current("csat")
	if err := w.understand(t.Context(), r, survey, noon()); err != nil {
		t.Fatal(err)
	}
	if err := w.Recovery.Open(t.Context(), r, survey, noon()); err != nil {
		t.Fatal(err)
	}
	w.submit(vote(5, "lovely"), noon().Add(time.Second))
	w.work(noon().Add(time.Second))
	if c, r := w.openCase(w.id), w.response(w.id); c == nil || c.Score != 5 || c.Label != feedback.Positive || !r.HasCase || r.Score != 5 {
		t.Errorf("case %+v, response %+v", c, r)
	}
}

// claimed is the response to an answer, as a worker holds it.
func (w *world) claimed(a feedback.Answer) *feedback.Response {
	w.t.Helper()
	w.submit(a, noon())
	rows, err := w.Store.Responses().Claim(w.t.Context(), store.Claim{Holder: "slow", Now: noon(), Lease: time.Minute, Limit: 1})
	if err != nil || len(rows) != 1 {
		w.t.Fatal(len(rows), err)
	}
	return rows[0]
}

func TestChangeWithoutACase(t *testing.T) {
	w := newWorld(t)
	w.submit(vote(1, ""), noon())
	w.submit(vote(4, "lovely"), noon().Add(time.Second))
	w.work(noon().Add(time.Hour))
	if r := w.response(w.id); w.openCase(w.id) != nil || r.HasCase || !r.Due.IsZero() {
		t.Errorf("a slip of the finger opened a case: %+v", r)
	}
}

func TestUnaskedFeedback(t *testing.T) {
	w := newWorld(t)
	u := Unasked{Source: "social", External: "1", Text: "terrible service", Author: "@mara", Agent: feedback.Agent{Email: "Sam@acme.test"}, URL: "https://example.com/1", At: noon().Add(-time.Hour)}
	r, created, err := w.AddFeedback(t.Context(), u, noon())
	if err != nil || !created || r.Agent.Email != "sam@acme.test" {
		t.Fatal(r, created, err)
	}
	u.Text = "lovely"
	again, created, err := w.AddFeedback(t.Context(), u, noon())
	if err != nil || created || again.Comment != "terrible service" {
		t.Errorf("again: %v, %v, %v", again, created, err)
	}
	w.work(noon())
	if c := w.openCase(r.ID); c == nil || c.Reason != feedback.ReasonFeedback || c.Scored || c.Owner.Email != "sam@acme.test" {
		t.Errorf("case %+v", c)
	}
	good, _, err := w.AddFeedback(t.Context(), Unasked{Source: "social", External: "2", Text: "lovely"}, noon())
	if err != nil {
		t.Fatal(err)
	}
	w.work(noon())
	if w.openCase(good.ID) != nil || w.response(good.ID).Sentiment.Label != feedback.Positive {
		t.Errorf("kind words: %+v", w.response(good.ID))
	}
}

func TestUnaskedFeedbackRefuses(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.AddFeedback(t.Context(), Unasked{
		Source: strings.Repeat("x", 201), Text: " \x00", Agent: feedback.Agent{Email: "sam"}, URL: "javascript:alert(1)", At: noon().Add(25 * time.Hour),
	}, noon())
	var invalid *feedback.Invalid
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	var fields []string
	for _, e := range invalid.Errors {
		fields = append(fields, e.Field)
	}
	if want := []string{"source", "id", "text", "agent.email", "url", "at"}; !slices.Equal(fields, want) {
		t.Errorf("mistakes in %v, want %v", fields, want)
	}
}
