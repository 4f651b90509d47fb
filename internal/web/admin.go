package web

import (
	"errors"
	"net/url"
	"runtime"
	"time"

	"earshot/internal/export"
	"earshot/internal/feedback"
	"earshot/internal/invite"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// adminView is the page struct of admin.html.
type adminView struct {
	Requests int // about data, that nobody has done yet
	Users    []userRow
	Keys     []*feedback.APIKey
	Surveys  []surveyRow
	Facts    []factView
	Learnt   learntView
	Download downloadView
	Person   string // the address of whom data were asked for or erased
	Roles    []feedback.Role
	NewKey   string // shown once
	Notice   string
	Mistakes []string
	Typed    userForm
	KeyName  string
}

type userRow struct {
	*feedback.User
	Self bool
}

type surveyRow struct {
	feedback.Survey
	Low   int
	High  int
	URL   string
	Brake invite.Brake
}

// userForm is what was typed to add somebody.
type userForm struct{ Email, Name, Role, Team string }

// GET /admin: people, keys, surveys and the facts of this installation.
func (a *app) showAdmin(c *fiber.Ctx) error { return a.adminPage(c, adminView{}) }

// adminPage fills in everything that the page always shows.
func (a *app) adminPage(c *fiber.Ctx, view adminView) error {
	users, err := a.Staff.Users(c.UserContext())
	if err != nil {
		return err
	}
	self := userOf(c)
	for _, u := range users {
		if u.Active() {
			view.Users = append(view.Users, userRow{u, u.Email == self.Email})
		}
	}
	if view.Keys, err = a.Staff.ListKeys(c.UserContext()); err != nil {
		return err
	}
	for _, s := range a.Surveys.All() {
		_, high, _ := s.Metric.Scale()
		brake, err := a.Invite.Brake(c.UserContext(), s.ID)
		if err != nil {
			return err
		}
		view.Surveys = append(view.Surveys, surveyRow{s, s.Low, high, "/admin/surveys/" + url.PathEscape(s.ID), brake})
	}
	requests, err := a.Collect.Requests(c.UserContext())
	if err != nil {
		return err
	}
	for _, r := range requests {
		if r.Done.IsZero() {
			view.Requests++
		}
	}
	if view.Learnt, err = a.learnt(c); err != nil {
		return err
	}
	view.Roles, view.Facts = feedback.Roles(), a.facts(c)
	view.Download = downloadView{Action: "/admin/download", Tables: adminTables(), Formats: export.Formats()}
	return a.page(c, "admin", view)
}

// facts say how this installation stands.
func (a *app) facts(c *fiber.Ctx) []factView {
	mailTo := "sent for real"
	if a.Outbox != nil {
		mailTo = "kept in the outbox, not sent"
	}
	state := "takes writes"
	if err := a.Store.Ping(c.UserContext()); err != nil {
		state = "does not take writes now"
	}
	return []factView{
		{"Version", a.Version + ", " + runtime.Version()},
		{"Address", a.BaseURL},
		{"Time zone", a.Zone.String() + ", now " + a.Now().In(a.Zone).Format("Mon 2 Jan 2006, 15:04")},
		{"Mail", mailTo},
		{"Database", state},
	}
}

// POST /admin/users: lets somebody sign in, or changes who they are.
func (a *app) addUser(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	in := userForm{field(form, "email"), field(form, "name"), form.Get("role"), field(form, "team")}
	_, err = a.Staff.AddUser(c.UserContext(), in.Email, in.Name, feedback.Role(in.Role), in.Team, a.Now())
	if err != nil {
		return a.adminAgain(c, adminView{Typed: in}, err)
	}
	return c.Redirect("/admin#people", fiber.StatusSeeOther)
}

// POST /admin/users/remove: ends somebody's access. Nobody removes themselves: the last administrator
// could not come back.
func (a *app) removeUser(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	email := field(form, "email")
	if email == userOf(c).Email {
		return a.adminAgain(c, adminView{}, feedback.Refuse("email", "is your own; ask another administrator"))
	}
	if err := a.Staff.RemoveUser(c.UserContext(), email, a.Now()); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return c.Redirect("/admin#people", fiber.StatusSeeOther)
}

// POST /admin/keys: makes an API key and shows it, this once.
func (a *app) createKey(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	name := field(form, "name")
	key, _, err := a.Staff.CreateKey(c.UserContext(), name, a.Now())
	if err != nil {
		return a.adminAgain(c, adminView{KeyName: name}, err)
	}
	return a.adminPage(c, adminView{NewKey: key})
}

// POST /admin/keys/revoke: ends a key at once.
func (a *app) revokeKey(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := a.Staff.RevokeKey(c.UserContext(), form.Get("id"), a.Now()); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return c.Redirect("/admin#keys", fiber.StatusSeeOther)
}

// adminAgain shows the page with the mistakes of a form; any other error is returned.
func (a *app) adminAgain(c *fiber.Ctx, view adminView, err error) error {
	var invalid *feedback.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	for _, m := range invalid.Errors {
		view.Mistakes = append(view.Mistakes, title(m.Field)+" "+m.Detail+".")
	}
	c.Status(fiber.StatusUnprocessableEntity)
	return a.adminPage(c, view)
}

// definitionView is the page struct of definition.html.
type definitionView struct {
	Survey    feedback.Survey
	Languages []wordingView
	Rules     []factView
	Source    string
}

type wordingView struct {
	Code, Name string
	Dir        string
	feedback.Wording
}

// GET /admin/surveys/{id}: a definition with its rules, and its wordings as an example customer reads them.
func (a *app) showDefinition(c *fiber.Ctx) error {
	s, ok := a.Surveys.Current(c.Params("id"))
	if !ok {
		return notFound("There is no such survey.")
	}
	view := definitionView{Survey: s, Source: string(s.Source), Rules: rulesOf(s)}
	example := feedback.NewFacts(feedback.Customer{Name: "Mara Lind"}, feedback.Agent{Name: "Sam Okoro"}, a.Org, "Refund not received")
	for _, code := range s.Languages() {
		name := code
		if w, ok := a.words[code]; ok {
			name = w.Name
		}
		text, err := s.Text[code].Render(example)
		if err != nil {
			return err
		}
		view.Languages = append(view.Languages, wordingView{code, name, direction(code), text})
	}
	return a.page(c, "definition", view)
}

func rulesOf(s feedback.Survey) []factView {
	clock := func(d time.Duration) string {
		if d == 0 {
			return "none"
		}
		return span(d)
	}
	out := []factView{
		{"Asked after", clock(s.Ask.Delay)},
		{"Link open for", clock(s.Ask.Expires)},
		{"Answer can be changed for", clock(s.Ask.EditWindow)},
		{"Rest between two surveys", clock(s.Ask.Rest)},
		{"Acknowledge within", clock(s.Recover.Acknowledge)},
		{"Contact within", clock(s.Recover.Contact)},
		{"Resolve within", clock(s.Recover.Resolve)},
		{"Asked again after", clock(s.Recover.Resurvey)},
	}
	return out
}
