package invite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Reasons to withdraw an interaction. Each has the rule of the tag that says the same.
const (
	Reopened   = "reopened"
	Merged     = "merged"
	Spam       = "spam"
	AutoClosed = "auto_closed"
	NoSurvey   = "no_survey"
)

// Reasons lists why an interaction may be withdrawn.
func Reasons() []string { return []string{Reopened, Merged, Spam, AutoClosed, NoSurvey} }

// Withdraw hears from a source that an interaction which it reported is not over (reopened), or nothing
// to ask about after all. What has not been sent is not sent, no reminder follows; an answer that was
// given stands. Withdrawing again changes nothing. store.ErrNotFound; a *feedback.Invalid for an unknown
// reason.
func (s *Service) Withdraw(ctx context.Context, source, external, reason string, now time.Time) (*feedback.Interaction, error) {
	if !slices.Contains(Reasons(), reason) {
		return nil, feedback.Refuse("reason", "must be one of "+strings.Join(Reasons(), ", "))
	}
	r := byConvention([]string{reason})
	in, err := s.Store.Interactions().Get(ctx, feedback.InteractionID(source, external))
	if err != nil {
		return nil, err
	}
	asked, err := s.recall(ctx, in, r, now)
	if err != nil {
		return nil, fmt.Errorf("withdraw invitation: %w", err)
	}
	in, err = store.Update(ctx, s.Store.Interactions(), in.ID, func(in *feedback.Interaction) error {
		if !in.Withdrawn.IsZero() {
			return errKnown
		}
		in.Withdrawn = feedback.UTC(now)
		if asked {
			return nil
		}
		in.Decision = skipped(r)
		in.Ledger = append(in.Ledger, feedback.Line{At: in.Withdrawn, Decision: feedback.Skipped, Rule: r.rule, Reason: r.reason})
		in.Next(time.Time{})
		return nil
	})
	if errors.Is(err, errKnown) {
		err = nil
	}
	return in, err
}

// recall keeps what is still to be sent about an interaction from being sent. It reports whether the
// customer was asked before; then only the reminders are left out.
func (s *Service) recall(ctx context.Context, in *feedback.Interaction, r *refusal, now time.Time) (asked bool, err error) {
	v, err := store.Update(ctx, s.Store.Invitations(), feedback.InvitationID(in.ID, in.Survey), func(v *feedback.Invitation) error {
		switch {
		case v.State == feedback.Scheduled:
			v.End(now, feedback.Cancelled, r.rule, r.reason)
		case v.State == feedback.Sent && len(v.Remind) > 0:
			v.Remind = nil
			v.Log(now, feedback.Skipped, r.rule, r.reason)
			if v.Changed.IsZero() {
				v.MarkCounted()
			}
		default:
			return errKnown
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil && !errors.Is(err, errKnown) {
		return false, err
	}
	if v.State == feedback.Cancelled {
		return false, s.release(ctx, v)
	}
	return !v.SentAt.IsZero(), nil
}

// endedAgain returns the row of an interaction that was reported before. One that was withdrawn and has
// ended since, before anybody was asked, becomes what it is now and is decided on anew.
func (s *Service) endedAgain(ctx context.Context, in feedback.Interaction, now time.Time) (*feedback.Interaction, error) {
	row, err := s.Store.Interactions().Get(ctx, in.ID)
	if err != nil || row.Withdrawn.IsZero() || !in.EndedAt.After(row.Withdrawn) {
		return row, err
	}
	v, err := s.Store.Invitations().Get(ctx, feedback.InvitationID(row.ID, row.Survey))
	if err == nil && v.State != feedback.Cancelled {
		return row, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	return store.Update(ctx, s.Store.Interactions(), in.ID, func(row *feedback.Interaction) error {
		if row.Withdrawn.IsZero() {
			return nil // somebody else was faster
		}
		fresh := in
		fresh.Record, fresh.Survey, fresh.ReceivedAt, fresh.Ledger = row.Record, row.Survey, row.ReceivedAt, row.Ledger
		fresh.Due = feedback.UTC(now)
		*row = fresh
		return nil
	})
}

// revive returns the invitation that exists already in the place of v. One that was withdrawn before it
// was sent is planned again as v.
func (s *Service) revive(ctx context.Context, v *feedback.Invitation) (*feedback.Invitation, error) {
	old, err := store.Update(ctx, s.Store.Invitations(), v.ID, func(old *feedback.Invitation) error {
		if old.State != feedback.Cancelled || !old.SentAt.IsZero() {
			return errKnown
		}
		fresh := *v
		fresh.Record, fresh.Ledger = old.Record, old.Ledger
		*old = fresh
		old.Next(old.SendAt)
		return nil
	})
	if errors.Is(err, errKnown) {
		err = nil
	}
	return old, err
}
