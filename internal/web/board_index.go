package web

import (
	"earshot/internal/feedback"
	"earshot/internal/perception"
)

// indexParts shows what the perception index is made of: how each survey's answers were read, and what
// they weigh.
type indexParts struct {
	Rows []indexRow
	// Voiced is what unasked comments say on the same scale; empty with too few of them.
	Voiced, VoicedN string
}

// indexRow is one survey of an index.
type indexRow struct {
	Name, URL, Index, N, Weight     string
	Happy, Between, Unhappy         float64 // percent of the answers, for the bar
	BetweenAt, HappyAt              float64
	Words                           string // the bar in words
	HappyCut, BetweenCut, UnhappyAt string // the cuts on the survey's scale
}

func (a *app) indexParts(v boardView, o *perception.Overview) *indexParts {
	if len(o.Index.Parts) == 0 {
		return nil
	}
	p := &indexParts{}
	for _, part := range o.Index.Parts {
		n := float64(part.Index.N)
		row := indexRow{
			Name: a.surveyName(part.Survey), Index: "too few answers", N: number(part.Index.N), Weight: percent(int64(1000*part.Weight), 1000),
			URL:   v.ask.url(func(b *boardAsk) { b.survey, b.topic = part.Survey, "" }),
			Happy: 100 * float64(part.Happy) / n, Between: 100 * float64(part.Between) / n, Unhappy: 100 * float64(part.Unhappy) / n,
			Words: number(part.Unhappy) + " dissatisfied, " + number(part.Between) + " in between, " + number(part.Happy) + " satisfied",
		}
		row.BetweenAt, row.HappyAt = row.Unhappy, row.Unhappy+row.Between
		if part.Index.Enough() {
			row.Index = scoreText("", part.Index.Value) + " (" + scoreText("", part.Index.Low) + " to " + scoreText("", part.Index.High) + ")"
		}
		row.UnhappyAt, row.BetweenCut, row.HappyCut = cuts(part.Metric)
		p.Rows = append(p.Rows, row)
	}
	if e := o.Unasked.Voiced(); e.Enough() {
		p.Voiced = scoreText("", e.Value) + " of 100, " + rangeText("", e)
		p.VoicedN = countText(e.N, "comment", "comments")
	}
	return p
}

// cuts says which answers on a metric's scale are read as dissatisfied, in between and satisfied.
func cuts(m feedback.Metric) (unhappy, between, happy string) {
	low, high, _ := m.Scale()
	stretch := func(from, to int) string {
		switch {
		case from > to:
			return "–"
		case from == to:
			return number(int64(from))
		}
		return number(int64(from)) + "–" + number(int64(to))
	}
	return stretch(low, m.DefaultLow()), stretch(m.DefaultLow()+1, m.Happy()-1), stretch(m.Happy(), high)
}

// indexHeadline is the index in words, beside the surveys' own scores.
func indexHeadline(o *perception.Overview, days int) headlineView {
	x := o.Index
	v := headlineView{
		Name: "Perception index", Meaning: scoreMeaning(""), Answers: countText(x.N, "answer", "answers"), N: x.N, estimate: x.Estimate,
		Asked: o.Unheard.Asked, Answered: o.Unheard.Answered,
	}
	v.Change, v.Detail, v.Tone = indexChange(o, days)
	if v.Few = !x.Enough(); v.Few {
		v.Missing = countText(perception.Minimum-x.N, "more answer", "more answers")
		return v
	}
	v.Score, v.Unit, v.Range = scoreText("", x.Value), "/100", rangeText("", x.Estimate)
	return v
}

func indexChange(o *perception.Overview, days int) (text, detail, tone string) {
	before := "the " + countText(int64(days), "day", "days") + " before"
	switch {
	case o.IndexBefore.N == 0:
		return "no earlier answers", "There are no answers from " + before + " to compare with.", ""
	case !o.Moved.Known:
		return "too few answers to compare", "No survey has enough answers here and in " + before + ".", ""
	}
	detail = "Compared with " + before + ", with the mix of surveys held still: " + pointsText(o.Moved.Value) + " points, 95 % interval " +
		pointsText(o.Moved.Low) + " to " + pointsText(o.Moved.High) + "."
	switch {
	case o.Moved.Up():
		return "▲ clearly up by " + magnitude(o.Moved.Value), detail, "good"
	case o.Moved.Down():
		return "▼ clearly down by " + magnitude(o.Moved.Value), detail, "bad"
	}
	return "no clear change", detail, ""
}
