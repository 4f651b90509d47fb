package staff

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// SignIn has a one-time link mailed to an address, if it may sign in. What it does takes the same for
// every address, so that nobody learns from it who works here: a worker finds out, and mails.
func (s *Service) SignIn(ctx context.Context, email, next string, now time.Time) error {
	if _, err := s.newLink(ctx, normal(email), next, now, feedback.UTC(now)); err != nil {
		return err
	}
	s.Wake()
	return nil
}

// Link returns a one-time sign-in link for somebody who may sign in, without mailing it.
func (s *Service) Link(ctx context.Context, email, next string, now time.Time) (string, error) {
	u, err := s.active(ctx, email)
	if errors.Is(err, ErrNoSession) {
		return "", fmt.Errorf("%s may not sign in: %w", normal(email), store.ErrNotFound)
	}
	if err != nil {
		return "", err
	}
	link, err := s.newLink(ctx, u.Email, next, now, time.Time{})
	if err != nil {
		return "", err
	}
	return s.linkURL(link), nil
}

func (s *Service) linkURL(link *feedback.Link) string {
	return s.BaseURL + "/sign-in/" + s.linkSecret(link.Nonce)
}

// linkSecret makes a link's secret, 256 bits in base 32, from its nonce.
func (s *Service) linkSecret(nonce string) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(derive(s.links, nonce))
}

func (s *Service) newLink(ctx context.Context, email, next string, now, due time.Time) (*feedback.Link, error) {
	link := &feedback.Link{User: email, Nonce: newSecret(), Next: SafeNext(next), CreatedAt: feedback.UTC(now), ExpiresAt: feedback.UTC(now.Add(LinkLives))}
	link.ID, link.Due = hash(s.linkSecret(link.Nonce)), due
	if err := s.Store.Links().Insert(ctx, link); err != nil {
		return nil, fmt.Errorf("keep sign-in link: %w", err)
	}
	return link, nil
}

// SafeNext returns a path of this site to continue at; anything else becomes "/".
func SafeNext(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

func (s *Service) active(ctx context.Context, email string) (*feedback.User, error) {
	u, err := s.Store.Users().Get(ctx, normal(email))
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrNoSession
	}
	if err != nil {
		return nil, err
	}
	if !u.Active() {
		return nil, ErrNoSession
	}
	return u, nil
}

// PeekLink reads a link without using it, for the page that a GET shows. ErrLink.
func (s *Service) PeekLink(ctx context.Context, secret string, now time.Time) (*feedback.Link, error) {
	link, err := s.Store.Links().Get(ctx, hash(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrLink
	}
	if err != nil {
		return nil, err
	}
	if !link.UsedAt.IsZero() || !now.Before(link.ExpiresAt) {
		return nil, ErrLink
	}
	return link, nil
}

// UseLink consumes a link and opens a session. It returns the session's secret for the cookie and
// the path to continue at. A link works once, whoever races for it. ErrLink.
func (s *Service) UseLink(ctx context.Context, secret string, now time.Time) (session, next string, err error) {
	link, err := s.PeekLink(ctx, secret, now)
	if err != nil {
		return "", "", err
	}
	link.UsedAt = feedback.UTC(now)
	switch err := s.Store.Links().Save(ctx, link); {
	case errors.Is(err, store.ErrConflict):
		return "", "", ErrLink
	case err != nil:
		return "", "", err
	}
	return s.enter(ctx, link, now)
}

// TryLink signs in as UseLink does and leaves the link as it is.
func (s *Service) TryLink(ctx context.Context, secret string, now time.Time) (session, next string, err error) {
	link, err := s.PeekLink(ctx, secret, now)
	if err != nil {
		return "", "", err
	}
	return s.enter(ctx, link, now)
}

// enter opens a session for whom a link was made.
func (s *Service) enter(ctx context.Context, link *feedback.Link, now time.Time) (session, next string, err error) {
	u, err := s.active(ctx, link.User)
	if errors.Is(err, ErrNoSession) {
		return "", "", ErrLink
	}
	if err != nil {
		return "", "", err
	}
	session, err = s.OpenSession(ctx, u.Email, now)
	return session, link.Next, err
}

// OpenSession signs a user in and returns the secret for the cookie.
func (s *Service) OpenSession(ctx context.Context, email string, now time.Time) (string, error) {
	secret := newSecret()
	row := &feedback.Session{User: normal(email), CreatedAt: feedback.UTC(now), SeenAt: feedback.UTC(now), ExpiresAt: feedback.UTC(now.Add(SessionLives))}
	row.ID = hash(secret)
	if err := s.Store.Sessions().Insert(ctx, row); err != nil {
		return "", fmt.Errorf("open session: %w", err)
	}
	return secret, nil
}

// Session returns who a cookie's secret belongs to. ErrNoSession.
func (s *Service) Session(ctx context.Context, secret string, now time.Time) (*feedback.User, *feedback.Session, error) {
	row, err := s.Store.Sessions().Get(ctx, hash(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, ErrNoSession
	}
	if err != nil {
		return nil, nil, err
	}
	if !now.Before(row.ExpiresAt) || now.Sub(row.SeenAt) > SessionIdle {
		return nil, nil, ErrNoSession
	}
	u, err := s.active(ctx, row.User)
	if err != nil {
		return nil, nil, err
	}
	if now.Sub(row.SeenAt) > 10*time.Minute {
		row.SeenAt = feedback.UTC(now)
		if err := s.Store.Sessions().Save(ctx, row); err != nil && !errors.Is(err, store.ErrConflict) {
			return nil, nil, err
		}
	}
	return u, row, nil
}

// SignOut ends a session. Ending one that is over is no error.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	err := s.Store.Sessions().Delete(ctx, hash(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// CSRF returns the token that forms of a session carry: an HMAC of the session's secret.
func (s *Service) CSRF(sessionSecret string) string {
	m := hmac.New(sha256.New, s.csrf)
	m.Write([]byte(sessionSecret))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:18])
}
