package web

import (
	"context"
	"errors"
	"strings"

	"earshot/internal/feedback"
	"earshot/internal/helpdesk"
	"earshot/internal/invite"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// GET /hooks/{system}: whether a helpdesk is expected here. Some ask before they save the address.
func (a *app) hookReady(c *fiber.Ctx) error {
	if _, _, err := a.expected(c); err != nil {
		return err
	}
	return c.JSON(hookJSON{Result: "ready"})
}

// expected is the helpdesk of the address and its secret.
func (a *app) expected(c *fiber.Ctx) (helpdesk.System, string, error) {
	system, ok := helpdesk.Find(c.Params("system"))
	if !ok {
		return system, "", notFound("There is no helpdesk of this name; there are " + strings.Join(helpdeskNames(), ", ") + ".")
	}
	secret := a.Hooks.Helpdesks[system.Name]
	if secret == "" {
		return system, "", notFound("This server takes no webhooks of this helpdesk: set " + system.Secret + ".")
	}
	return system, secret, nil
}

// POST /hooks/{system}: a helpdesk tells that a contact has ended. 200 whatever became of it, so that
// nothing is told again for ever; the answer says what, and what is missing.
func (a *app) hookHelpdesk(c *fiber.Ctx) error {
	system, secret, err := a.expected(c)
	if err != nil {
		return err
	}
	in, err := system.Read(helpdesk.Request{Header: func(name string) string { return c.Get(name) }, Body: c.BodyRaw()}, secret)
	var nothing *helpdesk.Ignored
	switch {
	case errors.Is(err, helpdesk.ErrSignature):
		return &httpError{status: fiber.StatusUnauthorized, detail: "The signature is missing or wrong."}
	case errors.As(err, &nothing) && nothing.Open != "":
		return a.helpdeskReopened(c, system.Name, nothing)
	case errors.As(err, &nothing):
		return ignored(c, nothing.Why)
	case err != nil:
		return err
	}
	if in.Agent, err = a.helpdeskAgent(c.UserContext(), in.Agent); err != nil {
		return err
	}
	if in.Agent.Email == "" {
		return ignored(c, "the payload holds no address of the agent, and nobody of that name signs in here")
	}
	return a.helpdeskAccept(c, system.Name, in)
}

// helpdeskReopened hears of a contact that is not over. Where it had ended before, its customer is not
// asked until it ends again.
func (a *app) helpdeskReopened(c *fiber.Ctx, system string, e *helpdesk.Ignored) error {
	row, err := a.Invite.Withdraw(c.UserContext(), system, e.Open, invite.Reopened, a.Now())
	if errors.Is(err, store.ErrNotFound) {
		return ignored(c, e.Why)
	}
	if err != nil {
		return err
	}
	return c.JSON(hookJSON{Result: row.Decision.Outcome, Reason: word(row.Decision.Reason)})
}

// helpdeskAccept hands the interaction to the loop. A payload that cannot become one is answered with
// what is wrong with it, and not asked for again.
func (a *app) helpdeskAccept(c *fiber.Ctx, system string, in feedback.Interaction) error {
	row, created, err := a.Invite.Accept(c.UserContext(), in, a.Now())
	var invalid *feedback.Invalid
	if errors.As(err, &invalid) {
		var wrong []string
		for _, e := range invalid.Errors {
			wrong = append(wrong, e.Field+" "+e.Detail)
		}
		a.Log.Warn("webhook of a helpdesk lacks something", "system", system, "fields", len(wrong))
		return ignored(c, strings.Join(wrong, "; "))
	}
	if err != nil {
		return err
	}
	out := hookJSON{Result: row.Decision.Outcome, Reason: word(row.Decision.Reason)}
	if !created {
		out.Result = "repeated"
	}
	return c.JSON(out)
}

// helpdeskAgent finds the address of an agent of whom only the name is told, among those who sign in.
func (a *app) helpdeskAgent(ctx context.Context, agent feedback.Agent) (feedback.Agent, error) {
	if agent.Email != "" {
		return agent, nil
	}
	users, err := a.Store.Users().List(ctx)
	if err != nil {
		return agent, err
	}
	var found []*feedback.User
	for _, u := range users {
		if u.Active() && strings.EqualFold(strings.TrimSpace(u.Name), agent.Name) {
			found = append(found, u)
		}
	}
	if len(found) == 1 { // two of one name cannot be told apart
		return found[0].Agent(), nil
	}
	return agent, nil
}

func helpdeskNames() []string {
	var out []string
	for _, s := range helpdesk.Systems() {
		out = append(out, s.Name)
	}
	return out
}
