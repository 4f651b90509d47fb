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
	var all []*feedback.Rollup
	if q.Team == "" { // read before
		if before != nil {
			all = append(all, before.rows...)
		}
		all = append(all, main.rows...)
	} else {
		var err error
		f := store.RollupFilter{Scope: feedback.ScopeAll, Survey: o.Main.Survey, From: days.before().from(), To: days.to()}
		if all, err = s.rows(ctx, f); err != nil {
			return err
		}
	}
	teams, agents, err := s.compare(ctx, o.Main, q.Team, days, all)
	if err != nil {
		return err
	}
	if q.Team == "" {
		o.Teams = rankUnits(o.Main.Metric, teams)
	}
	o.Agents = rankUnits(o.Main.Metric, agents)
	return s.nameAgents(ctx, o.Agents)
}

// unitTotal is a unit's figures over a span, and its votes in the span before.
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

// compare adds up the leaves of a survey by team and by agent, within one team if one is given. all are
// the organisation's rollups of the days.
func (s *Service) compare(ctx context.Context, main Headline, team string, days span, all []*feedback.Rollup) (teams, agents []unitTotal, err error) {
	leaves, err := s.leaves(ctx, main.Survey, main.Metric, all)
	if err != nil {
		return nil, nil, err
	}
	byTeam, byAgent := tallies{}, tallies{}
	for day, of := range leaves {
		for _, l := range of {
			if team != "" && l.team != team {
				continue
			}
			byTeam.add(l.team, l, day < days.from())
			byAgent.add(l.name, l, day < days.from())
		}
	}
	return byTeam.list(), byAgent.list(), nil
}

// tallies are units by name.
type tallies map[string]*unitTotal

func (t tallies) add(name string, l leafSums, earlier bool) {
	if name == "" {
		return
	}
	u := t[name]
	if u == nil {
		u = &unitTotal{name: name}
		t[name] = u
	}
	if earlier {
		u.before.Add(l.votes)
		return
	}
	u.now.asked += l.asked
	u.now.answered += l.answered
	u.now.votes.Add(l.votes)
}

func (t tallies) list() []unitTotal {
	out := make([]unitTotal, 0, len(t))
	for _, u := range t {
		out = append(out, *u)
	}
	return out
}

// rankUnits orders units by their shrunk estimates, best first. Those with fewer than Minimum answers
// have no standing and follow by name: a place in the order would tell what the score may not.
func rankUnits(m feedback.Metric, all []unitTotal) []Unit {
	slices.SortFunc(all, func(a, b unitTotal) int { return cmp.Compare(a.name, b.name) })
	var out, few []Unit
	var votes []feedback.Votes
	for _, u := range all {
		unit := Unit{
			Name: u.name, Label: u.name, Score: Measure(m, u.now.votes),
			Change: Compare(m, u.now.votes, u.before), Asked: u.now.asked, Answered: u.now.answered,
		}
		switch {
		case unit.Score.Enough():
			out, votes = append(out, unit), append(votes, u.now.votes)
		case u.now.asked > 0 || unit.Score.N > 0:
			few = append(few, unit)
		}
	}
	for i, s := range Rank(m, votes) {
		out[i].Standing = s
	}
	slices.SortStableFunc(out, func(a, b Unit) int { return compareStanding(a.Standing, b.Standing) })
	looks := 0
	for _, u := range out {
		if u.Change.Known {
			looks++
		}
	}
	for i := range out {
		out[i].Moved = out[i].Change.among(looks)
	}
	return append(out, few...)
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
	looks := 0
	for _, topic := range out {
		looks += 1 - known(topic)
	}
	for i := range out {
		out[i].Side = out[i].Gap.among(looks)
	}
	slices.SortFunc(out, func(a, b Topic) int {
		return cmp.Or(known(a)-known(b), cmp.Compare(a.Pull, b.Pull), cmp.Compare(b.Negative, a.Negative), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// known is 0 for a topic with enough votes to tell, 1 for one without: the order in which they stand.
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
