package recovery

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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

// Past is what is known of a customer: rows newest first, at most as many of each kind as were asked for.
type Past struct {
	Interactions []*feedback.Interaction
	Responses    []*feedback.Response
	Cases        []*feedback.Case
}

// Past reads what is known of a customer, at most limit rows of each kind. Nothing is known of nobody.
func (s *Service) Past(ctx context.Context, person string, limit int) (Past, error) {
	var p Past
	if person == "" {
		return p, nil
	}
	page := store.Page{Limit: limit}
	interactions, err := s.Store.Interactions().List(ctx, store.InteractionFilter{Person: person}, page)
	if err != nil {
		return p, err
	}
	responses, err := s.Store.Responses().List(ctx, store.ResponseFilter{Person: person}, page)
	if err != nil {
		return p, err
	}
	cases, err := s.Store.Cases().List(ctx, store.CaseFilter{Person: person}, page)
	return Past{interactions.Items, responses.Items, cases.Items}, err
}

// Journey returns what happened between a customer and the organisation, newest first, at most limit
// moments of each kind.
func (s *Service) Journey(ctx context.Context, person string, limit int) ([]Moment, error) {
	p, err := s.Past(ctx, person, limit)
	return p.Moments(), err
}

// Moments tells the past as one line of time, newest first.
func (p Past) Moments() []Moment {
	var out []Moment
	for _, in := range p.Interactions {
		out = append(out, Moment{At: in.EndedAt, Kind: MomentInteraction, ID: in.ID, Title: matter(in.Subject, in.Channel), Agent: in.Agent, Source: in.Source, Ext: in.External})
	}
	for _, r := range p.Responses {
		out = append(out, Moment{At: r.AnsweredAt, Kind: MomentResponse, ID: r.ID, Title: matter(r.Subject, r.Channel), Text: r.Comment,
			Metric: r.Metric, Score: r.Score, Scored: r.Scored, Low: r.Low, Agent: r.Agent})
	}
	for _, c := range p.Cases {
		out = append(out, Moment{At: c.OpenedAt, Kind: MomentCase, ID: c.ID, Title: matter(c.Subject, c.Channel), Text: outcome(c), State: c.State, Agent: c.Owner})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At.After(out[j].At) })
	return out
}

// Stage tells where the customer of a case stood on the ladder, leaving out the answer that the case is
// about: it says how the latest contact felt, not who the customer is.
func (p Past) Stage(c *feedback.Case, now time.Time) feedback.Stage {
	var contacts []time.Time
	for _, in := range p.Interactions {
		contacts = append(contacts, in.EndedAt)
	}
	var answers []feedback.Opinion
	for _, r := range p.Responses {
		if r.Scored && r.ID != c.ID && r.Original != c.ID {
			answers = append(answers, feedback.Opinion{At: r.AnsweredAt, Metric: r.Metric, Score: r.Score})
		}
	}
	return feedback.StageAt(contacts, answers, now)
}

// sameMatter is how far back an earlier contact can be about the same matter.
const sameMatter = 90 * 24 * time.Hour

// Before counts the customer's contacts about the matter of a case in the three months before the one that
// the case is about: those whose subject shares at least half of its words.
func (p Past) Before(c *feedback.Case) int {
	words := wordsOf(c.Subject)
	var own *feedback.Interaction
	for _, in := range p.Interactions {
		if in.ID == c.Interaction {
			own = in
		}
	}
	if own == nil || len(words) == 0 {
		return 0
	}
	n := 0
	for _, in := range p.Interactions {
		if in != own && in.EndedAt.Before(own.EndedAt) && own.EndedAt.Sub(in.EndedAt) <= sameMatter && alike(words, wordsOf(in.Subject)) {
			n++
		}
	}
	return n
}

// wordsOf are the words of a subject that carry its matter: not the marks of a reply, nothing shorter than
// three letters.
func wordsOf(subject string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(subject), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if utf8.RuneCountInString(w) > 2 && w != "fwd" {
			out[w] = true
		}
	}
	return out
}

// alike tells whether two sets share at least half of the words of the larger.
func alike(a, b map[string]bool) bool {
	shared := 0
	for w := range a {
		if b[w] {
			shared++
		}
	}
	return shared > 0 && 2*shared >= max(len(a), len(b))
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
