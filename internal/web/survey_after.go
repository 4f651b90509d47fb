package web

import (
	"errors"
	"net/url"
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// afterView is what a link shows beside an answer: what becomes of it, and what the customer may say
// about that. layout_customer.html draws it on the survey's page and on the page of thanks.
type afterView struct {
	Action string // of every form in it
	At     string // when the page was made
	Said   string // confirms what was just said
	Wrong  string // why it was not taken

	Status     string // what happens with a low answer; empty where there is nothing to mend
	AskNote    string // label of the words to the agent; empty where nothing is asked
	Note       string // what was typed there
	OfferYes   bool
	Praise     string // a warm word to whoever is content
	Public     string // where they may say it in public
	AskQuote   string // asks for permission to quote
	QuoteName  string
	Quoted     string // says that the permission was given
	DataText   string
	DataOpened bool
}

// after gathers the page's part about an answer; nil before there is one.
func (a *app) after(c *fiber.Ctx, token string, v *collect.View) (*afterView, error) {
	if v.Response == nil {
		return nil, nil
	}
	now := a.Now()
	out, err := a.Collect.After(c.UserContext(), v, now)
	if err != nil {
		return nil, err
	}
	w, _ := a.wordsIn(v.Language)
	page := &afterView{
		Action: "/s/" + url.PathEscape(token) + "/say?lang=" + url.QueryEscape(v.Language), At: stamp(now),
		DataText: fill(w.DataText, "org", a.Org),
	}
	who := a.agentOf(v, out.Case)
	page.Said = saidWords(w, c.Query("said"), who, a.Org)
	a.caseStatus(page, v, out.Case, who, now)
	a.praise(page, v, out, who)
	return page, nil
}

// agentOf is the name of whoever looks after the customer: the case's owner, else who was answered
// about, else the organisation.
func (a *app) agentOf(v *collect.View, k *feedback.Case) string {
	if k != nil && k.Owner.FirstName() != "" {
		return k.Owner.FirstName()
	}
	if name := v.Response.Agent.FirstName(); name != "" {
		return name
	}
	return a.Org
}

// caseStatus says what happens with a low answer.
func (a *app) caseStatus(page *afterView, v *collect.View, k *feedback.Case, who string, now time.Time) {
	w, _ := a.wordsIn(v.Language)
	if k == nil {
		if v.Response.Low && v.Survey.Recover.Acknowledge > 0 {
			page.Status = fill(w.ThanksLow, "agent", who)
		}
		return
	}
	page.AskNote, page.OfferYes = fill(w.SolvedNote, "agent", who), true
	switch k.State {
	case feedback.CaseOpen:
		page.Status = fill(w.ThanksLow, "agent", who)
	case feedback.CaseContacted:
		page.Status = fill(w.CaseContacted, "agent", who)
	case feedback.CaseConfirmed:
		page.Status, page.OfferYes = w.CaseConfirmed, false
	case feedback.CaseResolved, feedback.CaseUnreachable:
		page.Status = fill(w.CaseResolved, "agent", who)
	case feedback.CaseCorrected:
		page.AskNote, page.OfferYes = "", false
	default:
		page.Status = fill(w.CaseTaken, "agent", who)
		if k.ContactBy.After(now) {
			page.Status = fill(w.CaseTakenBy, "agent", who, "time", a.customerTime(k.ContactBy, w, v.Invitation.Customer))
		}
	}
}

// praise is for whoever is content: a warm word, and what the definition asks of them.
func (a *app) praise(page *afterView, v *collect.View, out collect.Aftermath, who string) {
	w, _ := a.wordsIn(v.Language)
	r := v.Response
	if out.Content && r.Comment != "" {
		page.Praise = fill(w.ThanksHigh, "agent", who)
	}
	if r.Quote != nil {
		page.Quoted = fill(w.Quoted, "org", a.Org, "name", r.Quote.Name)
		return
	}
	if !out.Invited {
		return
	}
	page.Public = out.Promote.Public
	if out.Promote.Quote && r.Comment != "" {
		page.AskQuote, page.QuoteName = fill(w.QuoteText, "org", a.Org), v.Invitation.Customer.FirstName()
	}
}

// saidWords confirms what was just said; said stands in the address, so only known words have an answer.
func saidWords(w words, said, who, org string) string {
	switch said {
	case "solved":
		return fill(w.SaidSolved, "agent", who)
	case "unsolved":
		return fill(w.SaidUnsolved, "agent", who)
	case collect.WantCopy:
		return fill(w.DataAskedCopy, "org", org)
	case collect.WantErase:
		return fill(w.DataAskedErase, "org", org)
	}
	return ""
}

// POST /s/{token}/say: what a customer says beside the answer: it is solved or not, quote me, send me
// or erase my data.
func (a *app) submitSay(c *fiber.Ctx) error {
	privatePage(c)
	form, err := readForm(c)
	if err != nil {
		return err
	}
	token, do := c.Params("token"), form.Get("do")
	if a.hasty(c, form) && field(form, "note") == "" {
		return a.sayAgain(c, token, form, func(w words) string { return w.OnceMore })
	}
	err = a.say(c, token, do, form)
	var invalid *feedback.Invalid
	switch {
	case errors.As(err, &invalid):
		return a.sayAgain(c, token, form, func(w words) string { return mistakeText(invalid.Errors[0], w) })
	case errors.Is(err, collect.ErrEarly):
		return c.Redirect(thanksURL(token, c.Query("lang")), fiber.StatusSeeOther)
	case err != nil:
		return err
	}
	query := url.Values{"said": {do}}
	if lang := c.Query("lang"); lang != "" {
		query.Set("lang", lang)
	}
	return c.Redirect("/s/"+url.PathEscape(token)+"/thanks?"+query.Encode(), fiber.StatusSeeOther)
}

func (a *app) say(c *fiber.Ctx, token, do string, form url.Values) error {
	ctx, now := c.UserContext(), a.Now()
	switch do {
	case "solved", "unsolved":
		return a.Collect.Says(ctx, token, do == "solved", field(form, "note"), now)
	case "quote", "unquote":
		return a.Collect.Quote(ctx, token, field(form, "name"), do == "quote", now)
	}
	return a.Collect.AskData(ctx, token, do, now)
}

// sayAgain shows the page of thanks once more, with what was typed and why it was not taken.
func (a *app) sayAgain(c *fiber.Ctx, token string, form url.Values, why func(words) string) error {
	v, err := a.openSurvey(c, token, c.Query("lang"))
	if err != nil {
		return err
	}
	if v.Response == nil {
		return c.Redirect("/s/"+url.PathEscape(token), fiber.StatusSeeOther)
	}
	w, _ := a.wordsIn(v.Language)
	c.Status(fiber.StatusUnprocessableEntity)
	return a.thanks(c, token, v, func(page *afterView) {
		page.Wrong, page.Note = why(w), field(form, "note")
		if name := field(form, "name"); name != "" {
			page.QuoteName = name
		}
	})
}
