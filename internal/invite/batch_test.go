package invite

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/mail/mailtest"
	"earshot/internal/mail/resend"
	"earshot/internal/store"
)

// fragile is Resend behind a process that may die right after a request was answered.
type fragile struct {
	*resend.Sender
	die func() // called after the next batch was taken
}

func (f *fragile) SendBatch(ctx context.Context, ms []mail.Message) ([]mail.Result, error) {
	results, err := f.Sender.SendBatch(ctx, ms)
	if f.die != nil && err == nil {
		f.die()
		f.die = nil
	}
	return results, err
}

// newBatchWorld is a world that sends through a local Resend, with n customers to be asked.
func newBatchWorld(t *testing.T, n int) (*world, *mailtest.Resend, *fragile) {
	t.Helper()
	w := newWorld(t, definition)
	local := mailtest.NewResend(1000)
	s, err := resend.Open(resend.Settings{Key: mailtest.ResendKey, Transport: local})
	if err != nil {
		t.Fatal(err)
	}
	f := &fragile{Sender: s}
	w.Service.Config.Sender = f
	for i := range n {
		in := w.contact(noon(t).Add(-time.Hour))
		in.Customer.Email = fmt.Sprintf("customer%d@example.com", i)
		in.Customer.Name = ""
		w.accept(in, noon(t))
	}
	return w, local, f
}

func (w *world) invitations() []*feedback.Invitation {
	w.t.Helper()
	all, err := w.Store.Invitations().Scan(context.Background(), "", 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// all checks that every invitation is in a state, in no batch, and that so many mails were delivered,
// none of them twice.
func (w *world) all(local *mailtest.Resend, state feedback.State, delivered int) {
	w.t.Helper()
	for _, v := range w.invitations() {
		if v.State != state || v.Batch != "" {
			w.t.Errorf("invitation is %s in batch %q: %s", v.State, v.Batch, v.LastError)
		}
	}
	seen := map[string]int{}
	for _, d := range local.Delivered(w.t) {
		seen[d.To]++
	}
	for to, n := range seen {
		if n > 1 {
			w.t.Errorf("%s got %d mails", to, n)
		}
	}
	if len(seen) != delivered {
		w.t.Errorf("%d customers got a mail, want %d", len(seen), delivered)
	}
}

func (w *world) lists() int {
	w.t.Helper()
	rows, err := w.Store.Settings().Scan(context.Background(), batchSetting, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	n := 0
	for _, r := range rows {
		if len(r.ID) > len(batchSetting) && r.ID[:len(batchSetting)] == batchSetting {
			n++
		}
	}
	return n
}

func TestBatches(t *testing.T) {
	w, local, _ := newBatchWorld(t, 250)
	w.work(noon(t))
	w.all(local, feedback.Sent, 250)
	if local.Requests() != 3 || w.lists() != 0 {
		t.Errorf("%d requests, %d lists left", local.Requests(), w.lists())
	}
}

// A request that was taken although its answer says otherwise, or never came, is repeated as it was.
func TestBatchIsRepeatedAsItWas(t *testing.T) {
	for _, f := range []mailtest.Failure{{Status: 500, Name: "internal_server_error", Taken: true}, {Status: 0, Taken: true}, {Status: 429, Name: "rate_limit_exceeded", RetryAfter: "1"}, {Status: 401, Name: "missing_api_key"}} {
		t.Run(fmt.Sprint(f.Status), func(t *testing.T) {
			w, local, _ := newBatchWorld(t, 5)
			local.Fail(f)
			w.work(noon(t))
			late := w.contact(noon(t).Add(-time.Hour)) // must not slip into the repetition
			late.Customer.Email = "late@example.com"
			w.accept(late, noon(t))
			w.work(noon(t).Add(time.Hour))
			w.all(local, feedback.Sent, 6)
			if w.lists() != 0 {
				t.Error("a list is left")
			}
		})
	}
}

// The process dies between the answer and the rows. Another one repeats the batch, the customer who
// opted out meanwhile included: the request is the same, so nothing more is delivered.
func TestBatchAfterACrash(t *testing.T) {
	w, local, f := newBatchWorld(t, 5)
	ctx, cancel := context.WithCancel(t.Context())
	f.die = cancel
	if _, err := w.Work(ctx, noon(t)); err == nil {
		t.Fatal("nobody died")
	}
	changed := w.invitations()[2]
	if _, err := store.Update(t.Context(), w.Store.Invitations(), changed.ID, func(v *feedback.Invitation) error {
		v.State = feedback.Cancelled
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.Service.Holder = "another"
	w.work(noon(t).Add(2 * lease))
	for _, v := range w.invitations() {
		want := feedback.Sent
		if v.ID == changed.ID {
			want = feedback.Cancelled
		}
		if v.State != want || v.Batch != "" {
			t.Errorf("invitation is %s in batch %q", v.State, v.Batch)
		}
	}
	if n := len(local.Delivered(t)); n != 5 || w.lists() != 0 {
		t.Errorf("delivered %d mails, %d lists left", n, w.lists())
	}
}

// After 23 hours Resend forgets: what may have been sent is not sent again.
func TestBatchTooOldToRepeat(t *testing.T) {
	w, local, f := newBatchWorld(t, 3)
	ctx, cancel := context.WithCancel(t.Context())
	f.die = cancel
	if _, err := w.Work(ctx, noon(t)); err == nil {
		t.Fatal("nobody died")
	}
	w.work(noon(t).Add(24 * time.Hour))
	w.all(local, feedback.Failed, 3)
	if n := len(local.Delivered(t)); n != 3 {
		t.Errorf("delivered %d mails", n)
	}
}

// A row that was marked by a worker that never wrote its list down was never sent; and that worker
// cannot send it any more.
func TestMarkedWithoutAList(t *testing.T) {
	w, local, _ := newBatchWorld(t, 1)
	v := w.invitations()[0]
	if _, err := store.Update(t.Context(), w.Store.Invitations(), v.ID, func(v *feedback.Invitation) error { v.Batch = "b1"; return nil }); err != nil {
		t.Fatal(err)
	}
	w.work(noon(t))
	w.all(local, feedback.Sent, 1)
	if err := w.writeDown(t.Context(), "b1", []member{{ID: v.ID}}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the sleeper may go on: %v", err)
	}
}

// A batch that is refused as a whole is taken apart; a mail that is refused is a dead letter by itself.
func TestRefusedBatch(t *testing.T) {
	w, local, _ := newBatchWorld(t, 4)
	local.Fail(mailtest.Failure{Status: 422, Name: "validation_error"})
	w.work(noon(t))
	w.all(local, feedback.Sent, 4)

	w, local, _ = newBatchWorld(t, 4)
	in := w.contact(noon(t).Add(-time.Hour))
	in.Customer.Email = "nobody@invalid.test"
	w.accept(in, noon(t))
	w.work(noon(t))
	failed := 0
	for _, v := range w.invitations() {
		if v.State == feedback.Failed {
			failed++
		}
	}
	if failed != 1 || len(local.Delivered(t)) != 4 || w.lists() != 0 {
		t.Errorf("%d failed, %d delivered", failed, len(local.Delivered(t)))
	}
}
