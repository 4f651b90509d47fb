// Package staff is about the people and machines of the organisation: who signs in, in which role,
// with which one-time link, session or API key.
//
// Secrets are 256-bit random strings (crypto/rand) that are shown once and stored as their SHA-256;
// that of a sign-in link is made from a stored nonce and the service's own secret, so that a worker
// can mail it.
// A session ends after a day without use and after thirty days in any case.
package staff

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sort"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// The errors that callers tell apart.
var (
	ErrLink      = errors.New("this sign-in link is unknown, used or too old")
	ErrNoSession = errors.New("not signed in")
	ErrKey       = errors.New("not a valid API key")
	ErrThrottled = errors.New("too many sign-in mails for this address; try again in a few minutes")
)

// Limits of signing in.
const (
	LinkLives    = 10 * time.Minute
	SessionIdle  = 24 * time.Hour
	SessionLives = 30 * 24 * time.Hour
	// linksPerWindow sign-in mails at most go to one address within LinkLives.
	linksPerWindow = 3
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Sender    mail.Sender
	Templates *mail.Templates
	Brand     mail.Brand
	From      mail.Address
	BaseURL   string // without a slash at the end
	Secret    []byte
	Holder    string // names this process in leases
	Log       *slog.Logger
	// Wake is called when a sign-in mail is due, so that a worker looks at once.
	Wake func()
}

// Service signs people and machines in.
type Service struct {
	Config
	csrf  []byte
	links []byte
}

// New returns a Service ready to use.
func New(c Config) *Service {
	if c.Wake == nil {
		c.Wake = func() {}
	}
	return &Service{Config: c, csrf: derive(c.Secret, "earshot csrf"), links: derive(c.Secret, "earshot sign-in links")}
}

func derive(secret []byte, purpose string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(purpose))
	return m.Sum(nil)
}

func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// newSecret returns 260 random bits in base 32.
func newSecret() string { return rand.Text() + rand.Text() }

func normal(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Users lists everybody who signs in or did, by address.
func (s *Service) Users(ctx context.Context) ([]*feedback.User, error) {
	return s.Store.Users().List(ctx)
}

// AddUser lets somebody sign in, or changes name, role and team of somebody who does. A removed user
// comes back.
func (s *Service) AddUser(ctx context.Context, email, name string, role feedback.Role, team string, now time.Time) (*feedback.User, error) {
	email = normal(email)
	if err := checkUser(email, role, team); err != nil {
		return nil, err
	}
	u := &feedback.User{Email: email, Name: name, Role: role, Team: team, CreatedAt: feedback.UTC(now)}
	u.ID = email
	err := s.Store.Users().Insert(ctx, u)
	if !errors.Is(err, store.ErrExists) {
		return u, err
	}
	return store.Update(ctx, s.Store.Users(), email, func(old *feedback.User) error {
		old.Role, old.Team, old.Removed = role, team, time.Time{}
		if name != "" {
			old.Name = name
		}
		return nil
	})
}

func checkUser(email string, role feedback.Role, team string) error {
	var errs []feedback.FieldError
	if !feedback.ValidEmail(email) {
		errs = append(errs, feedback.FieldError{Field: "email", Detail: "is not an e-mail address"})
	}
	if !role.Valid() {
		errs = append(errs, feedback.FieldError{Field: "role", Detail: "must be agent, lead, executive or admin"})
	}
	if role == feedback.RoleLead && team == "" {
		errs = append(errs, feedback.FieldError{Field: "team", Detail: "is required for a lead"})
	}
	if len(errs) > 0 {
		return &feedback.Invalid{Errors: errs}
	}
	return nil
}

// RemoveUser ends somebody's access at once: sessions are closed, links no longer work.
func (s *Service) RemoveUser(ctx context.Context, email string, now time.Time) error {
	email = normal(email)
	_, err := store.Update(ctx, s.Store.Users(), email, func(u *feedback.User) error {
		u.Removed = feedback.UTC(now)
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove %s: %w", email, err)
	}
	return s.Store.Sessions().DeleteOf(ctx, email)
}

// CreateKey makes an API key. The key is returned once and cannot be read again.
func (s *Service) CreateKey(ctx context.Context, name string, now time.Time) (string, *feedback.APIKey, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 100 {
		return "", nil, feedback.Refuse("name", "must be 1 to 100 characters that say what the key is for")
	}
	id := strings.ToLower(rand.Text()[:10])
	key := "ek_" + id + "_" + newSecret()
	row := &feedback.APIKey{Name: name, Hash: hash(key), CreatedAt: feedback.UTC(now)}
	row.ID = id
	if err := s.Store.Keys().Insert(ctx, row); err != nil {
		return "", nil, fmt.Errorf("create key: %w", err)
	}
	return key, row, nil
}

// ListKeys lists all keys, oldest first.
func (s *Service) ListKeys(ctx context.Context) ([]*feedback.APIKey, error) {
	keys, err := s.Store.Keys().List(ctx)
	sort.SliceStable(keys, func(i, j int) bool { return keys[i].CreatedAt.Before(keys[j].CreatedAt) })
	return keys, err
}

// RevokeKey ends a key at once. store.ErrNotFound when there is none with this id.
func (s *Service) RevokeKey(ctx context.Context, id string, now time.Time) error {
	_, err := store.Update(ctx, s.Store.Keys(), id, func(k *feedback.APIKey) error {
		if k.RevokedAt.IsZero() {
			k.RevokedAt = feedback.UTC(now)
		}
		return nil
	})
	return err
}

// CheckKey returns the key's row, or ErrKey.
func (s *Service) CheckKey(ctx context.Context, key string) (*feedback.APIKey, error) {
	parts := strings.Split(key, "_")
	if len(parts) != 3 || parts[0] != "ek" {
		return nil, ErrKey
	}
	row, err := s.Store.Keys().Get(ctx, parts[1])
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrKey
	}
	if err != nil {
		return nil, err
	}
	if !hmac.Equal([]byte(row.Hash), []byte(hash(key))) || !row.RevokedAt.IsZero() {
		return nil, ErrKey
	}
	return row, nil
}

// Choose writes what a user chose for themselves.
func (s *Service) Choose(ctx context.Context, email string, choose func(*feedback.User)) error {
	_, err := store.Update(ctx, s.Store.Users(), normal(email), func(u *feedback.User) error {
		choose(u)
		return nil
	})
	return err
}
