package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"
)

// POST /admin/surveys/{id}/pause: stops a survey until somebody resumes it.
func (a *app) pauseSurvey(c *fiber.Ctx) error {
	id, err := a.surveyNamed(c)
	if err != nil {
		return err
	}
	if err := a.Invite.Pause(c.UserContext(), id, userOf(c).Email, a.Now()); err != nil {
		return err
	}
	return c.Redirect("/admin#surveys", fiber.StatusSeeOther)
}

// POST /admin/surveys/{id}/resume: lets a paused survey go on.
func (a *app) resumeSurvey(c *fiber.Ctx) error {
	id, err := a.surveyNamed(c)
	if err != nil {
		return err
	}
	if err := a.Invite.Resume(c.UserContext(), id, userOf(c).Email, a.Now()); err != nil {
		return err
	}
	return c.Redirect("/admin#surveys", fiber.StatusSeeOther)
}

func (a *app) surveyNamed(c *fiber.Ctx) (string, error) {
	id, err := url.PathUnescape(c.Params("id"))
	if err != nil {
		return "", notFound("There is no such survey.")
	}
	if _, ok := a.Surveys.Current(id); !ok {
		return "", notFound("There is no such survey.")
	}
	return id, nil
}
