package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"
)

// The board's numbers in words. A score without enough answers never becomes a number here.

// scoreText writes a score in the precision that its metric bears: whole points, one decimal for a
// mean.
func scoreText(m feedback.Metric, v float64) string {
	switch m {
	case feedback.CES:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case feedback.NPS:
		n := int(math.Round(v))
		switch {
		case n > 0:
			return "+" + strconv.Itoa(n)
		case n < 0:
			return "−" + strconv.Itoa(-n)
		}
		return "0"
	}
	return strconv.Itoa(int(math.Round(v)))
}

// scoreUnit stands behind a score.
func scoreUnit(m feedback.Metric) string {
	if m == feedback.CSAT || m == feedback.Thumbs {
		return "%"
	}
	return ""
}

// scoreMeaning says what the number counts.
func scoreMeaning(m feedback.Metric) string {
	switch m {
	case feedback.CSAT:
		return "of answers are 4 or 5 out of 5"
	case feedback.NPS:
		return "Net Promoter Score, from −100 to +100"
	case feedback.CES:
		return "out of 7: how easy it was, on average"
	case feedback.Thumbs:
		return "of answers are thumbs up"
	}
	return "out of 100: how many customers came away satisfied"
}

// rangeText writes an interval: "between 78 and 84".
func rangeText(m feedback.Metric, e perception.Estimate) string {
	return "between " + scoreText(m, e.Low) + " and " + scoreText(m, e.High)
}

// fullScore writes a score with its unit, or says that there are too few answers.
func fullScore(m feedback.Metric, e perception.Estimate) string {
	if !e.Enough() {
		return "too few answers"
	}
	if u := scoreUnit(m); u != "" {
		return scoreText(m, e.Value) + "\u202f" + u
	}
	return scoreText(m, e.Value)
}

// changeText says how a score moved against the days before, in words that do not claim more than
// the interval of the difference allows. tone is "good", "bad" or empty.
func changeText(m feedback.Metric, h perception.Headline, days int) (text, detail, tone string) {
	before := fmt.Sprintf("the %s before", countText(int64(days), "day", "days"))
	switch {
	case !h.Since.IsZero():
		return "wording changed", "The question was changed inside of these days. The score counts the answers since then; before it was " + fullScore(m, h.Former) + " (" + countText(h.Former.N, "answer", "answers") + "), to another question.", ""
	case h.Before.N == 0:
		return "no earlier answers", "There are no answers from " + before + " to compare with.", ""
	case !h.Change.Known:
		return "too few answers to compare", "At least " + strconv.Itoa(perception.Minimum) + " answers are needed here and in " + before + ".", ""
	}
	detail = fmt.Sprintf("Compared with %s (%s): %s points, 95 %% interval %s to %s.", before, fullScore(m, h.Before),
		pointsText(h.Change.Value), pointsText(h.Change.Low), pointsText(h.Change.High))
	switch {
	case h.Change.Up():
		return "▲ clearly up by " + magnitude(h.Change.Value), detail, "good"
	case h.Change.Down():
		return "▼ clearly down by " + magnitude(h.Change.Value), detail, "bad"
	}
	return "no clear change", detail, ""
}

// pointsText writes a difference with its sign.
func pointsText(v float64) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', 1, 64)
	switch {
	case s == "0.0":
		return "0"
	case v < 0:
		return "−" + s
	}
	return "+" + s
}

func magnitude(v float64) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', 1, 64)
	if s == "1.0" {
		return "1 point"
	}
	return strings.TrimSuffix(s, ".0") + " points"
}

// countText writes a number with its noun: "1 answer", "1,204 answers".
func countText(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// number groups thousands.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent writes a share of a whole; "–" of nothing.
func percent(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	return strconv.Itoa(int(math.Round(100*float64(part)/float64(whole)))) + "\u202f%"
}

// longText names a duration as a person would, or "–" for none.
func longText(d time.Duration) string {
	if d <= 0 {
		return "–"
	}
	return span(d)
}

// daysText names a run of days: "24 Oct – 22 Nov 2026".
func daysText(from, to time.Time, zone *time.Location) string {
	first, last := from.In(zone), to.In(zone).Add(-time.Millisecond)
	switch {
	case first.Format(time.DateOnly) == last.Format(time.DateOnly):
		return last.Format("2 Jan 2006")
	case first.Year() != last.Year():
		return first.Format("2 Jan 2006") + " – " + last.Format("2 Jan 2006")
	}
	return first.Format("2 Jan") + " – " + last.Format("2 Jan 2006")
}

// surveyName is how people call a survey.
func (a *app) surveyName(id string) string {
	if s, ok := a.Surveys.Current(id); ok && s.Name != "" {
		return s.Name
	}
	return title(id)
}
