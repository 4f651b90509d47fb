package web

import (
	"net/url"
	"strconv"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// boardRoutes are the pages of perception scores: the organisation's board, and everybody's own
// numbers.
func (a *app) boardRoutes(f *fiber.App) {
	f.Get("/board", a.needUser(feedback.RoleLead, feedback.RoleExecutive, feedback.RoleAdmin), a.showBoard)
	f.Get("/board/me", a.needUser(), a.showOwnBoard)
	for path, show := range map[string]fiber.Handler{
		"trend": a.showBoardTrend, "compare": a.showBoardCompare, "drivers": a.showBoardDrivers, "recovery": a.showBoardRecovery,
		"customers": a.showBoardCustomers, "diagnosis": a.showBoardDiagnosis,
	} {
		f.Get("/board/"+path, a.needUser(), show)
	}
}

// boardTabs are the pages of the board.
func boardTabs() []choice {
	return []choice{
		{Label: "Overview", URL: "/board"}, {Label: "Trend", URL: "/board/trend"}, {Label: "Compare", URL: "/board/compare"},
		{Label: "Drivers", URL: "/board/drivers"}, {Label: "Recovery", URL: "/board/recovery"},
		{Label: "Customers", URL: "/board/customers"}, {Label: "Diagnosis", URL: "/board/diagnosis"},
		{Label: "Comments", URL: "/board/comments"},
	}
}

// boardPeriods are the spans offered by one click, in days.
func boardPeriods() []int { return []int{7, 30, 90, 365} }

// defaultPeriod is shown when the address does not say.
const defaultPeriod = 30

// boardAsk is what the address of a board asks for. Empty fields are not asked for.
type boardAsk struct {
	path     string
	days     int    // a span up to today; 0 when from and to are given
	from, to string // first and last day, as 2006-01-02
	survey   string
	team     string
	agent    string
	topic    string
	by       string // what a comparison is by
	every    string // step of a trend
	all      bool   // a lead who looks at the whole organisation
}

// readBoardAsk reads the address. What it does not understand is replaced by the default, with a
// sentence that says so.
func readBoardAsk(c *fiber.Ctx, path string) (ask boardAsk, notice string) {
	ask = boardAsk{
		path: path, days: defaultPeriod, survey: c.Query("survey"), team: c.Query("team"),
		agent: c.Query("agent"), topic: c.Query("topic"), by: c.Query("by"), every: c.Query("every"), all: c.Query("all") == "1",
	}
	if n, err := strconv.Atoi(c.Query("days")); err == nil && n >= 1 && n <= 3650 {
		ask.days = n
	}
	from, to := c.Query("from"), c.Query("to")
	if from == "" && to == "" {
		return ask, ""
	}
	first, err1 := time.Parse(time.DateOnly, from)
	last, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil || last.Before(first) || last.Sub(first) > 3650*24*time.Hour {
		return ask, "Choose a first day and a last day that is not before it, at most ten years apart. Until then you see the last 30 days."
	}
	ask.days, ask.from, ask.to = 0, from, to
	return ask, ""
}

// span is the time that the address asks for, on the organisation's clock.
func (b boardAsk) span(now time.Time, zone *time.Location) (from, to time.Time) {
	if b.days == 0 {
		from, _, _ = feedback.DayBounds(b.from, zone) // both were parsed by readBoardAsk
		_, to, _ = feedback.DayBounds(b.to, zone)
		return from, to
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d-b.days+1, 0, 0, 0, 0, zone), time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}

// values are the parameters of the board's own address.
func (b boardAsk) values() url.Values {
	v := url.Values{}
	set := func(key, value string) {
		if value != "" {
			v.Set(key, value)
		}
	}
	if b.days != 0 && b.days != defaultPeriod {
		v.Set("days", strconv.Itoa(b.days))
	}
	set("from", b.from)
	set("to", b.to)
	set("survey", b.survey)
	set("team", b.team)
	set("agent", b.agent)
	set("topic", b.topic)
	set("by", b.by)
	set("every", b.every)
	if b.all {
		v.Set("all", "1")
	}
	return v
}

// url is the board's address with some fields changed.
func (b boardAsk) url(change func(*boardAsk)) string {
	change(&b)
	if q := b.values().Encode(); q != "" {
		return b.path + "?" + q
	}
	return b.path
}

// GET /board: the organisation's perception scores.
func (a *app) showBoard(c *fiber.Ctx) error {
	v, notice := a.boardViewOf(c, "/board")
	return a.board(c, v, notice)
}

// boardViewOf reads who looks at what. A lead begins with the own team, and sees agents and comments of
// that team only; an agent sees the own numbers, all that are shown to others about them.
func (a *app) boardViewOf(c *fiber.Ctx, path string) (boardView, string) {
	ask, notice := readBoardAsk(c, path)
	v := boardView{user: userOf(c), ask: ask}
	switch v.user.Role {
	case feedback.RoleLead:
		v.confine()
	case feedback.RoleAgent:
		v.own, v.ask.team, v.ask.agent, v.ask.all = true, "", v.user.Email, false
	}
	return v, notice
}

// GET /board/me: the numbers that are shown about the person who is signed in.
func (a *app) showOwnBoard(c *fiber.Ctx) error {
	u := userOf(c)
	ask, notice := readBoardAsk(c, "/board/me")
	ask.team, ask.agent, ask.all = "", u.Email, false
	return a.board(c, boardView{user: u, ask: ask, own: true}, notice)
}

// boardView is who looks at what, and what they may see of it.
type boardView struct {
	user     *feedback.User
	ask      boardAsk
	own      bool // the viewer's own numbers
	noAgents bool // no agents, one by one
	noQuotes bool // no comments
}

// confine keeps a lead to the own team, or to figures without agents and comments.
func (v *boardView) confine() {
	team := v.user.Team
	if !v.ask.all && team != "" {
		v.ask.team = team
	}
	if team == "" || v.ask.team != team {
		v.ask.agent, v.noAgents, v.noQuotes = "", true, true
	}
}

// tabs tells whether the viewer has the other pages of the board for what is looked at: an agent has them
// for the own numbers; who sees more finds the own ones there.
func (v boardView) tabs() bool { return !v.own || v.user.Role == feedback.RoleAgent }

// owner tells whether the viewer owns the scope: its comments are theirs however few they are.
func (v boardView) owner() bool {
	return v.own || v.user.Role == feedback.RoleLead && v.user.Team != "" && v.ask.team == v.user.Team
}

// readBoard reads the figures that a view is about, and the head of its page.
func (a *app) readBoard(c *fiber.Ctx, v boardView, notice string) (*perception.Overview, boardTop, error) {
	o, err := a.Perception.Overview(c.UserContext(), v.query(a.Now(), a.Zone))
	if err != nil {
		return nil, boardTop{}, err
	}
	top, err := a.boardTop(c, v, o)
	top.Notice = notice
	return o, top, err
}

// query is what a view asks of the figures.
func (v boardView) query(now time.Time, zone *time.Location) perception.OverviewQuery {
	from, to := v.ask.span(now, zone)
	q := perception.OverviewQuery{From: from, To: to, Survey: v.ask.survey, Team: v.ask.team, Agent: v.ask.agent}
	switch v.ask.every {
	case perception.Daily, perception.Weekly, perception.Monthly:
		q.Every = v.ask.every
	}
	return q
}

func (a *app) board(c *fiber.Ctx, v boardView, notice string) error {
	o, top, err := a.readBoard(c, v, notice)
	if err != nil {
		return err
	}
	page := a.boardPage(v, o, top)
	if page.Quotes, err = a.boardQuotes(c.UserContext(), v, o); err != nil {
		return err
	}
	if page.Standing, err = a.ownStanding(c.UserContext(), v, o); err != nil {
		return err
	}
	if page.Alerts, err = a.leaderAlerts(c.UserContext(), v, o); err != nil {
		return err
	}
	if page.Pains, err = a.painsOf(c.UserContext(), v, o, 3); err != nil {
		return err
	}
	return a.page(c, "board", page)
}
