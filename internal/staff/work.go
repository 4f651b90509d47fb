package staff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
	"earshot/internal/worker"
)

// Sizes of a worker's step.
const (
	batch    = 32
	parallel = 8
	lease    = time.Minute
	again    = 5 * time.Second // after a sender that could not take a mail
)

// Work mails the sign-in links that were asked for, and returns how many requests it looked at.
func (s *Service) Work(ctx context.Context, now time.Time) (int, error) {
	rows, err := s.Store.Links().Claim(ctx, store.Claim{Holder: s.Holder, Now: now, Lease: lease, Limit: batch})
	if err != nil {
		return 0, err
	}
	return len(rows), worker.Each(rows, parallel, func(link *feedback.Link) error {
		err := s.send(ctx, link, now)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
			return nil // used or gone meanwhile
		}
		return err
	})
}

// send mails one link. A link that nobody may use, or one too many for its address, is removed.
func (s *Service) send(ctx context.Context, link *feedback.Link, now time.Time) error {
	if !now.Before(link.ExpiresAt) {
		return s.Store.Links().Delete(ctx, link.ID)
	}
	u, err := s.active(ctx, link.User)
	if err == nil {
		err = s.throttle(ctx, link, now)
	}
	switch {
	case errors.Is(err, ErrNoSession), errors.Is(err, ErrThrottled):
		return s.Store.Links().Delete(ctx, link.ID)
	case err != nil:
		return err
	}
	err = s.mailLink(ctx, u, link)
	var refused *mail.Error
	switch {
	case errors.Is(err, mail.ErrRejected):
		s.Log.Warn("a sign-in mail was refused", "error", err.Error())
		return s.Store.Links().Delete(ctx, link.ID)
	case errors.As(err, &refused):
		link.Retry(feedback.UTC(now.Add(max(again, refused.RetryAfter))), err.Error())
	case err != nil:
		return err
	default:
		link.Record.Next(time.Time{})
	}
	return s.Store.Links().Save(ctx, link)
}

func (s *Service) mailLink(ctx context.Context, u *feedback.User, link *feedback.Link) error {
	subject, text, html, err := s.Templates.Render(mail.SignIn{
		Brand: s.Brand, Language: "en", Name: u.Agent().FirstName(), URL: s.linkURL(link), Minutes: int(LinkLives / time.Minute), ForURL: s.BaseURL,
	})
	if err != nil {
		return fmt.Errorf("render sign-in mail: %w", err)
	}
	ref := link.ID[:16]
	_, err = s.Sender.Send(ctx, mail.Message{
		Kind: mail.KindSignIn, Ref: ref, Key: "sign-in:" + ref, Date: link.CreatedAt, Language: "en",
		From: s.From, To: mail.Address{Name: u.Name, Email: u.Email}, Subject: subject, Text: text, HTML: html,
	})
	if err != nil {
		return fmt.Errorf("send sign-in mail: %w", err)
	}
	return nil
}

// mailed is one sign-in mail in the count of its address.
type mailed struct {
	Link string
	At   time.Time
}

// throttle counts the sign-in mails of an address in the store, so that every instance counts alike;
// a link that is tried again counts once. ErrThrottled.
func (s *Service) throttle(ctx context.Context, link *feedback.Link, now time.Time) error {
	id := "sign-in-mails:" + hash(link.User)[:32]
	row := &feedback.Setting{}
	row.ID = id
	if err := s.Store.Settings().Insert(ctx, row); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	_, err := store.Update(ctx, s.Store.Settings(), id, func(v *feedback.Setting) error {
		var sent []mailed
		if len(v.Value) > 0 {
			if err := json.Unmarshal(v.Value, &sent); err != nil {
				return fmt.Errorf("read throttle: %w", err)
			}
		}
		kept := []mailed{{link.ID, feedback.UTC(now)}}
		for _, m := range sent {
			if now.Sub(m.At) < LinkLives && m.Link != link.ID {
				kept = append(kept, m)
			}
		}
		if len(kept) > linksPerWindow {
			return ErrThrottled
		}
		b, err := json.Marshal(kept)
		v.Value = b
		return err
	})
	return err
}
