package coaching

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Bounds of a lead's view.
const (
	// SoonIs is how long before its deadline a case counts as overdue soon.
	SoonIs = 2 * time.Hour
	// frictionSpan is how far back policy friction is counted, and the week in it that is named.
	frictionSpan = 28 * 24 * time.Hour
	queueShown   = 12
	casesRead    = 1000
)

// Team is what a lead sees of a team at a moment.
type Team struct {
	Name                string
	Members             []Member // who has most overdue first
	Queue               []*feedback.Case
	Open, Overdue, Soon int
	New                 int // nobody has taken them
	Resolved, Confirmed int // of the last seven days
	Disputes            int // that wait for a decision
	Friction            []Friction
	More                bool // there are more open cases than were read
}

// Member is one person's load.
type Member struct {
	feedback.Agent
	Lead                     bool
	Open, New, Overdue, Soon int
	Next                     time.Time // the earliest deadline; zero when no clock runs
	Resolved                 int       // in the last seven days
	Praise                   int       // in the last seven days
}

// Friction is a rule that stood in customers' way.
type Friction struct {
	Rule      string // as agents wrote it; empty: not named
	Cause     string
	Week      int // cases of the last seven days
	Before    int // of the three weeks before
	Exception int // where an exception was made, of all
	Cases     []*feedback.Case
}

// Team reads a team's view.
func (s *Service) Team(ctx context.Context, team string, now time.Time) (*Team, error) {
	t := &Team{Name: team}
	members, err := s.members(ctx, team)
	if err != nil {
		return nil, err
	}
	working := []feedback.CaseState{feedback.CaseOpen, feedback.CaseAcknowledged, feedback.CaseContacted}
	open, err := s.Store.Cases().List(ctx, store.CaseFilter{OwnerTeam: team, States: working, ByDeadline: true}, store.Page{Limit: casesRead})
	if err != nil {
		return nil, fmt.Errorf("team's open cases: %w", err)
	}
	t.More = open.Next != ""
	for _, c := range open.Items {
		t.load(members, c, now)
	}
	late, err := s.Store.Cases().List(ctx, store.CaseFilter{OwnerTeam: team, OpenedFrom: now.Add(-frictionSpan)}, store.Page{Limit: casesRead})
	if err != nil {
		return nil, fmt.Errorf("team's latest cases: %w", err)
	}
	t.done(members, late.Items, now)
	t.Friction = friction(late.Items, now)
	if err := s.remarksOf(ctx, t, members, now); err != nil {
		return nil, err
	}
	for _, m := range members {
		t.Members = append(t.Members, *m)
	}
	slices.SortFunc(t.Members, func(a, b Member) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Soon, a.Soon), cmp.Compare(b.Open, a.Open), cmp.Compare(a.DisplayName(), b.DisplayName()))
	})
	return t, nil
}

func (s *Service) members(ctx context.Context, team string) (map[string]*Member, error) {
	users, err := s.Store.Users().List(ctx)
	if err != nil {
		return nil, fmt.Errorf("people of a team: %w", err)
	}
	out := map[string]*Member{}
	for _, u := range users {
		if u.Active() && u.Team == team && (u.Role == feedback.RoleAgent || u.Role == feedback.RoleLead) {
			out[u.Email] = &Member{Agent: u.Agent(), Lead: u.Role == feedback.RoleLead}
		}
	}
	return out, nil
}

// load counts one open case.
func (t *Team) load(members map[string]*Member, c *feedback.Case, now time.Time) {
	m := members[c.Owner.Email]
	if m == nil { // somebody who cannot sign in, or nobody at all
		m = &Member{Agent: c.Owner}
		members[c.Owner.Email] = m
	}
	t.Open++
	m.Open++
	if c.State == feedback.CaseOpen {
		t.New++
		m.New++
	}
	switch {
	case c.Deadline.IsZero():
	case c.Deadline.Before(now):
		t.Overdue++
		m.Overdue++
	case c.Deadline.Before(now.Add(SoonIs)):
		t.Soon++
		m.Soon++
	}
	m.Next = feedback.Earliest(m.Next, c.Deadline)
	if len(t.Queue) < queueShown && !c.Deadline.IsZero() {
		t.Queue = append(t.Queue, c)
	}
}

// done counts what was finished in the last seven days.
func (t *Team) done(members map[string]*Member, cases []*feedback.Case, now time.Time) {
	since := now.Add(-week)
	for _, c := range cases {
		if c.ResolvedAt.After(since) {
			t.Resolved++
			if m := members[c.Owner.Email]; m != nil {
				m.Resolved++
			}
		}
		if c.State == feedback.CaseConfirmed && c.ClosedAt.After(since) {
			t.Confirmed++
		}
	}
}

// friction groups the cases in whose way a rule stood, the most frequent of this week first.
func friction(cases []*feedback.Case, now time.Time) []Friction {
	type key struct{ rule, cause string }
	found := map[key]*Friction{}
	for _, c := range cases {
		if feedback.KindOfCause(c.Cause) != feedback.CausePolicy {
			continue
		}
		k := key{c.Rule, c.Cause}
		f := found[k]
		if f == nil {
			f = &Friction{Rule: c.Rule, Cause: c.Cause}
			found[k] = f
		}
		if now.Sub(c.OpenedAt) <= week {
			f.Week++
		} else {
			f.Before++
		}
		if c.Action == "exception" {
			f.Exception++
		}
		if len(f.Cases) < 3 {
			f.Cases = append(f.Cases, c)
		}
	}
	var out []Friction
	for _, f := range found {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Friction) int {
		return cmp.Or(cmp.Compare(b.Week, a.Week), cmp.Compare(b.Before, a.Before), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Cause, b.Cause))
	})
	return out
}

// remarksOf counts the week's praise and the disputes that wait.
func (s *Service) remarksOf(ctx context.Context, t *Team, members map[string]*Member, now time.Time) error {
	praise, err := s.Store.Remarks().List(ctx, store.RemarkFilter{Kind: feedback.Kudos, Team: t.Name, From: now.Add(-week)}, store.Page{Limit: casesRead})
	if err != nil {
		return fmt.Errorf("team's praise: %w", err)
	}
	for _, k := range praise.Items {
		if m := members[k.Agent.Email]; m != nil && !k.Hidden {
			m.Praise++
		}
	}
	disputes, err := s.Store.Remarks().List(ctx, store.RemarkFilter{Kind: feedback.Dispute, Team: t.Name}, store.Page{Limit: talksRead})
	if err != nil {
		return fmt.Errorf("team's disputes: %w", err)
	}
	for _, d := range disputes.Items {
		if d.Open() {
			t.Disputes++
		}
	}
	return nil
}
