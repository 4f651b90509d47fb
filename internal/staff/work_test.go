package staff

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/mail"
	"earshot/internal/mail/outbox"
)

// ask has a link mailed, and lets the worker look.
func (w *world) ask(email, next string, now time.Time) {
	w.t.Helper()
	if err := w.SignIn(w.t.Context(), email, next, now); err != nil {
		w.t.Fatal(err)
	}
	w.work(now)
}

func (w *world) work(now time.Time) {
	w.t.Helper()
	if _, err := w.Work(w.t.Context(), now); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) mails() []outbox.Entry {
	w.t.Helper()
	list, _, err := w.box.List("", 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func TestSignInMails(t *testing.T) {
	w := newWorld(t)
	for range linksPerWindow + 2 {
		w.ask(" SAM@acme.test ", "/desk", noon())
	}
	if n := len(w.mails()); n != linksPerWindow {
		t.Errorf("%d mails in one window, want %d", n, linksPerWindow)
	}
	w.ask("sam@acme.test", "/", noon().Add(LinkLives))
	for range 2 * linksPerWindow {
		w.ask("stranger@example.com", "/", noon())
	}
	list := w.mails()
	if len(list) != linksPerWindow+1 {
		t.Fatalf("%d mails", len(list))
	}
	stored, err := w.box.Read(list[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(stored.Text, "/sign-in/")
	secret := strings.Fields(rest)[0]
	if _, next, err := w.UseLink(t.Context(), secret, noon().Add(LinkLives)); err != nil || next != "/" {
		t.Errorf("the mailed link: %q, %v", next, err)
	}
	left, err := w.Store.Links().Scan(t.Context(), "", 100)
	if err != nil || len(left) != linksPerWindow+1 {
		t.Errorf("%d links are kept, %v: those that were not mailed are to go", len(left), err)
	}
	if next, err := w.Store.Links().NextDue(t.Context()); err != nil || !next.IsZero() {
		t.Errorf("work is left, due %v, %v", next, err)
	}
}

func TestThrottleHoldsAtOnce(t *testing.T) {
	w := newWorld(t)
	for range 12 {
		if err := w.SignIn(t.Context(), "sam@acme.test", "/", noon()); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				n, err := w.Work(t.Context(), noon())
				if err != nil {
					t.Error(err)
				}
				if n == 0 {
					return
				}
			}
		})
	}
	wg.Wait()
	if n := len(w.mails()); n != linksPerWindow {
		t.Errorf("%d mails at once, want %d", n, linksPerWindow)
	}
}

// failing takes no mail until it is mended.
type failing struct {
	mail.Sender
	err error
}

func (f *failing) Send(ctx context.Context, m mail.Message) (mail.Receipt, error) {
	if f.err != nil {
		return mail.Receipt{}, f.err
	}
	return f.Sender.Send(ctx, m)
}

func TestASignInMailIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	down := &failing{w.box, &mail.Error{Class: mail.ErrTemporary, Reason: "busy", RetryAfter: time.Minute}}
	w.Sender = down
	w.ask("sam@acme.test", "/", noon())
	down.err = nil
	w.work(noon().Add(time.Minute - time.Millisecond))
	if n := len(w.mails()); n != 0 {
		t.Errorf("%d mails before the provider wants to hear of us again", n)
	}
	for range 3 { // once is enough
		w.work(noon().Add(time.Minute))
	}
	if n := len(w.mails()); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
	down.err = &mail.Error{Class: mail.ErrRejected, Reason: "no such mailbox"}
	w.ask("sam@acme.test", "/", noon().Add(2*time.Minute))
	if next, err := w.Store.Links().NextDue(t.Context()); err != nil || !next.IsZero() {
		t.Errorf("a refused mail is still due at %v, %v", next, err)
	}
}
