package web

import (
	"errors"
	"net/url"

	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// aboutView is the page struct of about.html: one answer, and what people make of it.
type aboutView struct {
	Heading  string
	Pieces   []piece
	Score    scoreBadge
	Customer string
	Agent    string
	CaseURL  string
	Action   string // where the forms go
	Teach    bool   // the reader may write a note or a lesson
	Dispute  bool   // the reader may dispute
	Reasons  []string
	Rows     []talkRow
	Failed   string
	Text     string
	Mistake  string
}

// visibleResponse reads an answer that the reader earned, or that their team did.
func (a *app) visibleResponse(c *fiber.Ctx) (*feedback.Response, error) {
	r, err := a.Store.Responses().Get(c.UserContext(), c.Params("id"))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err != nil || !userOf(c).Sees(&feedback.Case{Agent: r.Agent, Owner: r.Agent}) {
		return nil, notFound("There is no such answer, or it belongs to somebody else.")
	}
	return r, nil
}

// GET /desk/about/{id}: an answer, the words that people have about it, and the forms for more.
func (a *app) showAbout(c *fiber.Ctx) error {
	r, err := a.visibleResponse(c)
	if err != nil {
		return err
	}
	return a.aboutPage(c, r, aboutView{})
}

func (a *app) aboutPage(c *fiber.Ctx, r *feedback.Response, view aboutView) error {
	u, t := userOf(c), a.tongueOf(c)
	talks, err := a.Coaching.About(c.UserContext(), u, r.ID)
	if err != nil {
		return err
	}
	if view.Rows, err = a.talkRows(c, talks); err != nil {
		return err
	}
	view.Heading, view.Pieces, view.Score = t.say("about_title"), marked(r), badge(r.Metric, r.Score, r.Scored, "")
	view.Customer, view.Agent = customerName(r.Customer), r.Agent.DisplayName()
	view.Action = "/desk/about/" + url.PathEscape(r.ID)
	view.Teach = u.Role == feedback.RoleAdmin || u.Role == feedback.RoleLead && u.Team == r.Agent.Team
	view.Dispute, view.Reasons = r.Scored && u.Email == r.Agent.Email, feedback.DisputeReasons()
	for _, talk := range talks {
		if talk.Kind == feedback.Dispute && talk.By == u.Email {
			view.Dispute = false
		}
	}
	if r.HasCase {
		view.CaseURL = "/desk/cases/" + url.PathEscape(r.ID)
	}
	return a.page(c, "about", view)
}

// POST /desk/about/{id}/{action}: note, lesson or dispute.
func (a *app) speakAbout(c *fiber.Ctx) error {
	r, err := a.visibleResponse(c)
	if err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	u, text, back := userOf(c), field(form, "text"), "/desk/coaching"
	var made *feedback.Remark
	switch c.Params("action") {
	case "note":
		kind := feedback.CoachingNote
		if form.Get("to") == "team" {
			kind = feedback.Lesson
		}
		made, err = a.Coaching.Teach(c.UserContext(), u, r.ID, kind, text, a.Now())
	case "dispute":
		back = "/desk/disputes"
		made, err = a.Coaching.Dispute(c.UserContext(), u, r.ID, form.Get("reason"), text, a.Now())
	default:
		return notFound("There is nothing at this address.")
	}
	var invalid *feedback.Invalid
	if errors.As(err, &invalid) {
		c.Status(fiber.StatusUnprocessableEntity)
		return a.aboutPage(c, r, aboutView{Failed: c.Params("action"), Text: text, Mistake: a.tongueOf(c).say("about_mistake")})
	}
	if err != nil {
		return remarkError(err)
	}
	return c.Redirect(back+"#r"+made.ID, fiber.StatusSeeOther)
}
