package web

import (
	"crypto/rand"
	"sync"

	"earshot/internal/staff"

	"github.com/gofiber/fiber/v2"
)

// visits are links that sign in when they are opened, for the demonstration: they are printed in the
// terminal of the very machine, lead into invented data, and end with the process. No mail carries
// one.
type visits struct {
	mu   sync.Mutex
	made map[string]visit
}

type visit struct{ user, next string }

// Visit returns the path of a link that signs user in and leads to next whenever it is opened.
func (s *Server) Visit(user, next string) string {
	v := &s.app.visits
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.made == nil {
		v.made = map[string]visit{}
	}
	secret := rand.Text()
	v.made[secret] = visit{user, staff.SafeNext(next)}
	return "/visit/" + secret
}

// GET /visit/{secret}: signs in and leads on; unknown where nobody called Visit.
func (a *app) enterVisit(c *fiber.Ctx) error {
	a.visits.mu.Lock()
	v, ok := a.visits.made[c.Params("secret")]
	a.visits.mu.Unlock()
	if !ok {
		return notFound("This link is not one of the running demonstration.")
	}
	session, err := a.Staff.OpenSession(c.UserContext(), v.user, a.Now())
	if err != nil {
		return err
	}
	a.setSession(c, session)
	return c.Redirect(v.next, fiber.StatusSeeOther)
}
