package web

import (
	"errors"
	"net/url"
	"time"

	"earshot/internal/coaching"
	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// talksShown is how many notes, lessons or disputes one page shows.
const talksShown = 50

// talkRow is a note, a lesson or a dispute with what was said under it.
type talkRow struct {
	ID, Kind, Who, For, Reason string
	At                         time.Time
	Pieces                     []piece // the customer's words; empty when there are none or they were erased
	Score                      scoreBadge
	Text                       string
	Lines                      []talkLine
	AnswerURL                  string
	Open, Judge, Late          bool
	DecideBy                   time.Time
	DecideURL, CaseURL         string
	Decision                   string
}

type talkLine struct {
	Who, What, Text string
	At              time.Time
}

// coachingView is the page struct of coaching.html.
type coachingView struct {
	Heading string
	Links   []choice
	Rows    []talkRow
	Lead    bool
}

// GET /desk/coaching: notes to oneself and lessons for the team; for leads, those of the team.
func (a *app) showCoaching(c *fiber.Ctx) error {
	u, t := userOf(c), a.tongueOf(c)
	talks, err := a.Coaching.Coaching(c.UserContext(), u, talksShown)
	if err != nil {
		return err
	}
	view := coachingView{Heading: t.say("coaching_title"), Links: leadLinks(t, u, "", c.Path()), Lead: u.Role != feedback.RoleAgent}
	if view.Rows, err = a.talkRows(c, talks); err != nil {
		return err
	}
	return a.page(c, "coaching", view)
}

func (a *app) talkRows(c *fiber.Ctx, talks []coaching.Talk) ([]talkRow, error) {
	users, err := a.Staff.Users(c.UserContext())
	if err != nil {
		return nil, err
	}
	t := a.tongueOf(c)
	names := map[string]string{"earshot": "Earshot"}
	for _, x := range users {
		names[x.Email] = x.Agent().DisplayName()
	}
	name := func(email string) string {
		if n, ok := names[email]; ok {
			return n
		}
		return email
	}
	u, now := userOf(c), a.Now()
	var out []talkRow
	for _, talk := range talks {
		row := talkRow{
			ID: talk.ID, Kind: string(talk.Kind), Who: name(talk.By), For: name(talk.Agent.Email), Reason: talk.Reason, At: talk.WrittenAt, Text: talk.Text,
			AnswerURL: "/desk/coaching/" + talk.ID + "/answer", DecideURL: "/desk/disputes/" + talk.ID + "/decide",
			Open: talk.Open(), Judge: coaching.Judges(u, talk.Remark), DecideBy: talk.DecideBy, Late: talk.Open() && talk.DecideBy.Before(now), Decision: talk.Decision,
		}
		if talk.Kind == feedback.Lesson {
			row.For = t.say("wall_tab_team", "team", talk.Agent.Team)
		}
		if said := talk.Said; said != nil {
			row.Pieces, row.Score = marked(said), badge(said.Metric, said.Score, said.Scored, "")
			if said.HasCase && u.Sees(&feedback.Case{Agent: said.Agent, Owner: said.Agent}) {
				row.CaseURL = "/desk/cases/" + url.PathEscape(said.ID)
			}
		}
		for _, l := range talk.Lines {
			row.Lines = append(row.Lines, talkLine{name(l.By), l.What, l.Text, l.At})
		}
		out = append(out, row)
	}
	return out, nil
}

// POST /desk/coaching/{id}/answer: adds words to a note, a lesson or a dispute, and leads back.
func (a *app) answerRemark(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	id := c.Params("id")
	if err := a.Coaching.Answer(c.UserContext(), userOf(c), id, field(form, "text"), a.Now()); err != nil {
		return remarkError(err)
	}
	back := "/desk/coaching"
	if form.Get("back") == "disputes" {
		back = "/desk/disputes"
	}
	return c.Redirect(back+"#r"+url.PathEscape(id), fiber.StatusSeeOther)
}

// remarkError puts the errors of coaching into words.
func remarkError(err error) error {
	switch {
	case errors.Is(err, coaching.ErrForbidden), errors.Is(err, store.ErrNotFound):
		return notFound("There is nothing here, or it belongs to somebody else.")
	case errors.Is(err, feedback.ErrDecided):
		return &httpError{status: fiber.StatusConflict, detail: "Somebody was faster: this was decided already."}
	case errors.Is(err, feedback.ErrOwnMatter):
		return forbidden("A second person decides this: you are a party of it.")
	}
	return err
}

// disputesView is the page struct of disputes.html.
type disputesView struct {
	Heading string
	Links   []choice
	Rows    []talkRow
	Open    int
	Figures []disputedFigure
	Lead    bool
}

// disputedFigure is a score as it was earned, and as it would be without the answers that are shown as
// disputed.
type disputedFigure struct {
	Survey           string
	Earned, Disputed string
	N, Without       int64
}

// GET /desk/disputes
func (a *app) showDisputes(c *fiber.Ctx) error {
	u, t := userOf(c), a.tongueOf(c)
	talks, err := a.Coaching.Disputes(c.UserContext(), u, talksShown)
	if err != nil {
		return err
	}
	view := disputesView{Heading: t.say("disputes_title"), Links: leadLinks(t, u, "", c.Path()), Lead: u.Role != feedback.RoleAgent}
	if view.Rows, err = a.talkRows(c, talks); err != nil {
		return err
	}
	for _, r := range view.Rows {
		if r.Open {
			view.Open++
		}
	}
	if view.Figures, err = a.disputedFigures(c); err != nil {
		return err
	}
	return a.page(c, "disputes", view)
}

// POST /desk/disputes/{id}/decide
func (a *app) decideDispute(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	err = a.Coaching.Decide(c.UserContext(), userOf(c), c.Params("id"), form.Get("decision"), field(form, "text"), a.Now())
	if err != nil {
		return remarkError(err)
	}
	return c.Redirect("/desk/disputes#r"+url.PathEscape(c.Params("id")), fiber.StatusSeeOther)
}
