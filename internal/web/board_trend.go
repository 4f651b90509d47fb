package web

import (
	"encoding/json"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"
)

// trendView is the chart of the main score, and the same as a table.
type trendView struct {
	Title string
	Few   bool   // fewer than two points can be shown: there is no line to draw
	Data  string // trendData as JSON, for the script that draws it
	Rows  []trendRow
	Words string // the chart in one sentence, for those who do not see it
}

// trendRow is one point as a row.
type trendRow struct {
	Label, Score, Range, N string
	Reworded               bool
}

// trendData is what static/board.js draws. Score, Low and High are null where too few answered.
type trendData struct {
	Labels   []string   `json:"labels"`
	Score    []*float64 `json:"score"`
	Low      []*float64 `json:"low"`
	High     []*float64 `json:"high"`
	N        []int64    `json:"n"`
	Reworded []int      `json:"reworded"`
	Min      float64    `json:"min"` // of the metric's scale
	Max      float64    `json:"max"`
	Unit     string     `json:"unit"`
	Digits   int        `json:"digits"`
}

// trendOf lays out a trend in steps of every; m is empty for the index.
func trendOf(m feedback.Metric, every string, points []perception.Point, zone *time.Location) *trendView {
	if len(points) < 2 {
		return nil
	}
	d := trendData{Unit: scoreUnit(m), Max: 100, Reworded: []int{}}
	switch m {
	case feedback.NPS:
		d.Min = -100
	case feedback.CES:
		d.Min, d.Max, d.Digits = 1, 7, 1
	}
	v := &trendView{Title: map[string]string{
		perception.Daily: "Day by day", perception.Weekly: "Week by week", perception.Monthly: "Month by month",
	}[every]}
	for i, p := range points {
		label := pointLabel(p.Start.In(zone), every)
		d.Labels = append(d.Labels, label)
		d.Score, d.Low, d.High = append(d.Score, p.Score), append(d.Low, p.Low), append(d.High, p.High)
		d.N = append(d.N, p.N)
		if p.Reworded {
			d.Reworded = append(d.Reworded, i)
		}
		row := trendRow{Label: label, Score: "too few answers", N: number(p.N), Reworded: p.Reworded}
		if e := p.Estimate(); e.Enough() {
			row.Score, row.Range = fullScore(m, e), scoreText(m, e.Low)+" to "+scoreText(m, e.High)
		}
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
