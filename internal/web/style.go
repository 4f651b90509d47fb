package web

import (
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"
	"earshot/internal/sentiment"

	"github.com/gofiber/fiber/v2"
)

// stylePeriod is how far back the style of service is read.
const stylePeriod = 90 * 24 * time.Hour

// styleView is the page struct of style.html.
type styleView struct {
	Heading string
	Teams   []choice
	Links   []choice
	Style   *perception.Style
	Kinds   []styleRow
	People  []perception.StylePerson
	Widest  int
	Least   int // mentions that a person needs
	Days    int
}

// styleRow is one mindset with its quotes.
type styleRow struct {
	perception.StyleCount
	Yes, No []quoteRow
}

// GET /desk/style: how customers say that a team serves.
func (a *app) showStyle(c *fiber.Ctx) error {
	t, u := a.tongueOf(c), userOf(c)
	team, teams, err := a.teamChoice(c, "/desk/style")
	if err != nil {
		return err
	}
	now := a.Now()
	style, err := a.Perception.Style(c.UserContext(), a.readStyle, sentiment.Mindsets(), team, now.Add(-stylePeriod), time.Time{})
	if err != nil {
		return err
	}
	view := styleView{
		Heading: t.say("style_title", "team", team), Teams: teams, Links: leadLinks(t, u, team, c.Path()), Style: style, People: style.People,
		Least: perception.StyleMinimum, Days: int(stylePeriod.Hours() / 24),
	}
	for _, k := range style.Kinds {
		view.Widest = max(view.Widest, k.For, k.Against)
		view.Kinds = append(view.Kinds, styleRow{k, a.styleQuotes(k.Quotes, "pos"), a.styleQuotes(k.Other, "neg")})
	}
	return a.page(c, "style", view)
}

// readStyle finds mindsets by the engine's word lists.
func (a *app) readStyle(text, language string) []perception.StyleSaid {
	var out []perception.StyleSaid
	for _, m := range a.styles.Read(text, language) {
		said := perception.StyleSaid{Kind: m.Kind, Against: m.Against}
		for _, s := range m.Evidence {
			said.Evidence = append(said.Evidence, feedback.Span{Start: s.Start, End: s.End, Weight: 1})
		}
		out = append(out, said)
	}
	return out
}

// styleQuotes cuts comments at the words that speak of the mindset.
func (a *app) styleQuotes(quotes []perception.StyleQuote, class string) []quoteRow {
	var out []quoteRow
	for _, q := range quotes {
		text := hideAddresses(q.Response.Comment)
		row := quoteRow{Where: q.Response.Agent.DisplayName(), Language: q.Response.Language}
		for _, p := range pieces(text, q.Evidence) {
			if p.Class != "" {
				p.Class = class
			}
			row.Pieces = append(row.Pieces, p)
		}
		out = append(out, row)
	}
	return out
}
