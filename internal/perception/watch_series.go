package perception

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// series is one thing that is watched, day by day, the last day of all looks being the last.
type series struct {
	alert Alert // as it will be told: what it is about
	days  []tally3
	votes []feedback.Votes // of scores, for telling before and after; nil for shares
	ends  int              // days at the end that have not settled yet and are not looked at
}

// look watches every day after from up to last (31 days when from is empty), from one reading.
func (s *Service) look(ctx context.Context, from, last string, now time.Time) (int, []Alert, error) {
	end, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return 0, nil, fmt.Errorf("the last day: %w", err)
	}
	back := watchBack
	if from != "" {
		back = min(watchBack, daysBetween(from, last))
	}
	if back == 0 {
		return 0, nil, nil
	}
	all, err := s.watchedSeries(ctx, end, watchSpan+back+settle)
	if err != nil {
		return 0, nil, err
	}
	var w watchState
	for ago := back - 1; ago >= 0; ago-- {
		day := end.AddDate(0, 0, -ago)
		w.keep(lookAt(all, day, ago, now))
	}
	return back, w.Alerts, nil
}

// lookAt gives what is found when the days end ago days before the last one.
func lookAt(all []*series, day time.Time, ago int, now time.Time) []Alert {
	threshold := 0.0
	for _, x := range all {
		threshold += x.looks()
	}
	threshold *= falseDays
	var out []Alert
	everybody := false
	for _, x := range all {
		a, began, ok := x.at(ago, threshold)
		if !ok || everybody && a.Kind == AlertSilent {
			continue
		}
		everybody = everybody || a.Kind == AlertSilent && a.Scope == feedback.ScopeAll
		a.Day, a.FoundAt = day.Format(time.DateOnly), feedback.UTC(now)
		a.Since = day.AddDate(0, 0, -began).Format(time.DateOnly)
		a.Key = a.thing() + "\x1f" + a.Day
		out = append(out, a)
	}
	return out
}

// looks is in how many directions a series is watched.
func (x *series) looks() float64 {
	if x.alert.Kind == AlertFall {
		return 2
	}
	return 1
}

// at looks at the series as it stood some days before its end, and tells how many days before that the
// change began.
func (x *series) at(ago int, threshold float64) (a Alert, began int, ok bool) {
	end := len(x.days) - ago - x.ends
	if end < watchSpan {
		return Alert{}, 0, false
	}
	days := x.days[end-watchSpan : end]
	a = x.alert
	switch a.Kind {
	case AlertSilent:
		perDay := make([]float64, len(days))
		for i, d := range days {
			perDay[i] = d.n()
		}
		expected, since := silentStretch(perDay)
		a.Before = Estimate{Value: expected, N: int64(math.Round(expected))}
		return a, watchSpan - 1 - since, expected >= math.Log(threshold)
	case AlertTopic:
		c := fall(sumDays(days[:watchBase]).turned(), turn(days[watchBase:]))
		a, began = x.tell(a, end, c)
		return a, began, c.evidence >= threshold
	case AlertCoverage:
		c := fall(sumDays(days[:watchBase]), days[watchBase:])
		a, began = x.tell(a, end, c)
		return a, began, c.evidence >= threshold
	}
	if c := fall(sumDays(days[:watchBase]), days[watchBase:]); c.evidence >= threshold {
		a, began = x.tell(a, end, c)
		return a, began, true
	}
	a.Kind = AlertRise
	c := fall(sumDays(days[:watchBase]).turned(), turn(days[watchBase:]))
	a, began = x.tell(a, end, c)
	return a, began, c.evidence >= threshold
}

// tell fills in the figures before and since a change, and tells how many days ago it began.
func (x *series) tell(a Alert, end int, c change) (Alert, int) {
	began := end - watchWindow + c.since
	if x.votes != nil {
		a.Before = Measure(a.Metric, sumVotes(x.votes[end-watchSpan:end-watchWindow]))
		a.After = Measure(a.Metric, sumVotes(x.votes[began:end]))
	} else {
		a.Before, a.After = share(sumDays(x.days[end-watchSpan:end-watchWindow])), share(sumDays(x.days[began:end]))
	}
	return a, watchWindow - 1 - c.since + x.ends
}

func share(t tally3) Estimate {
	if t.n() == 0 {
		return Estimate{}
	}
	return scale(Wilson(int64(t.up), int64(t.n())), 100)
}

func sumDays(days []tally3) (t tally3) {
	for _, d := range days {
		t = t.plus(d)
	}
	return t
}

func sumVotes(days []feedback.Votes) (v feedback.Votes) {
	for _, d := range days {
		v.Add(d)
	}
	return v
}

func turn(days []tally3) []tally3 {
	out := make([]tally3, len(days))
	for i, d := range days {
		out[i] = d.turned()
	}
	return out
}

// settle is how many days a survey sent is left alone before its silence counts.
const settle = 7

// watchedSeries reads everything that is watched: the scores of everybody, teams, channels, segments and
// agents by survey, the topics, the response rate and who answers at all. Series whose days hold too
// few answers for a baseline are left out, so that they do not make the threshold higher.
func (s *Service) watchedSeries(ctx context.Context, last time.Time, n int) ([]*series, error) {
	b := &seriesBook{byThing: map[string]*series{}, first: last.AddDate(0, 0, 1-n), n: n}
	from, to := b.first.Format(time.DateOnly), last.Format(time.DateOnly)
	for _, scope := range []string{feedback.ScopeAll, feedback.ScopeTeam, feedback.ScopeChannel, feedback.BySegment, feedback.ScopeAgent} {
		rows, err := s.rows(ctx, store.RollupFilter{Scope: scope, From: from, To: to})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			b.add(r)
		}
	}
	return b.list(), nil
}

// seriesBook lays rollups out as series.
type seriesBook struct {
	byThing map[string]*series
	first   time.Time
	n       int
}

func (b *seriesBook) add(r *feedback.Rollup) {
	day, err := time.Parse(time.DateOnly, r.Day)
	i := int(day.Sub(b.first) / (24 * time.Hour))
	if err != nil || i < 0 || i >= b.n {
		return
	}
	if r.Metric != "" && r.Survey != feedback.RecoveredSurvey {
		if r.Scope == feedback.BySegment {
			for name, p := range r.Tally.Parts[feedback.BySegment] {
				b.score(Alert{Scope: r.Scope, Name: name}, r, p.Scores, i)
			}
			return
		}
		b.score(Alert{Scope: r.Scope, Name: r.Name, Team: r.Team}, r, r.Tally.Scores, i)
	}
	switch r.Scope {
	case feedback.ScopeAll:
		b.share(Alert{Kind: AlertCoverage, Scope: r.Scope}, i, r.Tally.Answered, r.Tally.Asked)
		n := understood(r.Tally)
		for name, t := range r.Tally.Topics {
			b.share(Alert{Kind: AlertTopic, Scope: r.Scope, Topic: name}, i, min(n, t.Positive+t.Negative+t.Other), n)
		}
		b.said(i, n)
		b.silent(Alert{Kind: AlertSilent, Scope: r.Scope}, i, r.Tally.Scores.N())
	case feedback.ScopeTeam:
		b.silent(Alert{Kind: AlertSilent, Scope: r.Scope, Name: r.Name}, i, r.Tally.Scores.N())
	}
}

func (b *seriesBook) get(a Alert) *series {
	x := b.byThing[a.thing()]
	if x == nil {
		x = &series{alert: a, days: make([]tally3, b.n)}
		b.byThing[a.thing()] = x
	}
	return x
}

func (b *seriesBook) score(a Alert, r *feedback.Rollup, v feedback.Votes, i int) {
	a.Kind, a.Survey, a.Metric = AlertFall, r.Survey, r.Metric
	x := b.get(a)
	if x.votes == nil {
		x.votes = make([]feedback.Votes, b.n)
	}
	if x.alert.Metric != r.Metric {
		return
	}
	t := verdicts(r.Metric, v)
	x.days[i] = x.days[i].plus(tally3{t.promoters, t.n - t.promoters - t.detractors, t.detractors})
	x.votes[i].Add(v)
}

// share counts how many of n have something. For topics, days without the topic are filled in by said.
func (b *seriesBook) share(a Alert, i int, k, n int64) {
	x := b.get(a)
	if a.Kind == AlertCoverage {
		x.ends = settle
		x.days[i] = x.days[i].plus(tally3{up: float64(k), down: float64(n - k)})
		return
	}
	x.days[i].up += float64(k)
}

// commentsKind names the series of all understood comments, which every topic is a share of.
const commentsKind = "comments"

func (b *seriesBook) said(i int, n int64) {
	b.get(Alert{Kind: commentsKind}).days[i].down += float64(n)
}

func (b *seriesBook) silent(a Alert, i int, n int64) { b.get(a).days[i].up += float64(n) }

// list is everything that has a baseline, the widest scope first.
func (b *seriesBook) list() []*series {
	said := b.get(Alert{Kind: commentsKind})
	var out []*series
	for _, key := range slices.Sorted(maps.Keys(b.byThing)) {
		x := b.byThing[key]
		if x.alert.Kind == commentsKind {
			continue
		}
		if x.alert.Kind == AlertTopic {
			for i := range x.days {
				x.days[i].down = math.Max(0, said.days[i].down-x.days[i].up)
			}
		}
		if sumDays(x.days).n() >= watchLeast {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b *series) int {
		return cmp.Compare(breadth(a.alert.Scope), breadth(b.alert.Scope))
	})
	return out
}

// breadth orders scopes, the widest first.
func breadth(scope string) int {
	return slices.Index([]string{feedback.ScopeAll, feedback.ScopeTeam, feedback.ScopeChannel, feedback.BySegment, feedback.ScopeAgent}, scope)
}
