package web

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/feedback"
	"earshot/internal/recovery"

	"github.com/gofiber/fiber/v2"
)

// calendarView is the page struct of calendar.html.
type calendarView struct {
	Whose    []choice // the calendars that the reader may change
	Of, Name string
	Heading  string
	Row      recovery.CalendarRow
	Days     string // holidays, one a line
	People   []*feedback.User
	Person   bool // whether the calendar is of one person
	Saved    bool
	Mistakes []string
}

// GET /desk/calendar: when a person, a team or the organisation works, and who stands in.
func (a *app) showCalendar(c *fiber.Ctx) error {
	view, err := a.calendarOf(c, c.Query("of"), c.Query("name"))
	if err != nil {
		return err
	}
	view.Saved = c.Query("saved") != ""
	if view.Row, err = a.Recovery.Calendar(c.UserContext(), view.Of, view.Name); err != nil {
		return err
	}
	view.Days = holidayLines(view.Row.Days)
	return a.page(c, "calendar", view)
}

// calendarOf finds the calendar that was asked for among those that the reader may change: their own; of a
// lead also the team's and its people's; of an administrator all.
func (a *app) calendarOf(c *fiber.Ctx, of, name string) (*calendarView, error) {
	u := userOf(c)
	if of == "" {
		of, name = recovery.OfPerson, u.Email
	}
	people, err := a.people(c.UserContext())
	if err != nil {
		return nil, err
	}
	view := &calendarView{Of: of, Name: name, Person: of == recovery.OfPerson}
	add := func(kind, key, label string) {
		here := kind == of && key == name
		if here {
			view.Heading = label
		}
		view.Whose = append(view.Whose, choice{Label: label, URL: calendarURL(kind, key), Here: here})
	}
	add(recovery.OfPerson, u.Email, "Your calendar")
	admin := u.Role == feedback.RoleAdmin
	if admin {
		add(recovery.OfOrganisation, "", "Everybody")
	}
	var teams []string
	for _, p := range people {
		if admin || u.Role == feedback.RoleLead && p.Team == u.Team {
			if p.Team != "" && !slices.Contains(teams, p.Team) {
				teams = append(teams, p.Team)
				add(recovery.OfTeam, p.Team, "Team "+p.Team)
			}
			if p.Email != u.Email {
				add(recovery.OfPerson, p.Email, p.Agent().DisplayName())
			}
		}
	}
	if view.Heading == "" {
		return nil, notFound("There is no such calendar, or it belongs to somebody else.")
	}
	for _, p := range people {
		if p.Email != name {
			view.People = append(view.People, p)
		}
	}
	return view, nil
}

func calendarURL(of, name string) string {
	return "/desk/calendar?" + url.Values{"of": {of}, "name": {name}}.Encode()
}

func holidayLines(days []feedback.DayOff) string {
	var b strings.Builder
	for _, d := range days {
		b.WriteString(strings.TrimSpace(d.Date+" "+d.Name) + "\n")
	}
	return b.String()
}

// POST /desk/calendar: keeps a calendar, with an absence added or taken out.
func (a *app) changeCalendar(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	view, err := a.calendarOf(c, form.Get("of"), form.Get("name"))
	if err != nil {
		return err
	}
	view.Days = field(form, "days")
	days, err := feedback.ParseDays(view.Days)
	if err == nil {
		err = a.Recovery.ChangeCalendar(c.UserContext(), view.Of, view.Name, func(row *recovery.CalendarRow) {
			writeCalendar(row, form, days)
			view.Row = *row
		})
	}
	var invalid *feedback.Invalid
	if errors.As(err, &invalid) {
		for _, e := range invalid.Errors {
			view.Mistakes = append(view.Mistakes, title(e.Field)+" "+e.Detail+".")
		}
		c.Status(fiber.StatusUnprocessableEntity)
		return a.page(c, "calendar", view)
	}
	if err != nil {
		return err
	}
	return c.Redirect(calendarURL(view.Of, view.Name)+"&saved=1", fiber.StatusSeeOther)
}

// writeCalendar takes over what was typed. A button of an absence takes only that absence out.
func writeCalendar(row *recovery.CalendarRow, form url.Values, days []feedback.DayOff) {
	if out := form.Get("back"); out != "" {
		row.Away = slices.DeleteFunc(row.Away, func(a feedback.Absence) bool { return a.From+a.To == out })
		return
	}
	row.Hours, row.Zone, row.Deputy, row.Days = field(form, "hours"), field(form, "zone"), field(form, "deputy"), days
	row.MaxOpen, _ = strconv.Atoi(field(form, "max_open"))
	if from := field(form, "from"); from != "" {
		away := feedback.Absence{From: from, To: field(form, "to"), Why: field(form, "why")}
		if away.To == "" {
			away.To = from
		}
		row.Away = append(row.Away, away)
	}
}
