package perception

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// OverviewQuery asks for everything on the board: the days that From..To (exclusive) touch on the
// organisation's clock, one survey (empty: the one with most answers), and one team or agent (empty:
// the organisation).
type OverviewQuery struct {
	From, To time.Time
	Survey   string
	Team     string
	Agent    string // address
	Every    string // the step of the trends; empty: the finest that can be read
}

// Overview is the board: the index over all surveys, one survey's score with its trend and what stands
// behind it, and the headlines of the other surveys beside it.
type Overview struct {
	From, To    time.Time // the first day's beginning, and the beginning of the day after the last
	Days        int
	Index       Index      // all surveys together, as index.go defines it
	IndexBefore Estimate   // over as many days just before
	Moved       Difference // of the index against the days before
	Unheard     Silence    // what silence leaves open about the index
	Headlines   []Headline // each survey with figures, most answers first
	Main        Headline   // the survey that was picked; its Survey is empty when there are no figures
	Every       string     // the step of Trend: Daily, Weekly or Monthly
	Trend       []Point    // of Main
	IndexEvery  string
	IndexTrend  []Point
	Silence     Silence
	Mood        Mood
	Recovery    Recovery
	Teams       []Unit // best first
	Agents      []Unit // best first
	Channels    []Unit // best first
	Topics      []Topic
	Drivers     []Driver // most important first
	Pains       []Pain   // worst first
	// Cases are the recoveries of all surveys and of unasked feedback, Earlier those of the days before.
	Cases, Earlier feedback.CaseTally
	// Climbs and Falls count answers to any survey that moved their customer on the ladder.
	Climbs, Falls int64
	Unasked       Mood // feedback that nobody asked for, shown apart
}

// Headline is the score of one survey with its change against the days before.
type Headline struct {
	Survey   string
	Metric   feedback.Metric
	Now      Estimate
	Before   Estimate // over as many days just before
	Change   Difference
	Asked    int64
	Answered int64
	// Since is when the wording last changed inside of the days; zero when it did not. Now counts the
	// answers since then only, Former those of the days before it, and there is no Change: they answered
	// different questions.
	Since  time.Time
	Former Estimate
}

// Mood counts comments by what was understood of them. Comments that were not analysed yet are in
// Comments only.
type Mood struct {
	Comments, Positive, Negative, Neutral, Mixed, Unsure int64
}

// Recovery is the funnel of the cases that were opened in the time asked for. Means are times since a
// case was opened, over the cases that reached the step.
type Recovery struct {
	Opened, Acknowledged, Contacted, Resolved, Confirmed, NotConfirmed int64
	ContactedInTime, ResolvedInTime                                    int64
	ToAcknowledge, ToContact, ToResolve                                time.Duration
}

// Unit is a team, agent or channel among its peers.
type Unit struct {
	Name, Label string // key, and how people call it
	Score       Estimate
	Standing    Standing
	Change      Difference
	// Moved is 1 when the unit went clearly up, -1 when clearly down, 0 otherwise, at the stricter level
	// that looking at all peers demands.
	Moved           int
	Asked, Answered int64
}

// Topic is what comments say about one topic, and the score that stood beside them.
type Topic struct {
	Name                      string
	Positive, Negative, Other int64
	Score                     Estimate
	// Gap is how far the score beside comments that name the topic is from the score of all other votes.
	Gap Difference
	// Side is the sign of Gap where it is clear, at the stricter level that looking at all topics
	// demands; 0 otherwise.
	Side int
	// Pull is what the votes beside the topic do to the whole score, in points: the score with them
	// minus the score without them. It is how things go together, not proof of a cause. Zero while Gap
	// is not known.
	Pull float64
}

// Mentions is how many comments name the topic.
func (t Topic) Mentions() int64 { return t.Positive + t.Negative + t.Other }

// Net is the share of positive minus the share of negative mentions, -100..100.
func (t Topic) Net() float64 {
	if t.Mentions() == 0 {
		return 0
	}
	return 100 * float64(t.Positive-t.Negative) / float64(t.Mentions())
}

// Overview reads the board's figures from the rollups. A mistake in the query is a
// *feedback.Invalid.
func (s *Service) Overview(ctx context.Context, q OverviewQuery) (*Overview, error) {
	days, err := newSpan(q.From, q.To, s.zone)
	if err != nil {
		return nil, err
	}
	o := &Overview{Days: days.days()}
	o.From, o.To, err = bounds(days)
	if err != nil {
		return nil, err
	}
	now, before, err := s.totals(ctx, q, days)
	if err != nil {
		return nil, err
	}
	o.index(now, before)
	o.headlines(now, before, q.Survey, s.zone)
	o.life(now, before)
	if f := now[feedback.FeedbackSurvey]; f != nil {
		o.Unasked = moodOf(f.tally)
	}
	if o.Main.Survey == "" {
		return o, nil
	}
	main := now[o.Main.Survey]
	o.Silence = HowSilent(o.Main.Metric, main.tally)
	o.Mood, o.Recovery = moodOf(main.tally), RecoveryOf(main.tally.Cases)
	o.Topics = topicsOf(o.Main.Metric, main.tally)
	o.Drivers = driversOf(o.Main.Metric, main.tally)
	o.Pains = painsOf(o.Main.Metric, main.tally, earlierOf(o.Main, before))
	if err := o.trends(now, days, q.Every); err != nil {
		return nil, err
	}
	return o, s.units(ctx, o, q, days, main, before[o.Main.Survey])
}

func bounds(days span) (from, to time.Time, err error) {
	if from, _, err = feedback.DayBounds(days.from(), days.zone); err != nil {
		return from, to, err
	}
	_, to, err = feedback.DayBounds(days.to(), days.zone)
	return from, to, err
}

// surveyTotal is one survey's figures over a span.
type surveyTotal struct {
	metric feedback.Metric
	tally  feedback.Tally
	rows   []*feedback.Rollup
}

// totals adds up a scope by survey, over a span and over the span before it. A survey whose scale was
// changed keeps the later scale's figures only.
func (s *Service) totals(ctx context.Context, q OverviewQuery, days span) (now, before map[string]*surveyTotal, err error) {
	f := store.RollupFilter{Scope: feedback.ScopeAll, From: days.before().from(), To: days.to()}
	switch {
	case q.Agent != "":
		f.Scope, f.Name, f.Team = feedback.ScopeAgent, q.Agent, q.Team
	case q.Team != "":
		f.Scope, f.Name = feedback.ScopeTeam, q.Team
	}
	rows, err := s.rows(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	now, before = map[string]*surveyTotal{}, map[string]*surveyTotal{}
	for _, r := range rows {
		to := now
		if r.Day < days.from() {
			to = before
		}
		t := to[r.Survey]
		if t == nil || t.metric != r.Metric {
			t = &surveyTotal{metric: r.Metric}
			to[r.Survey] = t
		}
		t.tally.Add(r.Tally)
		t.rows = append(t.rows, r)
	}
	return now, before, nil
}

// life fills in the recoveries and the moves on the ladder, over all surveys.
func (o *Overview) life(now, before map[string]*surveyTotal) {
	for _, t := range now {
		o.Cases.Add(t.tally.Cases)
		o.Climbs, o.Falls = o.Climbs+t.tally.Climbs, o.Falls+t.tally.Falls
	}
	for _, t := range before {
		o.Earlier.Add(t.tally.Cases)
	}
}

// earlierOf are a survey's figures of the days before; none when it had another scale.
func earlierOf(h Headline, before map[string]*surveyTotal) feedback.Tally {
	if b := before[h.Survey]; b != nil && b.metric == h.Metric {
		return b.tally
	}
	return feedback.Tally{}
}

// index fills in the figures over all surveys.
func (o *Overview) index(now, before map[string]*surveyTotal) {
	o.Index = newIndex(votesOf(now))
	earlier := newIndex(votesOf(before))
	o.IndexBefore, o.Moved = earlier.Estimate, changeOfIndex(o.Index, earlier)
	var asked, answered int64
	for id, t := range now {
		if indexed(id, t.metric) {
			asked, answered = asked+t.tally.Asked, answered+t.tally.Answered
		}
	}
	o.Unheard = silence(asked, answered, o.Index.Estimate, [2]float64{0, 100})
}

func votesOf(totals map[string]*surveyTotal) []indexVotes {
	out := make([]indexVotes, 0, len(totals))
	for _, id := range slices.Sorted(maps.Keys(totals)) {
		out = append(out, indexVotes{id, totals[id].metric, totals[id].tally.Scores})
	}
	return out
}

// headlines fills in the surveys' scores and picks the main one.
func (o *Overview) headlines(now, before map[string]*surveyTotal, pick string, zone *time.Location) {
	for _, id := range slices.Sorted(maps.Keys(now)) {
		t := now[id]
		if t.metric == "" || t.tally.Asked == 0 && t.tally.Scores.N() == 0 {
			continue
		}
		h := Headline{Survey: id, Metric: t.metric, Now: Measure(t.metric, t.tally.Scores), Asked: t.tally.Asked, Answered: t.tally.Answered}
		since, votes, former := current(t.rows, zone)
		if !since.IsZero() {
			h.Since, h.Now, h.Former = since, Measure(t.metric, votes), Measure(t.metric, former)
		} else if b := before[id]; b != nil && b.metric == t.metric && sameWording(b.rows, t.rows) {
			h.Before = Measure(b.metric, b.tally.Scores)
			h.Change = Compare(t.metric, t.tally.Scores, b.tally.Scores)
		}
		o.Headlines = append(o.Headlines, h)
	}
	slices.SortStableFunc(o.Headlines, func(a, b Headline) int { return cmp.Compare(b.Now.N, a.Now.N) })
	for i, h := range o.Headlines {
		if h.Survey == pick || pick == "" && i == 0 {
			o.Main = h
		}
	}
}

// setApart marks the points of the trend that stand clearly apart from all others together. Every
// point is looked at, so each difference has to pass Bonferroni's stricter level, 5 % shared by all.
func (o *Overview) setApart(all feedback.Votes) {
	_, looks := shown(o.Trend)
	if looks < 3 {
		return
	}
	for i := range o.Trend {
		p := &o.Trend[i]
		p.Apart = Compare(o.Main.Metric, p.votes, without(all, p.votes)).among(looks)
	}
}

// Estimate is the point's score whatever its n, for drawing; Figures.Enough says whether it may be shown.
func (p Point) Estimate() Estimate { return p.score }

func moodOf(t feedback.Tally) Mood {
	return Mood{
		Comments: t.Comments,
		Positive: t.Labels[feedback.Positive], Negative: t.Labels[feedback.Negative],
		Neutral: t.Labels[feedback.Neutral], Mixed: t.Labels[feedback.Mixed], Unsure: t.Labels[feedback.Unsure],
	}
}

// RecoveryOf reads a tally of cases as a funnel.
func RecoveryOf(c feedback.CaseTally) Recovery {
	return Recovery{
		Opened: c.Opened, Acknowledged: c.Acknowledged, Contacted: c.Contacted, Resolved: c.Resolved,
		Confirmed: c.Confirmed, NotConfirmed: c.NotConfirmed,
		ContactedInTime: c.ContactedInTime, ResolvedInTime: c.ResolvedInTime,
		ToAcknowledge: meanTime(c.AcknowledgeSeconds, c.Acknowledged),
		ToContact:     meanTime(c.ContactSeconds, c.Contacted),
		ToResolve:     meanTime(c.ResolveSeconds, c.Resolved),
	}
}

func meanTime(seconds, n int64) time.Duration {
	if n == 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second / time.Duration(n)
}
