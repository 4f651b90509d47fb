package web

import (
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// defaultSpan is what a query for scores covers when it does not say, in days.
const defaultSpan = 30

// GET /v1/perception: scores with their intervals, by scope and survey.
func (a *app) getPerception(c *fiber.Ctx) error {
	q := a.query(c)
	ask := perception.Query{
		By:   q.oneOf("by", perception.ByAll, perception.ByAgent, perception.ByTeam, perception.ByChannel, perception.ByTopic, perception.BySurvey),
		From: q.from("from"), To: q.to("to"), Every: q.oneOf("every", perception.Daily, perception.Weekly, perception.Monthly),
		Survey: q.text("survey"), Team: q.text("team"), Agent: q.text("agent"),
	}
	if err := q.done(); err != nil {
		return err
	}
	if ask.To.IsZero() {
		ask.To = a.lately().To
	}
	if ask.From.IsZero() {
		ask.From = ask.To.AddDate(0, 0, -defaultSpan)
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
