package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"earshot/internal/export"
	"earshot/internal/feedback"
	"earshot/internal/perception"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// downloadTime is how long one download may take.
const downloadTime = time.Hour

// downloads tells whether an address gives a file that takes longer than a page.
func downloads(path string) bool { return path == "/board/download" || path == "/admin/download" }

// table is one that can be downloaded.
type table struct{ Name, Label string }

// boardTables are the tables of a board, in the order in which they are offered.
func boardTables() []table {
	return []table{
		{"trend", "Scores by day"}, {"teams", "Teams"}, {"agents", "Agents"}, {"channels", "Channels"}, {"topics", "Topics"},
		{"responses", "Every answer"},
	}
}

// adminTables are the raw rows.
func adminTables() []table {
	return []table{{"responses", "Responses"}, {"cases", "Cases"}}
}

// downloadView is the form that asks for a file.
type downloadView struct {
	Action  string
	Tables  []table
	Formats []export.Format
	Keep    []choice // parameters that the form carries along: Label is the name, URL the value
}

// boardDownload is the form below a board: its tables, in its scope and days.
func boardDownload(v boardView) *downloadView {
	d := &downloadView{Action: "/board/download", Formats: export.Formats()}
	for name, values := range v.ask.values() {
		d.Keep = append(d.Keep, choice{Label: name, URL: values[0]})
	}
	if v.own {
		d.Keep = append(d.Keep, choice{Label: "own", URL: "1"})
	}
	for _, t := range boardTables() {
		if v.may(t.Name) {
			d.Tables = append(d.Tables, t)
		}
	}
	return d
}

// may tells whether the viewer may have a table of the scope.
func (v boardView) may(table string) bool {
	switch table {
	case "agents":
		return !v.noAgents
	case "teams":
		return v.ask.agent == "" && v.ask.team == ""
	case "responses":
		return !v.noQuotes
	}
	return true
}

// GET /board/download: one table of the board, or its answers, as a file.
func (a *app) downloadBoard(c *fiber.Ctx) error {
	u := userOf(c)
	ask, notice := readBoardAsk(c, "/board")
	v := boardView{user: u, ask: ask, own: c.Query("own") == "1" || u.Role == feedback.RoleAgent}
	switch {
	case v.own:
		v.ask.team, v.ask.agent, v.ask.all = "", u.Email, false
	case u.Role == feedback.RoleLead:
		v.confine()
	}
	f, ok := export.ParseFormat(c.Query("format", string(export.CSV)))
	if !ok || notice != "" {
		return badRequest("Ask for a table with format csv, xlsx or jsonl, and days such as 2026-11-20.")
	}
	name := c.Query("table", "trend")
	if !v.may(name) {
		return forbidden("This table is for the people whom it is about: choose your own team.")
	}
	from, to := v.ask.span(a.Now(), a.Zone)
	file := strings.Join([]string{"earshot", name, ask.fileDays(from, to, a.Zone)}, "-")
	if name == "responses" {
		return a.downloadAnswers(c, v, f, file)
	}
	return a.downloadScores(c, v, f, name, file)
}

// fileDays names the span in a file's name.
func (b boardAsk) fileDays(from, to time.Time, zone *time.Location) string {
	return from.In(zone).Format(time.DateOnly) + "-" + to.In(zone).Add(-time.Millisecond).Format(time.DateOnly)
}

// scoreLine is one line of a table of scores.
type scoreLine struct {
	scope, survey string
	metric        feedback.Metric
	start         time.Time
	perception.Figures
}

func scoreColumns(trend bool) []export.Column[scoreLine] {
	number := func(f *float64) any {
		if f == nil {
			return nil
		}
		return *f
	}
	columns := []export.Column[scoreLine]{
		{Name: "scope", Value: func(l *scoreLine) any { return l.scope }},
		{Name: "survey", Value: func(l *scoreLine) any { return l.survey }},
		{Name: "metric", Value: func(l *scoreLine) any { return string(l.metric) }},
		{Name: "score", Value: func(l *scoreLine) any { return number(l.Score) }},
		{Name: "low", Value: func(l *scoreLine) any { return number(l.Low) }},
		{Name: "high", Value: func(l *scoreLine) any { return number(l.High) }},
		{Name: "n", Value: func(l *scoreLine) any { return l.N }},
		{Name: "asked", Value: func(l *scoreLine) any { return l.Asked }},
		{Name: "answered", Value: func(l *scoreLine) any { return l.Answered }},
		{Name: "enough", Value: func(l *scoreLine) any { return l.Enough }},
	}
	if trend {
		columns = append([]export.Column[scoreLine]{{Name: "start", Value: func(l *scoreLine) any { return l.start.Format(time.DateOnly) }}}, columns...)
	}
	return columns
}

// downloadScores sends the scores of a board by team, agent, channel, topic or day.
func (a *app) downloadScores(c *fiber.Ctx, v boardView, f export.Format, name, file string) error {
	by := map[string]string{"trend": perception.ByAll, "teams": perception.ByTeam, "agents": perception.ByAgent,
		"channels": perception.ByChannel, "topics": perception.ByTopic}[name]
	if by == "" {
		return notFound("There is no such table.")
	}
	q := perception.Query{By: by, Survey: v.ask.survey, Team: v.ask.team, Agent: v.ask.agent}
	q.From, q.To = v.ask.span(a.Now(), a.Zone)
	if name == "trend" {
		q.Every = perception.Daily
	}
	scores, err := a.Perception.Scores(c.UserContext(), q)
	if err != nil {
		return err
	}
	var lines []scoreLine
	for _, s := range scores {
		if name != "trend" {
			lines = append(lines, scoreLine{s.Scope, s.Survey, s.Metric, time.Time{}, s.Figures})
		}
		for _, p := range s.Points {
			lines = append(lines, scoreLine{s.Scope, s.Survey, s.Metric, p.Start.In(a.Zone), p.Figures})
		}
	}
	return a.attach(c, f, file, func(_ context.Context, w io.Writer) (int, error) {
		return export.Write(w, f, name, scoreColumns(name == "trend"), export.Rows(lines))
	})
}

// downloadAnswers sends the answers of a scope. Executives get no customer's name or address, and no
// comments of a scope so small that they could be traced.
func (a *app) downloadAnswers(c *fiber.Ctx, v boardView, f export.Format, file string) error {
	filter := store.ResponseFilter{Survey: v.ask.survey, Team: v.ask.team, Agent: v.ask.agent}
	from, to := v.ask.span(a.Now(), a.Zone)
	filter.From, filter.To = feedback.UTC(from), feedback.UTC(to)
	columns := export.Responses()
	if !v.owner() && v.user.Role != feedback.RoleAdmin {
		columns = export.Impersonal(columns)
		n, err := a.answersIn(c.UserContext(), v)
		if err != nil {
			return err
		}
		columns = veiled(columns, n < quotesFrom)
	}
	return a.attach(c, f, file, func(ctx context.Context, w io.Writer) (int, error) {
		return export.Write(w, f, "responses", columns, a.answers(ctx, filter))
	})
}

// veiled covers the addresses in comments, and leaves comments out altogether when there are too few.
func veiled(columns []export.Column[feedback.Response], few bool) []export.Column[feedback.Response] {
	for i, col := range columns {
		switch {
		case col.Name == "comment" && few:
			columns[i].Value = func(*feedback.Response) any { return nil }
		case col.Name == "comment":
			columns[i].Value = func(r *feedback.Response) any { return hideAddresses(r.Comment) }
		}
	}
	return columns
}

// answersIn counts the answers of a board's scope in its days.
func (a *app) answersIn(ctx context.Context, v boardView) (n int64, err error) {
	q := perception.Query{By: perception.ByAll, Survey: v.ask.survey, Team: v.ask.team, Agent: v.ask.agent}
	q.From, q.To = v.ask.span(a.Now(), a.Zone)
	scores, err := a.Perception.Scores(ctx, q)
	for _, s := range scores {
		n += s.N
	}
	return n, err
}

func (a *app) answers(ctx context.Context, f store.ResponseFilter) iter.Seq2[*feedback.Response, error] {
	return export.Pages(ctx, func(ctx context.Context, p store.Page) (store.List[feedback.Response], error) {
		return a.Store.Responses().List(ctx, f, p)
	})
}

// GET /admin/download: all responses or cases of a span of days as a file.
func (a *app) downloadAdmin(c *fiber.Ctx) error {
	q := a.query(c)
	name := q.oneOf("table", "responses", "cases")
	format, from, to := q.oneOf("format", "csv", "xlsx", "jsonl"), q.from("from"), q.to("to")
	if err := q.done(); err != nil {
		return err
	}
	f := export.Format(format)
	if f == "" {
		f = export.CSV
	}
	if name == "cases" {
		return a.attach(c, f, "earshot-cases", func(ctx context.Context, w io.Writer) (int, error) {
			return export.Write(w, f, name, export.Cases(), export.Pages(ctx, func(ctx context.Context, p store.Page) (store.List[feedback.Case], error) {
				return a.Store.Cases().List(ctx, store.CaseFilter{OpenedFrom: from, OpenedTo: to}, p)
			}))
		})
	}
	return a.attach(c, f, "earshot-responses", func(ctx context.Context, w io.Writer) (int, error) {
		return export.Write(w, f, "responses", export.Responses(), a.answers(ctx, store.ResponseFilter{From: from, To: to}))
	})
}

// attach answers with a file that is sent while it is written. When writing fails half-way the
// connection breaks, so that no browser takes a part for the whole.
func (a *app) attach(c *fiber.Ctx, f export.Format, file string, write func(context.Context, io.Writer) (int, error)) error {
	id := requestID(c)
	ctx, cancel := context.WithTimeout(context.Background(), downloadTime)
	stop := a.streams.stop
	out, in := io.Pipe()
	go func() {
		defer cancel()
		ended := make(chan struct{})
		defer close(ended)
		go func() {
			select {
			case <-stop:
				cancel()
			case <-ended:
			}
		}()
		n, err := write(ctx, in)
		_ = in.CloseWithError(err)
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			a.Log.Warn("a download broke off", "rows", n, "error", scrub(err.Error()), "request_id", id)
		}
	}()
	c.Set(fiber.HeaderContentType, f.MediaType())
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s.%s"`, file, f))
	c.Context().SetBodyStream(out, -1)
	return nil
}

// outRoutes are the ways by which figures and answers leave: files, comments, and pages for others.
func (a *app) outRoutes(f *fiber.App) {
	f.Get("/board/download", a.needUser(), a.downloadBoard)
	f.Get("/board/comments", a.needUser(), a.exploreComments)
	f.Post("/board/comments/save", a.needUser(), a.saveFilter)
	f.Post("/board/comments/drop", a.needUser(), a.dropFilter)
	steers := a.needUser(feedback.RoleLead, feedback.RoleExecutive, feedback.RoleAdmin)
	f.Get("/embed/:secret", a.showEmbed)
	f.Get("/board/embeds", steers, a.showEmbeds)
	f.Post("/board/embeds", steers, a.makeEmbed)
	f.Post("/board/embeds/end", steers, a.endEmbed)
	admin := a.needUser(feedback.RoleAdmin)
	f.Get("/admin/download", admin, a.downloadAdmin)
	f.Post("/admin/people/disclose", admin, a.disclosePerson)
	f.Post("/admin/people/forget", admin, a.forgetPerson)
}
