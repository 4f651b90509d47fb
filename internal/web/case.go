package web

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
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
	Verdict  verdictForm  // what the reader can say of the verdict
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
	// Meanwhile is what others did while the reader had an older state before them.
	Meanwhile []historyView
	names     map[string]string // of the staff by address
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
	Theirs     bool // the customer's own words
	Note       string
	Cause, Act string
}

// GET /desk/cases/{id}: everything known about a case, and what can be done.
func (a *app) showCase(c *fiber.Ctx) error {
	k, err := a.visibleCase(c)
	if err != nil {
		return err
	}
	view, err := a.caseView(c.UserContext(), userOf(c), k, c.Query("draft"))
	if err != nil {
		return err
	}
	if seen, err := strconv.Atoi(c.Query("seen")); err == nil {
		view.Meanwhile = historyOf(k.Since(seen, userOf(c).Email), view.names)
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

func (a *app) caseView(ctx context.Context, u *feedback.User, k *feedback.Case, draft string) (*caseView, error) {
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
	view.names = namesOf(people)
	view.History = historyOf(k.History, view.names)
	view.Forms = a.formsOf(u, k, people, draft)
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
		view.Verdict = verdictOf(r, "/desk/cases/"+url.PathEscape(k.ID))
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
