package web

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strconv"

	"earshot/internal/feedback"
	"earshot/internal/hook"
	"earshot/internal/mail"
	"earshot/internal/recovery"

	"github.com/gofiber/fiber/v2"
)

// alertsView is the page struct of alerts.html.
type alertsView struct {
	Channels []channelRow
	PerHour  int
	Kinds    []string
	Teams    []string
	Typed    recovery.Channel
	Secret   string // proposed for a webhook
	Notice   string
	Mistakes []string
}

// channelRow shows a channel without what must stay secret.
type channelRow struct {
	recovery.Channel
	Host string
}

func (a *app) alertRoutes(f *fiber.App, admin fiber.Handler) {
	f.Get("/admin/alerts", admin, a.showAlerts)
	f.Post("/admin/alerts/number", admin, a.changeNumber)
	f.Post("/admin/alerts/add", admin, a.addChannel)
	f.Post("/admin/alerts/remove", admin, a.removeChannel)
	f.Post("/admin/alerts/try", admin, a.tryChannel)
}

// GET /admin/alerts: where alerts go beside the owner's mail, and how many an hour brings one by one.
func (a *app) showAlerts(c *fiber.Ctx) error {
	view := alertsView{}
	if c.Query("tried") != "" {
		view.Notice = "The test was taken. Look whether it arrived where you want it."
	}
	return a.alertsPage(c, view)
}

func (a *app) alertsPage(c *fiber.Ctx, view alertsView) error {
	ctx := c.UserContext()
	settings, err := a.Recovery.Alerting(ctx)
	if err != nil {
		return err
	}
	view.PerHour, view.Kinds = settings.PerHour, hook.Kinds()
	for _, ch := range settings.Channels {
		row := channelRow{Channel: ch}
		if u, err := url.Parse(ch.URL); err == nil {
			row.Host = u.Host
		}
		view.Channels = append(view.Channels, row)
	}
	if view.Teams, err = a.teams(c); err != nil {
		return err
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: see crypto/rand
	view.Secret = "whsec_" + base64.StdEncoding.EncodeToString(raw)
	return a.page(c, "alerts", view)
}

// teams lists the teams that people belong to.
func (a *app) teams(c *fiber.Ctx) ([]string, error) {
	users, err := a.Staff.Users(c.UserContext())
	if err != nil {
		return nil, err
	}
	var out []string
	for _, u := range users {
		if u.Active() && u.Team != "" && !slices.Contains(out, u.Team) {
			out = append(out, u.Team)
		}
	}
	slices.Sort(out)
	return out, nil
}

// alertsAgain shows the page with what is wrong; an error that is nobody's mistake is returned.
func (a *app) alertsAgain(c *fiber.Ctx, view alertsView, err error) error {
	var invalid *feedback.Invalid
	switch {
	case errors.As(err, &invalid):
		for _, e := range invalid.Errors {
			view.Mistakes = append(view.Mistakes, title(e.Field)+": "+e.Detail+".")
		}
	case errors.Is(err, mail.ErrRejected), errors.Is(err, mail.ErrTemporary):
		view.Mistakes = append(view.Mistakes, "The test did not arrive: "+mail.Reason(err)+".")
	default:
		return err
	}
	c.Status(fiber.StatusUnprocessableEntity)
	return a.alertsPage(c, view)
}

// POST /admin/alerts/number: how many alerts an hour reach one person one by one.
func (a *app) changeNumber(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(field(form, "per_hour"))
	if err != nil {
		return a.alertsAgain(c, alertsView{}, feedback.Refuse("alerts an hour", "must be a number; 0 is no limit"))
	}
	err = a.Recovery.ChangeAlerting(c.UserContext(), func(s *recovery.Alerting) error { s.PerHour = n; return nil })
	if err != nil {
		return a.alertsAgain(c, alertsView{}, err)
	}
	return c.Redirect("/admin/alerts", fiber.StatusSeeOther)
}

// POST /admin/alerts/add: a chat or a program hears of cases from now on.
func (a *app) addChannel(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	ch := recovery.Channel{ID: rand.Text()[:10], Name: field(form, "name"), Team: field(form, "team"),
		Target: hook.Target{Kind: form.Get("kind"), URL: field(form, "url"), Secret: field(form, "secret")}}
	if ch.Name == "" {
		ch.Name = title(ch.Kind)
	}
	if ch.Kind != hook.Webhook {
		ch.Secret = ""
	}
	err = a.Recovery.ChangeAlerting(c.UserContext(), func(s *recovery.Alerting) error {
		s.Channels = append(s.Channels, ch)
		return nil
	})
	if err != nil {
		return a.alertsAgain(c, alertsView{Typed: ch}, err)
	}
	return c.Redirect("/admin/alerts", fiber.StatusSeeOther)
}

// POST /admin/alerts/remove: a channel hears nothing more.
func (a *app) removeChannel(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	err = a.Recovery.ChangeAlerting(c.UserContext(), func(s *recovery.Alerting) error {
		s.Channels = slices.DeleteFunc(s.Channels, func(ch recovery.Channel) bool { return ch.ID == form.Get("id") })
		return nil
	})
	if err != nil {
		return err
	}
	return c.Redirect("/admin/alerts", fiber.StatusSeeOther)
}

// POST /admin/alerts/try: an invented alert, to see whether it arrives.
func (a *app) tryChannel(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	settings, err := a.Recovery.Alerting(c.UserContext())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(settings.Channels, func(ch recovery.Channel) bool { return ch.ID == form.Get("id") })
	if i < 0 {
		return notFound("There is no such channel any more.")
	}
	if err := a.Recovery.TryChannel(c.UserContext(), settings.Channels[i], a.Now()); err != nil {
		return a.alertsAgain(c, alertsView{}, err)
	}
	return c.Redirect("/admin/alerts?tried=1", fiber.StatusSeeOther)
}
