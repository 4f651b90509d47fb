package web

import (
	"errors"
	"fmt"

	"earshot/internal/learn"
	"earshot/internal/sentiment"

	"github.com/gofiber/fiber/v2"
)

// learntView is what the administrators' page says about the engine and its owners' verdicts.
type learntView struct {
	learn.State
	Engine  string
	Labels  string // how many verdicts there are, against how many are needed
	Enough  bool
	Working bool // a worker is about to learn
	Rows    []learntRow
}

type learntRow struct {
	learn.Version
	Current bool
	Worth   string
}

func (a *app) learnt(c *fiber.Ctx) (learntView, error) {
	state, err := a.Learn.State(c.UserContext())
	if err != nil {
		return learntView{}, err
	}
	n, err := a.Learn.Count(c.UserContext())
	if err != nil {
		return learntView{}, err
	}
	v := learntView{State: state, Engine: a.Learn.Name(), Enough: n >= sentiment.LeastLabels, Working: state.Wanted != ""}
	v.Labels = fmt.Sprintf("Your people gave %d verdicts so far.", n)
	if !v.Enough {
		v.Labels = fmt.Sprintf("Your people gave %d verdicts so far; it can learn from %d on.", n, sentiment.LeastLabels)
	}
	for i := len(state.Versions) - 1; i >= 0; i-- {
		row := learntRow{Version: state.Versions[i], Current: state.Versions[i].Number == state.Current}
		t := row.Trial
		row.Worth = fmt.Sprintf("%d of %d right before, %d after", t.Before, t.Single, t.After)
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

// POST /admin/learn: lets a worker fit the engine to the organisation's verdicts.
func (a *app) learnNow(c *fiber.Ctx) error {
	if err := a.Learn.Ask(c.UserContext(), userOf(c).Email); err != nil {
		return err
	}
	return c.Redirect("/admin#learnt", fiber.StatusSeeOther)
}

// POST /admin/learn/undo: goes back to the version before.
func (a *app) undoLearnt(c *fiber.Ctx) error {
	if _, err := a.Learn.Undo(c.UserContext()); err != nil && !errors.Is(err, learn.ErrNothing) {
		return err
	}
	return c.Redirect("/admin#learnt", fiber.StatusSeeOther)
}
