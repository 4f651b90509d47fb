package web

import (
	"net/url"
	"strconv"
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// thanksView is the page struct of thanks.html.
type thanksView struct {
	Thanks    string // the survey's own words
	Answer    string
	Comment   string
	ChangeURL string // empty when the edit window is over
	Change    string
	After     *afterView
	Languages []languageView
}

// GET /s/{token}/thanks: what was answered, and how to change it.
func (a *app) showThanks(c *fiber.Ctx) error {
	token := c.Params("token")
	v, err := a.openSurvey(c, token, c.Query("lang"))
	if err != nil {
		return err
	}
	if v.Response == nil {
		return c.Redirect("/s/"+url.PathEscape(token), fiber.StatusSeeOther)
	}
	return a.thanks(c, token, v)
}

// thanks shows what was answered. change may alter the part about what becomes of it.
func (a *app) thanks(c *fiber.Ctx, token string, v *collect.View, change ...func(*afterView)) error {
	w, _ := a.wordsIn(v.Language)
	r := v.Response
	page := thanksView{Thanks: v.Wording.Thanks, Comment: r.Comment, Answer: fill(w.YourAnswer, "score", scoreWords(r, v.Wording))}
	var err error
	if page.After, err = a.after(c, token, v); err != nil {
		return err
	}
	for _, f := range change {
		f(page.After)
	}
	page.Languages = a.languageViews("/s/"+url.PathEscape(token)+"/thanks", v, url.Values{})
	if v.Editable {
		page.ChangeURL = surveyURL(token, v.Language, v.Invitation.Language)
		page.Change = fill(w.ChangeLink, "time", a.customerTime(r.EditUntil, w, v.Invitation.Customer))
	}
	return a.customerPage(c, "thanks", v.Language, page)
}

// scoreWords names a score: "4 / 5", or the word of the scale's end where there are only two.
func scoreWords(r *feedback.Response, w feedback.Wording) string {
	_, high, _ := r.Metric.Scale()
	if r.Metric == feedback.Thumbs {
		if r.Score == high {
			return w.High
		}
		return w.Low
	}
	return strconv.Itoa(r.Score) + " / " + strconv.Itoa(high)
}

// customerTime writes a moment on the customer's clock, or the organisation's when theirs is unknown.
func (a *app) customerTime(t time.Time, w words, who feedback.Customer) string {
	zone := a.Zone
	if who.Timezone != "" {
		if z, err := time.LoadLocation(who.Timezone); err == nil {
			zone = z
		}
	}
	return t.In(zone).Format(w.TimeForm)
}

// goneView is the page struct of gone.html: every page for customers that is not a survey.
type goneView struct {
	Title, Text string
	Kept        string // said above a comment that could not be stored
	Comment     string
}

// customerError is the kind page for whatever goes wrong under /s. A comment that came with the
// request is handed back.
func (a *app) customerError(c *fiber.Ctx, p problem) error {
	w, lang := a.wordsIn(append([]string{c.Query("lang")}, accepted(c.Get(fiber.HeaderAcceptLanguage))...)...)
	page := goneView{Title: w.BrokenTitle, Text: w.BrokenText}
	switch {
	case p.Status == fiber.StatusGone:
		page.Title, page.Text = w.GoneTitle, fill(w.GoneText, "org", a.Org)
	case p.Status == fiber.StatusNotFound:
		page.Title, page.Text = w.UnknownTitle, w.UnknownText
	case p.Status < 500:
		page.Title, page.Text = w.RefusedTitle, w.RefusedText
	}
	if c.Method() == fiber.MethodPost {
		if form, err := readForm(c); err == nil {
			page.Comment = joined(append(form["comment"], form["note"]...))
			page.Kept = w.KeptText
		}
	}
	return a.customerPage(c, "gone", lang, page)
}
