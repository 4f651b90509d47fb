package web

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"earshot/internal/mail"
	"earshot/internal/mail/outbox"

	"github.com/gofiber/fiber/v2"
)

// outboxPage is how many mails one page lists.
const outboxPage = 50

// outboxView is the page struct of outbox.html.
type outboxView struct {
	Mails []mailRow
	Next  string
	Later bool // not the first page
}

type mailRow struct {
	outbox.Entry
	URL string
}

// GET /outbox: the mails that were put into the outbox folder, newest first.
func (a *app) showOutbox(c *fiber.Ctx) error {
	if a.Outbox == nil {
		return notFound("Mail is sent for real here; there is no outbox.")
	}
	entries, next, err := a.Outbox.List(c.Query("after"), outboxPage)
	if err != nil {
		return err
	}
	view := outboxView{Later: c.Query("after") != ""}
	for _, e := range entries {
		view.Mails = append(view.Mails, mailRow{e, "/outbox/" + url.PathEscape(e.Name)})
	}
	if next != "" {
		view.Next = "/outbox?after=" + url.QueryEscape(next)
	}
	return a.page(c, "outbox", view)
}

// mailView is the page struct of mail.html.
type mailView struct {
	Name, From, To, Subject string
	Kind                    mail.Kind
	At                      time.Time
	Headers                 []mail.Header
	Text                    string
	HTMLURL, RawURL         string // HTMLURL is empty for a mail without HTML
}

func (a *app) storedMail(c *fiber.Ctx) (outbox.Stored, error) {
	if a.Outbox == nil {
		return outbox.Stored{}, notFound("Mail is sent for real here; there is no outbox.")
	}
	name, err := url.PathUnescape(c.Params("name"))
	if err != nil {
		return outbox.Stored{}, notFound("There is no such mail.")
	}
	m, err := a.Outbox.Read(name)
	if errors.Is(err, outbox.ErrNotFound) {
		return m, notFound("There is no such mail.")
	}
	return m, err
}

// GET /outbox/{name}: one mail with its headers, as text and as its reader sees it.
func (a *app) showMail(c *fiber.Ctx) error {
	m, err := a.storedMail(c)
	if err != nil {
		return err
	}
	base := "/outbox/" + url.PathEscape(m.Name)
	view := mailView{
		Name: m.Name, From: m.From, To: m.To, Subject: m.Subject, Kind: m.Kind, At: m.At, Headers: m.Headers, Text: m.Text, RawURL: base + "/raw",
	}
	if m.HTML != "" {
		view.HTMLURL = base + "/html"
	}
	return a.page(c, "mail", view)
}

// mailPolicy lets a mail show its own inline style and images and nothing else: no script, no form,
// no request to anybody. Links open outside of the frame.
const mailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// GET /outbox/{name}/html: the mail's own HTML, for the frame of the page above.
func (a *app) showMailHTML(c *fiber.Ctx) error {
	m, err := a.storedMail(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentSecurityPolicy, mailPolicy)
	c.Set(fiber.HeaderXFrameOptions, "SAMEORIGIN")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.SendString(strings.Replace(m.HTML, "<head>", `<head><base target="_blank">`, 1))
}

// GET /outbox/{name}/raw: the .eml file.
func (a *app) downloadMail(c *fiber.Ctx) error {
	m, err := a.storedMail(c)
	if err != nil {
		return err
	}
	c.Attachment(m.Name)
	c.Set(fiber.HeaderContentType, "message/rfc822")
	return c.Send(m.Raw)
}
