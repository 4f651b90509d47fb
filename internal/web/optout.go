package web

import (
	"errors"
	"net/url"

	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// optOutView is the page struct of optout.html.
type optOutView struct {
	Title, Text string
	Action      string
	Button      string
	Choice      string // out or in
	Done        bool
	At          string // when the page was made
}

// GET /s/{token}/opt-out: a page with a button; opening it changes nothing.
func (a *app) showOptOut(c *fiber.Ctx) error {
	token := c.Params("token")
	v, out, err := a.choiceOf(c, token)
	if err != nil {
		return err
	}
	return a.optOutPage(c, token, v, out, false)
}

// choiceOf finds whose link it is and whether they opted out. It works for surveys that are over, too.
func (a *app) choiceOf(c *fiber.Ctx, token string) (*feedback.Invitation, bool, error) {
	id, err := a.Tokens.Open(token)
	if err != nil {
		return nil, false, collect.ErrUnknown
	}
	v, err := a.Store.Invitations().Get(c.UserContext(), id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, collect.ErrUnknown
	}
	if err != nil {
		return nil, false, err
	}
	p, err := store.PersonOf(c.UserContext(), a.Store.People(), v.Person)
	if errors.Is(err, store.ErrNotFound) {
		return v, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return v, !p.OptedOut.IsZero(), nil
}

// POST /s/{token}/opt-out: the button of the page, or the one click of RFC 8058 that a mail program
// makes (List-Unsubscribe=One-Click). A POST that says neither changes nothing.
func (a *app) submitOptOut(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	token := c.Params("token")
	choose := a.Invite.OptOut
	switch {
	case form.Get("choice") != "" && a.hasty(c, form):
		return a.optOutAgain(c, token, true)
	case form.Get("choice") == "in":
		choose = a.Invite.OptIn
	case form.Get("choice") == "out", form.Get("List-Unsubscribe") == "One-Click":
	default:
		return a.optOutAgain(c, token, false)
	}
	v, err := choose(c.UserContext(), token, a.Now())
	if errors.Is(err, feedback.ErrToken) || errors.Is(err, store.ErrNotFound) {
		return collect.ErrUnknown
	}
	if err != nil {
		return err
	}
	return a.optOutPage(c, token, v, form.Get("choice") != "in", true)
}

// optOutAgain shows the page with its button once more: nothing was chosen, or a machine pressed the
// first button it found.
func (a *app) optOutAgain(c *fiber.Ctx, token string, hasty bool) error {
	v, out, err := a.choiceOf(c, token)
	if err != nil {
		return err
	}
	c.Status(fiber.StatusUnprocessableEntity)
	return a.optOutForm(c, token, v, out, false, hasty)
}

func (a *app) optOutPage(c *fiber.Ctx, token string, v *feedback.Invitation, out, done bool) error {
	return a.optOutForm(c, token, v, out, done, false)
}

func (a *app) optOutForm(c *fiber.Ctx, token string, v *feedback.Invitation, out, done, hasty bool) error {
	w, lang := a.wordsIn(c.Query("lang"), v.Language)
	page := optOutView{
		Title: w.StopTitle, Text: fill(w.StopText, "org", a.Org), Button: w.StopButton, Choice: "out", Done: done, At: stamp(a.Now()),
		Action: "/s/" + url.PathEscape(token) + "/opt-out?lang=" + lang,
	}
	switch {
	case out:
		page.Title, page.Text, page.Button, page.Choice = w.StopLink, fill(w.StoppedText, "org", a.Org), w.StartButton, "in"
	case done:
		page.Title, page.Text, page.Button = w.ThanksTitle, fill(w.StartedText, "org", a.Org), w.StopButton
	}
	if hasty {
		page.Text = w.OnceMore
	}
	return a.customerPage(c, "optout", lang, page)
}
