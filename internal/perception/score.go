package perception

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// What scores may be asked by, beside the dimensions of feedback.Dimensions.
const (
	ByAll     = "all"
	ByTeam    = "team"
	ByAgent   = "agent"
	ByChannel = "channel"
	ByTopic   = "topic"
	BySurvey  = "survey"
)

// Query asks for scores. By is one of Bys, empty meaning ByAll. From is inclusive, To
// not; every day that they touch on the organisation's clock counts as a whole. Every asks for points
// as well, and may be empty. Empty Survey, Team and Agent mean all.
type Query struct {
	By       string
	From, To time.Time
	Every    string // Daily, Weekly, Monthly or empty
	Survey   string
	Team     string
	Agent    string // address
}

// Figures are a score with what it rests on. Score, Low and High are on the metric's own scale and
// nil while N is below Minimum. N counts votes by the day they were given; Asked and Answered count
// surveys by the day they were sent.
type Figures struct {
	Score    *float64 `json:"score"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	N        int64    `json:"n"`
	Asked    int64    `json:"asked"`
	Answered int64    `json:"answered"`
	Enough   bool     `json:"enough"`
}

// Score is the perception of one scope by one survey.
type Score struct {
	Scope  string          `json:"scope"` // the name of the team, agent (address), channel, topic or survey; "all"
	Survey string          `json:"survey"`
	Metric feedback.Metric `json:"metric"`
	Figures
	Points []Point `json:"points,omitempty"`
}

// Point is one bucket of a trend.
type Point struct {
	Start time.Time `json:"start"` // on the organisation's clock
	Figures
	// Reworded is set where votes on another wording of the survey begin: what follows answers another
	// question and may differ for that reason alone.
	Reworded bool `json:"reworded,omitempty"`
	// Apart is 1 when the point is clearly above all others together, -1 when clearly below, else 0. It
	// is set in an Overview only.
	Apart int `json:"-"`

	votes feedback.Votes
	score Estimate // whatever its n
}

// maxPoints bounds an answer with points, over all scopes.
const maxPoints = 200_000

// Scores answers a query from the rollups, one Score for each scope and survey that has figures, by
// scope, then survey. A mistake in the query is a *feedback.Invalid.
func (s *Service) Scores(ctx context.Context, q Query) ([]Score, error) {
	groups, cal, err := s.groups(ctx, q)
	if err != nil {
		return nil, err
	}
	return scores(groups, cal), nil
}

// source is where the figures of a query stand: the scope of rollups to read, and how a rollup is
// split into the scopes that were asked for.
type source struct {
	scope, name, team string
	split             splitter
}

// splitter gives the parts of a rollup with the name of each part's scope.
type splitter func(r *feedback.Rollup, yield func(name string, part feedback.Tally))

func (q Query) source() (source, error) {
	base := source{scope: feedback.ScopeAll}
	switch {
	case q.Agent != "":
		base = source{scope: feedback.ScopeAgent, name: q.Agent, team: q.Team}
	case q.Team != "":
		base = source{scope: feedback.ScopeTeam, name: q.Team}
	}
	narrowed := base.scope != feedback.ScopeAll
	switch q.By {
	case "", ByAll:
		base.split = asOne
	case BySurvey:
		base.split = func(r *feedback.Rollup, yield func(string, feedback.Tally)) { yield(r.Survey, r.Tally) }
	case ByTeam:
		if q.Agent == "" {
			base = source{scope: feedback.ScopeTeam, name: q.Team, split: byName}
		} else {
			base.split = func(r *feedback.Rollup, yield func(string, feedback.Tally)) { yield(r.Team, r.Tally) }
		}
	case ByAgent:
		base = source{scope: feedback.ScopeAgent, name: q.Agent, team: q.Team, split: byName}
	case ByChannel:
		base.split = channels
		if !narrowed {
			base = source{scope: feedback.ScopeChannel, split: byName}
		}
	case ByTopic:
		base.split = topics
		if !narrowed {
			base = source{scope: feedback.ScopeTopic, split: byName}
		}
	default:
		if !slices.Contains(feedback.Dimensions(), q.By) {
			return source{}, feedback.Refuse("by", "must be one of "+strings.Join(Bys(), ", "))
		}
		switch {
		case !narrowed:
			base = source{scope: q.By}
		case q.Agent == "": // the sums of a team leave the dimensions out, its leaves have them
			base = source{scope: feedback.ScopeAgent, team: q.Team}
		}
		base.split = partsOf(q.By)
	}
	return base, nil
}

// Bys lists what scores may be asked by.
func Bys() []string {
	return append([]string{ByAll, ByAgent, ByTeam, ByChannel, ByTopic, BySurvey}, feedback.Dimensions()...)
}

// partsOf splits a rollup by the values of a dimension.
func partsOf(by string) splitter {
	return func(r *feedback.Rollup, yield func(string, feedback.Tally)) {
		for name, part := range r.Tally.Parts[by] {
			yield(name, channelTally(part))
		}
	}
}

func (src source) filter(q Query, days span) store.RollupFilter {
	return store.RollupFilter{Scope: src.scope, Name: src.name, Team: src.team, Survey: q.Survey, From: days.from(), To: days.to()}
}

func asOne(r *feedback.Rollup, yield func(string, feedback.Tally)) { yield(ByAll, r.Tally) }

func byName(r *feedback.Rollup, yield func(string, feedback.Tally)) { yield(r.Name, r.Tally) }

func channels(r *feedback.Rollup, yield func(string, feedback.Tally)) {
	for name, c := range r.Tally.Channels {
		yield(name, channelTally(c))
	}
}

func topics(r *feedback.Rollup, yield func(string, feedback.Tally)) {
	for name, t := range r.Tally.Topics {
		yield(name, topicTally(t))
	}
}

// rows reads rollups.
func (s *Service) rows(ctx context.Context, f store.RollupFilter) ([]*feedback.Rollup, error) {
	rows, err := s.store.Rollups().Range(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("read rollups: %w", err)
	}
	for _, r := range rows {
		if err := s.wordings.reword(ctx, r); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// sums are the figures of a score, added up over days.
type sums struct {
	asked, answered int64
	votes           feedback.Votes
	versions        map[string]int64
}

func (u *sums) add(t feedback.Tally) {
	u.asked += t.Asked
	u.answered += t.Answered
	u.votes.Add(t.Scores)
	for v, n := range t.Versions {
		u.versions = put(u.versions, v, u.versions[v]+n)
	}
}

// group is what one score is made of.
type group struct {
	scope, survey string
	metric        feedback.Metric
	total         sums
	buckets       []sums
}

// gather adds rollups up by scope and survey, and by bucket. Feedback that nobody asked for has no
// metric and no score; it is left out, and so is what has no name.
func gather(rows []*feedback.Rollup, split splitter, cal calendar) []*group {
	type id struct {
		scope, survey string
		metric        feedback.Metric
	}
	byID := map[id]*group{}
	for _, r := range rows {
		if r.Metric == "" {
			continue
		}
		split(r, func(name string, part feedback.Tally) {
			if name == "" || part.Asked == 0 && part.Scores.N() == 0 {
				return
			}
			k := id{name, r.Survey, r.Metric}
			g := byID[k]
			if g == nil {
				g = &group{scope: name, survey: r.Survey, metric: r.Metric, buckets: make([]sums, len(cal.starts))}
				byID[k] = g
			}
			g.total.add(part)
			if i, ok := cal.index[r.Day]; ok {
				g.buckets[i].add(part)
			}
		})
	}
	out := make([]*group, 0, len(byID))
	for _, g := range byID {
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.scope, b.scope), cmp.Compare(a.survey, b.survey), cmp.Compare(a.metric, b.metric))
	})
	return out
}

func scores(groups []*group, cal calendar) []Score {
	out := make([]Score, 0, len(groups))
	for _, g := range groups {
		out = append(out, Score{
			Scope: g.scope, Survey: g.survey, Metric: g.metric,
			Figures: figures(g.metric, g.total), Points: points(g, cal),
		})
	}
	return out
}

func points(g *group, cal calendar) []Point {
	out := make([]Point, 0, len(g.buckets))
	wording := ""
	for i, u := range g.buckets {
		p := Point{Start: cal.starts[i], Figures: figures(g.metric, u), votes: u.votes, score: Measure(g.metric, u.votes)}
		wording, p.Reworded = reworded(wording, u.versions)
		out = append(out, p)
	}
	return out
}

// reworded follows the wording that most votes of a bucket answered, and tells where it changes.
func reworded(before string, versions map[string]int64) (now string, changed bool) {
	now = before
	var most int64
	for v, n := range versions {
		if n > most || n == most && v < now {
			now, most = v, n
		}
	}
	return now, before != "" && now != before
}

func figures(m feedback.Metric, u sums) Figures {
	f := Figures{N: u.votes.N(), Asked: u.asked, Answered: u.answered}
	e := Measure(m, u.votes)
	if f.Enough = e.Enough(); f.Enough {
		f.Score, f.Low, f.High = &e.Value, &e.Low, &e.High
	}
	return f
}
