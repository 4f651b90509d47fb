package web

import (
	"encoding/json"
	"fmt"

	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// POST /admin/people/disclose: everything that is kept of a person, as a file for them.
func (a *app) disclosePerson(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	d, err := a.Forget.Disclose(c.UserContext(), field(form, "email"), a.Now())
	if err != nil {
		return a.adminAgain(c, adminView{Person: field(form, "email")}, err)
	}
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	c.Attachment("personal-data.json") // no address in a file's name
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	return c.Send(b)
}

// POST /admin/people/forget: erases a person, after the box was ticked that says it is meant.
func (a *app) forgetPerson(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	email := field(form, "email")
	if form.Get("sure") != "yes" {
		return a.adminAgain(c, adminView{Person: email}, feedback.Refuse("erasing", "cannot be undone: tick the box that says that you mean it"))
	}
	done, err := a.Forget.Forget(c.UserContext(), email, a.Now())
	if err != nil {
		return a.adminAgain(c, adminView{Person: email}, err)
	}
	if id := form.Get("request"); id != "" {
		if err := a.Collect.CloseRequest(c.UserContext(), id, userOf(c).Email, a.Now()); err != nil {
			return err
		}
		return c.Redirect("/admin/requests", fiber.StatusSeeOther)
	}
	if done.Nothing() {
		return a.adminPage(c, adminView{Notice: "Nothing was kept of this person. They will not be asked."})
	}
	return a.adminPage(c, adminView{Notice: fmt.Sprintf("Erased from %s and %s; %s deleted. The scores stay, led back to nobody, and the person is not asked again.",
		countText(int64(done.Interactions), "interaction", "interactions"), countText(int64(done.Responses), "answer", "answers"), countText(int64(done.Mails), "mail", "mails"))})
}
