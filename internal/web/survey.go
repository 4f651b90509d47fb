package web

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/collect"
	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// surveyView is the page struct of survey.html.
type surveyView struct {
	Action    string // where the form goes
	Metric    feedback.Metric
	Question  string
	Low, High string
	Scores    []scoreView
	Questions []questionView
	AskFor    string // label of the comment
	Comment   string
	Answered  string // said above a form that changes an earlier answer
	Button    string
	Errors    []mistakeView
	Languages []languageView
	StopURL   string
	Privacy   string
	At        string // when the page was made: see visitOf
	OneClick  bool   // whether the page may send the chosen score by itself
	Confirm   string // why the button is needed; empty where it is plain
	After     *afterView
}

type scoreView struct {
	Value   int
	Label   string // what the ends of the scale mean; empty between
	Face    string // the drawing beside the number, for scales that have one
	Checked bool
}

type questionView struct {
	ID, Type, Text string
	// Class names the scores beside which the question is asked, for the style sheet.
	Class   string
	Options []optionView
	Value   string
	Wrong   string
}

type optionView struct {
	ID, Text string
	Checked  bool
}

type mistakeView struct{ Target, Text string }

type languageView struct {
	Code, Name, URL string
	Here            bool
}

// typed is what a visitor has put into the form so far.
type typed struct {
	score   string
	comment string
	answers map[string]string
}

// GET /s/{token}: the survey. ?score=N comes from a link in the mail: the page opens with that score
// chosen and the click is kept as an intent. Nothing is voted here, and HEAD does not even keep the
// click; the page votes by itself once it has seen a person, unless machines follow this mail's links.
func (a *app) showSurvey(c *fiber.Ctx) error {
	token := c.Params("token")
	v, err := a.openSurvey(c, token, c.Query("lang"))
	if err != nil {
		return err
	}
	if !v.Editable {
		return a.thanks(c, token, v)
	}
	t := typed{answers: map[string]string{}}
	if r := v.Response; r != nil {
		t = typed{comment: r.Comment, answers: r.Answers}
		if r.Scored {
			t.score = strconv.Itoa(r.Score)
		}
	}
	confirm, err := a.watch(c, v, false)
	if err != nil {
		a.Log.Warn("intent not kept", "error", scrub(err.Error()), "request_id", requestID(c))
	}
	page := surveyPage{token: token, view: v, typed: t, confirm: confirm}
	if n, err := strconv.Atoi(c.Query("score")); err == nil && v.Survey.Metric.CheckScore(n) == "" {
		page.typed.score, page.chosen = strconv.Itoa(n), true
	}
	return a.surveyPage(c, page)
}

// openSurvey finds what a link shows, in the language that the visitor switched to.
func (a *app) openSurvey(c *fiber.Ctx, token, lang string) (*collect.View, error) {
	privatePage(c)
	v, err := a.Collect.View(c.UserContext(), token, a.Now())
	if err != nil {
		return nil, err
	}
	return v, v.In(lang, a.Org)
}

// privatePage keeps a customer's link out of other sites' logs and of search engines.
func privatePage(c *fiber.Ctx) {
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set("X-Robots-Tag", "noindex, nofollow")
}

// surveyPage is what the form shows.
type surveyPage struct {
	token    string
	view     *collect.View
	typed    typed
	mistakes []feedback.FieldError
	chosen   bool // by a link in the mail
	confirm  bool // whether only a press of the button counts
}

func (a *app) surveyPage(c *fiber.Ctx, s surveyPage) error {
	v, t := s.view, s.typed
	w, _ := a.wordsIn(v.Language)
	page := surveyView{
		Action: surveyURL(s.token, v.Language, v.Invitation.Language), Metric: v.Survey.Metric, Question: v.Wording.Question, Low: v.Wording.Low,
		High: v.Wording.High, Scores: scoreViews(v, t.score), AskFor: v.Wording.Comment, Comment: t.comment, Button: w.Send,
		StopURL: "/s/" + url.PathEscape(s.token) + "/opt-out?lang=" + v.Language, Privacy: fill(w.Privacy, "org", a.Org),
		At: stamp(a.Now()), OneClick: s.chosen && !s.confirm && v.Response == nil,
	}
	query := url.Values{}
	if t.score != "" {
		query.Set("score", t.score)
	}
	page.Languages = a.languageViews("/s/"+url.PathEscape(s.token), v, query)
	if s.chosen && s.confirm && v.Response == nil {
		page.Confirm = w.Confirm
	}
	if r := v.Response; r != nil {
		page.Button = w.Change
		page.Answered = fill(w.Answered, "time", a.customerTime(r.EditUntil, w, v.Invitation.Customer))
		var err error
		if page.After, err = a.after(c, s.token, v); err != nil {
			return err
		}
	}
	wrong := map[string]string{}
	for _, m := range s.mistakes {
		wrong[m.Field] = mistakeText(m, w)
		page.Errors = append(page.Errors, mistakeView{target(m.Field, page.Scores), wrong[m.Field]})
	}
	for _, q := range v.Survey.Questions {
		page.Questions = append(page.Questions, questionOf(q, v, t.answers[q.ID], wrong[q.ID], w))
	}
	return a.customerPage(c, "survey", v.Language, page)
}

// customerPage renders a page for customers in a language.
func (a *app) customerPage(c *fiber.Ctx, name, lang string, data any) error {
	privatePage(c)
	f := a.frame(c, name, data)
	f.Words, _ = a.wordsIn(lang)
	f.Lang, f.Dir = lang, direction(lang)
	return a.render(c, f)
}

func surveyURL(token, lang, usual string) string {
	u := "/s/" + url.PathEscape(token)
	if lang != usual {
		u += "?lang=" + url.QueryEscape(lang)
	}
	return u
}

func scoreViews(v *collect.View, chosen string) []scoreView {
	low, high, _ := v.Survey.Metric.Scale()
	var out []scoreView
	for n := low; n <= high; n++ {
		s := scoreView{Value: n, Checked: strconv.Itoa(n) == chosen}
		switch n {
		case low:
			s.Label = v.Wording.Low
		case high:
			s.Label = v.Wording.High
		}
		switch v.Survey.Metric {
		case feedback.CSAT:
			s.Face = "face" + strconv.Itoa(n)
		case feedback.Thumbs:
			s.Face = "thumb" + strconv.Itoa(n)
		}
		out = append(out, s)
	}
	return out
}

func questionOf(q feedback.Question, v *collect.View, value, wrong string, w words) questionView {
	out := questionView{ID: q.ID, Type: q.Type, Text: q.Text[v.Language], Value: value, Wrong: wrong}
	if q.When.AtMost != nil || q.When.AtLeast != nil {
		names := []string{"cond"}
		low, high, _ := v.Survey.Metric.Scale()
		for n := low; n <= high; n++ {
			if q.When.Holds(n) {
				names = append(names, "on-"+strconv.Itoa(n))
			}
		}
		out.Class = strings.Join(names, " ")
	}
	switch q.Type {
	case feedback.YesNo:
		out.Options = []optionView{{"yes", w.Yes, value == "yes"}, {"no", w.No, value == "no"}}
	case feedback.Choice:
		for _, o := range q.Options {
			out.Options = append(out.Options, optionView{o.ID, o.Text[v.Language], value == o.ID})
		}
	}
	return out
}

// languageViews links to the same page in every language of the survey.
func (a *app) languageViews(path string, v *collect.View, query url.Values) []languageView {
	var out []languageView
	for _, code := range v.Survey.Languages() {
		name := code
		if w, ok := a.words[code]; ok {
			name = w.Name
		}
		query.Set("lang", code)
		out = append(out, languageView{code, name, path + "?" + query.Encode(), code == v.Language})
	}
	return out
}

// target is the element that a mistake is about.
func target(name string, scores []scoreView) string {
	if name == "score" && len(scores) > 0 {
		return "s" + strconv.Itoa(scores[0].Value)
	}
	switch name {
	case "comment":
		return name
	case saveField, onceMore: // nothing to lead to
		return ""
	}
	return "q-" + name
}

func mistakeText(m feedback.FieldError, w words) string {
	switch {
	case m.Field == "score":
		return w.ErrorScore
	case m.Field == saveField:
		return w.ErrorSave
	case m.Field == onceMore:
		return w.OnceMore
	case strings.Contains(m.Detail, "characters long"):
		return fill(w.ErrorLong, "n", strconv.Itoa(collect.MaxComment))
	}
	return w.ErrorOther
}

// Fields that stand for the form as a whole: the answer could not be stored, or the button has to be
// pressed once more.
const (
	saveField = "save"
	onceMore  = "once-more"
)

// POST /s/{token}: an answer, or a changed one inside the edit window, as a form or as JSON.
func (a *app) submitSurvey(c *fiber.Ctx) error {
	privatePage(c)
	if isJSON(c) {
		return a.submitJSON(c)
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	token, t, visit := c.Params("token"), typedIn(form), a.visitOf(c, form)
	r, err := a.Collect.Vote(c.UserContext(), token, t.answer(), visit, a.Now())
	if visit.Auto {
		return a.oneClick(c, token, r, err)
	}
	var invalid *feedback.Invalid
	switch {
	case err == nil:
		return c.Redirect(thanksURL(token, c.Query("lang")), fiber.StatusSeeOther)
	case errors.Is(err, collect.ErrUnproven):
		return a.surveyAgain(c, token, t, fiber.StatusUnprocessableEntity, []feedback.FieldError{{Field: onceMore}})
	case errors.As(err, &invalid):
		return a.surveyAgain(c, token, t, fiber.StatusUnprocessableEntity, invalid.Errors)
	case describe(err).Status >= 500:
		a.Log.Error("answer not stored", "error", scrub(err.Error()), "request_id", requestID(c))
		c.Set(fiber.HeaderRetryAfter, retryAfter)
		return a.surveyAgain(c, token, t, fiber.StatusServiceUnavailable, []feedback.FieldError{{Field: saveField}})
	}
	return err
}

// surveyAgain shows the form once more with what was typed and what is wrong with it.
func (a *app) surveyAgain(c *fiber.Ctx, token string, t typed, status int, mistakes []feedback.FieldError) error {
	v, err := a.openSurvey(c, token, c.Query("lang"))
	if err != nil {
		return err
	}
	c.Status(status)
	return a.surveyPage(c, surveyPage{token: token, view: v, typed: t, mistakes: mistakes})
}

func thanksURL(token, lang string) string {
	u := "/s/" + url.PathEscape(token) + "/thanks"
	if lang != "" {
		u += "?lang=" + url.QueryEscape(lang)
	}
	return u
}

// typedIn reads what a form carries. Whether the survey asks for a field is left to Submit, which
// passes over all others.
func typedIn(form url.Values) typed {
	t := typed{comment: joined(form["comment"]), answers: map[string]string{}}
	if scores := slices.Compact(slices.Clone(form["score"])); len(scores) == 1 { // two different scores are no score
		t.score = strings.TrimSpace(scores[0])
	}
	for name := range form {
		if v := field(form, name); v != "" && name != "score" && name != "comment" && !strings.HasPrefix(name, "_") {
			t.answers[name] = v
		}
	}
	return t
}

// joined puts the different texts of a repeated field together: no word of a comment is lost.
func joined(texts []string) string {
	var out []string
	for _, text := range texts {
		if text = strings.TrimSpace(clean(text)); text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n\n")
}

func (t typed) answer() feedback.Answer {
	n, err := strconv.Atoi(t.score)
	return feedback.Answer{Score: n, Scored: err == nil, Comment: t.comment, Answers: t.answers}
}
