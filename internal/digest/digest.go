// Package digest mails a week and a month in short to those who steer: leads their team, executives the
// organisation. Each number leads to its page, and nothing is sent when nothing happened.
//
// A digest belongs to a reader, a kind and the day on which its period ended on the reader's own clock.
// That is the name of a row, which whoever writes the digest claims first: so there is one, however many
// instances run, and one that was interrupted is written again under the same key.
package digest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/perception"
	"earshot/internal/store"
)

// Config is what the Service needs. Zone is the organisation's; Holder names this process.
type Config struct {
	Store      store.Store
	Catalog    *store.Catalog
	Perception *perception.Service
	Sender     mail.Sender
	Templates  *mail.Templates
	Brand      mail.Brand
	From       mail.Address
	BaseURL    string
	Zone       *time.Location
	Holder     string
	Log        *slog.Logger
}

// Service writes digests. It is safe for concurrent use.
type Service struct{ Config }

// New returns a Service.
func New(c Config) *Service {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// When a digest is due, on the reader's clock.
const (
	hour = 7
	// late is for how long after that a digest is still written: a service that was down over the moment
	// makes up for it, and one that was installed later does not tell of old times.
	late = 72 * time.Hour
	// lease is how long a writer may take before another one takes over.
	lease = 2 * time.Minute
)

// period is what a digest is about: whole days on the reader's clock, and when it is due.
type period struct {
	kind          string // week or month
	from, to, due time.Time
}

// periods are the latest week and month that were over at now.
func periods(now time.Time, zone *time.Location) []period {
	local := now.In(zone)
	y, m, d := local.Date()
	monday := d - (int(local.Weekday())+6)%7
	week := func(back int) period {
		end := time.Date(y, m, monday-7*back, 0, 0, 0, 0, zone)
		return period{"week", end.AddDate(0, 0, -7), end, time.Date(y, m, monday-7*back, hour, 0, 0, 0, zone)}
	}
	month := func(back int) period {
		end := time.Date(y, m-time.Month(back), 1, 0, 0, 0, 0, zone)
		return period{"month", end.AddDate(0, -1, 0), end, time.Date(y, m-time.Month(back), 1, hour, 0, 0, 0, zone)}
	}
	out := []period{week(0), month(0)}
	if out[0].due.After(now) {
		out[0] = week(1)
	}
	if out[1].due.After(now) {
		out[1] = month(1)
	}
	return out
}

// reads tells whether a user gets digests: those who steer, unless they do not want to.
func reads(u *feedback.User) bool {
	return u.Active() && !u.NoDigest && (u.Role == feedback.RoleExecutive || u.Role == feedback.RoleLead && u.Team != "")
}

// Work writes the digests that are due and returns how many were sent. It may be called as often as one
// likes, by any number of instances.
func (s *Service) Work(ctx context.Context, now time.Time) (int, error) {
	users, err := s.Store.Users().List(ctx)
	if err != nil {
		return 0, fmt.Errorf("digest: %w", err)
	}
	sent := 0
	var errs []error
	for _, u := range users {
		if !reads(u) {
			continue
		}
		for _, p := range periods(now, u.Zone(s.Zone)) {
			if now.Sub(p.due) > late || u.CreatedAt.After(p.to) {
				continue
			}
			done, err := s.write(ctx, u, p, now)
			if done {
				sent++
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("digest of a %s: %w", p.kind, err))
			}
		}
	}
	return sent, errors.Join(errs...)
}

// claim is what the row of a digest says.
type claim struct {
	Since  time.Time `json:"since"` // when it was first claimed: the date of the mail
	Holder string    `json:"holder"`
	Until  time.Time `json:"until"`
	Done   string    `json:"done"` // sent or empty
}

// write claims one digest, and sends it unless it is somebody else's, was written before, or has nothing
// to tell.
func (s *Service) write(ctx context.Context, u *feedback.User, p period, now time.Time) (sent bool, err error) {
	row, c, err := s.take(ctx, "digest:"+p.kind+":"+p.to.Format(time.DateOnly)+":"+u.ID, now)
	if err != nil || row == nil {
		return false, err
	}
	page, err := s.page(ctx, u, p)
	if err != nil {
		return false, err
	}
	c.Done = "empty"
	if page != nil {
		if err := s.send(ctx, u, page, row.ID, c.Since); err != nil {
			return false, err // the lease runs out, and it is tried again with the same key
		}
		c.Done, sent = "sent", true
		s.Log.Info("mail sent", "kind", string(mail.KindDigest), "period", p.kind)
	}
	if row.Value, err = json.Marshal(c); err != nil {
		return sent, err
	}
	if err := s.Store.Settings().Save(ctx, row); err != nil && !errors.Is(err, store.ErrConflict) {
		return sent, err
	}
	return sent, nil
}

// take claims the row of a digest; nil when it is not ours to write.
func (s *Service) take(ctx context.Context, id string, now time.Time) (*feedback.Setting, claim, error) {
	now = feedback.UTC(now)
	row, err := s.Store.Settings().Get(ctx, id)
	c := claim{Since: now}
	fresh := errors.Is(err, store.ErrNotFound)
	if err != nil && !fresh {
		return nil, c, err
	}
	if fresh {
		row = &feedback.Setting{}
		row.ID = id
	} else if err := json.Unmarshal(row.Value, &c); err != nil || c.Done != "" || c.Until.After(now) {
		return nil, c, err
	}
	c.Holder, c.Until = s.Holder, now.Add(lease)
	if row.Value, err = json.Marshal(c); err != nil {
		return nil, c, err
	}
	if fresh {
		err = s.Store.Settings().Insert(ctx, row)
	} else {
		err = s.Store.Settings().Save(ctx, row)
	}
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return nil, c, nil // another instance was faster
	}
	return row, c, err
}

func (s *Service) send(ctx context.Context, u *feedback.User, page *mail.Digest, id string, at time.Time) error {
	subject, text, html, err := s.Templates.Render(*page)
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	ref := strings.TrimSuffix(strings.TrimPrefix(id, "digest:"), ":"+u.ID)
	_, err = s.Sender.Send(ctx, mail.Message{
		Kind: mail.KindDigest, Ref: ref + ":" + u.ID, Key: id, Date: at, From: s.From, To: mail.Address{Name: u.Name, Email: u.Email},
		Subject: subject, Text: text, HTML: html, Language: page.Language,
	})
	return err
}
