package web

import (
	"errors"
	"strings"

	"earshot/internal/mail/inbound"
	"earshot/internal/staff"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// hookJSON answers a program that told of something.
type hookJSON struct {
	Result string  `json:"result"`
	Reason *string `json:"reason"`
}

// ignored answers 200 to what was understood and is of no use, so that nobody sends it again.
func ignored(c *fiber.Ctx, why string) error {
	reason := "ignored: " + why
	return c.JSON(hookJSON{"ignored", &reason})
}

// checkKey is the API key of a request, checked.
func (a *app) checkKey(c *fiber.Ctx) error {
	scheme, key, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return staff.ErrKey
	}
	_, err := a.Staff.CheckKey(c.UserContext(), strings.TrimSpace(key))
	return err
}

// inboundJSON says what became of a mail.
type inboundJSON struct {
	// Result is voted, feedback, case, noted, bounced or repeated.
	Result   string  `json:"result"`
	Kind     *string `json:"kind"` // of machine that wrote it, when one did
	Response *string `json:"response"`
	Case     *string `json:"case"`
}

// POST /hooks/inbound: a raw message of RFC 5322 that arrived in the mailbox for answers. 200 when it is
// kept, whatever it was; the same message again changes nothing.
func (a *app) hookInbound(c *fiber.Ctx) error {
	if err := a.checkKey(c); err != nil {
		return err
	}
	m, err := inbound.Read(c.BodyRaw())
	switch {
	case errors.Is(err, inbound.ErrTooLarge):
		return &httpError{status: fiber.StatusRequestEntityTooLarge, detail: "The message is larger or deeper than any that a person writes."}
	case err != nil:
		return &httpError{status: fiber.StatusUnprocessableEntity, detail: "Send one raw message (RFC 5322) as the body: its header, an empty line, its text."}
	}
	out, err := a.takeMail(c, m)
	if err != nil {
		return err
	}
	return c.JSON(out)
}

// takeMail hands a mail to the loop. A report that one of our own mails could not be delivered goes to
// whoever asks; everything else is an answer.
func (a *app) takeMail(c *fiber.Ctx, m inbound.Message) (*inboundJSON, error) {
	taken, err := a.Collect.TakeReply(c.UserContext(), m, a.Now())
	if err != nil {
		return nil, err
	}
	out := &inboundJSON{Result: taken.Result, Kind: word(string(taken.Auto)), Case: word(taken.Case)}
	if taken.Response != nil {
		out.Response = word(taken.Response.ID)
	}
	if status := m.Failed(); status != "" && taken.Invitation != "" {
		if err := a.Invite.Bounced(c.UserContext(), taken.Invitation, a.Now(), status); err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		out.Result = "bounced"
	}
	a.Log.Info("mail taken in", "result", out.Result, "kind", string(taken.Auto))
	return out, nil
}
