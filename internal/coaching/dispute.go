package coaching

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// decideWithin is how many working days a dispute may wait before it goes up.
const decideWithin = 3

// Dispute records that the agent who earned a score says that it should not be held against them, and
// tells who can decide. Disputing twice is disputing once. Nothing about the answer changes.
func (s *Service) Dispute(ctx context.Context, by *feedback.User, response, reason, text string, now time.Time) (*feedback.Remark, error) {
	text = strings.TrimSpace(text)
	if err := checkWords("text", text); err != nil {
		return nil, err
	}
	if !slices.Contains(feedback.DisputeReasons(), reason) {
		return nil, feedback.Refuse("reason", "must be one of "+strings.Join(feedback.DisputeReasons(), ", "))
	}
	said, err := s.Store.Responses().Get(ctx, response)
	if err != nil {
		return nil, fmt.Errorf("the answer of a dispute: %w", err)
	}
	if said.Agent.Email != by.Email {
		return nil, ErrForbidden
	}
	r := &feedback.Remark{Kind: feedback.Dispute, Response: response, Agent: said.Agent, By: by.Email, WrittenAt: feedback.UTC(now),
		Text: text, Reason: reason, DecideBy: feedback.UTC(workdays(now.In(by.Zone(s.Zone)), decideWithin))}
	r.ID = feedback.DisputeID(response, by.Email)
	judges, err := s.judges(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, to := range judges {
		r.Tell(feedback.Notice{Kind: string(mail.KindDigest), Key: "dispute " + to, To: to, Due: now})
	}
	r.Plan()
	return r, s.keep(ctx, r)
}

// workdays is the moment n working days (Monday to Friday) after at, on at's clock.
func workdays(at time.Time, n int) time.Time {
	for n > 0 {
		at = at.AddDate(0, 0, 1)
		if day := at.Weekday(); day != time.Saturday && day != time.Sunday {
			n--
		}
	}
	return at
}

// judges are who can decide a dispute: the leads of the team that are no party of it, or else the
// administrators.
func (s *Service) judges(ctx context.Context, r *feedback.Remark) ([]string, error) {
	users, err := s.Store.Users().List(ctx)
	if err != nil {
		return nil, fmt.Errorf("who decides a dispute: %w", err)
	}
	var first, admins []string
	for _, u := range users {
		switch {
		case !u.Active() || u.Email == r.By || u.Email == r.Agent.Email:
		case u.Role == feedback.RoleLead && leads(u, r.Agent.Team):
			first = append(first, u.Email)
		case u.Role == feedback.RoleAdmin:
			admins = append(admins, u.Email)
		}
	}
	if len(first) > 0 {
		return first, nil
	}
	return admins, nil
}

// Judges tells whether a user can decide a dispute.
func Judges(u *feedback.User, r *feedback.Remark) bool {
	return r.Open() && leads(u, r.Agent.Team) && u.Email != r.By && u.Email != r.Agent.Email
}

// Decide ends a dispute and tells whose it is. feedback.ErrDecided when somebody was faster.
func (s *Service) Decide(ctx context.Context, by *feedback.User, id, decision, text string, now time.Time) error {
	if decision != feedback.Upheld && decision != feedback.Declined {
		return feedback.Refuse("decision", "must be upheld or declined")
	}
	text = strings.TrimSpace(text)
	if err := checkWords("text", text); err != nil {
		return err // whoever is decided about has a right to the reason
	}
	_, err := store.Update(ctx, s.Store.Remarks(), id, func(r *feedback.Remark) error {
		if r.Kind != feedback.Dispute || !leads(by, r.Agent.Team) {
			return ErrForbidden
		}
		if err := r.Decide(by.Email, decision, text, now); err != nil {
			return err
		}
		r.Tell(feedback.Notice{Kind: string(mail.KindDigest), Key: "decided", To: r.By, Due: now})
		return nil
	})
	s.Wake()
	return err
}

// Disputes lists the disputes that a user may see, open ones first, those that wait longest at the
// top, then the decided ones, newest first.
func (s *Service) Disputes(ctx context.Context, u *feedback.User, limit int) ([]Talk, error) {
	f := store.RemarkFilter{Kind: feedback.Dispute, Team: u.Team}
	switch u.Role {
	case feedback.RoleAdmin:
		f.Team = ""
	case feedback.RoleAgent:
		f.Team, f.Agent = "", u.Email
	}
	list, err := s.Store.Remarks().List(ctx, f, store.Page{Limit: talksRead})
	if err != nil {
		return nil, fmt.Errorf("list disputes: %w", err)
	}
	slices.SortStableFunc(list.Items, func(a, b *feedback.Remark) int {
		if a.Open() != b.Open() {
			return map[bool]int{true: -1, false: 1}[a.Open()]
		}
		if a.Open() {
			return a.WrittenAt.Compare(b.WrittenAt)
		}
		return 0
	})
	return s.talks(ctx, u, list.Items, limit)
}

// talks adds the answers that remarks are about.
func (s *Service) talks(ctx context.Context, u *feedback.User, all []*feedback.Remark, limit int) ([]Talk, error) {
	if len(all) > 0 && all[0].Kind != feedback.Dispute {
		slices.SortStableFunc(all, func(a, b *feedback.Remark) int { return b.WrittenAt.Compare(a.WrittenAt) })
	}
	var out []Talk
	for _, r := range all {
		if len(out) == limit {
			break
		}
		if !Reads(u, r) {
			continue
		}
		said, err := s.Store.Responses().Get(ctx, r.Response)
		if errors.Is(err, store.ErrNotFound) {
			said, err = nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the answer of a remark: %w", err)
		}
		out = append(out, Talk{r, said})
	}
	return out, nil
}

// Upheld lists the responses of a team and, where given, an agent that were answered in [from, to) and
// are shown as disputed.
func (s *Service) Upheld(ctx context.Context, team, agent string, from, to time.Time) ([]*feedback.Response, error) {
	var out []*feedback.Response
	page := store.Page{Limit: 500}
	for {
		// A dispute is written after the answer, so those of the span were not written before it.
		list, err := s.Store.Remarks().List(ctx, store.RemarkFilter{Kind: feedback.Dispute, Team: team, Agent: agent, From: from}, page)
		if err != nil {
			return nil, fmt.Errorf("list upheld disputes: %w", err)
		}
		for _, r := range list.Items {
			if r.Decision != feedback.Upheld {
				continue
			}
			said, err := s.Store.Responses().Get(ctx, r.Response)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("disputed answer: %w", err)
			}
			if !said.AnsweredAt.Before(from) && said.AnsweredAt.Before(to) {
				out = append(out, said)
			}
		}
		if page.After = list.Next; page.After == "" {
			return out, nil
		}
	}
}
