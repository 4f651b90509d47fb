package web

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"earshot/internal/feedback"
	"earshot/internal/perception"
	"earshot/internal/store"
)

const (
	// quotesShown is how many comments the board shows.
	quotesShown = 8
	// quotesRead is how many of the latest comments are looked through for them.
	quotesRead = 600
	// quotesFrom is the least number of answers in a scope from which its comments are shown to others
	// than its owners: below, a comment can be traced to its author.
	quotesFrom = 5
)

// quotesView are the latest low comments, or the reason why there are none.
type quotesView struct {
	Topic string // the topic they are about; empty for all
	Rows  []quoteRow
	Why   string
}

// quoteRow is one comment. It never carries who wrote it.
type quoteRow struct {
	Score, When, Where, Channel, Language, Label string
	Tone                                         string // of the score
	Pieces                                       []piece
	URL                                          string // of its case, for those who may open it
	Verdict                                      verdictForm
}

// piece is a stretch of a comment: plain, or one that decided its sentiment ("neg" or "pos").
type piece struct{ Text, Class string }

// boardQuotes picks the latest comments of the scope that are low or negative.
func (a *app) boardQuotes(ctx context.Context, v boardView, o *perception.Overview) (quotesView, error) {
	q := quotesView{}
	if v.ask.topic != "" {
		q.Topic = title(v.ask.topic)
	}
	if q.Why = a.noQuotes(v, o); q.Why != "" {
		return q, nil
	}
	err := a.latestComments(ctx, v, o, func(r *feedback.Response) bool {
		if worthQuoting(r, v.ask.topic) {
			q.Rows = append(q.Rows, a.quote(v, r))
		}
		return len(q.Rows) < quotesShown
	})
	if err != nil {
		return q, err
	}
	if len(q.Rows) == 0 {
		q.Why = "No low or negative comments in this time."
	}
	return q, nil
}

// latestComments gives the latest comments of the scope, newest first, until use has enough or
// quotesRead were looked at.
func (a *app) latestComments(ctx context.Context, v boardView, o *perception.Overview, use func(*feedback.Response) (more bool)) error {
	f := store.ResponseFilter{
		From: feedback.UTC(o.From), To: feedback.UTC(o.To), Survey: o.Main.Survey, Team: v.ask.team, Agent: v.ask.agent, Comments: true,
	}
	page := store.Page{Limit: 50}
	for read := 0; read < quotesRead; read += page.Limit {
		list, err := a.Store.Responses().List(ctx, f, page)
		if err != nil {
			return fmt.Errorf("list comments: %w", err)
		}
		for _, r := range list.Items {
			if !use(r) {
				return nil
			}
		}
		if page.After = list.Next; page.After == "" {
			return nil
		}
	}
	return nil
}

// noQuotes says why a viewer sees no comments of the scope, or "".
func (a *app) noQuotes(v boardView, o *perception.Overview) string {
	switch {
	case v.noQuotes:
		return "Comments are shown to the people who own them: choose your own team."
	case v.owner():
		return ""
	case o.Main.Now.N < quotesFrom:
		return fmt.Sprintf("Fewer than %d answers: the comments are shown only to their owners, so that nobody can be traced.", quotesFrom)
	}
	for _, t := range o.Topics {
		if t.Name == v.ask.topic && t.Mentions() < quotesFrom {
			return fmt.Sprintf("Fewer than %d comments name this topic: they are shown only to their owners.", quotesFrom)
		}
	}
	return ""
}

// worthQuoting tells whether a comment belongs on the board: with a topic picked, those that speak
// badly of it; otherwise the low and the negative ones.
func worthQuoting(r *feedback.Response, topic string) bool {
	if r.Comment == "" {
		return false
	}
	if topic == "" {
		return r.Low || r.Sentiment != nil && r.Sentiment.Label == feedback.Negative
	}
	return r.Sentiment != nil && slices.ContainsFunc(r.Sentiment.Topics, func(t feedback.Topic) bool {
		return t.Topic == topic && t.Label != feedback.Positive
	})
}

func (a *app) quote(v boardView, r *feedback.Response) quoteRow {
	row := quoteRow{
		When: r.AnsweredAt.In(a.Zone).Format("2 Jan, 15:04"), Where: r.Agent.Team, Channel: title(r.Channel),
		Language: r.Language, Pieces: pieces(hideAddresses(r.Comment), nil),
	}
	if r.Scored {
		_, top, _ := r.Metric.Scale()
		row.Score, row.Tone = fmt.Sprintf("%d of %d", r.Score, top), badge(r.Metric, r.Score, true, "").Tone
		if r.Metric == feedback.Thumbs {
			row.Score = map[bool]string{true: "thumbs up", false: "thumbs down"}[r.Score == top]
		}
	}
	if r.Sentiment != nil {
		row.Label, row.Verdict = r.Sentiment.Label, verdictOf(r, "/board")
		row.Pieces = pieces(hideAddresses(r.Comment), r.Sentiment.Evidence)
		if r.Sentiment.Language != "" {
			row.Language = r.Sentiment.Language
		}
	}
	if r.HasCase && v.user.Sees(&feedback.Case{Agent: r.Agent, Owner: r.Agent}) {
		row.URL = "/desk/cases/" + r.ID
	}
	return row
}

// mailAddress finds addresses in a comment; customers write theirs into it.
var mailAddress = regexp.MustCompile(`[^\s@<>()"',;:]+@[^\s@<>()"',;:]+\.[^\s@<>()"',;:]+`)

// hideAddresses covers mail addresses, byte for byte, so that the places of deciding words stay right.
func hideAddresses(text string) string {
	return mailAddress.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("*", len(s)) })
}

// pieces cuts a text at the spans that decided its sentiment. Spans outside of the text, or inside of
// one another, are left out.
func pieces(text string, spans []feedback.Span) []piece {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b feedback.Span) int { return a.Start - b.Start })
	var out []piece
	at := 0
	for _, s := range spans {
		if s.Start < at || s.End <= s.Start || s.End > len(text) || s.Weight == 0 {
			continue
		}
		if s.Start > at {
			out = append(out, piece{Text: text[at:s.Start]})
		}
		class := "pos"
		if s.Weight < 0 {
			class = "neg"
		}
		out = append(out, piece{text[s.Start:s.End], class})
		at = s.End
	}
	if at < len(text) {
		out = append(out, piece{Text: text[at:]})
	}
	return out
}
