package resend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"earshot/internal/mail"
)

// maxAnswer bounds what is read of an answer, in bytes. A batch's is about 6 kB.
const maxAnswer = 1 << 20

// answer is what the API said to one request; Status is 0 while it has said nothing.
type answer struct {
	Status     int    `json:"-"`
	Name       string `json:"name"`
	Message    string `json:"message"`
	retryAfter time.Duration
	// sent tells that a request may have reached the API.
	sent bool
}

type answerKey struct{}

// listen returns a context under which the answer to a request is kept.
func listen(ctx context.Context) (context.Context, *answer) {
	a := &answer{}
	return context.WithValue(ctx, answerKey{}, a), a
}

// wire is the round tripper below the official client: it waits for its turn, and keeps what the
// client does not hand on.
type wire struct {
	next http.RoundTripper
	pace *pace
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	a, ok := r.Context().Value(answerKey{}).(*answer)
	if !ok {
		a = &answer{}
	}
	if err := w.pace.enter(r.Context()); err != nil {
		return nil, err
	}
	a.sent = true
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	w.pace.learn(resp.Header, resp.StatusCode)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	a.Status, a.retryAfter = resp.StatusCode, seconds(resp.Header.Get("retry-after"))
	if resp.StatusCode >= 300 {
		if json.Unmarshal(body, a) != nil || a.Message == "" {
			a.Message = http.StatusText(resp.StatusCode)
		}
	}
	return resp, nil
}

// classify turns the client's error and the answer kept beside it into one of mail's (API reference,
// "Errors"; what is not listed there falls to its class of statuses).
func classify(ctx context.Context, a *answer, err error) error {
	said := fmt.Sprintf("Resend answers %d %s: %s", a.Status, a.Name, a.Message)
	switch {
	case a.Status == 0:
		return unanswered(ctx, a, err)
	case a.Status == http.StatusTooManyRequests && a.Name != "daily_quota_exceeded" && a.Name != "monthly_quota_exceeded":
		return mail.Temporary(said, max(a.retryAfter, time.Second), nil)
	case a.Status == http.StatusTooManyRequests, a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden,
		a.Status == http.StatusNotFound, a.Status == http.StatusMethodNotAllowed,
		a.Name == "invalid_from_address", a.Status >= 300 && a.Status < 400:
		return &mail.Error{Class: mail.ErrAccount, Reason: said, RetryAfter: a.retryAfter}
	case a.Status == http.StatusConflict && a.Name == "concurrent_idempotent_requests":
		return &mail.Error{Class: mail.ErrTemporary, Reason: said, RetryAfter: max(a.retryAfter, time.Second), Maybe: true}
	case a.Status == http.StatusConflict:
		return &mail.Error{Class: mail.ErrRejected, Reason: said + " (an earlier attempt with other content was taken)", Maybe: true}
	case a.Status == http.StatusRequestTimeout, a.Status >= 500:
		return &mail.Error{Class: mail.ErrTemporary, Reason: said, RetryAfter: a.retryAfter, Maybe: true}
	case a.Status >= 400:
		return mail.Rejected(said, nil)
	}
	return mail.Ambiguous("Resend's answer cannot be read", err)
}

// unanswered is about a request to which no answer came.
func unanswered(ctx context.Context, a *answer, err error) error {
	if wait, ok := errors.AsType[*tooLong](err); ok {
		return mail.Temporary("Resend's rate is used up", wait.d, nil)
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // the address says nothing that helps
	}
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		err = errors.Join(ended, err)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" || !a.sent {
		return mail.Temporary("Resend cannot be reached", 0, err)
	}
	return mail.Ambiguous("Resend did not answer", err)
}

// seconds reads a header of whole or broken seconds; anything else is zero.
func seconds(s string) time.Duration {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f > 0) || f > 1e6 {
		return 0
	}
	return time.Duration(f * float64(time.Second))
}
