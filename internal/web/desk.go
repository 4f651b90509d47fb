package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// Bounds of the desk.
const (
	// deskPage is how many cases one page shows.
	deskPage = 50
	// deskCount is how far the desk counts, by reading the most urgent cases; more is shown as "300+".
	deskCount = 300
	// excerptRunes is how much of a comment a row shows.
	excerptRunes = 180
	// fetchers comments are read at the same time.
	fetchers = 8
)

// deskView is the page struct of desk.html.
type deskView struct {
	Heading  string
	Whose    []choice // mine, the team's, everybody's
	Tabs     []tabView
	Tab      string
	Rows     []deskRow
	Next     string // address of the next page
	Overdue  int
	Soon     int // due within the hour
	Empty    emptyView
	Owners   bool       // whether rows name their owner
	Question *doubtView // a comment to judge; nil most of the time
}

type tabView struct {
	Label, URL, Count string
	Here              bool
}

type emptyView struct{ Title, Text string }

// deskRow is one case in the list.
type deskRow struct {
	Case     *feedback.Case
	URL      string
	Score    scoreBadge
	Customer string
	Value    string
	Pieces   []piece
	Reason   string // why there is a case, when the score does not say
	Signals  []string
	Kinds    []string // of the signals, beside their words
	Deadline time.Time
	Step     string // what the clock runs for
	Overdue  bool
	Soon     bool
}

// scoreBadge is a score with its scale and how it is coloured.
type scoreBadge struct {
	Text, Of, Tone string
	Label          string // for screen readers
}

// deskTab is one filter by state.
type deskTab struct {
	id, label string
	states    []feedback.CaseState
}

func deskTabs() []deskTab {
	working := []feedback.CaseState{feedback.CaseOpen, feedback.CaseAcknowledged, feedback.CaseContacted}
	return []deskTab{
		{"todo", "To do", working},
		{"open", "New", []feedback.CaseState{feedback.CaseOpen}},
		{"acknowledged", "Acknowledged", []feedback.CaseState{feedback.CaseAcknowledged}},
		{"contacted", "Contacted", []feedback.CaseState{feedback.CaseContacted}},
		{"resolved", "Waiting for the customer", []feedback.CaseState{feedback.CaseResolved}},
		{"closed", "Closed", []feedback.CaseState{feedback.CaseConfirmed, feedback.CaseUnreachable}},
	}
}

// GET /desk: cases by due time.
func (a *app) showDesk(c *fiber.Ctx) error {
	u := userOf(c)
	tabs := deskTabs()
	tab := tabs[0]
	for _, t := range tabs {
		if t.id == c.Query("state") {
			tab = t
		}
	}
	whose, filter := deskScope(u, c.Query("whose"))
	page := store.Page{Limit: deskPage, After: c.Query("after")}
	shown := filter
	shown.States, shown.ByDeadline = tab.states, tab.states[0].Working()
	list, err := a.Store.Cases().List(c.UserContext(), shown, page)
	if err != nil {
		return err
	}
	view := deskView{Heading: deskHeading(u, whose), Tab: tab.id, Owners: whose != "mine", Empty: deskEmpty(tab.id, whose)}
	if view.Rows, err = a.deskRows(c.UserContext(), list.Items); err != nil {
		return err
	}
	if list.Next != "" {
		view.Next = deskURL(whose, tab.id, list.Next)
	}
	if err := a.countDesk(c.UserContext(), &view, filter, whose); err != nil {
		return err
	}
	if view.Question, err = a.question(c.UserContext(), u); err != nil {
		return err
	}
	view.Whose = whoseChoices(u, whose, tab.id)
	view.speak(a.tongueOf(c), u, whose)
	return a.page(c, "desk", view)
}

// deskScope is whose cases are shown and the filter for them. Nobody's wish widens what a role may see.
func deskScope(u *feedback.User, wish string) (string, store.CaseFilter) {
	switch {
	case u.Role == feedback.RoleAdmin && wish != "mine":
		return "all", store.CaseFilter{}
	case u.Role == feedback.RoleLead && wish != "mine" && u.Team != "":
		return "team", store.CaseFilter{OwnerTeam: u.Team}
	}
	return "mine", store.CaseFilter{Owner: u.Email}
}

func whoseChoices(u *feedback.User, whose, tab string) []choice {
	var out []choice
	switch u.Role {
	case feedback.RoleLead:
		out = []choice{{Label: "Team " + u.Team, URL: deskURL("team", tab, ""), Here: whose == "team"}}
	case feedback.RoleAdmin:
		out = []choice{{Label: "Everybody", URL: deskURL("all", tab, ""), Here: whose == "all"}}
	default:
		return nil
	}
	return append(out, choice{Label: "Mine", URL: deskURL("mine", tab, ""), Here: whose == "mine"})
}

func deskURL(whose, tab, after string) string {
	q := url.Values{"whose": {whose}, "state": {tab}}
	if after != "" {
		q.Set("after", after)
	}
	return "/desk?" + q.Encode()
}

func deskHeading(u *feedback.User, whose string) string {
	switch whose {
	case "team":
		return "Cases of " + u.Team
	case "all":
		return "All cases"
	}
	return "Your cases"
}

func deskEmpty(tab, whose string) emptyView {
	switch tab {
	case "resolved":
		return emptyView{"Nothing waits for a customer", "After a case is resolved, the customer is asked once more whether it was made right. Until they answer, the case stands here."}
	case "closed":
		return emptyView{"Nothing is closed yet", "A case closes when the customer says that it was made right, or does not answer any more."}
	case "todo", "open":
		if whose == "mine" {
			return emptyView{"All quiet", "When one of your customers answers low, the case appears here within seconds and a mail tells you. You see what they said, what happened before, and how much time you have."}
		}
		return emptyView{"All quiet", "When a customer answers low, the case appears here within seconds, at the person who served them."}
	}
	return emptyView{"Nothing here", "No case stands at this step."}
}

// countDesk fills the tabs with their counts and says how many cases are late.
func (a *app) countDesk(ctx context.Context, view *deskView, filter store.CaseFilter, whose string) error {
	filter.States, filter.ByDeadline = deskTabs()[0].states, true
	list, err := a.Store.Cases().List(ctx, filter, store.Page{Limit: deskCount})
	if err != nil {
		return err
	}
	now := a.Now()
	counts := map[feedback.CaseState]int{}
	for _, k := range list.Items {
		counts[k.State]++
		if !k.Deadline.IsZero() && k.Deadline.Before(now) {
			view.Overdue++
		} else if !k.Deadline.IsZero() && k.Deadline.Before(now.Add(time.Hour)) {
			view.Soon++
		}
	}
	for _, t := range deskTabs() {
		tab := tabView{Label: t.label, URL: deskURL(whose, t.id, ""), Here: t.id == view.Tab}
		if t.states[0].Working() {
			n := 0
			for _, s := range t.states {
				n += counts[s]
			}
			tab.Count = countWords(n)
		}
		view.Tabs = append(view.Tabs, tab)
	}
	return nil
}

func countWords(n int) string {
	if n >= deskCount {
		return fmt.Sprintf("%d+", deskCount)
	}
	return fmt.Sprint(n)
}

// deskRows prepares the rows, each with the words that decided.
func (a *app) deskRows(ctx context.Context, cases []*feedback.Case) ([]deskRow, error) {
	said, err := a.responsesOf(ctx, cases)
	if err != nil {
		return nil, err
	}
	now := a.Now()
	out := make([]deskRow, 0, len(cases))
	for i, k := range cases {
		row := deskRow{
			Case: k, URL: "/desk/cases/" + k.ID, Score: badge(k.Metric, k.Score, k.Scored, k.Reason), Customer: customerName(k.Customer),
			Value: valueWords(k.Customer.Value), Reason: reasonWords(k.Reason), Deadline: k.Deadline, Step: stepWords(k.State),
		}
		if r := said[i]; r != nil {
			row.Pieces = excerpt(r, excerptRunes)
			if r.Sentiment != nil {
				row.Signals, row.Kinds = signalWords(r.Sentiment.Signals), signalKinds(r.Sentiment.Signals)
			}
		}
		if !k.Deadline.IsZero() {
			row.Overdue = k.Deadline.Before(now)
			row.Soon = !row.Overdue && k.Deadline.Before(now.Add(time.Hour))
		}
		out = append(out, row)
	}
	return out, nil
}

// responsesOf reads the response of each case; one that is gone leaves its place nil.
func (a *app) responsesOf(ctx context.Context, cases []*feedback.Case) ([]*feedback.Response, error) {
	out := make([]*feedback.Response, len(cases))
	errs := make([]error, len(cases))
	next := make(chan int)
	var readers sync.WaitGroup
	for range min(fetchers, len(cases)) {
		readers.Go(func() {
			for i := range next {
				r, err := a.Store.Responses().Get(ctx, cases[i].ID)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					errs[i] = err
					continue
				}
				out[i] = r
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	readers.Wait()
	return out, errors.Join(errs...)
}

// badge shows a score on its scale.
func badge(m feedback.Metric, score int, scored bool, reason string) scoreBadge {
	if !scored {
		return scoreBadge{Text: "—", Label: "no score"}
	}
	_, high, _ := m.Scale()
	b := scoreBadge{Text: fmt.Sprint(score), Of: fmt.Sprintf("/%d", high), Label: fmt.Sprintf("score %d of %d", score, high)}
	if m == feedback.Thumbs {
		b = scoreBadge{Text: map[bool]string{true: "Yes", false: "No"}[score == high], Label: map[bool]string{true: "thumbs up", false: "thumbs down"}[score == high]}
	}
	switch {
	case score >= m.Happy():
		b.Tone = "good"
	case reason == feedback.ReasonLowScore || score <= m.DefaultLow():
		b.Tone = "bad"
	}
	return b
}

// excerpt is the beginning of a comment with its deciding words marked.
func excerpt(r *feedback.Response, limit int) []piece {
	all := marked(r)
	var out []piece
	for _, p := range all {
		runes := []rune(p.Text)
		if len(runes) > limit {
			p.Text = string(runes[:limit]) + "…"
			return append(out, p)
		}
		limit -= len(runes)
		out = append(out, p)
	}
	return out
}

// marked cuts a response's comment at the words that decided its sentiment.
func marked(r *feedback.Response) []piece {
	if r.Comment == "" {
		return nil
	}
	var spans []feedback.Span
	if r.Sentiment != nil && r.Analysed {
		spans = r.Sentiment.Evidence
	}
	return pieces(r.Comment, spans)
}

// signalKinds are the kinds of signals, each once, in the order of signalWords.
func signalKinds(signals []feedback.Signal) []string {
	var out []string
	for _, s := range signals {
		if !slices.Contains(out, s.Kind) {
			out = append(out, s.Kind)
		}
	}
	return out
}
