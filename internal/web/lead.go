package web

import "github.com/gofiber/fiber/v2"

// leadRoutes are the pages that people of a team share: praise, and what everybody chooses.
func (a *app) leadRoutes(f *fiber.App) {
	anyone := a.needUser()
	f.Get("/you", anyone, a.showYou)
	f.Post("/you", anyone, a.saveYou)
	f.Get("/desk/wall", anyone, a.showWall)
}
