package web

import (
	"cmp"
	"slices"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// recoveryPage is what pages/board_recovery.html shows: how many low answers were mended, how fast, what
// it saved and what mends best.
type recoveryPage struct {
	boardTop
	Funnel          *recoveryView
	Tiles           []tile
	Causes, Actions []mendRow
}

// tile is one number with its name and what it means.
type tile struct{ Label, Number, Unit, Text, Hint string }

// mendRow is one cause or action with what customers said after the resolution.
type mendRow struct {
	Name, Resolved, Confirmed, Range string
}

// GET /board/recovery: the recoveries that were opened in the time, over all surveys.
func (a *app) showBoardRecovery(c *fiber.Ctx) error {
	v, notice := a.boardViewOf(c, "/board/recovery")
	o, top, err := a.readBoard(c, v, notice)
	if err != nil {
		return err
	}
	p := &recoveryPage{boardTop: top, Funnel: recoveryOf(perception.RecoveryOf(o.Cases))}
	if p.Funnel == nil {
		return a.page(c, "board_recovery", p)
	}
	t := o.Cases
	judged := t.Confirmed + t.NotConfirmed
	p.Tiles = []tile{
		{Label: "Opened", Number: number(t.Opened), Text: countText(o.Earlier.Opened, "case", "cases") + " in as many days before"},
		{Label: "Contacted in time", Number: shareOf(t.ContactedInTime, t.Contacted), Unit: unitOf(t.Contacted), Text: number(t.ContactedInTime) + " of " + number(t.Contacted) + " contacted"},
		{Label: "Made right, say customers", Number: shareOf(t.Confirmed, judged), Unit: unitOf(judged), Text: number(t.Confirmed) + " of " + countText(judged, "customer who answered again", "customers who answered again"), Hint: intervalOf(t.Confirmed, judged)},
		{Label: "Value kept", Number: money(t.KeptValue), Text: "what the customers who confirmed are worth", Hint: "In your own currency, as it came with the interactions; opened in these days."},
		{Label: "What it cost", Number: number(givenAway(t.Actions)), Text: "of " + countText(t.Resolved, "resolved case", "resolved cases") + " took a refund, a credit or a gift", Hint: "Amounts and working time are not recorded."},
		{Label: "Value still open", Number: money(t.OpenValue), Text: "of " + money(t.Value) + " in all cases opened in these days"},
	}
	p.Causes, p.Actions = mends(t.Causes), mends(t.Actions)
	return a.page(c, "board_recovery", p)
}

// givenAway counts the resolved cases in which something of worth was given: the part of the cost that is
// known. What agents' time and the gifts were worth is not.
func givenAway(actions map[string]feedback.MendTally) int64 {
	return actions["refund"].Resolved + actions["credit"].Resolved + actions["gift"].Resolved
}

// money writes hundredths of the organisation's currency in whole units; the currency is the
// organisation's own, so no sign stands beside it.
func money(hundredths int64) string { return number((hundredths + 50) / 100) }

func shareOf(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	return number((200*part + whole) / (2 * whole))
}

func unitOf(whole int64) string {
	if whole == 0 {
		return ""
	}
	return "%"
}

// intervalOf writes the interval of a share, or that there are too few.
func intervalOf(part, whole int64) string {
	if whole < perception.Minimum {
		return "too few answers"
	}
	e := perception.Wilson(part, whole)
	return "95 % interval " + number(int64(100*e.Low+0.5)) + " to " + number(int64(100*e.High+0.5)) + " %"
}

func mends(by map[string]feedback.MendTally) []mendRow {
	type named struct {
		name string
		feedback.MendTally
	}
	var all []named
	for name, m := range by {
		all = append(all, named{name, m})
	}
	slices.SortFunc(all, func(a, b named) int { return cmp.Or(cmp.Compare(b.Resolved, a.Resolved), cmp.Compare(a.name, b.name)) })
	var out []mendRow
	for _, m := range all {
		judged := m.Confirmed + m.NotConfirmed
		out = append(out, mendRow{
			Name: title(m.name), Resolved: number(m.Resolved), Confirmed: number(m.Confirmed) + " of " + number(judged), Range: intervalOf(m.Confirmed, judged),
		})
	}
	return out
}
