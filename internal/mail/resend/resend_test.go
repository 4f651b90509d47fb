package resend_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/mail"
	"earshot/internal/mail/mailtest"
	"earshot/internal/mail/resend"
)

// fast is a rate that no test reaches.
const fast = 100_000

func open(t testing.TB, s resend.Settings) *resend.Sender {
	t.Helper()
	if s.Key == "" {
		s.Key = mailtest.ResendKey
	}
	sender, err := resend.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func TestConformance(t *testing.T) {
	mailtest.Run(t, func(t *testing.T) mailtest.Subject {
		server := mailtest.NewResend(fast)
		transport := &http.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		return mailtest.Subject{
			Sender: open(t, resend.Settings{BaseURL: server.Serve(t), Transport: transport}), Delivered: server.Delivered}
	})
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		failure mailtest.Failure
		key     string
		spoil   func(*mail.Message)
		class   error
		maybe   bool
		wait    time.Duration
	}{
		"wrong key":         {key: "re_wrong", class: mail.ErrAccount},
		"key may not send":  {key: mailtest.ResendReadKey, class: mail.ErrAccount},
		"domain unverified": {spoil: func(m *mail.Message) { m.From.Email = "a@unverified.test" }, class: mail.ErrAccount},
		"refused recipient": {spoil: func(m *mail.Message) { m.To.Email = "a@invalid.test" }, class: mail.ErrRejected},
		"rate":              {failure: mailtest.Failure{Status: 429, Name: "rate_limit_exceeded", RetryAfter: "3"}, class: mail.ErrTemporary, wait: 3 * time.Second},
		"daily quota":       {failure: mailtest.Failure{Status: 429, Name: "daily_quota_exceeded"}, class: mail.ErrAccount},
		"still running":     {failure: mailtest.Failure{Status: 409, Name: "concurrent_idempotent_requests"}, class: mail.ErrTemporary, maybe: true, wait: time.Second},
		"other content":     {failure: mailtest.Failure{Status: 409, Name: "invalid_idempotent_request"}, class: mail.ErrRejected, maybe: true},
		"wrong address":     {failure: mailtest.Failure{Status: 422, Name: "invalid_from_address"}, class: mail.ErrAccount},
		"security":          {failure: mailtest.Failure{Status: 451, Name: "security_error"}, class: mail.ErrRejected},
		"their error":       {failure: mailtest.Failure{Status: 500, Name: "application_error"}, class: mail.ErrTemporary, maybe: true},
		"maintenance":       {failure: mailtest.Failure{Status: 503, RetryAfter: "120"}, class: mail.ErrTemporary, maybe: true, wait: 2 * time.Minute},
		"moved":             {failure: mailtest.Failure{Status: 302}, class: mail.ErrAccount},
		"broken off":        {failure: mailtest.Failure{}, class: mail.ErrTemporary, maybe: true},
	} {
		server := mailtest.NewResend(fast)
		if c.spoil == nil && c.key == "" {
			server.Fail(c.failure)
		}
		s := open(t, resend.Settings{Key: c.key, Transport: server})
		m := mailtest.Message(1)
		if c.spoil != nil {
			c.spoil(&m)
		}
		_, err := s.Send(t.Context(), m)
		e, ok := errors.AsType[*mail.Error](err)
		if !ok || !errors.Is(err, c.class) || e.Maybe != c.maybe || e.RetryAfter != c.wait || e.Reason == "" {
			t.Errorf("%s: %#v", name, err)
		}
		if n := len(server.Delivered(t)); n != 0 || server.Requests() != 1 {
			t.Errorf("%s: delivered %d in %d requests", name, n, server.Requests())
		}
	}
}

// TestUnknownFate loses the answers to messages that were taken: the repeat is recognised.
func TestUnknownFate(t *testing.T) {
	server := mailtest.NewResend(fast)
	s := open(t, resend.Settings{Transport: server})
	ms := []mail.Message{mailtest.Message(1), mailtest.Message(2)}
	for _, f := range []mailtest.Failure{{Taken: true}, {Status: 502, Taken: true}} {
		server.Fail(f, f)
		_, err := s.Send(t.Context(), mailtest.Message(0))
		_, batchErr := s.SendBatch(t.Context(), ms)
		if !errors.Is(err, mail.ErrTemporary) || !errors.Is(batchErr, mail.ErrTemporary) {
			t.Errorf("%+v: %v, %v", f, err, batchErr)
		}
	}
	if _, err := s.Send(t.Context(), mailtest.Message(0)); err != nil {
		t.Error(err)
	}
	results, err := s.SendBatch(t.Context(), ms)
	if err != nil || results[0].Err != nil || results[1].Err != nil {
		t.Errorf("%v, %v", results, err)
	}
	if n := len(server.Delivered(t)); n != 3 {
		t.Errorf("delivered %d of 3", n)
	}
}

func TestBatchRefusedByTheServer(t *testing.T) {
	server := mailtest.NewResend(fast)
	s := open(t, resend.Settings{Transport: server})
	ms := []mail.Message{mailtest.Message(0), mailtest.Message(1), mailtest.Message(2), mailtest.Message(3)}
	ms[0].To.Email, ms[1].To.Email = "not an address", "a@invalid.test"
	results, err := s.SendBatch(t.Context(), ms)
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(results[0].Err, mail.ErrRejected) || !errors.Is(results[1].Err, mail.ErrRejected) {
		t.Errorf("refused: %+v", results[:2])
	}
	if results[2].Receipt.Provider != "00000000-0000-4000-8000-000000000001" || results[3].Receipt.Provider != "00000000-0000-4000-8000-000000000002" {
		t.Errorf("ids went to the wrong messages: %+v", results)
	}
	all := []mail.Message{ms[0], ms[0]}
	if results, err := s.SendBatch(t.Context(), all); err != nil || results[1].Err == nil || server.Requests() != 1 {
		t.Errorf("a batch of nothing valid: %v, %v, %d requests", results, err, server.Requests())
	}
	server.Fail(mailtest.Failure{Status: 403, Name: "invalid_api_key"})
	if _, err := s.SendBatch(t.Context(), ms); !errors.Is(err, mail.ErrAccount) {
		t.Errorf("batch with a wrong key: %v", err)
	}
}

// TestRate sends more than the account may, on a made-up clock: nothing fails, nothing is hurried.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mailtest.NewResend(10)
		s := open(t, resend.Settings{Transport: server})
		began := time.Now()
		var all sync.WaitGroup
		for i := range 35 {
			all.Go(func() {
				if _, err := s.Send(t.Context(), mailtest.Message(i)); err != nil {
					t.Errorf("Send %d: %v", i, err)
				}
			})
		}
		all.Wait()
		took := time.Since(began)
		if n := len(server.Delivered(t)); n != 35 || server.Requests() != 35 {
			t.Errorf("delivered %d in %d requests", n, server.Requests())
		}
		if took < 3*time.Second || took > 5*time.Second {
			t.Errorf("35 requests at 10 a second took %v", took)
		}
	})
}

// TestRateUsedUp leaves long waits to the caller.
func TestRateUsedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := mailtest.NewResend(10)
		server.Fail(mailtest.Failure{Status: 429, Name: "rate_limit_exceeded", RetryAfter: "60"})
		s := open(t, resend.Settings{Transport: server})
		for range 2 {
			_, err := s.Send(t.Context(), mailtest.Message(1))
			if !errors.Is(err, mail.ErrTemporary) || mail.RetryAfter(err) != time.Minute {
				t.Errorf("Send: %v", err)
			}
		}
		if server.Requests() != 1 {
			t.Errorf("%d requests", server.Requests())
		}
		time.Sleep(time.Minute)
		if _, err := s.Send(t.Context(), mailtest.Message(1)); err != nil {
			t.Error(err)
		}
	})
}

// TestNoAnswer ends with the context or the timeout, whichever is first.
func TestNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, resend.Settings{Transport: silent{}, Timeout: time.Minute})
		_, err := s.Send(t.Context(), mailtest.Message(1))
		if e, _ := errors.AsType[*mail.Error](err); !errors.Is(err, mail.ErrTemporary) || !e.Maybe {
			t.Errorf("timeout: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err = s.Send(ctx, mailtest.Message(1)); !errors.Is(err, mail.ErrTemporary) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("context: %v", err)
		}
	})
}

// silent is a server that never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestNobodyThere(t *testing.T) {
	_, err := open(t, resend.Settings{BaseURL: "http://127.0.0.1:1"}).Send(t.Context(), mailtest.Message(1))
	if e, _ := errors.AsType[*mail.Error](err); !errors.Is(err, mail.ErrTemporary) || e.Maybe || strings.Contains(err.Error(), mailtest.ResendKey) {
		t.Errorf("Send: %v", err)
	}
}

func TestSettings(t *testing.T) {
	for _, bad := range []resend.Settings{{}, {Key: " "}, {Key: "k", BaseURL: "api.resend.com"}, {Key: "k", BaseURL: "ftp://x/"}} {
		if _, err := resend.Open(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

func BenchmarkSendBatch(b *testing.B) {
	server := mailtest.NewResend(fast * 1000)
	s := open(b, resend.Settings{BaseURL: server.Serve(b)})
	ms := make([]mail.Message, s.MaxBatch())
	for b.Loop() {
		for i := range ms {
			ms[i] = mailtest.Message(i)
			ms[i].Key += b.Elapsed().String()
		}
		if _, err := s.SendBatch(b.Context(), ms); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(ms))/b.Elapsed().Seconds(), "mails/s")
}
