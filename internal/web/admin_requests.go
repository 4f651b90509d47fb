package web

import (
	"earshot/internal/collect"

	"github.com/gofiber/fiber/v2"
)

// requestsView is the page struct of requests.html.
type requestsView struct{ Open, Done []collect.Request }

// GET /admin/requests: what customers asked about their data.
func (a *app) showRequests(c *fiber.Ctx) error {
	list, err := a.Collect.Requests(c.UserContext())
	if err != nil {
		return err
	}
	var view requestsView
	for _, r := range list {
		if r.Done.IsZero() {
			view.Open = append(view.Open, r)
		} else {
			view.Done = append(view.Done, r)
		}
	}
	return a.page(c, "requests", view)
}

// POST /admin/requests/done: somebody did what a request asks for.
func (a *app) closeRequest(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := a.Collect.CloseRequest(c.UserContext(), form.Get("id"), userOf(c).Email, a.Now()); err != nil {
		return err
	}
	return c.Redirect("/admin/requests", fiber.StatusSeeOther)
}
