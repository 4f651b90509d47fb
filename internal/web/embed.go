package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// embedPrefix begins the settings that are embed-able links. The rest of the name is a digest of the
// link's secret, which is shown once and never stored.
const embedPrefix = "embed:"

// embedded is one score that may be shown on somebody else's page: whoever has the link reads it,
// until it ends. It holds no comment and no name of a customer.
type embeddedScore struct {
	Name    string    `json:"name"`
	Team    string    `json:"team"`
	Survey  string    `json:"survey"`
	By      string    `json:"by"` // who made it
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
}

func embedID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return embedPrefix + hex.EncodeToString(sum[:16])
}

// embedView is what pages/embed.html shows.
type embedView struct {
	Name, Score, Unit, Range, Meaning, Answers, Change, Tone, Days string
	Few                                                            bool
	Line                                                           string // points of the trend, in a box of 100 by 30
	Words                                                          string
}

// GET /embed/{secret}: one score, for a frame on another page. It alone may be framed.
func (a *app) showEmbed(c *fiber.Ctx) error {
	row, err := a.Store.Settings().Get(c.UserContext(), embedID(c.Params("secret")))
	if errors.Is(err, store.ErrNotFound) {
		return notFound("This link has ended.")
	}
	if err != nil {
		return err
	}
	var e embeddedScore
	if err := json.Unmarshal(row.Value, &e); err != nil || !a.Now().Before(e.Expires) {
		return notFound("This link has ended.")
	}
	y, m, d := a.Now().In(a.Zone).Date()
	to := time.Date(y, m, d+1, 0, 0, 0, 0, a.Zone)
	o, err := a.Perception.Overview(c.UserContext(), perception.OverviewQuery{From: to.AddDate(0, 0, -defaultPeriod), To: to, Survey: e.Survey, Team: e.Team})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentSecurityPolicy, strings.Replace(a.views.policy, "frame-ancestors 'none'", "frame-ancestors *", 1))
	c.Response().Header.Del(fiber.HeaderXFrameOptions)
	return a.page(c, "embed", a.embedView(e, o))
}

func (a *app) embedView(e embeddedScore, o *perception.Overview) *embedView {
	v := &embedView{Name: e.Name, Days: daysText(o.From, o.To, a.Zone), Few: true, Answers: "no answers yet"}
	if o.Main.Survey == "" {
		return v
	}
	h := a.headline(o.Main, o.Days)
	v.Score, v.Unit, v.Range, v.Meaning, v.Answers = h.Score, h.Unit, h.Range, h.Meaning, h.Answers
	v.Change, v.Tone, v.Few = h.Change, h.Tone, h.Few
	low, high := 0.0, 100.0
	switch o.Main.Metric {
	case feedback.NPS:
		low = -100
	case feedback.CES:
		low, high = 1, 7
	}
	var points []string
	for i, p := range o.Trend {
		if p.Score != nil && len(o.Trend) > 1 {
			points = append(points, fmt.Sprintf("%.1f,%.1f", 100*float64(i)/float64(len(o.Trend)-1), 29-28*(*p.Score-low)/(high-low)))
		}
	}
	if len(points) > 1 {
		v.Line, v.Words = strings.Join(points, " "), "Trend over "+v.Days
	}
	return v
}

// embedsView is what pages/embeds.html shows.
type embedsView struct {
	Rows    []embedRow
	Surveys []option
	New     string // the address of a new link, shown once
	Locked  string // the team of a lead
}

type embedRow struct {
	ID, Name, Scope, By string
	Expires             time.Time
	Over                bool
}

// GET /board/embeds: the links that there are.
func (a *app) showEmbeds(c *fiber.Ctx) error { return a.embedsPage(c, "") }

func (a *app) embedsPage(c *fiber.Ctx, made string) error {
	u := userOf(c)
	view := &embedsView{New: made, Locked: u.Team}
	if u.Role != feedback.RoleLead {
		view.Locked = ""
	}
	rows, err := a.embeds(c.UserContext(), u)
	if err != nil {
		return err
	}
	for id, e := range rows {
		row := embedRow{ID: id, Name: e.Name, Scope: e.Team, By: e.By, Expires: e.Expires, Over: !a.Now().Before(e.Expires)}
		if row.Scope == "" {
			row.Scope = a.Org
		}
		view.Rows = append(view.Rows, row)
	}
	slices.SortFunc(view.Rows, func(x, y embedRow) int { return x.Expires.Compare(y.Expires) })
	for _, s := range a.Surveys.All() {
		view.Surveys = append(view.Surveys, option{s.ID, a.surveyName(s.ID), false})
	}
	return a.page(c, "embeds", view)
}

// embeds are the links that a person may see and end: their own, and all for an administrator.
func (a *app) embeds(ctx context.Context, u *feedback.User) (map[string]embeddedScore, error) {
	rows, err := a.Store.Settings().Scan(ctx, embedPrefix, 500)
	if err != nil {
		return nil, err
	}
	out := map[string]embeddedScore{}
	for _, row := range rows {
		var e embeddedScore
		if strings.HasPrefix(row.ID, embedPrefix) && json.Unmarshal(row.Value, &e) == nil && (u.Role == feedback.RoleAdmin || e.By == u.Email) {
			out[strings.TrimPrefix(row.ID, embedPrefix)] = e
		}
	}
	return out, nil
}

// POST /board/embeds: makes a link and shows it, this once.
func (a *app) makeEmbed(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	u := userOf(c)
	e := embeddedScore{Name: field(form, "name"), Team: field(form, "team"), Survey: form.Get("survey"), By: u.Email, At: feedback.UTC(a.Now())}
	if u.Role == feedback.RoleLead {
		if e.Team = u.Team; u.Team == "" {
			return forbidden("You lead no team whose score you could show.")
		}
	}
	days, err := strconv.Atoi(form.Get("days"))
	if _, known := a.Surveys.Current(e.Survey); err != nil || days < 1 || days > 366 || !known || e.Name == "" || len(e.Name) > 100 {
		return badRequest("Give the link a name, a survey and 1 to 366 days.")
	}
	e.Expires = e.At.AddDate(0, 0, days)
	secret := rand.Text()
	row := &feedback.Setting{}
	row.ID = embedID(secret)
	if row.Value, err = json.Marshal(e); err != nil {
		return err
	}
	if err := a.Store.Settings().Insert(c.UserContext(), row); err != nil {
		return err
	}
	return a.embedsPage(c, a.BaseURL+"/embed/"+secret)
}

// POST /board/embeds/end: ends a link at once.
func (a *app) endEmbed(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	rows, err := a.embeds(c.UserContext(), userOf(c))
	if err != nil {
		return err
	}
	if _, mine := rows[form.Get("id")]; mine {
		if err := a.Store.Settings().Delete(c.UserContext(), embedPrefix+form.Get("id")); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return c.Redirect("/board/embeds", fiber.StatusSeeOther)
}
