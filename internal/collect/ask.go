package collect

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

// How often a person is asked for a verdict, and about what.
const (
	questionsPerDay = 3
	doubtful        = 0.65                // a less certain verdict is worth a question
	questionAge     = 14 * 24 * time.Hour // older comments are forgotten by those who could tell
	questionsRead   = 60                  // of the latest comments are looked through
	passesKept      = 50                  // comments that a person did not want to judge
)

// asked is what one person was asked, kept in a setting.
type asked struct {
	Day    string   `json:"day"`
	Count  int      `json:"count"`
	Passed []string `json:"passed"` // responses, latest last
}

func askedID(email string) string { return "asked:" + email }

// Doubtful finds the comment of a person's own customers (of the team's, for a lead) whose verdict the
// engine is least sure of, or nil when there is none or the person was asked often enough today.
func (s *Service) Doubtful(ctx context.Context, u *feedback.User, now time.Time) (*feedback.Response, error) {
	f := store.ResponseFilter{Comments: true, From: feedback.UTC(now.Add(-questionAge)), Agent: u.Email}
	switch u.Role {
	case feedback.RoleAgent:
	case feedback.RoleLead:
		f.Agent, f.Team = "", u.Team
	default:
		return nil, nil
	}
	row, err := s.askedRow(ctx, u.Email)
	if err != nil {
		return nil, err
	}
	known := readAsked(row, s.day(now))
	if known.Count >= questionsPerDay {
		return nil, nil
	}
	list, err := s.Store.Responses().List(ctx, f, store.Page{Limit: questionsRead})
	if err != nil {
		return nil, fmt.Errorf("list comments to ask about: %w", err)
	}
	var best *feedback.Response
	for _, r := range list.Items {
		if worthAsking(r) && !slices.Contains(known.Passed, r.ID) && (best == nil || r.Sentiment.Confidence < best.Sentiment.Confidence) {
			best = r
		}
	}
	return best, nil
}

// worthAsking tells whether a person's verdict on the comment would teach the engine something. One in a
// language it does not read teaches it nothing.
func worthAsking(r *feedback.Response) bool {
	m := r.Sentiment
	return r.Analysed && m != nil && m.Corrected == nil && m.Confidence < doubtful && m.Polarity != 0 && m.Language != "" && m.Language != "und"
}

// Asked notes that a person has answered today's question about a response, or passed it over.
func (s *Service) Asked(ctx context.Context, u *feedback.User, response string, now time.Time) error {
	for {
		row, err := s.askedRow(ctx, u.Email)
		if err != nil {
			return err
		}
		known := readAsked(row, s.day(now))
		known.Count++
		known.Passed = append(known.Passed, response)
		known.Passed = known.Passed[max(0, len(known.Passed)-passesKept):]
		if row.Value, err = json.Marshal(known); err != nil {
			return err
		}
		if row.Rev == 0 {
			err = s.Store.Settings().Insert(ctx, row)
		} else {
			err = s.Store.Settings().Save(ctx, row)
		}
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
}

// askedRow reads what a person was asked; its Rev is 0 when that is nothing.
func (s *Service) askedRow(ctx context.Context, email string) (*feedback.Setting, error) {
	row, err := s.Store.Settings().Get(ctx, askedID(email))
	if errors.Is(err, store.ErrNotFound) {
		row, err = &feedback.Setting{}, nil
		row.ID = askedID(email)
	}
	return row, err
}

// readAsked is the state on a day. What cannot be read counts as nothing.
func readAsked(row *feedback.Setting, day string) asked {
	var known asked
	_ = json.Unmarshal(row.Value, &known)
	if known.Day != day {
		known.Day, known.Count = day, 0
	}
	return known
}

func (s *Service) day(now time.Time) string { return now.In(s.Zone).Format(time.DateOnly) }
