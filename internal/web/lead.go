package web

import (
	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// leadRoutes are the pages that people of a team share, and those of whoever leads one.
func (a *app) leadRoutes(f *fiber.App) {
	anyone := a.needUser()
	staff := a.needUser(feedback.RoleAgent, feedback.RoleLead, feedback.RoleAdmin)
	lead := a.needUser(feedback.RoleLead, feedback.RoleAdmin)

	f.Get("/you", anyone, a.showYou)
	f.Post("/you", anyone, a.saveYou)
	f.Get("/desk/wall", anyone, a.showWall)
	f.Get("/desk/stream", staff, a.deskStream)
	f.Post("/desk/cases/:id/undo", staff, a.undoStep) // before the steps of the case: the first match answers
	f.Get("/desk/team", lead, a.showTeam)
	f.Get("/desk/style", lead, a.showStyle)
	f.Get("/desk/watch", lead, a.showWatch)
	f.Post("/desk/watch/networks", a.needUser(feedback.RoleAdmin), a.saveNetworks)
	f.Get("/desk/coaching", staff, a.showCoaching)
	f.Post("/desk/coaching/:id/answer", staff, a.answerRemark)
	f.Get("/desk/disputes", staff, a.showDisputes)
	f.Post("/desk/disputes/:id/decide", lead, a.decideDispute)
	f.Get("/desk/about/:id", staff, a.showAbout)
	f.Post("/desk/about/:id/:action", staff, a.speakAbout)
}

// shortened is the beginning of a text, at most n characters.
func shortened(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// teamChoice is the team that a page is about: a lead's own; for an administrator the one asked for, or
// the first there is. The choices are empty where there is nothing to choose.
func (a *app) teamChoice(c *fiber.Ctx, path string) (string, []choice, error) {
	u := userOf(c)
	if u.Role != feedback.RoleAdmin {
		return u.Team, nil, nil
	}
	users, err := a.Staff.Users(c.UserContext())
	if err != nil {
		return "", nil, err
	}
	teams := map[string]bool{}
	for _, x := range users {
		if x.Active() && x.Team != "" {
			teams[x.Team] = true
		}
	}
	team, names := c.Query("team"), sortedKeys(teams)
	if !teams[team] {
		team = ""
		if len(names) > 0 {
			team = names[0]
		}
	}
	var out []choice
	for _, name := range names {
		out = append(out, choice{Label: name, URL: path + "?" + parameter("team", name), Here: name == team})
	}
	return team, out, nil
}
