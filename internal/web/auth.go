package web

import (
	"crypto/hmac"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/staff"

	"github.com/gofiber/fiber/v2"
)

// needKey lets programs with a valid API key pass.
func (a *app) needKey(c *fiber.Ctx) error {
	scheme, key, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return staff.ErrKey
	}
	if _, err := a.Staff.CheckKey(c.UserContext(), strings.TrimSpace(key)); err != nil {
		return err
	}
	return c.Next()
}

// cookieName is the session's cookie. The __Host- prefix makes browsers refuse one that was not set
// by this very host over https; plain http (a trial on one's own machine) cannot use it.
func (a *app) cookieName() string {
	if a.secure {
		return "__Host-earshot"
	}
	return "earshot"
}

func (a *app) setSession(c *fiber.Ctx, secret string) {
	c.Cookie(&fiber.Cookie{
		Name: a.cookieName(), Value: secret, Path: "/", HTTPOnly: true, Secure: a.secure,
		SameSite: fiber.CookieSameSiteLaxMode, Expires: a.Now().Add(staff.SessionLives),
	})
}

func (a *app) clearSession(c *fiber.Ctx) {
	c.Cookie(&fiber.Cookie{
		Name: a.cookieName(), Path: "/", HTTPOnly: true, Secure: a.secure,
		SameSite: fiber.CookieSameSiteLaxMode, Expires: time.Unix(0, 0), MaxAge: -1,
	})
}

// readUser finds out who is signed in, if anybody, and lets everybody pass.
func (a *app) readUser(c *fiber.Ctx) error {
	secret := c.Cookies(a.cookieName())
	if secret == "" {
		return nil
	}
	u, _, err := a.Staff.Session(c.UserContext(), secret, a.Now())
	if errors.Is(err, staff.ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	c.Locals(localUser, u)
	c.Locals(localSession, secret)
	return nil
}

// needUser lets signed-in people with one of the roles pass; no role means everybody who is signed
// in. Who is not is led to the sign-in page and back. A form must carry its session's token and come
// from this site.
func (a *app) needUser(roles ...feedback.Role) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := a.readUser(c); err != nil {
			return err
		}
		u := userOf(c)
		if u == nil {
			return a.toSignIn(c)
		}
		if len(roles) > 0 && !slices.Contains(roles, u.Role) {
			return forbidden("This page is for " + roleNames(roles) + ". Ask an administrator if you need it.")
		}
		if !readOnly(c) {
			if err := a.checkForm(c); err != nil {
				return err
			}
		}
		return c.Next()
	}
}

func (a *app) toSignIn(c *fiber.Ctx) error {
	next := ""
	if readOnly(c) {
		next = "?next=" + url.QueryEscape(staff.SafeNext(c.OriginalURL()))
	}
	return c.Redirect("/sign-in"+next, fiber.StatusSeeOther)
}

func roleNames(roles []feedback.Role) string {
	var out []string
	for _, r := range roles {
		name := map[feedback.Role]string{
			feedback.RoleAgent: "agents", feedback.RoleLead: "leads",
			feedback.RoleExecutive: "executives", feedback.RoleAdmin: "administrators",
		}[r]
		out = append(out, name)
	}
	if n := len(out); n > 1 {
		return strings.Join(out[:n-1], ", ") + " and " + out[n-1]
	}
	return out[0]
}

func readOnly(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead
}

// userOf is who is signed in, or nil.
func userOf(c *fiber.Ctx) *feedback.User {
	u, _ := c.Locals(localUser).(*feedback.User)
	return u
}

// csrf is the token that forms of the current session carry.
func (a *app) csrf(c *fiber.Ctx) string {
	secret, _ := c.Locals(localSession).(string)
	if secret == "" {
		return ""
	}
	return a.Staff.CSRF(secret)
}

// checkForm refuses a form that another site submitted, twice over: by what browsers say about its
// origin, and by the token that only our own pages know.
func (a *app) checkForm(c *fiber.Ctx) error {
	if err := a.sameSite(c); err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if !hmac.Equal([]byte(form.Get("csrf")), []byte(a.csrf(c))) {
		return forbidden("This form is too old. Open the page again and repeat what you did.")
	}
	return nil
}

// sameSite follows the rules of net/http's CrossOriginProtection: Sec-Fetch-Site decides where a
// browser sends it, then Origin; a client that sends neither is no browser.
func (a *app) sameSite(c *fiber.Ctx) error {
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return nil
	case "":
	default:
		return forbidden("This form was sent from another site.")
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || (u.Host != string(c.Context().Host()) && u.Host != a.host) {
		return forbidden("This form was sent from another site.")
	}
	return nil
}
