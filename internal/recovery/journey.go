package recovery

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Kinds of moments on a customer's way.
const (
	MomentInteraction = "interaction"
	MomentResponse    = "response"
	MomentCase        = "case"
)

// Moment is one thing that happened between a customer and the organisation.
type Moment struct {
	At     time.Time
	Kind   string
	ID     string // of the row
	Title  string // the matter
	Text   string // the comment, or what became of the case
	Metric feedback.Metric
	Score  int
	Scored bool
	Low    bool
	Agent  feedback.Agent
	State  feedback.CaseState // of a case
	Source string             // of an interaction, with External
	Ext    string
}

// Journey returns what happened between a customer and the organisation, newest first, at most limit
// moments of each kind.
func (s *Service) Journey(ctx context.Context, person string, limit int) ([]Moment, error) {
	page := store.Page{Limit: limit}
	interactions, err := s.Store.Interactions().List(ctx, store.InteractionFilter{Person: person}, page)
	if err != nil {
		return nil, err
	}
	responses, err := s.Store.Responses().List(ctx, store.ResponseFilter{Person: person}, page)
	if err != nil {
		return nil, err
	}
	cases, err := s.Store.Cases().List(ctx, store.CaseFilter{Person: person}, page)
	if err != nil {
		return nil, err
	}
	var out []Moment
	for _, in := range interactions.Items {
		out = append(out, Moment{At: in.EndedAt, Kind: MomentInteraction, ID: in.ID, Title: matter(in.Subject, in.Channel), Agent: in.Agent, Source: in.Source, Ext: in.External})
	}
	for _, r := range responses.Items {
		out = append(out, Moment{At: r.AnsweredAt, Kind: MomentResponse, ID: r.ID, Title: matter(r.Subject, r.Channel), Text: r.Comment,
			Metric: r.Metric, Score: r.Score, Scored: r.Scored, Low: r.Low, Agent: r.Agent})
	}
	for _, c := range cases.Items {
		out = append(out, Moment{At: c.OpenedAt, Kind: MomentCase, ID: c.ID, Title: matter(c.Subject, c.Channel), Text: outcome(c), State: c.State, Agent: c.Owner})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At.After(out[j].At) })
	return out, nil
}

func matter(subject, channel string) string {
	if subject != "" {
		return subject
	}
	return channel
}

func outcome(c *feedback.Case) string {
	parts := []string{string(c.State)}
	for _, p := range []string{c.Cause, c.Action} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// historyLines says for an alert what happened before a moment with a customer, newest first, leaving
// out the response that the alert is about.
func historyLines(moments []Moment, except string, before time.Time, zone *time.Location, limit int) []historyLine {
	var out []historyLine
	for _, m := range moments {
		if len(out) == limit {
			break
		}
		if m.ID == except || m.Kind == MomentInteraction || m.At.After(before) {
			continue
		}
		var what string
		switch {
		case m.Kind == MomentCase:
			what = fmt.Sprintf("%s: case %s", m.Title, m.Text)
		case m.Scored:
			_, high, _ := m.Metric.Scale()
			what = fmt.Sprintf("%s: %d/%d %s", m.Title, m.Score, high, quote(m.Text))
		default:
			what = fmt.Sprintf("%s: %s", m.Title, quote(m.Text))
		}
		out = append(out, historyLine{m.At.In(zone).Format("2 Jan 2006"), strings.TrimSpace(what)})
	}
	return out
}

type historyLine struct{ When, What string }

func quote(s string) string {
	if s == "" {
		return ""
	}
	r := []rune(s)
	if len(r) > 120 {
		r = append(r[:117], '…')
	}
	return "“" + string(r) + "”"
}
