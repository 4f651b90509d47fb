package web

import (
	"math"

	"earshot/internal/feedback"
	"earshot/internal/perception"
)

// unitTable compares teams, agents or channels on one axis.
type unitTable struct {
	Heading, Column string
	Rows            []unitRow
	Low, High, Mid  string  // ends and middle of the axis
	Mean            float64 // where the whole scope stands on the axis, 0..100
	MeanText        string
	Equal           bool // no clear difference among all that have enough answers
	AllFew          bool // nobody has enough answers
	Plain           bool // no standing and no response rate: just the scores
	Ordered         bool // rows stand in an order of their own
	Ranked          bool // two or more have enough answers
	Changes         bool // some row knows how it changed
}

// unitRow is one unit. Positions on the axis are 0..100.
type unitRow struct {
	Name, URL       string
	Few             bool
	Score, Range    string
	Left, Width, At float64
	N, Rate         string
	Side            string // "above", "below" or empty
	Change, Tone    string
	NewBand         bool // begins a group that is clearly below the one before
}

// axis is the stretch of a scale that a table shows.
type axis struct{ low, high float64 }

// newAxis covers all intervals, rounded outwards to whole steps, never beyond the scale.
func newAxis(m feedback.Metric, mean perception.Estimate, units []perception.Unit) axis {
	step, bottom, top := 10.0, 0.0, 100.0
	switch m {
	case feedback.NPS:
		step, bottom = 20, -100
	case feedback.CES:
		step, bottom, top = 0.5, 1, 7
	}
	a := axis{mean.Low, mean.High}
	for _, u := range units {
		if u.Score.Enough() {
			a.low, a.high = math.Min(a.low, u.Score.Low), math.Max(a.high, u.Score.High)
		}
	}
	a.low = math.Max(bottom, math.Floor(a.low/step)*step)
	a.high = math.Min(top, math.Ceil(a.high/step)*step)
	if a.high <= a.low {
		a.high = a.low + step
	}
	return a
}

// at is the place of a value, 0..100 and with one decimal.
func (a axis) at(v float64) float64 {
	p := 100 * (v - a.low) / (a.high - a.low)
	return math.Round(10*math.Max(0, math.Min(100, p))) / 10
}

func unitsOf(heading, column string, m feedback.Metric, mean perception.Estimate, units []perception.Unit, link func(string) string) *unitTable {
	if len(units) == 0 {
		return nil
	}
	ax := newAxis(m, mean, units)
	t := &unitTable{
		Heading: heading, Column: column, Mean: ax.at(mean.Value), MeanText: fullScore(m, mean),
		Low: scoreText(m, ax.low), High: scoreText(m, ax.high), Mid: scoreText(m, (ax.low+ax.high)/2),
	}
	band, enough := 0, 0
	for _, u := range units {
		row := unitRowOf(m, ax, u)
		if link != nil {
			row.URL = link(u.Name)
		}
		if !row.Few {
			enough++
			row.NewBand = !t.Ordered && band != 0 && u.Standing.Band != band
			band = u.Standing.Band
		}
		t.Changes = t.Changes || row.Change != ""
		t.Rows = append(t.Rows, row)
	}
	t.Ranked, t.AllFew = enough > 1, enough == 0
	t.Equal = t.Ranked && !anyBand(t.Rows)
	return t
}

func anyBand(rows []unitRow) bool {
	for _, r := range rows {
		if r.NewBand || r.Side != "" {
			return true
		}
	}
	return false
}

func unitRowOf(m feedback.Metric, ax axis, u perception.Unit) unitRow {
	row := unitRow{Name: u.Label, N: number(u.Score.N), Rate: percent(u.Answered, u.Asked), Few: !u.Score.Enough()}
	if row.Few {
		return row
	}
	row.Score = fullScore(m, u.Score)
	row.Range = scoreText(m, u.Score.Low) + " to " + scoreText(m, u.Score.High)
	row.Left, row.At = ax.at(u.Score.Low), ax.at(u.Score.Value)
	row.Width = math.Max(0.5, ax.at(u.Score.High)-row.Left)
	switch {
	case u.Standing.Side > 0:
		row.Side = "above"
	case u.Standing.Side < 0:
		row.Side = "below"
	}
	switch {
	case u.Moved > 0:
		row.Change, row.Tone = "▲ up "+magnitude(u.Change.Value), "good"
	case u.Moved < 0:
		row.Change, row.Tone = "▼ down "+magnitude(u.Change.Value), "bad"
	case u.Change.Known:
		row.Change = "no clear change"
	}
	return row
}

// topicTable lists what comments are about, worst pull first.
type topicTable struct {
	Rows   []topicRow
	Picked string // the topic whose comments are shown
	Clear  string // address without a picked topic
}

// topicRow is one topic. Bars are percent of the mentions.
type topicRow struct {
	Name, URL              string
	Here                   bool
	Mentions               string
	Negative, Other, Posit float64
	PositiveAt             float64 // where the positive part begins
	Words                  string  // the bar in words
	Score, Pull, Tone, Gap string
}

func topicsOf(v boardView, o *perception.Overview) *topicTable {
	if len(o.Topics) == 0 {
		return nil
	}
	t := &topicTable{Clear: v.ask.url(func(b *boardAsk) { b.topic = "" })}
	for _, topic := range o.Topics {
		row := topicRowOf(o.Main.Metric, topic)
		if !v.noQuotes {
			row.URL = v.ask.url(func(b *boardAsk) { b.topic = topic.Name }) + "#quotes"
		}
		if row.Here = v.ask.topic == topic.Name; row.Here {
			t.Picked = row.Name
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func topicRowOf(m feedback.Metric, t perception.Topic) topicRow {
	n := float64(t.Mentions())
	row := topicRow{
		Name: title(t.Name), Mentions: number(t.Mentions()), Score: fullScore(m, t.Score),
		Negative: 100 * float64(t.Negative) / n, Other: 100 * float64(t.Other) / n, Posit: 100 * float64(t.Positive) / n,
		Words:      number(t.Negative) + " negative, " + number(t.Other) + " other, " + number(t.Positive) + " positive",
		PositiveAt: 100 * float64(t.Negative+t.Other) / n,
		Pull:       "too few answers",
	}
	if !t.Gap.Known {
		return row
	}
	row.Pull, row.Gap = "no clear difference", "Score beside it against all other answers: "+pointsText(t.Gap.Value)+" points, 95 % interval "+pointsText(t.Gap.Low)+" to "+pointsText(t.Gap.High)+"."
	switch {
	case t.Side < 0:
		row.Pull, row.Tone = "▼ "+pointsText(t.Pull)+" points", "bad"
	case t.Side > 0:
		row.Pull, row.Tone = "▲ "+pointsText(t.Pull)+" points", "good"
	}
	return row
}
