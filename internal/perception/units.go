package perception

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// units fills in the teams, agents and channels of an overview, and the names of agents. Peers are
// compared within the scope that was asked for; an agent alone has none.
func (s *Service) units(ctx context.Context, o *Overview, q OverviewQuery, days span, main, before *surveyTotal) error {
	earlier := map[string]feedback.ChannelTally{}
	if before != nil && before.metric == main.metric {
		earlier = before.tally.Channels
	}
	var channels []unitTotal
	for name, c := range main.tally.Channels {
		channels = append(channels, unitTotal{name: name, now: sumsOf(channelTally(c)), before: earlier[name].Scores})
	}
	o.Channels = rankUnits(o.Main.Metric, channels)
	if q.Agent != "" {
		return nil
	}
	var err error
	if q.Team == "" {
		if o.Teams, err = s.ranked(ctx, o.Main, feedback.ScopeTeam, "", days, true); err != nil {
			return err
		}
	}
	if o.Agents, err = s.ranked(ctx, o.Main, feedback.ScopeAgent, q.Team, days, false); err != nil {
		return err
	}
	return s.nameAgents(ctx, o.Agents)
}

// unitTotal is a unit's figures over a span, and its votes before.
type unitTotal struct {
	name   string
	now    sums
	before feedback.Votes
}

func sumsOf(t feedback.Tally) sums {
	var u sums
	u.add(t)
	return u
}

// ranked reads the units of a scope for one survey and ranks them, with their change when asked for.
func (s *Service) ranked(ctx context.Context, main Headline, scope, team string, days span, change bool) ([]Unit, error) {
	first := days
	if change {
		first = days.before()
	}
	rows, err := s.rows(ctx, store.RollupFilter{Scope: scope, Team: team, Survey: main.Survey, From: first.from(), To: days.to()})
	if err != nil {
		return nil, err
	}
	byName := map[string]*unitTotal{}
	for _, r := range rows {
		if r.Metric != main.Metric || r.Name == "" {
			continue
		}
		u := byName[r.Name]
		if u == nil {
			u = &unitTotal{name: r.Name}
			byName[r.Name] = u
		}
		if r.Day < days.from() {
			u.before.Add(r.Tally.Scores)
		} else {
			u.now.add(r.Tally)
		}
	}
	all := make([]unitTotal, 0, len(byName))
	for _, u := range byName {
		all = append(all, *u)
	}
	return rankUnits(main.Metric, all), nil
}

// rankUnits orders units by their shrunk estimates, best first, those without votes last by name.
func rankUnits(m feedback.Metric, all []unitTotal) []Unit {
	slices.SortFunc(all, func(a, b unitTotal) int { return cmp.Compare(a.name, b.name) })
	votes := make([]feedback.Votes, len(all))
	for i, u := range all {
		votes[i] = u.now.votes
	}
	standings := Rank(m, votes)
	out := make([]Unit, 0, len(all))
	for i, u := range all {
		if u.now.asked == 0 && u.now.votes.N() == 0 {
			continue
		}
		out = append(out, Unit{
			Name: u.name, Label: u.name, Score: Measure(m, u.now.votes), Standing: standings[i],
			Change: Compare(m, u.now.votes, u.before), Asked: u.now.asked, Answered: u.now.answered,
		})
	}
	slices.SortStableFunc(out, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(bandOrder(a), bandOrder(b)), compareStanding(a.Standing, b.Standing))
	})
	return out
}

// bandOrder puts units without votes, which have no band, last.
func bandOrder(u Unit) int {
	if u.Standing.Band == 0 {
		return int(^uint(0) >> 1)
	}
	return u.Standing.Band
}

// nameAgents replaces addresses by names.
func (s *Service) nameAgents(ctx context.Context, agents []Unit) error {
	emails := make([]string, len(agents))
	for i, a := range agents {
		emails[i] = a.Name
	}
	labels, err := s.agentNames(ctx, emails)
	if err != nil {
		return err
	}
	for i := range agents {
		agents[i].Label = labels[agents[i].Name]
	}
	return nil
}

// topicsOf orders topics by what they do to the score, the one that pulls it down most first; those
// with too few votes to tell follow, most complained about first.
func topicsOf(m feedback.Metric, t feedback.Tally) []Topic {
	out := make([]Topic, 0, len(t.Topics))
	whole := Measure(m, t.Scores).Value
	for name, c := range t.Topics {
		topic := Topic{Name: name, Positive: c.Positive, Negative: c.Negative, Other: c.Other, Score: Measure(m, c.Scores)}
		rest := without(t.Scores, c.Scores)
		topic.Gap = Compare(m, c.Scores, rest)
		if topic.Gap.Known {
			topic.Pull = whole - Measure(m, rest).Value
		}
		if topic.Mentions() > 0 {
			out = append(out, topic)
		}
	}
	slices.SortFunc(out, func(a, b Topic) int {
		return cmp.Or(known(a)-known(b), cmp.Compare(a.Pull, b.Pull), cmp.Compare(b.Negative, a.Negative), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func known(t Topic) int {
	if t.Gap.Known {
		return 0
	}
	return 1
}

func without(all, part feedback.Votes) feedback.Votes {
	for i, n := range part {
		all[i] = max(0, all[i]-n)
	}
	return all
}
