package perception

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// StyleMinimum is how many mentions a person needs before anything is said about their style: below,
// the chance of one customer's mood is larger than any difference between people.
const StyleMinimum = 20

// Bounds of reading comments for their style.
const (
	styleRead   = 5000 // comments
	styleQuotes = 3    // for each mindset and side
	styleTop    = 3    // mindsets named of a person
)

// StyleReader finds the mindsets that a comment speaks of.
type StyleReader func(text, language string) []StyleSaid

// StyleSaid is one mindset in a comment, or (Against) its opposite, with the words that say so, in bytes.
type StyleSaid struct {
	Kind     string
	Against  bool
	Evidence []feedback.Span
}

// Style is how customers describe the way in which a scope serves.
type Style struct {
	Comments int // read
	Speaking int // of them, with any mindset
	Kinds    []StyleCount
	People   []StylePerson // those with enough mentions, by name; few are named where few are known
	Few      int           // people with mentions, but fewer than StyleMinimum
	Cut      bool          // there were more comments than are read; the latest were
}

// StyleCount is one mindset.
type StyleCount struct {
	Kind          string
	For, Against  int
	Quotes, Other []StyleQuote // for and against, the latest first
}

// StyleQuote is one comment with the words that speak of the mindset.
type StyleQuote struct {
	Response *feedback.Response
	Evidence []feedback.Span
}

// StylePerson is what is said most of one person.
type StylePerson struct {
	Agent    feedback.Agent
	Mentions int
	Top      []StyleCount // without quotes
}

// Style reads the latest comments about a team (everybody when empty) in [from, to), of which a zero end is open.
func (s *Service) Style(ctx context.Context, read StyleReader, kinds []string, team string, from, to time.Time) (*Style, error) {
	t := newStyleTally(kinds)
	f := store.ResponseFilter{Team: team, Comments: true, From: from, To: to}
	page := store.Page{Limit: 500}
	for t.out.Comments < styleRead {
		list, err := s.store.Responses().List(ctx, f, page)
		if err != nil {
			return nil, fmt.Errorf("comments for the style: %w", err)
		}
		for _, r := range list.Items {
			t.add(r, read)
		}
		if page.After = list.Next; page.After == "" {
			return t.done(), nil
		}
	}
	t.out.Cut = true
	return t.done(), nil
}

// styleTally counts while comments are read.
type styleTally struct {
	out    *Style
	index  map[string]int
	people map[string]*styleOf
}

type styleOf struct {
	agent    feedback.Agent
	mentions int
	counts   []StyleCount
}

func newStyleTally(kinds []string) *styleTally {
	t := &styleTally{out: &Style{}, index: map[string]int{}, people: map[string]*styleOf{}}
	for i, k := range kinds {
		t.index[k] = i
		t.out.Kinds = append(t.out.Kinds, StyleCount{Kind: k})
	}
	return t
}

func (t *styleTally) add(r *feedback.Response, read StyleReader) {
	t.out.Comments++
	if r.Sentiment == nil {
		return
	}
	said := read(r.Comment, r.Sentiment.Language)
	if len(said) == 0 {
		return
	}
	t.out.Speaking++
	for _, m := range said {
		i, ok := t.index[m.Kind]
		if !ok {
			continue
		}
		t.out.Kinds[i].count(m, r)
		if r.Agent.Email == "" {
			continue
		}
		p := t.people[r.Agent.Email]
		if p == nil {
			p = &styleOf{agent: r.Agent}
			for _, k := range t.out.Kinds {
				p.counts = append(p.counts, StyleCount{Kind: k.Kind})
			}
			t.people[r.Agent.Email] = p
		}
		p.mentions++
		p.counts[i].count(m, nil)
	}
}

func (c *StyleCount) count(m StyleSaid, r *feedback.Response) {
	n, quotes := &c.For, &c.Quotes
	if m.Against {
		n, quotes = &c.Against, &c.Other
	}
	*n++
	if r != nil && len(*quotes) < styleQuotes {
		*quotes = append(*quotes, StyleQuote{r, m.Evidence})
	}
}

func (t *styleTally) done() *Style {
	for _, p := range t.people {
		if p.mentions < StyleMinimum {
			t.out.Few++
			continue
		}
		slices.SortStableFunc(p.counts, func(a, b StyleCount) int { return cmp.Compare(b.For+b.Against, a.For+a.Against) })
		top := p.counts[:min(styleTop, len(p.counts))]
		t.out.People = append(t.out.People, StylePerson{p.agent, p.mentions, slices.DeleteFunc(top, func(c StyleCount) bool { return c.For+c.Against == 0 })})
	}
	slices.SortFunc(t.out.People, func(a, b StylePerson) int { return cmp.Compare(a.Agent.DisplayName(), b.Agent.DisplayName()) })
	return t.out
}
