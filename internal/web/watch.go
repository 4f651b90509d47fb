package web

import (
	"errors"
	"math"
	"net/url"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// watchPeriod is how far back questions are looked for.
const watchPeriod = 28 * 24 * time.Hour

// watchView is the page struct of watch.html.
type watchView struct {
	Heading  string
	Teams    []choice
	Links    []choice
	Rows     []watchRow
	Admin    bool
	Networks string
	Saved    bool
	Mistake  string
	Days     int
}

// watchRow is one question.
type watchRow struct {
	Kind, Who    string
	N, Of        int
	Share, Peers int // percent
	Compared     bool
	Quotes       []choice // words, with the address of their case
}

// GET /desk/watch: where somebody differs from the others, as questions.
func (a *app) showWatch(c *fiber.Ctx) error {
	return a.watchPage(c, watchView{Saved: c.Query("saved") == "1"})
}

func (a *app) watchPage(c *fiber.Ctx, view watchView) error {
	t, u := a.tongueOf(c), userOf(c)
	team, teams, err := a.teamChoice(c, "/desk/watch")
	if err != nil {
		return err
	}
	users, err := a.Staff.Users(c.UserContext())
	if err != nil {
		return err
	}
	var people []feedback.Agent
	for _, x := range users {
		if x.Active() && x.Role == feedback.RoleAgent && x.Team == team && team != "" {
			people = append(people, x.Agent())
		}
	}
	questions, err := a.Perception.Questions(c.UserContext(), team, people, a.Now().Add(-watchPeriod), time.Time{})
	if err != nil {
		return err
	}
	view.Heading, view.Teams, view.Links = t.say("watch_title", "team", team), teams, leadLinks(t, u, team, c.Path())
	view.Admin, view.Days = u.Role == feedback.RoleAdmin, int(watchPeriod.Hours()/24)
	if view.Mistake == "" {
		if view.Networks, err = a.Collect.Offices(c.UserContext()); err != nil {
			return err
		}
	}
	for _, q := range questions {
		view.Rows = append(view.Rows, watchRowOf(q))
	}
	return a.page(c, "watch", view)
}

func watchRowOf(q perception.Question) watchRow {
	row := watchRow{Kind: q.Kind, Who: q.Agent.DisplayName(), N: q.N, Of: q.Of, Share: int(math.Round(100 * q.Share()))}
	if !math.IsNaN(q.Peers) {
		row.Compared, row.Peers = true, int(math.Round(100*q.Peers))
	}
	for i, words := range q.Quotes {
		row.Quotes = append(row.Quotes, choice{Label: words, URL: "/desk/cases/" + url.PathEscape(q.Cases[i])})
	}
	return row
}

// POST /desk/watch/networks: the organisation's own networks, for administrators.
func (a *app) saveNetworks(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	text := field(form, "networks")
	err = a.Collect.SetOffices(c.UserContext(), text)
	var invalid *feedback.Invalid
	if errors.As(err, &invalid) {
		c.Status(fiber.StatusUnprocessableEntity)
		return a.watchPage(c, watchView{Networks: text, Mistake: a.tongueOf(c).say("watch_networks_bad")})
	}
	if err != nil {
		return err
	}
	return c.Redirect("/desk/watch?saved=1", fiber.StatusSeeOther)
}
