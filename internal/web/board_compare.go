package web

import (
	"slices"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// comparePage is what pages/board_compare.html shows: the parts of a scope side by side.
type comparePage struct {
	boardTop
	By    []choice
	Table *unitTable
	Note  string
	Empty string // why there is no table
}

// comparison is one way to cut a scope into parts.
type comparison struct{ by, label, column, note string }

func comparisons() []comparison {
	return []comparison{
		{perception.ByTeam, "Teams", "Team", ""},
		{perception.ByAgent, "Agents", "Agent", ""},
		{perception.ByChannel, "Channels", "Channel", ""},
		{feedback.BySegment, "Segments", "Segment", "The segment is your own word for a customer, as it came with the interaction."},
		{feedback.ByStage, "Ladder", "Stage", "The customer's rung before the answer: one contact is one-time, two or three in two years occasional, four frequent; frequent over 60 days and satisfied is loyal; satisfied twice in a row, the last time at the top, is an advocate. A dissatisfied answer costs a rung. The response rate is not known by stage."},
		{feedback.ByLocale, "Languages", "Locale", "The customer's own locale."},
		{feedback.ByTag, "Tags", "Tag", "A vote counts under each of its tags, so the parts overlap."},
	}
}

// GET /board/compare: the parts of a scope by one survey's score.
func (a *app) showBoardCompare(c *fiber.Ctx) error {
	v, notice := a.boardViewOf(c, "/board/compare")
	o, top, err := a.readBoard(c, v, notice)
	if err != nil {
		return err
	}
	offered := comparisons()
	offered = slices.DeleteFunc(offered, func(c comparison) bool {
		return c.by == perception.ByAgent && (v.noAgents || v.ask.agent != "") || c.by == perception.ByTeam && v.ask.agent != ""
	})
	pick := offered[0]
	if v.ask.team != "" && !v.noAgents && v.ask.agent == "" {
		pick = offered[1]
	}
	for _, one := range offered {
		if one.by == v.ask.by {
			pick = one
		}
	}
	p := &comparePage{boardTop: top, Note: pick.note}
	for _, one := range offered {
		p.By = append(p.By, choice{Label: one.label, Here: one == pick, URL: v.ask.url(func(b *boardAsk) { b.by = one.by })})
	}
	if o.Main.Survey == "" {
		return a.page(c, "board_compare", p)
	}
	units, err := a.Perception.Peers(c.UserContext(), v.query(a.Now(), a.Zone), o.Main, pick.by)
	if err != nil {
		return err
	}
	p.Table = unitsOf(pick.label+" · "+top.Survey, pick.column, o.Main.Metric, o.Main.Now, units, v.linkOf(pick.by))
	if p.Table == nil {
		p.Empty = "Nothing was reported by " + pick.column + " in these days."
		return a.page(c, "board_compare", p)
	}
	p.Table.Ordered = pick.by == feedback.ByStage
	return a.page(c, "board_compare", p)
}

// linkOf is where a part's name leads; nil where there is nothing narrower.
func (v boardView) linkOf(by string) func(string) string {
	switch by {
	case perception.ByTeam:
		return func(name string) string {
			return v.ask.url(func(b *boardAsk) { b.path, b.team, b.agent, b.topic, b.by = "/board", name, "", "", "" })
		}
	case perception.ByAgent:
		return func(name string) string {
			return v.ask.url(func(b *boardAsk) { b.path, b.agent, b.topic, b.by = "/board", name, "", "" })
		}
	}
	return nil
}
