package web

import (
	"context"
	"errors"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail/inbound"
	"earshot/internal/staff"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// Hooks is what other systems tell us with.
type Hooks struct {
	// ResendSecret is what Resend signs with; empty refuses its webhooks.
	ResendSecret string
	// Received fetches a mail that came in at Resend; nil where mail does not go through it.
	Received func(ctx context.Context, id string) (inbound.Message, error)
	// Helpdesks are the secrets of helpdesks by their names; one without a secret is refused.
	Helpdesks map[string]string
}

// deliveryKept is how long a delivery that was dealt with is remembered: systems deliver at least once,
// and Resend tries for 28 hours.
const deliveryKept = 4 * 24 * time.Hour

// seen tells whether a delivery was dealt with before.
func (a *app) seen(ctx context.Context, delivery string) (bool, error) {
	_, err := a.Store.Links().Get(ctx, "hook "+delivery)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// remember writes down that a delivery was dealt with. It is kept among the one-time links, which end by
// themselves; one without a user signs nobody in.
func (a *app) remember(ctx context.Context, delivery string) error {
	now := feedback.UTC(a.Now())
	mark := &feedback.Link{CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(deliveryKept)}
	mark.ID = "hook " + delivery
	if err := a.Store.Links().Insert(ctx, mark); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	return nil
}

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
	out, err := a.takeMail(c.UserContext(), m)
	if err != nil {
		return err
	}
	return c.JSON(out)
}

// takeMail hands a mail to the loop. A report that one of our own mails could not be delivered goes to
// whoever asks; everything else is an answer.
func (a *app) takeMail(ctx context.Context, m inbound.Message) (*inboundJSON, error) {
	taken, err := a.Collect.TakeReply(ctx, m, a.Now())
	if err != nil {
		return nil, err
	}
	out := &inboundJSON{Result: taken.Result, Kind: word(string(taken.Auto)), Case: word(taken.Case)}
	if taken.Response != nil {
		out.Response = word(taken.Response.ID)
	}
	if status := m.Failed(); status != "" && taken.Invitation != "" {
		if err := a.Invite.Bounced(ctx, taken.Invitation, a.Now(), status); err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		out.Result = "bounced"
	}
	a.Log.Info("mail taken in", "result", out.Result, "kind", string(taken.Auto))
	return out, nil
}
