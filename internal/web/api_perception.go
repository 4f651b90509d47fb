package web

import (
	"slices"

	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// defaultSpan is what a query for scores covers when it does not say, in days.
const defaultSpan = 30

// GET /v1/perception: scores with their intervals, by scope and survey.
func (a *app) getPerception(c *fiber.Ctx) error {
	ask, err := a.askPerception(c, perception.Bys()...)
	if err != nil {
		return err
	}
	scores, err := a.Perception.Scores(c.UserContext(), ask)
	if err != nil {
		return err
	}
	if scores == nil {
		scores = []perception.Score{}
	}
	return c.JSON(scores)
}

// GET /v1/perception/index: one index over all surveys, by scope.
func (a *app) getPerceptionIndex(c *fiber.Ctx) error {
	ask, err := a.askPerception(c, slices.DeleteFunc(perception.Bys(), func(by string) bool { return by == perception.BySurvey })...)
	if err != nil {
		return err
	}
	scores, err := a.Perception.Indexes(c.UserContext(), ask)
	if err != nil {
		return err
	}
	if scores == nil {
		scores = []perception.IndexScore{}
	}
	return c.JSON(scores)
}

// askPerception reads what scores are asked for, by one of the given scopes.
func (a *app) askPerception(c *fiber.Ctx, by ...string) (perception.Query, error) {
	q := a.query(c)
	ask := perception.Query{
		By: q.oneOf("by", by...), From: q.from("from"), To: q.to("to"),
		Every:  q.oneOf("every", perception.Daily, perception.Weekly, perception.Monthly),
		Survey: q.text("survey"), Team: q.text("team"), Agent: q.text("agent"),
	}
	if err := q.done(); err != nil {
		return ask, err
	}
	if ask.To.IsZero() {
		ask.To = a.lately().To
	}
	if ask.From.IsZero() {
		ask.From = ask.To.AddDate(0, 0, -defaultSpan)
	}
	return ask, nil
}
