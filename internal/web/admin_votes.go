package web

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// votesPage is how many rows the page shows at once.
const votesPage = 50

// votesView is the page struct of votes.html.
type votesView struct {
	Show     string // votes, intents or domains
	Tabs     []navItem
	Filter   collect.VoteFilter
	Surveys  []string
	Ways     []optionView
	Verdicts []optionView
	Votes    []voteRow
	Domains  []domainRow
	Next     string // address of the next page
	Back     string // address of this one, for the forms
	Mistake  string
}

// voteRow is a vote, or an invitation whose links were clicked.
type voteRow struct {
	ID       string
	At       time.Time
	Who      string
	Survey   string
	Score    string // empty for clicks
	Comment  string
	Way      string
	Verdict  string
	Tone     string
	Reasons  []string
	Seen     string // the evidence in words
	Clicks   []clickView
	History  []feedback.Correction
	Versions int
	Human    []int // scores that may be counted
	Machine  bool  // whether it may be called a machine's
	Restore  bool
}

type clickView struct {
	At    time.Time
	Score string
	Agent string
}

type domainRow struct {
	Name    string
	Scanned bool
	Mails   int
	Last    time.Time
	Signs   []string
}

// GET /admin/votes: who gave which score, how that is known, and what was only clicked.
func (a *app) showVotes(c *fiber.Ctx) error { return a.votesPage(c, "") }

func (a *app) votesPage(c *fiber.Ctx, mistake string) error {
	view := votesView{Show: c.Query("show", "votes"), Mistake: mistake, Back: "/admin/votes?" + string(c.Request().URI().QueryString())}
	view.Filter = collect.VoteFilter{Survey: c.Query("survey"), Way: c.Query("way"), Verdict: c.Query("verdict"), Text: strings.TrimSpace(c.Query("q"))}
	for _, t := range []struct{ show, label string }{{"votes", "Votes"}, {"intents", "Clicks that do not count"}, {"domains", "Scanned domains"}} {
		view.Tabs = append(view.Tabs, navItem{t.label, "/admin/votes?show=" + t.show, view.Show == t.show})
	}
	for _, s := range a.Surveys.All() {
		view.Surveys = append(view.Surveys, s.ID)
	}
	for _, w := range []string{feedback.WayOneClick, feedback.WayButton, feedback.WayProgram, feedback.WayReply, feedback.WayImport, feedback.WayAdmin} {
		view.Ways = append(view.Ways, optionView{w, wayWords(w), view.Filter.Way == w})
	}
	for _, v := range []string{feedback.Human, feedback.Unproven} {
		view.Verdicts = append(view.Verdicts, optionView{v, title(v), view.Filter.Verdict == v})
	}
	var err error
	switch view.Show {
	case "votes":
		err = a.listVotes(c, &view)
	case "intents":
		err = a.listIntents(c, &view)
	case "domains":
		err = a.listDomains(c, &view)
	default:
		return notFound("There is no such list.")
	}
	if err != nil {
		return err
	}
	return a.page(c, "votes", view)
}

func (a *app) listVotes(c *fiber.Ctx, view *votesView) error {
	list, err := a.Collect.Votes(c.UserContext(), view.Filter, store.Page{Limit: votesPage, After: c.Query("after")})
	if err != nil {
		return err
	}
	for _, r := range list.Items {
		row := voteOf(r)
		row.Machine = r.Invitation != ""
		view.Votes = append(view.Votes, row)
	}
	view.Next = nextPage(view, list.Next)
	return nil
}

func voteOf(r *feedback.Response) voteRow {
	_, high, _ := r.Metric.Scale()
	row := voteRow{
		ID: r.ID, At: r.AnsweredAt, Who: r.Customer.Email, Survey: r.Survey, Score: strconv.Itoa(r.Score) + " / " + strconv.Itoa(high), Comment: r.Comment,
		Way: wayWords(r.Vote.Way), Verdict: r.Vote.Verdict, Tone: verdictTone(r.Vote.Verdict), Seen: seenWords(r.Vote.Evidence), History: r.Vote.Corrections, Versions: len(r.Versions),
	}
	for _, reason := range r.Vote.Reasons {
		row.Reasons = append(row.Reasons, whyWords(reason))
	}
	return row
}

func (a *app) listIntents(c *fiber.Ctx, view *votesView) error {
	list, err := a.Collect.Intents(c.UserContext(), view.Filter, store.Page{Limit: votesPage, After: c.Query("after")})
	if err != nil {
		return err
	}
	for _, v := range list.Items {
		view.Votes = append(view.Votes, intentOf(v))
	}
	view.Next = nextPage(view, list.Next)
	return nil
}

func intentOf(v *feedback.Invitation) voteRow {
	row := voteRow{ID: v.ID, At: v.SentAt, Who: v.Customer.Email, Survey: v.Survey, Verdict: feedback.Unproven, Tone: verdictTone(feedback.Unproven), Way: "Clicked, not confirmed"}
	if v.Withdrawn != nil {
		row = voteOf(v.Withdrawn)
		row.Way, row.Restore = "Withdrawn: "+row.Way, true
	} else if v.Scanned() {
		row.Verdict, row.Tone = feedback.Machine, verdictTone(feedback.Machine)
	}
	_, high, _ := v.Metric.Scale()
	known := map[int]bool{}
	for _, in := range v.Intents {
		row.Clicks = append(row.Clicks, clickView{in.At, strconv.Itoa(in.Score) + " / " + strconv.Itoa(high), in.Agent})
		if !known[in.Score] && !row.Restore {
			row.Human = append(row.Human, in.Score)
		}
		known[in.Score] = true
	}
	for _, s := range v.Signs {
		row.Reasons = append(row.Reasons, whyWords(s.Kind))
	}
	return row
}

func (a *app) listDomains(c *fiber.Ctx, view *votesView) error {
	list, err := a.Collect.Domains(c.UserContext())
	if err != nil {
		return err
	}
	for _, d := range list {
		row := domainRow{Name: d.Name, Scanned: d.Scanned(a.Now()), Mails: len(d.Marks), Last: d.Last()}
		for _, s := range d.Signs() {
			row.Signs = append(row.Signs, whyWords(s))
		}
		view.Domains = append(view.Domains, row)
	}
	return nil
}

// nextPage is the address of the page after this one.
func nextPage(view *votesView, cursor string) string {
	if cursor == "" {
		return ""
	}
	f := view.Filter
	return "/admin/votes?" + url.Values{"show": {view.Show}, "survey": {f.Survey}, "way": {f.Way}, "verdict": {f.Verdict}, "q": {f.Text}, "after": {cursor}}.Encode()
}

// POST /admin/votes/{id}/correct: an administrator knows better who gave a score.
func (a *app) correctVote(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	in := collect.Overruling{Verdict: form.Get("verdict"), By: userOf(c).Email, Note: field(form, "note")}
	if n, err := strconv.Atoi(form.Get("score")); err == nil {
		in.Score, in.Scored = n, true
	}
	err = a.Collect.Overrule(c.UserContext(), c.Params("id"), in, a.Now())
	var invalid *feedback.Invalid
	switch {
	case errors.As(err, &invalid):
		c.Status(fiber.StatusUnprocessableEntity)
		return a.votesPage(c, title(invalid.Errors[0].Field)+" "+invalid.Errors[0].Detail+".")
	case errors.Is(err, collect.ErrAnswered):
		c.Status(fiber.StatusConflict)
		return a.votesPage(c, "The customer has answered meanwhile; that answer counts.")
	case err != nil:
		return err
	}
	return c.Redirect(backTo(form, "/admin/votes"), fiber.StatusSeeOther)
}

// backTo is the list that a form was sent from.
func backTo(form url.Values, usual string) string {
	if back := form.Get("back"); strings.HasPrefix(back, usual+"?") && !strings.ContainsAny(back, "\r\n\\") {
		return back
	}
	return usual
}

// POST /admin/votes/forget: lets a domain's customers answer with one click again.
func (a *app) forgetDomain(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := a.Collect.ForgetDomain(c.UserContext(), field(form, "domain"), a.Now()); err != nil {
		return err
	}
	a.Log.Info("scanned domain forgotten", "domain", field(form, "domain"))
	return c.Redirect("/admin/votes?show=domains", fiber.StatusSeeOther)
}
