package web

import (
	"bytes"
	"fmt"
	"strings"

	"earshot/internal/intake"

	"github.com/gofiber/fiber/v2"
)

// optOutsView is the page struct of optouts.html.
type optOutsView struct {
	Typed    string
	Notice   string
	Mistakes []string
}

// GET /admin/opt-outs: the form that takes a list over; with ?format=csv everybody who gets no surveys.
func (a *app) exportOptOuts(c *fiber.Ctx) error {
	if c.Query("format") != "csv" {
		return a.page(c, "optouts", optOutsView{})
	}
	var file bytes.Buffer
	if _, err := intake.WriteOptOuts(c.UserContext(), a.Invite, &file); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="opt-outs.csv"`)
	return c.Send(file.Bytes())
}

// maxShown is how many mistakes of a list are shown.
const maxShown = 20

// POST /admin/opt-outs: takes a list over. A line with an address alone will do; the first line of a CSV
// file names its columns.
func (a *app) importOptOuts(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(strings.ReplaceAll(form.Get("list"), "\r\n", "\n"))
	view := optOutsView{Typed: typed}
	list := typed
	if first, _, _ := strings.Cut(list, "\n"); strings.Contains(first, "@") || list == "" {
		list = "email\n" + list
	}
	now := a.Now()
	result, err := intake.File(c.UserContext(), intake.OptOuts(a.Invite, a.Zone, now), strings.NewReader(list), int64(len(list)), func(int64) {})
	if err != nil {
		view.Mistakes = []string{title(err.Error()) + "."}
		c.Status(fiber.StatusUnprocessableEntity)
		return a.page(c, "optouts", view)
	}
	shift := strings.Count(list, "\n") - strings.Count(typed, "\n")
	for i, m := range result.Mistakes {
		if i == maxShown {
			view.Mistakes = append(view.Mistakes, fmt.Sprintf("And %d more.", len(result.Mistakes)-maxShown))
			break
		}
		view.Mistakes = append(view.Mistakes, fmt.Sprintf("Line %d: %s.", m.Line-shift, m.Reason))
	}
	view.Notice = fmt.Sprintf("%d new, %d known already, %d not understood.", result.New, result.Known, len(result.Mistakes))
	if len(result.Mistakes) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	} else {
		view.Typed = ""
	}
	return a.page(c, "optouts", view)
}
