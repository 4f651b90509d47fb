package web

import (
	"math"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// customersPage is what pages/board_customers.html shows: customers as what they are worth to us.
type customersPage struct {
	boardTop
	Tiles   []tile
	Rows    []assetRow
	Stages  *unitTable
	Partial bool
}

// assetRow is one customer at risk. It never says who it is: whoever may open the case sees that there.
type assetRow struct {
	Value, Segment, Matter, Team, Age, State string
	URL                                      string
}

// GET /board/customers: value at risk and kept, and moves on the ladder.
func (a *app) showBoardCustomers(c *fiber.Ctx) error {
	v, notice := a.boardViewOf(c, "/board/customers")
	o, top, err := a.readBoard(c, v, notice)
	if err != nil {
		return err
	}
	risk, err := a.Perception.AtRisk(c.UserContext(), v.ask.team, v.ask.agent)
	if err != nil {
		return err
	}
	p := &customersPage{boardTop: top, Partial: risk.Partial}
	least := ""
	if risk.Partial {
		least = "at least "
	}
	p.Tiles = []tile{
		{Label: "Value at risk now", Number: money(int64(math.Round(risk.Value * 100))), Text: least + countText(int64(risk.Customers), "customer", "customers") + " with an open case", Hint: "Each customer counts once, at what the interaction said they are worth."},
		{Label: "Value kept", Number: money(o.Cases.KeptValue), Text: countText(o.Cases.Confirmed, "customer says", "customers say") + " it was made right", Hint: "Of cases opened in these days."},
		{Label: "Climbed the ladder", Number: number(o.Climbs), Text: "answers that moved their customer up"},
		{Label: "Fell on the ladder", Number: number(o.Falls), Text: "answers that moved their customer down"},
	}
	if o.Main.Survey != "" {
		stages, err := a.Perception.Peers(c.UserContext(), v.query(a.Now(), a.Zone), o.Main, feedback.ByStage)
		if err != nil {
			return err
		}
		if p.Stages = unitsOf("Score by rung of the ladder · "+top.Survey, "Stage", o.Main.Metric, o.Main.Now, stages, nil); p.Stages != nil {
			p.Stages.Ordered = true
		}
	}
	if !v.noQuotes {
		for _, one := range risk.Top {
			p.Rows = append(p.Rows, a.assetRow(v, one))
		}
	}
	return a.page(c, "board_customers", p)
}

func (a *app) assetRow(v boardView, one perception.Asset) assetRow {
	k := one.Case
	r := assetRow{
		Value: money(int64(math.Round(one.Value * 100))), Segment: title(one.Segment), Team: k.Owner.Team, State: title(string(k.State)),
		Age: longText(one.Age(a.Now()).Truncate(time.Minute)), Matter: "comment",
	}
	if k.Scored {
		_, most, _ := k.Metric.Scale()
		r.Matter = number(int64(k.Score)) + " of " + number(int64(most))
	}
	if one.Cases > 1 {
		r.State += ", " + countText(int64(one.Cases), "case", "cases")
	}
	if v.user.Sees(k) {
		r.URL = "/desk/cases/" + k.ID
	}
	return r
}
