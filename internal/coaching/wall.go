package coaching

import (
	"context"
	"errors"
	"fmt"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Praise is one entry of a wall: the kudos and the response that holds the words.
type Praise struct {
	Kudos    *feedback.Remark
	Response *feedback.Response
}

// Wall lists the latest praise of a team (of everybody when team is empty) for the eyes of reader,
// newest first, at most limit entries. Who chose not to appear appears to nobody but themselves; the
// words of an erased response are gone.
func (s *Service) Wall(ctx context.Context, reader *feedback.User, team string, limit int) ([]Praise, error) {
	off, err := s.offWall(ctx)
	if err != nil {
		return nil, err
	}
	return s.list(ctx, store.RemarkFilter{Kind: feedback.Kudos, Team: team}, limit, func(k *feedback.Remark) bool {
		return !k.Hidden && (!off[k.Agent.Email] || k.Agent.Email == reader.Email)
	})
}

// Of lists a person's own latest praise.
func (s *Service) Of(ctx context.Context, email string, limit int) ([]Praise, error) {
	return s.list(ctx, store.RemarkFilter{Kind: feedback.Kudos, Agent: email}, limit, func(k *feedback.Remark) bool { return !k.Hidden })
}

func (s *Service) list(ctx context.Context, f store.RemarkFilter, limit int, show func(*feedback.Remark) bool) ([]Praise, error) {
	var out []Praise
	page := store.Page{Limit: limit}
	for len(out) < limit {
		list, err := s.Store.Remarks().List(ctx, f, page)
		if err != nil {
			return nil, fmt.Errorf("list praise: %w", err)
		}
		for _, k := range list.Items {
			if len(out) == limit || !show(k) {
				continue
			}
			r, err := s.Store.Responses().Get(ctx, k.Response)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("words of praise: %w", err)
			}
			out = append(out, Praise{k, r})
		}
		if page.After = list.Next; page.After == "" {
			break
		}
	}
	return out, nil
}

// offWall is who chose not to appear.
func (s *Service) offWall(ctx context.Context) (map[string]bool, error) {
	users, err := s.Store.Users().List(ctx)
	if err != nil {
		return nil, fmt.Errorf("who appears on the wall: %w", err)
	}
	off := map[string]bool{}
	for _, u := range users {
		if u.OffWall {
			off[u.Email] = true
		}
	}
	return off, nil
}
