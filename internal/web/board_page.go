package web

import (
	"math"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// boardTop is the head of every page of the board.
type boardTop struct {
	Heading, Scope, Days string
	Notice               string
	Own                  bool
	Back                 string // address of the wider scope, empty at the widest
	BackLabel            string
	Form                 boardForm
	Tabs                 []choice
	Minimum              int
	CanSignUp            bool   // whether an empty page may speak of administration
	Survey               string // the survey that the sections speak about; empty without figures
}

// boardPage is what pages/board.html shows: words and positions, nothing left to compute.
type boardPage struct {
	boardTop
	Main     *headlineView // what stands first: the index, or the survey that was picked; nil without figures
	Whole    bool          // Main is the index
	Made     *indexParts   // what the index is made of
	Others   []headlineView
	Short    []finding
	Trend    *trendView
	Silence  *silenceView
	Mood     *moodView
	Unasked  *moodView
	Recovery *recoveryView
	Topics   *topicTable
	Teams    *unitTable
	Agents   *unitTable
	Channels *unitTable
	Quotes   quotesView
	Download *downloadView
	Pains    *painList
	Alerts   []leaderAlert
	Standing string // the viewer among the colleagues, on the own page
}

// boardForm are the choices above the figures.
type boardForm struct {
	Path     string
	Periods  []choice
	Surveys  []choice
	Teams    []choice
	From, To string // of the custom period
	Custom   bool
	Keep     []choice // parameters that the custom form carries along: Label is the name, URL the value
}

// choice is a link among others.
type choice struct {
	Label, URL string
	Here       bool
}

// headlineView is one survey's score in words.
type headlineView struct {
	Name, URL       string
	Score, Unit     string
	Meaning         string
	Range           string // "between 78 and 84"
	Answers         string
	Change, Detail  string
	Tone            string
	Few             bool
	Missing         string // how many more answers a score needs
	N               int64
	Metric          feedback.Metric
	estimate        perception.Estimate
	Asked, Answered int64
}

// boardTop lays out the head of a page.
func (a *app) boardTop(c *fiber.Ctx, v boardView, o *perception.Overview) (boardTop, error) {
	t := boardTop{
		Own: v.own, Days: daysText(o.From, o.To, a.Zone), Minimum: perception.Minimum,
		CanSignUp: v.user.Role == feedback.RoleAdmin,
	}
	if o.Main.Survey != "" {
		t.Survey = a.surveyName(o.Main.Survey)
	}
	label, err := a.boardScope(c, v, o)
	if err != nil {
		return t, err
	}
	t.name(v, label, a.Org)
	if v.tabs() {
		for _, tab := range boardTabs() {
			if v.own && tab.URL == "/board" {
				tab.URL = "/board/me"
			}
			t.Tabs = append(t.Tabs, choice{Label: tab.Label, Here: tab.URL == v.ask.path, URL: v.ask.url(func(b *boardAsk) {
				b.path, b.topic, b.by, b.every = tab.URL, "", "", ""
			})})
		}
	}
	t.Form, err = a.boardForm(c, v, o)
	return t, err
}

func (a *app) boardPage(v boardView, o *perception.Overview, top boardTop) *boardPage {
	p := &boardPage{boardTop: top}
	a.headlines(p, v, o)
	p.Unasked = moodOf(o.Unasked)
	if p.Main == nil || o.Main.Survey == "" {
		p.Main = nil
		return p
	}
	p.Download = boardDownload(v)
	p.Short = a.inShort(o)
	a.fill(p, v, o)
	return p
}

// headlines puts the index first, or the survey that was picked, and the others beside it.
func (a *app) headlines(p *boardPage, v boardView, o *perception.Overview) {
	if len(o.Headlines) == 0 {
		return
	}
	index := indexHeadline(o, o.Days)
	index.URL = v.ask.url(func(b *boardAsk) { b.survey, b.topic = "", "" })
	p.Whole = v.ask.survey == ""
	if p.Whole {
		p.Main, p.Made = &index, a.indexParts(v, o)
	} else {
		p.Others = append(p.Others, index)
	}
	for _, h := range o.Headlines {
		view := a.headline(h, o.Days)
		view.URL = v.ask.url(func(b *boardAsk) { b.survey, b.topic = h.Survey, "" })
		if !p.Whole && h.Survey == o.Main.Survey {
			p.Main = &view
		} else {
			p.Others = append(p.Others, view)
		}
	}
}

// fill adds the parts that speak about the main survey.
func (a *app) fill(p *boardPage, v boardView, o *perception.Overview) {
	m := o.Main.Metric
	if p.Whole {
		p.Trend, p.Silence = a.trendOf("", o.IndexEvery, o.IndexTrend), silenceOf("", o.Unheard)
	} else {
		p.Trend, p.Silence = a.trendOf(m, o.Every, o.Trend), silenceOf(m, o.Silence)
	}
	p.Mood = moodOf(o.Mood)
	p.Recovery = recoveryOf(o.Recovery)
	p.Topics = topicsOf(v, o)
	p.Teams = unitsOf("Teams", "Team", m, o.Main.Now, o.Teams, func(name string) string {
		return v.ask.url(func(b *boardAsk) { b.team, b.agent, b.topic = name, "", "" })
	})
	if !v.noAgents {
		p.Agents = unitsOf("Agents", "Agent", m, o.Main.Now, o.Agents, func(name string) string {
			return v.ask.url(func(b *boardAsk) { b.agent, b.topic = name, "" })
		})
	}
	p.Channels = unitsOf("Channels", "Channel", m, o.Main.Now, o.Channels, nil)
}

// name writes the heading and the way back to the wider scope.
func (p *boardTop) name(v boardView, label, org string) {
	p.Heading, p.Scope = "How customers perceive us", org
	switch {
	case v.own:
		p.Heading, p.Scope = "What customers say about your work", ""
		return
	case v.ask.agent != "":
		p.Heading = "How customers perceive " + label
		p.Back = v.ask.url(func(b *boardAsk) { b.agent, b.topic = "", "" })
		p.BackLabel = "Everyone"
		if v.ask.team != "" {
			p.BackLabel = v.ask.team
		}
	case v.ask.team != "":
		p.Heading = "How customers perceive " + label
		p.BackLabel = "The whole organisation"
		p.Back = v.ask.url(func(b *boardAsk) {
			b.team, b.topic, b.all = "", "", v.user.Role == feedback.RoleLead
		})
	}
}

// boardScope is how people call the scope of a board.
func (a *app) boardScope(c *fiber.Ctx, v boardView, o *perception.Overview) (string, error) {
	switch {
	case v.ask.agent != "":
		return a.Perception.AgentName(c.UserContext(), v.ask.agent)
	case v.ask.team != "":
		return v.ask.team, nil
	}
	return a.Org, nil
}

// boardForm lays out the choices.
func (a *app) boardForm(c *fiber.Ctx, v boardView, o *perception.Overview) (boardForm, error) {
	ask := v.ask
	f := boardForm{Path: ask.path, Custom: ask.days == 0, From: ask.from, To: ask.to}
	if f.From == "" {
		f.From = o.From.In(a.Zone).Format(time.DateOnly)
		f.To = o.To.In(a.Zone).Add(-time.Millisecond).Format(time.DateOnly)
	}
	for _, n := range boardPeriods() {
		f.Periods = append(f.Periods, choice{
			Label: periodName(n), Here: ask.days == n,
			URL: ask.url(func(b *boardAsk) { b.days, b.from, b.to = n, "", "" }),
		})
	}
	picked := ask.survey
	if oneSurvey(ask.path) {
		picked = o.Main.Survey
	} else {
		f.Surveys = append(f.Surveys, choice{
			Label: "All surveys", Here: picked == "", URL: ask.url(func(b *boardAsk) { b.survey, b.topic = "", "" }),
		})
	}
	for _, h := range o.Headlines {
		f.Surveys = append(f.Surveys, choice{
			Label: a.surveyName(h.Survey), Here: h.Survey == picked,
			URL: ask.url(func(b *boardAsk) { b.survey, b.topic = h.Survey, "" }),
		})
	}
	for name, values := range ask.values() {
		if name != "from" && name != "to" && name != "days" {
			f.Keep = append(f.Keep, choice{Label: name, URL: values[0]})
		}
	}
	if v.user.Role == feedback.RoleLead && !v.own && v.user.Team != "" {
		f.Teams = []choice{
			{Label: v.user.Team, URL: ask.url(func(b *boardAsk) { b.team, b.agent, b.all = "", "", false }), Here: ask.team == v.user.Team},
			{Label: "Whole organisation", URL: ask.url(func(b *boardAsk) { b.team, b.agent, b.all = "", "", true }), Here: ask.team == ""},
		}
	}
	return f, nil
}

// oneSurvey tells whether a page speaks about one survey at a time: scores of different surveys cannot
// be ranked with each other.
func oneSurvey(path string) bool {
	return path == "/board/compare" || path == "/board/drivers" || path == "/board/diagnosis"
}

func periodName(days int) string {
	if days == 365 {
		return "1 year"
	}
	return strconv.Itoa(days) + " days"
}

func (a *app) headline(h perception.Headline, days int) headlineView {
	m := h.Metric
	v := headlineView{
		Name: a.surveyName(h.Survey), Meaning: scoreMeaning(m), Answers: countText(h.Now.N, "answer", "answers"),
		N: h.Now.N, Metric: m, estimate: h.Now, Asked: h.Asked, Answered: h.Answered,
	}
	v.Change, v.Detail, v.Tone = changeText(m, h, days)
	if v.Few = !h.Now.Enough(); v.Few {
		v.Missing = countText(perception.Minimum-h.Now.N, "more answer", "more answers")
		return v
	}
	v.Score, v.Unit, v.Range = scoreText(m, h.Now.Value), scoreUnit(m), rangeText(m, h.Now)
	return v
}

// silenceView says how many answered and what the others could change.
type silenceView struct {
	Rate, Range, Asked, Answered string
	Worst, Best                  string
	Known                        bool
}

func silenceOf(m feedback.Metric, s perception.Silence) *silenceView {
	if s.Asked == 0 {
		return nil
	}
	v := &silenceView{Asked: number(s.Asked), Answered: number(s.Answered), Known: s.Known}
	v.Rate = strconv.Itoa(int(math.Round(s.Rate.Value)))
	v.Range = strconv.Itoa(int(math.Round(s.Rate.Low))) + " to " + strconv.Itoa(int(math.Round(s.Rate.High)))
	v.Worst, v.Best = scoreText(m, s.Worst)+scoreUnit(m), scoreText(m, s.Best)+scoreUnit(m)
	return v
}

// moodView counts comments by what they say, with the widths of a bar in percent.
type moodView struct {
	Comments string
	Parts    []moodPart
}

// moodPart is one stretch of the bar.
type moodPart struct {
	Kind, Label, Share string
	N                  int64
	X, Width           float64 // percent
}

func moodOf(m perception.Mood) *moodView {
	if m.Comments == 0 {
		return nil
	}
	v := &moodView{Comments: countText(m.Comments, "comment", "comments")}
	x := 0.0
	for _, p := range []moodPart{
		{Kind: "neg", Label: "negative", N: m.Negative}, {Kind: "mix", Label: "mixed", N: m.Mixed},
		{Kind: "neu", Label: "neutral", N: m.Neutral}, {Kind: "uns", Label: "not sure", N: m.Unsure},
		{Kind: "pos", Label: "positive", N: m.Positive},
	} {
		if p.N == 0 {
			continue
		}
		p.X, p.Width = x, 100*float64(p.N)/float64(m.Comments)
		p.Share = percent(p.N, m.Comments)
		x += p.Width
		v.Parts = append(v.Parts, p)
	}
	return v
}

// recoveryView is the funnel of the low answers.
type recoveryView struct {
	Opened string
	Steps  []funnelStep
	Judged string // what customers said after the resolution
}

// funnelStep is one bar of the funnel.
type funnelStep struct {
	Label, Count, Share, Note string
	Width                     float64 // percent
}

func recoveryOf(r perception.Recovery) *recoveryView {
	if r.Opened == 0 {
		return nil
	}
	v := &recoveryView{Opened: countText(r.Opened, "case was opened", "cases were opened")}
	step := func(label string, n int64, notes ...string) {
		var said []string
		for _, s := range notes {
			if s != "" {
				said = append(said, s)
			}
		}
		v.Steps = append(v.Steps, funnelStep{
			Label: label, Count: number(n), Share: percent(n, r.Opened), Note: strings.Join(said, " · "),
			Width: 100 * float64(n) / float64(r.Opened),
		})
	}
	step("Opened", r.Opened)
	step("Acknowledged", r.Acknowledged, after(r.ToAcknowledge))
	step("Customer contacted", r.Contacted, after(r.ToContact), inTime(r.ContactedInTime, r.Contacted))
	step("Resolved", r.Resolved, after(r.ToResolve), inTime(r.ResolvedInTime, r.Resolved))
	step("Confirmed by the customer", r.Confirmed)
	if judged := r.Confirmed + r.NotConfirmed; judged > 0 {
		v.Judged = number(r.Confirmed) + " of " + countText(judged, "customer who answered again says", "customers who answered again say") + " that it was made right."
	}
	return v
}

func after(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return "after " + longText(d) + " on average"
}

func inTime(kept, n int64) string {
	if n == 0 {
		return ""
	}
	return percent(kept, n) + " in time"
}
