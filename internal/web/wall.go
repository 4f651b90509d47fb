package web

import (
	"net/url"
	"time"

	"earshot/internal/coaching"
	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// wallShown is how much praise one page shows.
const wallShown = 40

// wallView is the page struct of wall.html.
type wallView struct {
	Heading string
	Whose   []choice
	Rows    []praiseRow
	Week    int // entries of the last seven days among those shown
	Mine    bool
}

// praiseRow is one entry of the wall.
type praiseRow struct {
	ID, Who, Team string
	Owner         bool // praised without a name
	Private       bool // nobody else sees it
	Pieces        []piece
	Customer      string
	At            time.Time
	URL           string // of the case or nothing
}

// GET /desk/wall: what customers praised. Agents and leads see their team, administrators everybody;
// whoever looks for their own praise finds it under "mine".
func (a *app) showWall(c *fiber.Ctx) error {
	u, t := userOf(c), a.tongueOf(c)
	whose := wallScope(u, c.Query("whose"))
	view := wallView{Whose: wallChoices(u, t, whose), Mine: whose == "mine"}
	var praise []coaching.Praise
	var err error
	switch whose {
	case "mine":
		view.Heading = t.say("wall_mine")
		praise, err = a.Coaching.Of(c.UserContext(), u.Email, wallShown)
	case "all":
		view.Heading = t.say("wall_title")
		praise, err = a.Coaching.Wall(c.UserContext(), u, "", wallShown)
	default:
		view.Heading = t.say("wall_team", "team", u.Team)
		praise, err = a.Coaching.Wall(c.UserContext(), u, u.Team, wallShown)
	}
	if err != nil {
		return err
	}
	for _, p := range praise {
		view.Rows = append(view.Rows, a.praiseRow(u, p))
		if a.Now().Sub(p.Kudos.WrittenAt) < 7*24*time.Hour {
			view.Week++
		}
	}
	return a.page(c, "wall", view)
}

// wallScope is whose praise is shown. Nobody's wish widens what a role may see.
func wallScope(u *feedback.User, wish string) string {
	switch {
	case wish == "mine":
		return "mine"
	case u.Role == feedback.RoleAdmin || u.Role == feedback.RoleExecutive:
		return "all"
	case u.Team != "":
		return "team"
	}
	return "mine"
}

func wallChoices(u *feedback.User, t tongue, whose string) []choice {
	widest := choice{Label: t.say("wall_tab_team", "team", u.Team), URL: "/desk/wall", Here: whose == "team"}
	switch wallScope(u, "") {
	case "all":
		widest = choice{Label: t.say("everybody"), URL: "/desk/wall", Here: whose == "all"}
	case "mine":
		return nil
	}
	return []choice{widest, {Label: t.say("wall_tab_mine"), URL: "/desk/wall?whose=mine", Here: whose == "mine"}}
}

func (a *app) praiseRow(u *feedback.User, p coaching.Praise) praiseRow {
	row := praiseRow{
		ID: p.Kudos.ID, Who: p.Kudos.Agent.DisplayName(), Team: p.Kudos.Agent.Team, Owner: p.Kudos.Reason == feedback.PraisedAsOwner,
		Customer: p.Response.Customer.FirstName(), At: p.Kudos.WrittenAt, Pieces: pieces(hideAddresses(p.Response.Comment), nil),
		Private: u.OffWall && p.Kudos.Agent.Email == u.Email,
	}
	if p.Response.Sentiment != nil {
		row.Pieces = pieces(hideAddresses(p.Response.Comment), p.Response.Sentiment.Evidence)
	}
	return row
}

// youView is the page struct of you.html.
type youView struct {
	Digest, Steers bool // wants digests; gets any
	Heading        string
	Languages      []choice
	Timezone, Zone string
	Wall, Weekly   bool
	Saved          bool
	Mistake        string
	Language       string
}

// GET /you: what everybody chooses for themselves.
func (a *app) showYou(c *fiber.Ctx) error {
	u := userOf(c)
	return a.youPage(c, youView{Timezone: u.Timezone, Wall: !u.OffWall, Weekly: !u.NoThanks, Digest: !u.NoDigest, Steers: u.Role == feedback.RoleExecutive || u.Role == feedback.RoleLead, Language: u.Language, Saved: c.Query("saved") == "1"})
}

func (a *app) youPage(c *fiber.Ctx, view youView) error {
	view.Heading, view.Zone = a.tongueOf(c).say("you_title"), a.Zone.String()
	view.Languages = a.languageNames()
	for i := range view.Languages {
		view.Languages[i].Here = view.Languages[i].URL == view.Language
	}
	return a.page(c, "you", view)
}

// POST /you
func (a *app) saveYou(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	view := youView{Timezone: field(form, "timezone"), Wall: form.Get("wall") != "", Weekly: form.Get("weekly") != "", Digest: form.Get("digest") != "", Language: form.Get("language")}
	if _, ok := a.words[view.Language]; !ok {
		view.Language = ""
	}
	if _, err := time.LoadLocation(view.Timezone); err != nil || view.Timezone == "Local" {
		view.Mistake = a.tongueOf(c).say("you_zone_bad")
		c.Status(fiber.StatusUnprocessableEntity)
		return a.youPage(c, view)
	}
	err = a.Staff.Choose(c.UserContext(), userOf(c).Email, func(u *feedback.User) {
		u.Language, u.Timezone, u.OffWall, u.NoThanks = view.Language, view.Timezone, !view.Wall, !view.Weekly
		u.NoDigest = !view.Digest && (u.Role == feedback.RoleExecutive || u.Role == feedback.RoleLead)
	})
	if err != nil {
		return err
	}
	return c.Redirect("/you?"+url.Values{"saved": {"1"}}.Encode(), fiber.StatusSeeOther)
}
