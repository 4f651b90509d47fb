package web

import (
	"context"
	"errors"
	"strings"

	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/mail/resend"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// POST /hooks/resend: what became of a mail, or a mail that came in. Signed; a repetition changes
// nothing. Anything but 2xx makes Resend tell it again, which is what a failure of ours needs.
func (a *app) hookResend(c *fiber.Ctx) error {
	if a.Hooks.ResendSecret == "" {
		return notFound("This server takes no webhooks of Resend: set RESEND_WEBHOOK_SECRET.")
	}
	e, err := resend.ReadEvent(func(name string) string { return c.Get(name) }, c.BodyRaw(), a.Hooks.ResendSecret, a.Now())
	switch {
	case errors.Is(err, resend.ErrSignature):
		return &httpError{status: fiber.StatusUnauthorized, detail: "The signature is missing, wrong or more than five minutes old."}
	case err != nil:
		return ignored(c, "the payload is not that of an event")
	}
	ctx := c.UserContext()
	if again, err := a.seen(ctx, "resend "+e.ID); err != nil || again {
		if err != nil {
			return err
		}
		return c.JSON(hookJSON{Result: "repeated"})
	}
	result, why, err := a.resendEvent(ctx, e)
	if err != nil {
		return err
	}
	if err := a.remember(ctx, "resend "+e.ID); err != nil {
		return err
	}
	if why != "" {
		return ignored(c, why)
	}
	return c.JSON(hookJSON{Result: result})
}

// resendEvent does what an event asks for, or says why there is nothing to do.
func (a *app) resendEvent(ctx context.Context, e resend.Event) (result, why string, err error) {
	if e.Type == "email.received" {
		return a.resendReceived(ctx, e)
	}
	switch e.Kind {
	case mail.KindInvitation, mail.KindReminder, mail.KindResurvey:
	case "":
		return "", "not a mail of this server", nil
	default:
		if e.Hard || e.Type == "email.failed" || e.Type == "email.suppressed" {
			a.Log.Warn("a mail to staff did not arrive", "kind", string(e.Kind), "ref", e.Ref, "detail", scrub(e.Detail))
		}
		return "", "not a mail that asks a customer", nil
	}
	result = strings.TrimPrefix(e.Type, "email.")
	switch e.Type {
	case "email.delivered":
		err = a.Invite.Delivered(ctx, e.Ref, e.At, e.Detail)
	case "email.clicked":
		return a.resendClick(ctx, e)
	case "email.complained":
		err = a.Invite.Complained(ctx, e.Ref, e.At, e.Detail)
	case "email.suppressed":
		err = a.Invite.Bounced(ctx, e.Ref, e.At, "Resend no longer sends to the address: "+e.Detail)
	case "email.bounced":
		if !e.Hard {
			return "", "the bounce may pass, and Resend goes on trying", nil
		}
		err = a.Invite.Bounced(ctx, e.Ref, e.At, e.Detail)
	default:
		return "", e.Type + " changes nothing", nil
	}
	if errors.Is(err, store.ErrNotFound) {
		return "", "there is no such invitation", nil
	}
	return result, "", err
}

// resendClick looks at who followed a link of a mail, where Resend counts clicks: machines that read mail
// before people do are told by it. A click is no vote, and an opening is not looked at, because the
// mailboxes' own proxies open every mail.
func (a *app) resendClick(ctx context.Context, e resend.Event) (result, why string, err error) {
	v, err := a.Collect.View(ctx, a.Tokens.Mint(e.Ref), a.Now())
	if errors.Is(err, collect.ErrUnknown) {
		return "", "there is no such invitation", nil
	}
	if err != nil && !errors.Is(err, collect.ErrGone) {
		return "", "", err
	}
	at := e.Click.At
	if at.IsZero() {
		at = e.At
	}
	link, _, _ := strings.Cut(e.Click.Link, "?")
	_, err = a.Collect.Observe(ctx, v, collect.Click{
		Decoy: strings.HasSuffix(link, "/about"), Client: collect.Client{Agent: e.Click.Agent, Address: e.Click.Address},
	}, feedback.UTC(at))
	return "clicked", "", err
}

// resendReceived fetches a mail that came in and takes it as one that was posted here.
func (a *app) resendReceived(ctx context.Context, e resend.Event) (result, why string, err error) {
	if a.Hooks.Received == nil {
		return "", "mail does not go through Resend here, so what came in cannot be fetched", nil
	}
	m, err := a.Hooks.Received(ctx, e.Mail)
	if errors.Is(err, mail.ErrRejected) || errors.Is(err, mail.ErrAccount) {
		a.Log.Error("a mail that came in cannot be fetched", "mail", e.Mail, "reason", scrub(mail.Reason(err)))
	}
	if err != nil {
		return "", "", &httpError{status: fiber.StatusServiceUnavailable, detail: "The mail cannot be fetched from Resend right now: " + scrub(mail.Reason(err))}
	}
	out, err := a.takeMail(ctx, m)
	if err != nil {
		return "", "", err
	}
	return out.Result, "", nil
}
