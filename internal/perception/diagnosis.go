package perception

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Factor is an operational figure and how the score goes with it. It explains a perceived problem; it
// is never a score itself, and going together is not proof of a cause.
type Factor struct {
	By     string  // a dimension: wait, transfers, reopens or repeats
	Levels []Level // from little to much
	// Effect is how far the score of votes with much of it is from that of votes with little; see Strains
	// for where much begins.
	Effect Difference
	// Side is the sign of Effect where it is clear at the stricter level that looking at all factors
	// demands; 0 otherwise.
	Side int
	// Much is the share of votes with much of it, in percent.
	Much Estimate
	// Places are the teams where much of it is clearly more or clearly less common than in the others.
	Places []Place
}

// Level is one value of an operational figure, with the score of its votes.
type Level struct {
	Name  string
	Much  bool
	Score Estimate
}

// Place is a team's share of votes with much of a factor, in percent, against all other teams.
type Place struct {
	Team  string
	Share Estimate
	Gap   Difference
}

// Strains are the operational figures that are looked at.
func Strains() []string {
	return []string{feedback.ByWait, feedback.ByTransfers, feedback.ByReopens, feedback.ByRepeats}
}

// much tells whether a level of a figure is much of it: a wait of 15 minutes or more, any transfer, any
// reopening, any other contact in the week before. The bounds were set before looking at any data.
func much(by, name string) bool {
	if by == feedback.ByWait {
		return name != "0-1 min" && name != "1-5 min" && name != "5-15 min"
	}
	return name != "0"
}

// strain counts votes by whether they had much of each figure, in the order of Strains.
type strain [4]struct{ much, n int64 }

func strainOf(parts map[string]map[string]feedback.ChannelTally) (out strain) {
	for i, by := range Strains() {
		for name, p := range parts[by] {
			n := p.Scores.N()
			out[i].n += n
			if much(by, name) {
				out[i].much += n
			}
		}
	}
	return out
}

func (s *strain) add(o strain) {
	for i := range s {
		s[i].much, s[i].n = s[i].much+o[i].much, s[i].n+o[i].n
	}
}

// Diagnosis says which operational figures go with the score of a survey, strongest first, and which
// teams have much of them. Factors that nobody reported are left out.
func (s *Service) Diagnosis(ctx context.Context, q OverviewQuery, main Headline) ([]Factor, error) {
	days, err := newSpan(q.From, q.To, s.zone)
	if err != nil {
		return nil, err
	}
	teams, err := s.strains(ctx, main, days)
	if err != nil {
		return nil, err
	}
	var out []Factor
	for i, by := range Strains() {
		groups, _, err := s.groups(ctx, Query{By: by, From: q.From, To: q.To, Survey: main.Survey, Team: q.Team, Agent: q.Agent})
		if err != nil {
			return nil, err
		}
		f := factorOf(by, main.Metric, groups)
		f.Places = placesOf(i, teams)
		if f.Much.N > 0 {
			out = append(out, f)
		}
	}
	looks := 0
	for _, f := range out {
		if f.Effect.Known {
			looks++
		}
	}
	for i := range out {
		out[i].Side = out[i].Effect.among(looks)
	}
	slices.SortStableFunc(out, func(a, b Factor) int { return cmp.Compare(weight(a), weight(b)) })
	return out, nil
}

// weight orders factors: clear losses first, clear gains last.
func weight(f Factor) float64 {
	if f.Side == 0 {
		return 0
	}
	return f.Effect.Value
}

// strains adds up the leaves by team.
func (s *Service) strains(ctx context.Context, main Headline, days span) (map[string]strain, error) {
	all, err := s.rows(ctx, store.RollupFilter{Scope: feedback.ScopeAll, Survey: main.Survey, From: days.from(), To: days.to()})
	if err != nil {
		return nil, err
	}
	leaves, err := s.leaves(ctx, main.Survey, main.Metric, all)
	if err != nil {
		return nil, err
	}
	teams := map[string]strain{}
	for _, of := range leaves {
		for _, l := range of {
			t := teams[l.team]
			t.add(l.strain)
			teams[l.team] = t
		}
	}
	return teams, nil
}

func factorOf(by string, m feedback.Metric, groups []*group) Factor {
	f := Factor{By: by}
	var high, low feedback.Votes
	for _, g := range groups {
		if g.metric != m {
			continue
		}
		l := Level{Name: g.scope, Much: much(by, g.scope), Score: Measure(m, g.total.votes)}
		f.Levels = append(f.Levels, l)
		if l.Much {
			high.Add(g.total.votes)
		} else {
			low.Add(g.total.votes)
		}
	}
	order := naturalOrder(by)
	slices.SortFunc(f.Levels, func(a, b Level) int { return cmp.Or(order(a.Name)-order(b.Name), cmp.Compare(a.Name, b.Name)) })
	f.Effect = Compare(m, high, low)
	if n := high.N() + low.N(); n > 0 {
		f.Much = scale(Wilson(high.N(), n), 100)
	}
	return f
}

// placesOf finds the teams that clearly stand apart in one figure, most of it first, at the stricter
// level that looking at all teams demands.
func placesOf(i int, teams map[string]strain) []Place {
	var all strain
	looks := 0
	for _, t := range teams {
		all.add(t)
		if t[i].n >= Minimum {
			looks++
		}
	}
	var out []Place
	for _, name := range slices.Sorted(maps.Keys(teams)) {
		t := teams[name]
		rest := all[i].n - t[i].n
		if name == "" || t[i].n < Minimum || rest < Minimum {
			continue
		}
		gap := times(Newcombe(t[i].much, t[i].n, all[i].much-t[i].much, rest), 100)
		if gap.among(looks) != 0 {
			out = append(out, Place{name, scale(Wilson(t[i].much, t[i].n), 100), gap})
		}
	}
	slices.SortStableFunc(out, func(a, b Place) int { return cmp.Compare(b.Gap.Value, a.Gap.Value) })
	return out
}
