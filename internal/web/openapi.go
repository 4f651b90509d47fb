package web

import (
	"github.com/gofiber/fiber/v2"
)

// GET /openapi.json: the description of everything that programs may rely on.
func (a *app) openapi(c *fiber.Ctx) error {
	b, err := embedded.ReadFile("openapi.json")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/vnd.oai.openapi+json;version=3.1")
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	return c.Send(b)
}
