package web

import (
	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// GET /v1/responses: what customers said, newest first.
func (a *app) getResponses(c *fiber.Ctx) error {
	q := a.query(c)
	f := store.ResponseFilter{
		From: q.from("from"), To: q.to("to"), Agent: q.text("agent"), Team: q.text("team"), Survey: q.text("survey"),
		Label: q.oneOf("label", feedback.Positive, feedback.Negative, feedback.Neutral, feedback.Mixed, feedback.Unsure),
	}
	page := q.page()
	if err := q.done(); err != nil {
		return err
	}
	list, err := a.Store.Responses().List(c.UserContext(), f, page)
	if err != nil {
		return err
	}
	out := listJSON[*responseJSON]{Items: []*responseJSON{}, Next: list.Next}
	for _, r := range list.Items {
		out.Items = append(out.Items, responseOut(r))
	}
	return c.JSON(out)
}
