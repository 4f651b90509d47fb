package web

import (
	"context"
	"time"

	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// readyTime is how long the store may take to prove that it can write.
const readyTime = 2 * time.Second

// GET /healthz: the process answers.
func (a *app) healthy(c *fiber.Ctx) error { return c.SendString("ok\n") }

// GET /readyz: the store takes writes, so that requests may be sent here.
func (a *app) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), readyTime)
	defer cancel()
	if err := a.Store.Ping(ctx); err != nil {
		a.Log.Warn("not ready", "error", scrub(err.Error()), "request_id", requestID(c))
		c.Set(fiber.HeaderRetryAfter, retryAfter)
		return c.Status(fiber.StatusServiceUnavailable).SendString("the database does not take writes\n")
	}
	return c.SendString("ready\n")
}

// GET /robots.txt: nothing here is for search engines.
func (a *app) robots(c *fiber.Ctx) error {
	return c.SendString("User-agent: *\nDisallow: /\n")
}

// GET /favicon.ico: the drawing that the pages name too.
func (a *app) favicon(c *fiber.Ctx) error {
	url, err := a.assets.url("earshot.svg")
	if err != nil {
		return err
	}
	return c.Redirect(url, fiber.StatusMovedPermanently)
}

// homeView is the page struct of home.html.
type homeView struct{}

// GET /: staff go to their own page; everybody else learns what this server is.
func (a *app) home(c *fiber.Ctx) error {
	if err := a.readUser(c); err != nil {
		return err
	}
	u := userOf(c)
	if u == nil {
		return a.page(c, "home", homeView{})
	}
	return c.Redirect(startPage(u), fiber.StatusSeeOther)
}

// startPage is where a person of this role begins.
func startPage(u *feedback.User) string {
	if u.Role == feedback.RoleExecutive {
		return "/board"
	}
	return "/desk"
}
