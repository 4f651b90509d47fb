// Package mailtest holds what every mail.Sender is tested against: one conformance test, Run, and two
// servers to run it with, a local Resend (NewResend) and a local SMTP server (NewSMTP).
package mailtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/mail"
)

// Delivered is a message as it arrived at the other end.
type Delivered struct {
	From, To, ReplyTo string // header values, names decoded
	Subject           string
	Text, HTML        string // line ends as \n
	Headers           map[string]string
}

// Subject is a sender under test with a view of what it delivered.
type Subject struct {
	Sender mail.Sender
	// Delivered returns everything delivered so far, in any order.
	Delivered func(t *testing.T) []Delivered
	// ForgetsKeys is true for a provider that knows no idempotency keys (SMTP): there a repeat may be
	// delivered again, but must carry the same Message-ID.
	ForgetsKeys bool
}

// Run holds a sender to the contract of mail.Sender, and of mail.BatchSender when it is one. open
// makes a fresh sender with nothing delivered, and cleans up with the test.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Subject)
	}{
		{"arrives as written", testArrives},
		{"staff mail cannot be unsubscribed", testStaff},
		{"header injection", testInjection},
		{"the same key is one message", testRepeat},
		{"the same key at the same time", testConcurrentRepeat},
		{"many at once, each once", testMany},
		{"two keys of one row and moment", testTwoKeys},
		{"a refused message is told from the rest", testRejected},
		{"an ended context is temporary", testContext},
		{"batch", testBatch},
		{"batch with a refused message", testBatchRejected},
		{"batch twice", testBatchRepeat},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// Message returns a valid message, the nth of a test.
func Message(n int) mail.Message {
	return mail.Message{
		Kind: mail.KindInvitation, Ref: fmt.Sprintf("row-%04d", n), Key: fmt.Sprintf("invitation/row-%04d", n),
		Date:        time.Date(2026, 11, 20, 14, 3, 0, 0, time.UTC).Add(time.Duration(n) * time.Millisecond),
		From:        mail.Address{Name: "Acmé", Email: "surveys@acme.test"},
		To:          mail.Address{Name: "Mara Lind", Email: fmt.Sprintf("mara%d@example.com", n)},
		ReplyTo:     mail.Address{Email: fmt.Sprintf("inbound+%d@acme.test", n)},
		Subject:     fmt.Sprintf("Wie waren wir, Zoë? كيف كانت خدمتنا؟ (%d)", n),
		Text:        "Grüße,\n.\nein Punkt allein auf der Zeile, und eine lange: " + strings.Repeat("سلام ", 60) + "\n",
		HTML:        "<p>Grüße — 👍</p>\n<p>.</p>\n",
		Unsubscribe: fmt.Sprintf("https://acme.test/s/tok%d/opt-out", n), Language: "de",
	}
}

func testArrives(t *testing.T, s Subject) {
	m := Message(1)
	send(t, s, m)
	got := only(t, s)
	if got.Subject != m.Subject || strings.TrimRight(got.Text, "\n") != strings.TrimRight(m.Text, "\n") ||
		strings.TrimRight(got.HTML, "\n") != strings.TrimRight(m.HTML, "\n") {
		t.Errorf("arrived as %+v", got)
	}
	for _, a := range [][2]string{{got.From, "surveys@acme.test"}, {got.From, "Acmé"}, {got.To, "mara1@example.com"}, {got.ReplyTo, "inbound+1@acme.test"}} {
		if !strings.Contains(a[0], a[1]) {
			t.Errorf("%q lacks %q", a[0], a[1])
		}
	}
	for _, h := range m.Headers() {
		if got.Headers[h.Name] != h.Value {
			t.Errorf("%s: %q, want %q", h.Name, got.Headers[h.Name], h.Value)
		}
	}
}

func testStaff(t *testing.T, s Subject) {
	m := Message(1)
	m.Kind, m.Unsubscribe, m.ReplyTo = mail.KindAlert, "", mail.Address{}
	send(t, s, m)
	got := only(t, s)
	for _, name := range []string{"List-Unsubscribe", "List-Unsubscribe-Post", "Reply-To"} {
		if v := got.Headers[name]; v != "" {
			t.Errorf("%s: %q", name, v)
		}
	}
	if got.Headers["X-Earshot-Kind"] != "alert" {
		t.Errorf("headers %v", got.Headers)
	}
}

func testInjection(t *testing.T, s Subject) {
	m := Message(1)
	m.Subject = "a\r\nBcc: eve@evil.test\r\n\r\nb"
	m.To.Name = "x\r\nX-Evil: 1"
	m.Ref = "row\r\nX-Evil: 1"
	send(t, s, m)
	got := only(t, s)
	if strings.ContainsAny(got.Subject, "\r\n") || got.Headers["X-Evil"] != "" || got.Headers["Bcc"] != "" {
		t.Errorf("arrived as %+v", got)
	}
}

func testRepeat(t *testing.T, s Subject) {
	first := send(t, s, Message(1))
	second := send(t, s, Message(1))
	once(t, s, 1)
	if !s.ForgetsKeys && first != second {
		t.Errorf("receipts %v and %v of one message", first, second)
	}
}

func testConcurrentRepeat(t *testing.T, s Subject) {
	inParallel(8, func(int) {
		// While one attempt runs, another may be told to come back later.
		for {
			_, err := s.Sender.Send(t.Context(), Message(1))
			if err == nil {
				return
			}
			if !errors.Is(err, mail.ErrTemporary) {
				t.Errorf("Send: %v", err)
				return
			}
		}
	})
	once(t, s, 1)
}

func testMany(t *testing.T, s Subject) {
	const n = 60
	inParallel(n, func(i int) {
		if _, err := s.Sender.Send(t.Context(), Message(i)); err != nil {
			t.Errorf("Send %d: %v", i, err)
		}
	})
	once(t, s, n)
}

func testTwoKeys(t *testing.T, s Subject) {
	a, b := Message(1), Message(1)
	b.Key, b.To.Email = a.Key+"/manager", "ivy@acme.test"
	ra, rb := send(t, s, a), send(t, s, b)
	if len(s.Delivered(t)) != 2 {
		t.Errorf("delivered %d of 2", len(s.Delivered(t)))
	}
	if !s.ForgetsKeys && (ra == rb || send(t, s, b) != rb || send(t, s, a) != ra || len(s.Delivered(t)) != 2) {
		t.Error("two messages of one row were mixed up")
	}
}

func testRejected(t *testing.T, s Subject) {
	bad := Message(1)
	bad.To.Email = "not an address"
	_, err := s.Sender.Send(t.Context(), bad)
	if !errors.Is(err, mail.ErrRejected) || errors.Is(err, mail.ErrTemporary) || mail.Reason(err) == "" {
		t.Errorf("Send: %v", err)
	}
	send(t, s, Message(2))
	once(t, s, 1)
}

func testContext(t *testing.T, s Subject) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Sender.Send(ctx, Message(1)); !errors.Is(err, mail.ErrTemporary) || !errors.Is(err, context.Canceled) {
		t.Errorf("Send: %v", err)
	}
	send(t, s, Message(1))
	once(t, s, 1)
}

func testBatch(t *testing.T, s Subject) {
	b := batcher(t, s)
	var ms []mail.Message
	for i := range b.MaxBatch() {
		ms = append(ms, Message(i))
	}
	results, err := b.SendBatch(t.Context(), ms)
	if err != nil || len(results) != len(ms) {
		t.Fatalf("SendBatch: %d results, %v", len(results), err)
	}
	seen := map[string]bool{}
	for i, r := range results {
		if r.Err != nil || r.Receipt.Provider == "" || seen[r.Receipt.Provider] {
			t.Errorf("result %d: %+v", i, r)
		}
		seen[r.Receipt.Provider] = true
	}
	once(t, s, len(ms))
	if results, err := b.SendBatch(t.Context(), nil); err != nil || len(results) != 0 {
		t.Errorf("empty batch: %v, %v", results, err)
	}
	if _, err := b.SendBatch(t.Context(), append(ms, Message(999))); err == nil {
		t.Error("a batch over the limit was taken")
	}
}

func testBatchRejected(t *testing.T, s Subject) {
	b := batcher(t, s)
	ms := []mail.Message{Message(0), Message(1), Message(2)}
	ms[1].To.Email = "not an address"
	results, err := b.SendBatch(t.Context(), ms)
	if err != nil || len(results) != 3 {
		t.Fatalf("SendBatch: %v, %v", results, err)
	}
	if results[0].Err != nil || !errors.Is(results[1].Err, mail.ErrRejected) || results[2].Err != nil {
		t.Errorf("results %+v", results)
	}
	once(t, s, 2)
}

func testBatchRepeat(t *testing.T, s Subject) {
	b := batcher(t, s)
	ms := []mail.Message{Message(0), Message(1)}
	first, err := b.SendBatch(t.Context(), ms)
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.SendBatch(t.Context(), ms)
	if err != nil || first[0] != second[0] || first[1] != second[1] {
		t.Errorf("second: %v, %v; first: %v", second, err, first)
	}
	once(t, s, 2)
}

func batcher(t *testing.T, s Subject) mail.BatchSender {
	b, ok := s.Sender.(mail.BatchSender)
	if !ok {
		t.Skip("sends one at a time")
	}
	return b
}

func send(t *testing.T, s Subject, m mail.Message) mail.Receipt {
	t.Helper()
	r, err := s.Sender.Send(t.Context(), m)
	if err != nil {
		t.Fatalf("Send: %v", err)
	}
	if r.Provider == "" {
		t.Error("a receipt without the provider's word")
	}
	return r
}

func only(t *testing.T, s Subject) Delivered {
	t.Helper()
	all := s.Delivered(t)
	if len(all) != 1 {
		t.Fatalf("delivered %d messages, want 1", len(all))
	}
	return all[0]
}

// once checks that n messages were delivered, none of them twice (or, where the provider knows no
// keys, every repeat recognisable by its Message-ID).
func once(t *testing.T, s Subject, n int) {
	t.Helper()
	all := s.Delivered(t)
	seen := map[string]string{}
	for _, d := range all {
		ref, id := d.Headers["X-Earshot-Ref"], d.Headers["Message-Id"]
		if was, twice := seen[ref]; twice && (!s.ForgetsKeys || was != id || id == "") {
			t.Errorf("%s was delivered twice, as %q and %q", ref, was, id)
		}
		seen[ref] = id
	}
	if len(seen) != n {
		t.Errorf("delivered %d messages, want %d", len(seen), n)
	}
}

func inParallel(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}
