package web

import (
	"encoding/json"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// trendPage is what pages/board_trend.html shows: one score over time.
type trendPage struct {
	boardTop
	Steps []choice
	Name  string
	Trend *trendView
}

// maxSteps is the most steps that one chart shows.
const maxSteps = 400

// GET /board/trend: the index, or the survey that was picked, by day, week or month.
func (a *app) showBoardTrend(c *fiber.Ctx) error {
	v, notice := a.boardViewOf(c, "/board/trend")
	if from, to := v.ask.span(a.Now(), a.Zone); v.ask.every == perception.Daily && to.Sub(from) > (maxSteps+1)*24*time.Hour {
		v.ask.every, notice = perception.Weekly, "So many days are shown by week."
	}
	o, top, err := a.readBoard(c, v, notice)
	if err != nil {
		return err
	}
	p := &trendPage{boardTop: top, Name: "Perception index"}
	step, m, points := o.IndexEvery, feedback.Metric(""), o.IndexTrend
	if v.ask.survey != "" && o.Main.Survey != "" {
		p.Name, step, m, points = top.Survey, o.Every, o.Main.Metric, o.Trend
	}
	for _, s := range []choice{{Label: "By day", URL: perception.Daily}, {Label: "By week", URL: perception.Weekly}, {Label: "By month", URL: perception.Monthly}} {
		p.Steps = append(p.Steps, choice{Label: s.Label, Here: s.URL == step, URL: v.ask.url(func(b *boardAsk) { b.every = s.URL })})
	}
	p.Trend = a.trendOf(m, step, points)
	return a.page(c, "board_trend", p)
}

// trendView is the chart of the main score, and the same as a table.
type trendView struct {
	Title, Unit             string
	AnyReworded, AnyHoliday bool
	Few                     bool   // fewer than two points can be shown: there is no line to draw
	Data                    string // trendData as JSON, for the script that draws it
	Rows                    []trendRow
	Words                   string // the chart in one sentence, for those who do not see it
}

// trendRow is one point as a row.
type trendRow struct {
	Label, Score, Range, N string
	Asked, Rate            string // by the day of asking; a rate needs a few days to settle
	Reworded               bool
	Holiday                string
}

// trendData is what static/board.js draws. Score, Low and High are null where too few answered.
type trendData struct {
	Labels   []string   `json:"labels"`
	Score    []*float64 `json:"score"`
	Low      []*float64 `json:"low"`
	High     []*float64 `json:"high"`
	N        []int64    `json:"n"`
	Reworded []int      `json:"reworded"`
	Holidays []string   `json:"holidays"` // name by point, empty on most days; only by day
	Min      float64    `json:"min"`      // of the metric's scale
	Max      float64    `json:"max"`
	Unit     string     `json:"unit"`
	Digits   int        `json:"digits"`
}

// trendOf lays out a trend in steps of every; m is empty for the index.
func (a *app) trendOf(m feedback.Metric, every string, points []perception.Point) *trendView {
	if len(points) < 2 {
		return nil
	}
	d := trendData{Unit: scoreUnit(m), Max: 100, Reworded: []int{}, Holidays: []string{}}
	switch m {
	case feedback.NPS:
		d.Min = -100
	case feedback.CES:
		d.Min, d.Max, d.Digits = 1, 7, 1
	}
	v := &trendView{Unit: unitName(m), Title: map[string]string{
		perception.Daily: "Day by day", perception.Weekly: "Week by week", perception.Monthly: "Month by month",
	}[every]}
	for i, p := range points {
		label := pointLabel(p.Start.In(a.Zone), every)
		d.Labels = append(d.Labels, label)
		d.Score, d.Low, d.High = append(d.Score, p.Score), append(d.Low, p.Low), append(d.High, p.High)
		d.N = append(d.N, p.N)
		if p.Reworded {
			d.Reworded = append(d.Reworded, i)
		}
		row := trendRow{Label: label, Score: "too few answers", N: number(p.N), Reworded: p.Reworded, Asked: number(p.Asked), Rate: percent(p.Answered, p.Asked)}
		if every == perception.Daily {
			row.Holiday = a.holidays.On(p.Start.In(a.Zone).Add(12 * time.Hour))
			d.Holidays = append(d.Holidays, row.Holiday)
		}
		if e := p.Estimate(); e.Enough() {
			row.Score, row.Range = fullScore(m, e), scoreText(m, e.Low)+" to "+scoreText(m, e.High)
		}
		v.AnyReworded, v.AnyHoliday = v.AnyReworded || row.Reworded, v.AnyHoliday || row.Holiday != ""
		v.Rows = append(v.Rows, row)
	}
	shown := 0
	for _, p := range points {
		if p.Enough {
			shown++
		}
	}
	v.Few = shown < 2
	if raw, err := json.Marshal(d); err == nil { // numbers from votes are finite: it cannot fail
		v.Data = string(raw)
	}
	v.Words = trendWords(m, points)
	return v
}

func pointLabel(start time.Time, every string) string {
	switch every {
	case perception.Monthly:
		return start.Format("Jan 2006")
	}
	return start.Format("2 Jan")
}

// trendWords sums the chart up.
func trendWords(m feedback.Metric, points []perception.Point) string {
	var low, high *perception.Estimate
	for _, p := range points {
		e := p.Estimate()
		if !e.Enough() {
			continue
		}
		if low == nil || e.Value < low.Value {
			low = &e
		}
		if high == nil || e.Value > high.Value {
			high = &e
		}
	}
	if low == nil {
		return "Too few answers for a line."
	}
	return "The score moves between " + fullScore(m, *low) + " and " + fullScore(m, *high) + "."
}

// unitName says in what a metric's score counts; empty m is the index.
func unitName(m feedback.Metric) string {
	switch m {
	case feedback.CSAT, feedback.Thumbs:
		return "percent of answers"
	case feedback.NPS:
		return "NPS points from −100 to +100"
	case feedback.CES:
		return "points from 1 to 7"
	}
	return "points from 0 to 100"
}
