package web

import (
	"errors"
	"net/url"
	"strings"

	"earshot/internal/feedback"
	"earshot/internal/staff"

	"github.com/gofiber/fiber/v2"
)

// signInView is the page struct of signin.html.
type signInView struct {
	Next    string
	Email   string
	Mistake string
	Sent    bool // a link is on its way, if the address may sign in
	Minutes int
}

// GET /sign-in: asks for the address.
func (a *app) showSignIn(c *fiber.Ctx) error {
	if err := a.readUser(c); err != nil {
		return err
	}
	next := staff.SafeNext(c.Query("next", "/"))
	if userOf(c) != nil {
		return c.Redirect(next, fiber.StatusSeeOther)
	}
	return a.page(c, "signin", signInView{Next: next})
}

// POST /sign-in: mails a link. The page says the same whoever asks, so that nobody learns who works
// here.
func (a *app) submitSignIn(c *fiber.Ctx) error {
	if err := a.sameSite(c); err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	view := signInView{Next: staff.SafeNext(form.Get("next")), Email: field(form, "email"), Minutes: int(staff.LinkLives.Minutes())}
	if !feedback.ValidEmail(view.Email) {
		view.Mistake = "This is not an e-mail address. It looks like name@company.com."
		c.Status(fiber.StatusUnprocessableEntity)
		return a.page(c, "signin", view)
	}
	if !a.throttle.allow(c.IP(), a.Now()) {
		return staff.ErrThrottled
	}
	if err := a.Staff.SignIn(c.UserContext(), view.Email, view.Next, a.Now()); err != nil {
		return err
	}
	view.Sent = true
	return a.page(c, "signin", view)
}

// linkView is the page struct of link.html.
type linkView struct {
	Action string
	User   string
	At     string // when the page was made
}

// GET /sign-in/{secret}: a page with a button. Mail scanners open links; only the button signs in.
func (a *app) showLink(c *fiber.Ctx) error {
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	secret := c.Params("secret")
	link, err := a.Staff.PeekLink(c.UserContext(), secret, a.Now())
	if errors.Is(err, staff.ErrLink) {
		return a.deadLink(c)
	}
	if err != nil {
		return err
	}
	return a.page(c, "link", linkView{Action: "/sign-in/" + url.PathEscape(secret), User: link.User, At: stamp(a.Now())})
}

// POST /sign-in/{secret}: uses the link up and signs in. A press that comes sooner than anybody reads
// signs in as well, but leaves the link for its owner: a scanner that presses buttons must not use it up.
func (a *app) useLink(c *fiber.Ctx) error {
	if err := a.sameSite(c); err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	use := a.Staff.UseLink
	if a.hasty(c, form) {
		use = a.Staff.TryLink
	}
	session, next, err := use(c.UserContext(), c.Params("secret"), a.Now())
	if errors.Is(err, staff.ErrLink) {
		return a.deadLink(c)
	}
	if err != nil {
		return err
	}
	a.setSession(c, session)
	return c.Redirect(staff.SafeNext(next), fiber.StatusSeeOther)
}

func (a *app) deadLink(c *fiber.Ctx) error {
	c.Status(fiber.StatusGone)
	return a.page(c, "signin", signInView{Next: "/", Mistake: "This sign-in link was used before, or is older than ten minutes. Ask for a new one."})
}

// POST /sign-out: ends the session.
func (a *app) signOut(c *fiber.Ctx) error {
	if err := a.Staff.SignOut(c.UserContext(), strings.Clone(c.Cookies(a.cookieName()))); err != nil {
		return err
	}
	a.clearSession(c)
	return c.Redirect("/sign-in", fiber.StatusSeeOther)
}
