package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"

	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// maxSaved is how many filters one person keeps; the oldest goes first.
const maxSaved = 20

// savedFilter is a filter of the explorer that somebody keeps under a name.
type savedFilter struct {
	Name  string `json:"name"`
	Query string `json:"query"`
}

// savedView is one of them on the page.
type savedView struct {
	Name, URL string
}

// savedID names the setting that holds a person's filters.
func savedID(u *feedback.User) string { return "explore:" + u.Email }

func (a *app) savedFilters(ctx context.Context, u *feedback.User) ([]savedView, error) {
	row, err := a.Store.Settings().Get(ctx, savedID(u))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []savedView
	for _, f := range readSaved(row) {
		out = append(out, savedView{f.Name, "/board/comments?" + f.Query})
	}
	return out, nil
}

func readSaved(row *feedback.Setting) (out []savedFilter) {
	_ = json.Unmarshal(row.Value, &out) // written by us; what cannot be read is begun anew
	return out
}

// changeSaved changes a person's filters.
func (a *app) changeSaved(ctx context.Context, u *feedback.User, change func([]savedFilter) []savedFilter) error {
	row := &feedback.Setting{}
	row.ID = savedID(u)
	if err := a.Store.Settings().Insert(ctx, row); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	_, err := store.Update(ctx, a.Store.Settings(), row.ID, func(row *feedback.Setting) (err error) {
		row.Value, err = json.Marshal(change(readSaved(row)))
		return err
	})
	return err
}

// POST /board/comments/save: keeps a filter under a name, in place of one of the same name.
func (a *app) saveFilter(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	name := field(form, "name")
	asked, err := url.ParseQuery(form.Get("query"))
	if err != nil || name == "" || len(name) > 60 {
		return badRequest("Give the filter a name of at most 60 characters.")
	}
	var ask exploreAsk
	for key, to := range ask.fields() {
		*to = clean(asked.Get(key))
	}
	query := ask.query().Encode()
	err = a.changeSaved(c.UserContext(), userOf(c), func(all []savedFilter) []savedFilter {
		all = slices.DeleteFunc(all, func(f savedFilter) bool { return f.Name == name })
		all = append(all, savedFilter{name, query})
		return all[max(0, len(all)-maxSaved):]
	})
	if err != nil {
		return err
	}
	return c.Redirect("/board/comments?"+query, fiber.StatusSeeOther)
}

// POST /board/comments/drop: forgets a filter.
func (a *app) dropFilter(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	name := field(form, "name")
	err = a.changeSaved(c.UserContext(), userOf(c), func(all []savedFilter) []savedFilter {
		return slices.DeleteFunc(all, func(f savedFilter) bool { return f.Name == name })
	})
	if err != nil {
		return err
	}
	return c.Redirect("/board/comments", fiber.StatusSeeOther)
}
