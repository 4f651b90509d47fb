package coaching

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// When the weekly mail is due, on the clock of whom it goes to.
const (
	weeklyDay  = time.Friday
	weeklyHour = 15
	// weeklyLate is for how long after that a mail is still written: a service that was down over
	// the moment makes up for it, one that was installed later does not thank for what is old.
	weeklyLate = 48 * time.Hour
)

// Weekly writes, for everybody who was praised in the week that has just ended on their own clock, the
// one mail of thanks; Work sends it. It may be called as often as one likes.
func (s *Service) Weekly(ctx context.Context, now time.Time) (int, error) {
	users, err := s.Store.Users().List(ctx)
	if err != nil {
		return 0, fmt.Errorf("weekly thanks: %w", err)
	}
	for _, u := range users {
		end := weekEnd(now, u.Zone(s.Zone))
		if !u.Active() || u.NoThanks || now.Sub(end) > weeklyLate {
			continue
		}
		if err := s.thank(ctx, u, end); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// weekEnd is the latest Friday at three in the afternoon of a zone that is not after now.
func weekEnd(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	back := (int(local.Weekday()) - int(weeklyDay) + 7) % 7
	y, m, d := local.Date()
	end := time.Date(y, m, d-back, weeklyHour, 0, 0, 0, zone)
	if end.After(now) {
		end = time.Date(y, m, d-back-7, weeklyHour, 0, 0, 0, zone)
	}
	return end
}

func (s *Service) thank(ctx context.Context, u *feedback.User, end time.Time) error {
	day := end.Format(time.DateOnly)
	id := feedback.WeeklyThanksID(u.Email, day)
	if _, err := s.Store.Remarks().Get(ctx, id); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	end = feedback.UTC(end)
	list, err := s.Store.Remarks().List(ctx, store.RemarkFilter{Kind: feedback.Kudos, Agent: u.Email, From: end.Add(-week), To: end}, store.Page{Limit: 1})
	if err != nil || len(list.Items) == 0 {
		return err
	}
	r := &feedback.Remark{Kind: feedback.WeeklyThanks, Agent: u.Agent(), By: "earshot", WrittenAt: end, Week: day}
	r.ID = id
	r.Tell(feedback.Notice{Kind: string(mail.KindThanks), Key: string(feedback.WeeklyThanks), To: u.Email, Due: end})
	if err := s.Store.Remarks().Insert(ctx, r); err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("weekly thanks: %w", err)
	}
	s.Wake()
	return nil
}
