package web

import (
	"context"
	"net/url"
	"time"

	"earshot/internal/coaching"
	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// teamView is the page struct of team.html.
type teamView struct {
	Heading string
	Teams   []choice
	Team    *coaching.Team
	Members []memberRow
	Queue   []queueRow
	Rules   []ruleRow
	Links   []choice
	Widest  int // open cases of whoever has most
}

// memberRow is one person's load; the shares are of the widest bar, in percent.
type memberRow struct {
	coaching.Member
	URL                 string
	Late, Near, Waiting int // cases overdue, due soon, and the rest
}

// queueRow is one of the most urgent cases.
type queueRow struct {
	Case     *feedback.Case
	URL      string
	About    string
	Score    scoreBadge
	Customer string
	Late     bool
	Soon     bool
	Excerpt  string
}

type ruleRow struct {
	coaching.Friction
	URLs []choice
}

// parameter is one parameter of an address.
func parameter(name, value string) string { return url.Values{name: {value}}.Encode() }

// GET /desk/team: the queue, the load, and the rules that stand in the way.
func (a *app) showTeam(c *fiber.Ctx) error {
	t := a.tongueOf(c)
	team, teams, err := a.teamChoice(c, "/desk/team")
	if err != nil {
		return err
	}
	now := a.Now()
	data, err := a.Coaching.Team(c.UserContext(), team, now)
	if err != nil {
		return err
	}
	view := teamView{Heading: t.say("team_title", "team", team), Teams: teams, Team: data, Links: leadLinks(t, userOf(c), team, c.Path())}
	for _, m := range data.Members {
		row := memberRow{Member: m, Late: m.Overdue, Near: m.Soon, Waiting: m.Open - m.Overdue - m.Soon}
		row.URL = "/desk?" + url.Values{"whose": {"team"}, "owner": {m.Email}}.Encode()
		view.Widest = max(view.Widest, m.Open)
		view.Members = append(view.Members, row)
	}
	if view.Queue, err = a.queueRows(c.UserContext(), data.Queue, now); err != nil {
		return err
	}
	for _, f := range data.Friction {
		row := ruleRow{Friction: f}
		for _, k := range f.Cases {
			row.URLs = append(row.URLs, choice{Label: customerName(k.Customer), URL: "/desk/cases/" + url.PathEscape(k.ID)})
		}
		view.Rules = append(view.Rules, row)
	}
	return a.page(c, "team", view)
}

func (a *app) queueRows(ctx context.Context, cases []*feedback.Case, now time.Time) ([]queueRow, error) {
	said, err := a.responsesOf(ctx, cases)
	if err != nil {
		return nil, err
	}
	var out []queueRow
	for i, k := range cases {
		row := queueRow{
			Case: k, URL: "/desk/cases/" + url.PathEscape(k.ID), About: "/desk/about/" + url.PathEscape(k.ID), Customer: customerName(k.Customer),
			Score: badge(k.Metric, k.Score, k.Scored, k.Reason), Late: k.Deadline.Before(now), Soon: k.Deadline.Before(now.Add(coaching.SoonIs)),
		}
		if r := said[i]; r != nil {
			row.Excerpt = shortened(r.Comment, 90)
			if len(row.Excerpt) < len(r.Comment) {
				row.Excerpt += "…"
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// leadLinks are the pages that belong together for whoever leads a team.
func leadLinks(t tongue, u *feedback.User, team, here string) []choice {
	if u.Role != feedback.RoleLead && u.Role != feedback.RoleAdmin {
		return nil
	}
	suffix := ""
	if u.Role == feedback.RoleAdmin && team != "" {
		suffix = "?" + parameter("team", team)
	}
	var out []choice
	for _, l := range []struct{ key, path string }{{"nav_team", "/desk/team"}, {"nav_coaching", "/desk/coaching"}, {"nav_disputes", "/desk/disputes"},
		{"nav_style", "/desk/style"}, {"nav_watch", "/desk/watch"}} {
		out = append(out, choice{Label: t.say(l.key), URL: l.path + suffix, Here: l.path == here})
	}
	return out
}
