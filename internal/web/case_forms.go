package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/recovery"

	"github.com/gofiber/fiber/v2"
)

// caseForms says which forms the page offers and what was typed into the one that failed.
type caseForms struct {
	URL         string
	Undo        string // the reader's latest step, while it can be taken back
	Main        string // the action that comes next; empty when nothing does
	Acknowledge bool
	Contact     bool
	Resolve     bool
	Reopen      bool
	Reply       bool
	Snooze      bool
	Causes      []feedback.CauseGroup
	Actions     []string
	People      []*feedback.User
	Drafts      []choice // one for each cause, by a link
	Draft       string   // of the reply
	From        string   // whose name the reply carries
	RestUntil   string   // proposed end of a rest, as a date-time field writes it
	Once        string   // number of these forms
	Seen        int      // entries of the history that the reader has seen

	Failed            string // the action whose form is shown again
	Note, Cause, Done string
}

// wallClock is how a date-time field of a form writes a moment, on the organisation's clock.
const wallClock = "2006-01-02T15:04"

// people are those whom a case can be given to.
func (a *app) people(ctx context.Context) ([]*feedback.User, error) {
	all, err := a.Staff.Users(ctx)
	if err != nil {
		return nil, err
	}
	var out []*feedback.User
	for _, u := range all {
		if u.Active() && u.Role != feedback.RoleExecutive {
			out = append(out, u)
		}
	}
	return out, nil
}

// formsOf offers what the case allows now.
func (a *app) formsOf(u *feedback.User, k *feedback.Case, people []*feedback.User, draft string) caseForms {
	f := caseForms{
		URL: "/desk/cases/" + url.PathEscape(k.ID), Causes: feedback.CauseGroups(), Actions: feedback.Actions(),
		Acknowledge: k.State == feedback.CaseOpen,
		Contact:     k.State == feedback.CaseOpen || k.State == feedback.CaseAcknowledged,
		Resolve:     k.State.Working(), Reopen: !k.State.Working(),
		Undo:  k.Undoable(u.Email, a.Now()),
		Reply: k.Customer.Email != "", Snooze: k.State.Working(),
		From: u.Agent().DisplayName(), Once: rand.Text(), Seen: len(k.History),
		RestUntil: a.Now().In(a.Zone).Add(24 * time.Hour).Truncate(time.Hour).Format(wallClock),
	}
	switch k.State {
	case feedback.CaseOpen:
		f.Main = "acknowledge"
	case feedback.CaseAcknowledged:
		f.Main = "reply"
	case feedback.CaseContacted:
		f.Main = "resolve"
	}
	if f.Reply {
		a.addDrafts(&f, k, draft)
	}
	for _, p := range people {
		if p.Email == k.Owner.Email {
			continue
		}
		if u.Role == feedback.RoleAdmin || p.Team == u.Team || p.Team == k.Agent.Team {
			f.People = append(f.People, p)
		}
	}
	return f
}

// addDrafts offers a first version of a reply for every cause, and fills in the one that was asked for.
func (a *app) addDrafts(f *caseForms, k *feedback.Case, cause string) {
	for _, c := range feedback.Causes() {
		f.Drafts = append(f.Drafts, choice{Label: title(c), URL: f.URL + "?draft=" + c + "#reply", Here: c == cause})
	}
	if slices.Contains(feedback.Causes(), cause) {
		f.Draft, f.Main = a.Recovery.Draft(k, cause, f.From), "reply"
	}
}

// POST /desk/cases/{id}/{action}: does something and leads back to the case.
func (a *app) actOnCase(c *fiber.Ctx) error {
	k, err := a.visibleCase(c)
	if err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	u, action := userOf(c), c.Params("action")
	step := a.stepOf(u, action, form)
	if err = checkStep(u, k, action, step); err == nil {
		_, err = a.Recovery.Act(c.UserContext(), k.ID, action, step, a.Now())
	}
	var invalid *feedback.Invalid
	var second *recovery.Overtaken
	switch {
	case err == nil && action == "assign" && !u.Sees(&feedback.Case{Owner: step.To, Agent: k.Agent}):
		return c.Redirect("/desk", fiber.StatusSeeOther)
	case err == nil:
		return c.Redirect(fmt.Sprintf("/desk/cases/%s?seen=%d", url.PathEscape(k.ID), step.Seen), fiber.StatusSeeOther)
	case errors.As(err, &invalid):
		return a.caseAgain(c, k, action, step, fiber.StatusUnprocessableEntity, invalid.Errors, "")
	case errors.As(err, &second):
		return a.caseAgain(c, k, action, kept(step, second), fiber.StatusConflict, nil, a.overtakenWords(c.UserContext(), second))
	case errors.Is(err, feedback.ErrTransition):
		return a.caseAgain(c, k, action, step, fiber.StatusConflict, nil,
			"Somebody was faster: the case has moved on. This is how it stands now; what you typed is still here.")
	}
	return err
}

// stepOf reads a step from its form. The form's number is bound to what was typed, so that sending the
// same page twice is one step and going back to write something else is another.
func (a *app) stepOf(u *feedback.User, action string, form url.Values) feedback.Step {
	s := feedback.Step{
		By: u.Email, Note: field(form, "note"), Cause: form.Get("cause"), Action: form.Get("action"), Rule: shortened(field(form, "rule"), 120),
		To: feedback.Agent{Email: form.Get("to")},
	}
	s.Seen, _ = strconv.Atoi(form.Get("seen"))
	if until, err := time.ParseInLocation(wallClock, form.Get("until"), a.Zone); err == nil {
		s.Until = until
	}
	if once := form.Get("once"); once != "" {
		sum := sha256.Sum256([]byte(strings.Join([]string{once, action, s.Note, s.Cause, s.Action, s.To.Email, form.Get("until")}, "\x00")))
		s.Once = "form " + hex.EncodeToString(sum[:12])
	}
	return s
}

// kept is what the form still shows after somebody else was first: nothing that stands in the case already.
func kept(s feedback.Step, o *recovery.Overtaken) feedback.Step {
	if o.Kept && s.Note != "" {
		s.Note = ""
	}
	return s
}

// overtakenWords says kindly that somebody else was first, what they did, and where the reader's words are.
func (a *app) overtakenWords(ctx context.Context, o *recovery.Overtaken) string {
	who := o.First.By
	if o.First.By == "customer" {
		who = "The customer"
	} else if u, err := a.Store.Users().Get(ctx, o.First.By); err == nil {
		who = u.Agent().DisplayName()
	}
	text := fmt.Sprintf("While this page was open, %s %s (%s). So your step was not done a second time.", who, eventWords(o.First.What), ago(a.Now(), o.First.At))
	if o.Kept {
		text += " What you wrote is kept as a note."
	}
	return text + " If it is still needed, do it again from here."
}

// checkStep holds what the page asks for beyond the rules of the verb.
func checkStep(u *feedback.User, k *feedback.Case, action string, s feedback.Step) error {
	if action == "resolve" && (s.Cause == "" || s.Action == "") {
		return feedback.Refuse("cause and action", "are required: they tell others what went wrong and what helped")
	}
	return nil
}

// caseAgain shows the case as it is now with what was typed.
func (a *app) caseAgain(c *fiber.Ctx, k *feedback.Case, action string, s feedback.Step, status int, mistakes []feedback.FieldError, notice string) error {
	fresh, err := a.Store.Cases().Get(c.UserContext(), k.ID)
	if err != nil {
		return err
	}
	view, err := a.caseView(c.UserContext(), userOf(c), fresh, "")
	if err != nil {
		return err
	}
	view.Notice = notice
	for _, m := range mistakes {
		view.Mistakes = append(view.Mistakes, title(m.Field)+" "+m.Detail+".")
	}
	view.Forms.Failed, view.Forms.Note, view.Forms.Cause, view.Forms.Done = action, s.Note, s.Cause, s.Action
	if action == "reply" {
		view.Forms.Draft = s.Note
	}
	c.Status(status)
	return a.page(c, "case", view)
}
