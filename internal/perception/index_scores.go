package perception

import (
	"context"
	"fmt"
	"time"

	"earshot/internal/feedback"
)

// IndexScore is the perception index of one scope.
type IndexScore struct {
	Scope string `json:"scope"`
	Figures
	Surveys []IndexShare `json:"surveys"` // what went into it, most answers first
	Points  []IndexPoint `json:"points,omitempty"`
}

// IndexShare is one survey's part of an index: how its answers were read, and its weight, 0..1.
type IndexShare struct {
	Survey       string          `json:"survey"`
	Metric       feedback.Metric `json:"metric"`
	Weight       float64         `json:"weight"`
	Satisfied    int64           `json:"satisfied"`
	Between      int64           `json:"between"`
	Dissatisfied int64           `json:"dissatisfied"`
}

// IndexPoint is one bucket of an index's trend.
type IndexPoint struct {
	Start time.Time `json:"start"` // on the organisation's clock
	Figures
}

// Indexes answers a query with the perception index of each scope that has figures, by scope. A mistake
// in the query is a *feedback.Invalid.
func (s *Service) Indexes(ctx context.Context, q Query) ([]IndexScore, error) {
	if q.By == BySurvey {
		return nil, feedback.Refuse("by", "must not be survey: an index is over surveys")
	}
	groups, cal, err := s.groups(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []IndexScore
	for len(groups) > 0 {
		n := 1
		for n < len(groups) && groups[n].scope == groups[0].scope {
			n++
		}
		if x, ok := indexScore(groups[:n], cal); ok {
			out = append(out, x)
		}
		groups = groups[n:]
	}
	return out, nil
}

// groups reads what a query asks for, by scope, then survey.
func (s *Service) groups(ctx context.Context, q Query) ([]*group, calendar, error) {
	days, err := newSpan(q.From, q.To, s.zone)
	if err != nil {
		return nil, calendar{}, err
	}
	cal, err := newCalendar(days, q.Every)
	if err != nil {
		return nil, calendar{}, err
	}
	src, err := q.source()
	if err != nil {
		return nil, calendar{}, err
	}
	rows, err := s.rows(ctx, src.filter(q, days))
	if err != nil {
		return nil, calendar{}, err
	}
	groups := gather(rows, src.split, cal)
	if len(groups)*len(cal.starts) > maxPoints {
		return nil, calendar{}, feedback.Refuse("every", fmt.Sprintf("would give %d points; ask for a shorter time or longer steps", len(groups)*len(cal.starts)))
	}
	return groups, cal, nil
}

// indexScore puts the surveys of one scope together; ok is false where none of them counts.
func indexScore(groups []*group, cal calendar) (score IndexScore, ok bool) {
	x, asked, answered := indexOf(groups, func(g *group) sums { return g.total })
	if len(x.Parts) == 0 && asked == 0 {
		return IndexScore{}, false
	}
	score = IndexScore{Scope: groups[0].scope, Figures: indexFigures(x, asked, answered), Surveys: []IndexShare{}}
	for _, p := range x.Parts {
		score.Surveys = append(score.Surveys, IndexShare{p.Survey, p.Metric, p.Weight, p.Happy, p.Between, p.Unhappy})
	}
	for i, start := range cal.starts {
		x, asked, answered := indexOf(groups, func(g *group) sums { return g.buckets[i] })
		score.Points = append(score.Points, IndexPoint{start, indexFigures(x, asked, answered)})
	}
	return score, true
}

func indexOf(groups []*group, of func(*group) sums) (x Index, asked, answered int64) {
	var votes []indexVotes
	for _, g := range groups {
		u := of(g)
		votes = append(votes, indexVotes{g.survey, g.metric, u.votes})
		if indexed(g.survey, g.metric) {
			asked, answered = asked+u.asked, answered+u.answered
		}
	}
	return newIndex(votes), asked, answered
}

func indexFigures(x Index, asked, answered int64) Figures {
	f := Figures{N: x.N, Asked: asked, Answered: answered, Enough: x.Enough()}
	if f.Enough {
		f.Score, f.Low, f.High = &x.Value, &x.Low, &x.High
	}
	return f
}
