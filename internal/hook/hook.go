// Package hook hands an alert to a chat or to another program over HTTP: Slack, Microsoft Teams, or any
// address that reads standard-webhooks (https://www.standardwebhooks.com). The addresses are typed in by
// people, so nothing inside the own network can be reached unless it is allowed by name.
package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/mail"
)

// Kinds of targets.
const (
	Slack   = "slack"
	Teams   = "teams"
	Webhook = "webhook"
)

// Kinds lists the kinds of targets.
func Kinds() []string { return []string{Slack, Teams, Webhook} }

// Target is where alerts go. Secret signs what goes to a webhook ("whsec_" and base64); chats have their
// secret in the address.
type Target struct{ Kind, URL, Secret string }

// Check says what is wrong with a target, in a sentence for whoever typed it; empty when nothing is.
func (t Target) Check() string {
	u, err := url.Parse(t.URL)
	switch {
	case !slices.Contains(Kinds(), t.Kind):
		return "the kind must be one of " + strings.Join(Kinds(), ", ")
	case err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil:
		return "the address must be of the form https://host/path"
	case t.Kind != Webhook && u.Scheme != "https":
		return "the address of a chat begins with https://"
	}
	if t.Kind == Webhook {
		if _, err := signingKey(t.Secret); err != nil {
			return "the secret must be whsec_ and then 24 to 64 bytes as base64"
		}
	}
	return ""
}

// Poster posts. It is safe for concurrent use.
type Poster struct {
	client *http.Client
}

// Bounds of a request.
const (
	postTime  = 10 * time.Second
	maxAnswer = 4 << 10
)

// New returns a Poster that reaches public addresses, and private ones inside the allowed networks.
func New(allowed []netip.Prefix) *Poster {
	return &Poster{&http.Client{
		Timeout:   postTime,
		Transport: &http.Transport{DialContext: guarded(allowed), Proxy: nil, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a target that moved is typed in anew
		},
	}}
}

// Post hands an alert to a target. The errors are those of a mail.Sender: ErrRejected when trying again
// cannot help, ErrTemporary otherwise. A webhook knows a repeat by its webhook-id.
func (p *Poster) Post(ctx context.Context, t Target, a Alert, now time.Time) error {
	body, err := a.encode(t.Kind)
	if err != nil {
		return mail.Rejected("the alert cannot be written", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL, bytes.NewReader(body))
	if err != nil {
		return mail.Rejected("the address cannot be used", nil) // the error would name it, and it is a secret
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Earshot")
	if t.Kind == Webhook {
		if err := sign(r, t.Secret, a.ID, body, now); err != nil {
			return mail.Rejected("the secret cannot be used", err)
		}
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return unreached(err)
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return classify(resp, said)
}

// unreached classifies a request without an answer, leaving out the address: it is a secret.
func unreached(err error) error {
	if errors.Is(err, errPrivate) {
		return mail.Rejected(errPrivate.Error(), nil)
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return mail.Temporary("the address cannot be reached", 0, err)
}

func classify(resp *http.Response, said []byte) error {
	status := resp.StatusCode
	if status >= 200 && status < 300 {
		return nil
	}
	reason := fmt.Sprintf("the address answers %d %s", status, strings.TrimSpace(string(said[:min(len(said), 120)])))
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		wait, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return mail.Temporary(reason, time.Duration(max(wait, 0))*time.Second, nil)
	}
	return mail.Rejected(reason, nil)
}
