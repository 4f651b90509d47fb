package web

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/recovery"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// journeyLimit is how far back a customer's timeline goes, in moments of each kind.
const journeyLimit = 25

// caseView is the page struct of case.html.
type caseView struct {
	Case     *feedback.Case
	Score    scoreBadge
	Customer string
	Value    string
	Reason   string
	Comment  []piece
	Deciding bool // whether words of the comment are marked
	Mood     *feedback.Sentiment
	Topics   []topicView
	Signals  []string
	Urgent   []urgentView // what a person must see first, in the customer's own words
	Conflict string
	Answers  []answerView
	Changes  int // how often the customer changed the answer
	Survey   string
	Facts    []factView
	Clock    []clockView
	Moments  []momentView
	History  []historyView
	Forms    caseForms
	Notice   string // something the reader has to know about what they just did
	Mistakes []string
}

// urgentView is a signal that opens a case by itself and the words that gave it away.
type urgentView struct {
	Name   string
	Quotes []string
}

type topicView struct{ Name, Label, Tone string }

type answerView struct{ Question, Answer string }

type factView struct{ Name, Value string }

// clockView is one step of the clock.
type clockView struct {
	Name    string
	By      time.Time
	Done    time.Time
	Current bool
	Late    bool
}

type momentView struct {
	recovery.Moment
	Score scoreBadge
	URL   string
	Here  bool // this very case's response
	What  string
}

type historyView struct {
	At         time.Time
	Who, What  string
	Note       string
	Cause, Act string
}

// caseForms says which forms the page offers and what was typed into the one that failed.
type caseForms struct {
	URL               string
	Main              string // the action that comes next; empty when nothing does
	Acknowledge       bool
	Contact           bool
	Resolve           bool
	Reopen            bool
	Causes, Actions   []string
	People            []*feedback.User
	Failed            string // the action whose form is shown again
	Note, Cause, Done string
}

// GET /desk/cases/{id}: everything known about a case, and what can be done.
func (a *app) showCase(c *fiber.Ctx) error {
	k, err := a.visibleCase(c)
	if err != nil {
		return err
	}
	view, err := a.caseView(c.UserContext(), userOf(c), k)
	if err != nil {
		return err
	}
	return a.page(c, "case", view)
}

// visibleCase reads the case of the address. One that the reader may not see does not exist for them.
func (a *app) visibleCase(c *fiber.Ctx) (*feedback.Case, error) {
	k, err := a.Store.Cases().Get(c.UserContext(), c.Params("id"))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err != nil || !userOf(c).Sees(k) {
		return nil, notFound("There is no such case, or it belongs to somebody else.")
	}
	return k, nil
}

func (a *app) caseView(ctx context.Context, u *feedback.User, k *feedback.Case) (*caseView, error) {
	view := &caseView{
		Case: k, Score: badge(k.Metric, k.Score, k.Scored, k.Reason), Customer: customerName(k.Customer), Value: valueWords(k.Customer.Value),
		Reason: reasonWords(k.Reason), Survey: k.Survey, Clock: clockOf(k, a.Now()),
	}
	if err := a.addResponse(ctx, view, k); err != nil {
		return nil, err
	}
	if err := a.addFacts(ctx, view, k); err != nil {
		return nil, err
	}
	people, err := a.people(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.addJourney(ctx, view, u, k); err != nil {
		return nil, err
	}
	view.History = historyOf(k, people)
	view.Forms = formsOf(u, k, people)
	return view, nil
}

// addResponse fills in what the customer said. A response that was erased leaves the case without it.
func (a *app) addResponse(ctx context.Context, view *caseView, k *feedback.Case) error {
	r, err := a.Store.Responses().Get(ctx, k.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	view.Comment, view.Changes = marked(r), len(r.Versions)
	view.Deciding = slices.ContainsFunc(view.Comment, func(p piece) bool { return p.Class != "" })
	view.Conflict = map[string]string{
		"high_score_negative_text": "The score is friendly, the words are not. The words may be the truer answer.",
		"low_score_positive_text":  "The score is low, but the words are friendly. Perhaps the scale was misread: ask.",
	}[r.Conflict]
	if s := r.Sentiment; s != nil && r.Analysed {
		view.Mood, view.Signals, view.Urgent = s, signalWords(s.Signals), urgentOf(r)
		for _, t := range s.Topics {
			view.Topics = append(view.Topics, topicView{title(t.Topic), t.Label, toneOf(t.Label)})
		}
	}
	if survey, err := a.Surveys.Version(ctx, r.Survey, r.Version); err == nil {
		view.Survey = survey.Name
		view.Answers = answersOf(r, survey)
	}
	return nil
}

// answersOf lists the follow-up answers in the survey's order, in English where there is English.
func answersOf(r *feedback.Response, s feedback.Survey) []answerView {
	lang := s.Language("en")
	var out []answerView
	for _, q := range s.Questions {
		value, ok := r.Answers[q.ID]
		if !ok {
			continue
		}
		for _, o := range q.Options {
			if o.ID == value {
				value = o.Text[lang]
			}
		}
		if q.Type == feedback.YesNo {
			value = title(value)
		}
		out = append(out, answerView{q.Text[lang], value})
	}
	return out
}

// addFacts fills in the interaction's operational figures: diagnosis, never a score.
func (a *app) addFacts(ctx context.Context, view *caseView, k *feedback.Case) error {
	if k.Interaction == "" {
		return nil
	}
	in, err := a.Store.Interactions().Get(ctx, k.Interaction)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	add := func(name, value string) {
		if value != "" {
			view.Facts = append(view.Facts, factView{name, value})
		}
	}
	add("Ended", in.EndedAt.In(a.Zone).Format("Mon 2 Jan 2006, 15:04"))
	add("Channel", title(in.Channel))
	add("Reference", in.Source+" "+in.External)
	m := in.Metrics
	if m.WaitSeconds != nil {
		add("Waited", seconds(*m.WaitSeconds))
	}
	if m.HandleSeconds != nil {
		add("Handled for", seconds(*m.HandleSeconds))
	}
	if m.Transfers != nil {
		add("Passed on", times(*m.Transfers))
	}
	if m.Reopens != nil {
		add("Reopened", times(*m.Reopens))
	}
	if n := len(in.Owners); n > 1 {
		var chain []string
		for _, o := range in.Owners {
			chain = append(chain, o.Email)
		}
		add("Went through", strings.Join(chain, " → "))
	}
	add("Tags", strings.Join(in.Tags, ", "))
	return nil
}

func (a *app) addJourney(ctx context.Context, view *caseView, u *feedback.User, k *feedback.Case) error {
	if k.Person == "" {
		return nil
	}
	moments, err := a.Recovery.Journey(ctx, k.Person, journeyLimit)
	if err != nil {
		return err
	}
	for _, m := range moments {
		if m.ID == k.ID && m.Kind == recovery.MomentCase {
			continue // this page
		}
		v := momentView{Moment: m, Here: m.ID == k.ID}
		switch m.Kind {
		case recovery.MomentInteraction:
			v.What = "Was served by " + m.Agent.DisplayName()
		case recovery.MomentCase:
			v.What = "Case: " + strings.ReplaceAll(m.Text, "_", " ")
			v.Text = ""
			if u.Sees(&feedback.Case{Owner: m.Agent, Agent: m.Agent}) {
				v.URL = "/desk/cases/" + m.ID
			}
		default:
			v.What = "Answered"
			v.Score = badge(m.Metric, m.Score, m.Scored, "")
		}
		view.Moments = append(view.Moments, v)
	}
	return nil
}

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

func formsOf(u *feedback.User, k *feedback.Case, people []*feedback.User) caseForms {
	f := caseForms{
		URL: "/desk/cases/" + url.PathEscape(k.ID), Causes: feedback.Causes(), Actions: feedback.Actions(),
		Acknowledge: k.State == feedback.CaseOpen,
		Contact:     k.State == feedback.CaseOpen || k.State == feedback.CaseAcknowledged,
		Resolve:     k.State.Working(), Reopen: !k.State.Working(),
	}
	switch k.State {
	case feedback.CaseOpen:
		f.Main = "acknowledge"
	case feedback.CaseAcknowledged:
		f.Main = "contact"
	case feedback.CaseContacted:
		f.Main = "resolve"
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
	step := feedback.Step{
		By: u.Email, Note: field(form, "note"), Cause: form.Get("cause"), Action: form.Get("action"),
		To: feedback.Agent{Email: form.Get("to")},
	}
	if err = checkStep(u, k, action, step); err == nil {
		_, err = a.Recovery.Act(c.UserContext(), k.ID, action, step, a.Now())
	}
	var invalid *feedback.Invalid
	switch {
	case err == nil && action == "assign" && !u.Sees(&feedback.Case{Owner: step.To, Agent: k.Agent}):
		return c.Redirect("/desk", fiber.StatusSeeOther)
	case err == nil:
		return c.Redirect("/desk/cases/"+url.PathEscape(k.ID), fiber.StatusSeeOther)
	case errors.As(err, &invalid):
		return a.caseAgain(c, k, action, step, fiber.StatusUnprocessableEntity, invalid.Errors, "")
	case errors.Is(err, feedback.ErrTransition):
		return a.caseAgain(c, k, action, step, fiber.StatusConflict, nil,
			"Somebody was faster: the case has moved on. This is how it stands now; what you typed is still here.")
	}
	return err
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
	view, err := a.caseView(c.UserContext(), userOf(c), fresh)
	if err != nil {
		return err
	}
	view.Notice = notice
	for _, m := range mistakes {
		view.Mistakes = append(view.Mistakes, title(m.Field)+" "+m.Detail+".")
	}
	view.Forms.Failed, view.Forms.Note, view.Forms.Cause, view.Forms.Done = action, s.Note, s.Cause, s.Action
	c.Status(status)
	return a.page(c, "case", view)
}
