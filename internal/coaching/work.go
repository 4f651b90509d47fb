package coaching

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
	"earshot/internal/worker"
)

// Sizes of a worker's step, and how long a mail is tried.
const (
	batch    = 64
	parallel = 16
	lease    = time.Minute
	giveUp   = 23 * time.Hour
)

// Work sends the mails of remarks that are due, and raises disputes whose time ran out.
func (s *Service) Work(ctx context.Context, now time.Time) (int, error) {
	rows, err := s.Store.Remarks().Claim(ctx, store.Claim{Holder: s.Holder, Now: now, Lease: lease, Limit: batch})
	if err != nil {
		return 0, err
	}
	return len(rows), worker.Each(rows, parallel, func(r *feedback.Remark) error {
		err := s.step(ctx, r, now)
		if errors.Is(err, store.ErrConflict) {
			return nil // somebody wrote to the remark; what is still due is claimed again
		}
		return err
	})
}

// step sends what is due on a claimed remark. Messages carry keys made from the row, so a step that
// is done again sends nothing twice.
func (s *Service) step(ctx context.Context, r *feedback.Remark, now time.Time) error {
	if r.Open() && !r.Raised && !r.DecideBy.After(now) {
		if err := s.raise(ctx, r, now); err != nil {
			return err
		}
	}
	wait, reason, err := s.tell(ctx, r, now)
	if err != nil {
		return err
	}
	if wait > 0 {
		r.Retry(feedback.UTC(now.Add(wait)), reason)
	} else {
		r.Plan()
	}
	return s.Store.Remarks().Save(ctx, r)
}

// raise tells the administrators of a dispute that nobody decided in time.
func (s *Service) raise(ctx context.Context, r *feedback.Remark, now time.Time) error {
	users, err := s.Store.Users().List(ctx)
	if err != nil {
		return fmt.Errorf("raise a dispute: %w", err)
	}
	r.Raised = true
	r.Lines = append(r.Lines, feedback.RemarkLine{At: feedback.UTC(now), By: "earshot", What: "raised"})
	for _, u := range users {
		if u.Active() && u.Role == feedback.RoleAdmin && u.Email != r.By {
			r.Notices = append(r.Notices, feedback.Notice{Kind: string(mail.KindEscalation), Key: "dispute_raised " + u.Email, To: u.Email, Due: r.DecideBy})
		}
	}
	return nil
}

// tell sends the notices that are due. It returns how long to wait when a sender could not take one.
func (s *Service) tell(ctx context.Context, r *feedback.Remark, now time.Time) (wait time.Duration, reason string, err error) {
	for i := range r.Notices {
		n := &r.Notices[i]
		if !n.SentAt.IsZero() || n.Failed != "" || n.Due.After(now) {
			continue
		}
		m, ok, err := s.message(ctx, r, n)
		if err != nil {
			return 0, "", err
		}
		if !ok {
			n.Failed = "there is nothing left to tell"
			continue
		}
		_, err = s.Sender.Send(ctx, m)
		switch {
		case err == nil:
			n.SentAt = feedback.UTC(now)
			s.Log.Info("mail sent", "kind", n.Kind, "remark", r.ID)
		case errors.Is(err, mail.ErrRejected) || now.Sub(n.Due) > giveUp:
			n.Failed = mail.Reason(err)
			s.Log.Error("mail not delivered", "kind", n.Kind, "remark", r.ID, "reason", mail.Class(err))
		default:
			s.Log.Warn("mail not sent yet", "kind", n.Kind, "remark", r.ID, "attempt", r.Attempts, "reason", mail.Class(err))
			wait, reason = mail.Backoff(r.Attempts, err), mail.Reason(err)
		}
	}
	return wait, reason, nil
}
