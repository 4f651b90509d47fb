package perception

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"earshot/internal/feedback"
)

// Peers compares the parts of a scope by one survey's score: by team, agent, channel or a dimension.
// They are ranked, best first, but those of a dimension with an order of its own (stage, wait,
// transfers, reopens, repeats), which keep it.
func (s *Service) Peers(ctx context.Context, q OverviewQuery, main Headline, by string) ([]Unit, error) {
	days, err := newSpan(q.From, q.To, s.zone)
	if err != nil {
		return nil, err
	}
	units := map[string]*unitTotal{}
	for _, earlier := range []bool{false, true} {
		of := days
		if earlier {
			of = days.before()
		}
		from, to, err := bounds(of)
		if err != nil {
			return nil, err
		}
		groups, _, err := s.groups(ctx, Query{By: by, From: from, To: to, Survey: main.Survey, Team: q.Team, Agent: q.Agent})
		if err != nil {
			return nil, err
		}
		collectUnits(units, groups, main.Metric, earlier)
	}
	var all []unitTotal
	for _, name := range slices.Sorted(maps.Keys(units)) {
		all = append(all, *units[name])
	}
	out := rankUnits(main.Metric, all)
	if by == ByAgent {
		return out, s.nameAgents(ctx, out)
	}
	if order := naturalOrder(by); order != nil {
		slices.SortStableFunc(out, func(a, b Unit) int {
			return cmp.Or(order(a.Name)-order(b.Name), cmp.Compare(a.Name, b.Name))
		})
	}
	return out, nil
}

func collectUnits(units map[string]*unitTotal, groups []*group, m feedback.Metric, earlier bool) {
	for _, g := range groups {
		if g.metric != m {
			continue
		}
		u := units[g.scope]
		if u == nil {
			u = &unitTotal{name: g.scope}
			units[g.scope] = u
		}
		if earlier {
			u.before = g.total.votes
		} else {
			u.now = g.total
		}
	}
}

// naturalOrder is the order that the values of a dimension have by themselves; nil where they have none.
func naturalOrder(by string) func(name string) int {
	switch by {
	case feedback.ByStage:
		return func(name string) int { return feedback.Stage(name).Rung() }
	case feedback.ByWait:
		return func(name string) int {
			for i, w := range waits() {
				if w.name == name {
					return i
				}
			}
			return len(waits())
		}
	case feedback.ByTransfers, feedback.ByReopens, feedback.ByRepeats:
		return func(string) int { return 0 }
	}
	return nil
}
