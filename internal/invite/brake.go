package invite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// The brake's limits. Mailbox providers begin to distrust a sender at about one complaint in a thousand
// mails, and lists with more than a few per cent of dead addresses are taken for bought ones.
const (
	brakeWindow     = 1000 // sends that are looked at, the latest ones
	brakeMinimum    = 100  // fewer sends say nothing
	brakeBounces    = 0.05
	brakeComplaints = 0.001
	// brakeWait is after how long a mail that waits for the brake asks again.
	brakeWait = 5 * time.Minute
)

// Brake is how the brake of a survey stands. It pauses by itself and goes on only when a person says so.
type Brake struct {
	Survey   string
	PausedAt time.Time // zero: the survey is sent
	Rule     string    // brake.bounces, brake.complaints or brake.person
	Reason   string
	// What was seen when it paused.
	Sends, Bounces, Complaints int
	// ResumedAt is when a person let it go on, By who; only sends since then are looked at.
	ResumedAt time.Time
	By        string
}

// Paused tells whether the survey waits for a person.
func (b Brake) Paused() bool { return !b.PausedAt.IsZero() }

func brakeID(survey string) string { return "brake:" + survey }

// Brake returns how the brake of a survey stands.
func (s *Service) Brake(ctx context.Context, survey string) (Brake, error) {
	row, err := s.Store.Settings().Get(ctx, brakeID(survey))
	if errors.Is(err, store.ErrNotFound) {
		return Brake{Survey: survey}, nil
	}
	if err != nil {
		return Brake{}, fmt.Errorf("brake: %w", err)
	}
	return readBrake(row)
}

func readBrake(row *feedback.Setting) (b Brake, err error) {
	if err := json.Unmarshal(row.Value, &b); err != nil {
		return b, fmt.Errorf("brake %s: %w", row.ID, err)
	}
	return b, nil
}

// Brakes returns the brakes of all surveys that are paused now.
func (s *Service) Brakes(ctx context.Context) ([]Brake, error) {
	var out []Brake
	for _, d := range s.Catalog.All() {
		b, err := s.Brake(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		if b.Paused() {
			out = append(out, b)
		}
	}
	return out, nil
}

// Pause stops a survey until Resume, because by says so.
func (s *Service) Pause(ctx context.Context, survey, by string, now time.Time) error {
	return s.setBrake(ctx, survey, func(b *Brake) bool {
		if b.Paused() {
			return false
		}
		b.PausedAt, b.Rule, b.By = feedback.UTC(now), "brake.person", by
		b.Reason = by + " paused this survey."
		return true
	})
}

// Resume lets a paused survey go on. What went out before is not held against it again.
func (s *Service) Resume(ctx context.Context, survey, by string, now time.Time) error {
	err := s.setBrake(ctx, survey, func(b *Brake) bool {
		if !b.Paused() {
			return false
		}
		*b = Brake{Survey: survey, ResumedAt: feedback.UTC(now), By: by}
		return true
	})
	if err == nil {
		s.Log.Info("survey resumed", "survey", survey, "by", by)
		s.Wake()
	}
	return err
}

// setBrake changes a brake; change reports whether there is anything to write.
func (s *Service) setBrake(ctx context.Context, survey string, change func(*Brake) bool) error {
	row := &feedback.Setting{Value: []byte("{}")}
	row.ID = brakeID(survey)
	if err := s.Store.Settings().Insert(ctx, row); err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("brake: %w", err)
	}
	_, err := store.Update(ctx, s.Store.Settings(), row.ID, func(row *feedback.Setting) error {
		b, err := readBrake(row)
		if err != nil {
			return err
		}
		if b.Survey = survey; !change(&b) {
			return errKnown
		}
		row.Value, err = json.Marshal(b)
		return err
	})
	if errors.Is(err, errKnown) {
		return nil
	}
	return err
}

// watch pauses a survey of whose latest sends too many came back or were complained about.
func (s *Service) watch(ctx context.Context, survey string, now time.Time) error {
	b, err := s.Brake(ctx, survey)
	if err != nil || b.Paused() {
		return err
	}
	latest, err := s.latest(ctx, survey, b.ResumedAt, now)
	if err != nil {
		return fmt.Errorf("brake: %w", err)
	}
	seen := tally(survey, latest)
	if seen.Rule == "" {
		return nil
	}
	s.Log.Error("survey paused", "survey", survey, "reason", seen.Reason)
	return s.setBrake(ctx, survey, func(b *Brake) bool {
		if b.Paused() {
			return false
		}
		seen.ResumedAt, seen.By = b.ResumedAt, b.By
		*b = seen
		b.PausedAt = feedback.UTC(now)
		return true
	})
}

// tally judges sends. The result has a rule when they are too bad to go on.
func tally(survey string, sends []*feedback.Invitation) Brake {
	b := Brake{Survey: survey, Sends: len(sends)}
	for _, v := range sends {
		if !v.BouncedAt.IsZero() {
			b.Bounces++
		}
		if !v.ComplainedAt.IsZero() {
			b.Complaints++
		}
	}
	n := float64(b.Sends)
	switch {
	case b.Sends < brakeMinimum:
	case float64(b.Bounces) >= brakeBounces*n:
		b.Rule, b.Reason = "brake.bounces", fmt.Sprintf("%d of the last %d mails came back, and %g %% are the limit.", b.Bounces, b.Sends, brakeBounces*100)
	case float64(b.Complaints) >= brakeComplaints*n && b.Complaints > 0:
		b.Rule, b.Reason = "brake.complaints", fmt.Sprintf("%d of the last %d mails were marked as unwanted, and %g %% are the limit.", b.Complaints, b.Sends, brakeComplaints*100)
	}
	return b
}

// latest returns the last sends of a survey, at most brakeWindow of them and none from before since.
// It looks back in spans that grow, so that it reads little more than it needs at any volume.
func (s *Service) latest(ctx context.Context, survey string, since, now time.Time) ([]*feedback.Invitation, error) {
	to := feedback.UTC(now).Add(time.Minute)
	oldest := to.AddDate(-1, 0, 0)
	if since.After(oldest) {
		oldest = since
	}
	var found []*feedback.Invitation
	for span := 5 * time.Minute; to.After(oldest) && len(found) < brakeWindow; span *= 4 {
		from := to.Add(-span)
		if from.Before(oldest) {
			from = oldest
		}
		f := store.InvitationFilter{Survey: survey, SentFrom: from, SentTo: to}
		part, err := all(func(p store.Page) (store.List[feedback.Invitation], error) {
			return s.Store.Invitations().List(ctx, f, p)
		})
		if err != nil {
			return nil, err
		}
		found, to = append(part, found...), from
	}
	slices.SortStableFunc(found, func(a, b *feedback.Invitation) int { return a.SentAt.Compare(b.SentAt) })
	return found[max(0, len(found)-brakeWindow):], nil
}

// all reads every page of a list.
func all[T any](list func(store.Page) (store.List[T], error)) ([]*T, error) {
	var out []*T
	p := store.Page{Limit: 1000}
	for {
		part, err := list(p)
		if err != nil {
			return nil, err
		}
		out = append(out, part.Items...)
		if p.After = part.Next; p.After == "" {
			return out, nil
		}
	}
}
