package web

import (
	"context"
	"errors"
	"fmt"

	"earshot/internal/feedback"
	"earshot/internal/staff"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// verdictForm lets a reader say what a comment's verdict should have been. It is empty where there is
// nothing to say.
type verdictForm struct {
	ID    string
	Back  string // where the form leads back to
	Shown string // the label that stands
	By    string // who gave it; empty: the engine did
	Was   string // what the engine had said, when somebody thought otherwise
	// Choices are the labels with their words, in the order of the buttons.
	Choices []verdictChoice
}

type verdictChoice struct{ Label, Word string }

func verdictOf(r *feedback.Response, back string) verdictForm {
	if r.Comment == "" || r.Sentiment == nil || !r.Analysed {
		return verdictForm{}
	}
	f := verdictForm{ID: r.ID, Back: back, Shown: r.Sentiment.Label}
	if c := r.Sentiment.Corrected; c != nil {
		f.By, f.Was = c.By, c.Was
	}
	for _, l := range feedback.CorrectionLabels() {
		f.Choices = append(f.Choices, verdictChoice{l, title(l)})
	}
	return f
}

// doubtView asks for one label on the desk.
type doubtView struct {
	verdictForm
	Score    scoreBadge
	Pieces   []piece
	Language string
}

// question is the comment that the engine is least sure of, if the reader is to be asked about one.
func (a *app) question(ctx context.Context, u *feedback.User) (*doubtView, error) {
	r, err := a.Collect.Doubtful(ctx, u, a.Now())
	if err != nil || r == nil {
		return nil, err
	}
	return &doubtView{verdictOf(r, "/desk"), badge(r.Metric, r.Score, r.Scored, ""), excerpt(r, 400), r.Sentiment.Language}, nil
}

// POST /verdicts: a reader corrects or confirms the verdict on a comment, takes a correction back (an
// empty label), or passes a question over ("skip").
func (a *app) giveVerdict(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	u, id, label := userOf(c), form.Get("id"), form.Get("label")
	if err := a.mayJudge(c.UserContext(), u, id); err != nil {
		return err
	}
	if label != "skip" {
		if _, err := a.Collect.Correct(c.UserContext(), id, label, u.Email, a.Now()); err != nil {
			return err
		}
	}
	if form.Get("asked") != "" {
		if err := a.Collect.Asked(c.UserContext(), u, id, a.Now()); err != nil {
			return fmt.Errorf("note the answer: %w", err)
		}
	}
	return c.Redirect(staff.SafeNext(form.Get("back")), fiber.StatusSeeOther)
}

// mayJudge refuses a response that the reader may not see; for them it does not exist.
func (a *app) mayJudge(ctx context.Context, u *feedback.User, id string) error {
	r, err := a.Store.Responses().Get(ctx, id)
	if err != nil {
		return err
	}
	if u.Role == feedback.RoleExecutive && (u.Team == "" || u.Team == r.Agent.Team) || u.Sees(&feedback.Case{Agent: r.Agent, Owner: r.Agent}) {
		return nil
	}
	k, err := a.Store.Cases().Get(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err != nil || !u.Sees(k) {
		return notFound("There is no such comment, or it belongs to somebody else.")
	}
	return nil
}

// correctionIn is the body of POST /v1/responses/{id}/sentiment.
type correctionIn struct {
	Label string `json:"label"`
	By    string `json:"by"`
}

// POST /v1/responses/{id}/sentiment: a person's verdict in the place of the engine's.
func (a *app) postSentiment(c *fiber.Ctx) error {
	var in correctionIn
	if err := readJSON(c, &in); err != nil {
		return err
	}
	r, err := a.Collect.Correct(c.UserContext(), c.Params("id"), in.Label, in.By, a.Now())
	if err != nil {
		return err
	}
	return c.JSON(responseOut(r))
}
