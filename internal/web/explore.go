package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"
	"earshot/internal/sentiment"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// exploreRows is how many comments one page of the explorer shows.
const exploreRows = 25

// exploreSpan is the time that the explorer looks through when the address does not say, in days.
const exploreSpan = 90

// exploreAsk is what the address of the explorer asks for. Days are those of the organisation's clock.
type exploreAsk struct {
	Text, From, To, Team, Agent, Survey, Channel, Label, Topic, Language, Score string
}

// exploreKeys are the parameters of the explorer's address, with what they fill.
func (x *exploreAsk) fields() map[string]*string {
	return map[string]*string{
		"q": &x.Text, "from": &x.From, "to": &x.To, "team": &x.Team, "agent": &x.Agent, "survey": &x.Survey, "channel": &x.Channel,
		"label": &x.Label, "topic": &x.Topic, "language": &x.Language, "score": &x.Score,
	}
}

func (x exploreAsk) query() url.Values {
	v := url.Values{}
	for name, value := range x.fields() {
		if *value != "" {
			v.Set(name, *value)
		}
	}
	return v
}

// explorePage is what pages/board_comments.html shows.
type explorePage struct {
	Tabs     []choice
	Scope    string
	Ask      exploreAsk
	Locked   bool // the viewer sees one team or agent only
	Rows     []quoteRow
	Why      string // why there are no rows
	Next     string
	Later    bool // not the first page
	Open     bool // whether the narrower conditions are unfolded
	Surveys  []option
	Labels   []option
	Topics   []option
	Channels []option
	Scores   []option
	Saved    []savedView
	Query    string // of this filter, to be saved
	Took     string
}

// option is one entry of a list to choose from.
type option struct {
	Value, Label string
	Here         bool
}

func options(here string, values ...string) []option {
	out := []option{{Label: "any", Here: here == ""}}
	for _, v := range values {
		out = append(out, option{v, title(v), v == here})
	}
	if here != "" && !slices.Contains(values, here) {
		out = append(out, option{here, title(here), true})
	}
	return out
}

// GET /board/comments: every comment that the viewer may read, by any condition and by its words.
func (a *app) exploreComments(c *fiber.Ctx) error {
	began := time.Now() // measures the machine, not the organisation's clock
	ask := a.readExplore(c)
	v := a.exploreView(c, &ask)
	page := &explorePage{Tabs: a.exploreTabs(v), Ask: ask, Locked: v.own || v.user.Role == feedback.RoleLead, Later: c.Query("after") != "", Query: ask.query().Encode()}
	page.Scope = a.Org
	if v.own || ask.Team != "" && page.Locked {
		page.Scope = map[bool]string{true: "Your own", false: ask.Team}[v.own]
	}
	page.choices(a, ask)
	var err error
	if page.Saved, err = a.savedFilters(c.UserContext(), v.user); err != nil {
		return err
	}
	if page.Why, err = a.whyNoComments(c.UserContext(), v, ask); err != nil {
		return err
	}
	if page.Why == "" {
		if err := a.explore(c, v, ask, page); err != nil {
			return err
		}
	}
	page.Took = strconv.FormatInt(time.Since(began).Milliseconds(), 10)
	return a.page(c, "board_comments", page)
}

// readExplore reads the address; a day that cannot be read counts as not given.
func (a *app) readExplore(c *fiber.Ctx) exploreAsk {
	var ask exploreAsk
	for name, to := range ask.fields() {
		*to = strings.TrimSpace(clean(c.Query(name)))
		if len(*to) > 200 {
			*to = ""
		}
	}
	for _, day := range []*string{&ask.From, &ask.To} {
		if _, err := time.Parse(time.DateOnly, *day); err != nil {
			*day = ""
		}
	}
	if ask.From == "" && ask.To == "" {
		ask.From = a.Now().In(a.Zone).AddDate(0, 0, -exploreSpan).Format(time.DateOnly)
	}
	return ask
}

// exploreView confines the viewer: an agent to what customers say of their own work, a lead to the own
// team.
func (a *app) exploreView(c *fiber.Ctx, ask *exploreAsk) boardView {
	v := boardView{user: userOf(c)}
	switch v.user.Role {
	case feedback.RoleAgent:
		v.own, ask.Agent, ask.Team = true, v.user.Email, ""
	case feedback.RoleLead:
		if ask.Team = v.user.Team; v.user.Team == "" {
			v.noQuotes = true
		}
	}
	v.ask.team, v.ask.agent, v.ask.survey, v.ask.topic = ask.Team, ask.Agent, ask.Survey, ask.Topic
	return v
}

func (a *app) exploreTabs(v boardView) []choice {
	if v.own {
		return nil
	}
	tabs := slices.Clone(boardTabs())
	for i := range tabs {
		tabs[i].Here = tabs[i].URL == "/board/comments"
	}
	return tabs
}

func (p *explorePage) choices(a *app, ask exploreAsk) {
	p.Labels = options(ask.Label, feedback.Negative, feedback.Mixed, feedback.Neutral, feedback.Positive, feedback.Unsure)
	p.Topics = options(ask.Topic, sentiment.Topics()...)
	p.Channels = options(ask.Channel, "email", "chat", "phone")
	p.Surveys = []option{{Label: "any", Here: ask.Survey == ""}}
	for _, s := range a.Surveys.All() {
		p.Surveys = append(p.Surveys, option{s.ID, a.surveyName(s.ID), s.ID == ask.Survey})
	}
	p.Scores = []option{{Label: "any", Here: ask.Score == ""}}
	for n := range feedback.MaxScore + 1 {
		text := strconv.Itoa(n)
		p.Scores = append(p.Scores, option{text, text, text == ask.Score})
	}
	p.Open = ask.Agent != "" && !p.Locked || ask.Channel != "" || ask.Language != "" || ask.Score != "" || ask.Survey != ""
}

// whyNoComments says why the viewer may not read the comments of a scope, or "": others than the owners
// do not when it has few answers, because then a comment can be traced to its author.
func (a *app) whyNoComments(ctx context.Context, v boardView, ask exploreAsk) (string, error) {
	if v.noQuotes {
		return "You lead no team, so no comments are yours to read.", nil
	}
	if v.owner() || v.user.Role == feedback.RoleAdmin {
		return "", nil
	}
	q := perception.Query{By: perception.ByAll, Survey: ask.Survey, Team: ask.Team, Agent: ask.Agent}
	q.From, q.To = a.exploreDays(ask)
	scores, err := a.Perception.Scores(ctx, q)
	if err != nil {
		return "", err
	}
	n := int64(0)
	for _, s := range scores {
		n += s.N
	}
	if n < quotesFrom {
		return fmt.Sprintf("Fewer than %d answers: the comments are shown only to their owners, so that nobody can be traced.", quotesFrom), nil
	}
	return "", nil
}

// exploreDays is the time that is looked through, at most ten years.
func (a *app) exploreDays(ask exploreAsk) (from, to time.Time) {
	to = a.Now().Add(24 * time.Hour)
	if ask.To != "" {
		_, to, _ = feedback.DayBounds(ask.To, a.Zone) // parsed by readExplore
	}
	from = to.AddDate(-10, 0, 0)
	if ask.From != "" {
		if first, _, _ := feedback.DayBounds(ask.From, a.Zone); first.After(from) && first.Before(to) {
			from = first
		}
	}
	return from, to
}

func (a *app) explore(c *fiber.Ctx, v boardView, ask exploreAsk, page *explorePage) error {
	f := store.SearchFilter{Text: ask.Text, Agent: ask.Agent, Team: ask.Team, Survey: ask.Survey, Channel: ask.Channel,
		Label: ask.Label, Topic: ask.Topic, Language: ask.Language}
	f.From, f.To = a.exploreDays(ask)
	if n, err := strconv.Atoi(ask.Score); err == nil && n >= 0 && n <= feedback.MaxScore {
		f.Scores = []int{n}
	}
	list, err := a.Store.Responses().Search(c.UserContext(), f, store.Page{Limit: exploreRows, After: c.Query("after")})
	if err != nil {
		return err
	}
	for _, r := range list.Items {
		row := a.quote(v, r)
		row.When = r.AnsweredAt.In(a.Zone).Format("2 Jan 2006, 15:04")
		page.Rows = append(page.Rows, row)
	}
	if len(page.Rows) == 0 {
		page.Why = "No comment fits. Take a word or a condition away, or choose a longer time."
	}
	if list.Next != "" {
		q := ask.query()
		q.Set("after", list.Next)
		page.Next = "/board/comments?" + q.Encode()
	}
	return nil
}
