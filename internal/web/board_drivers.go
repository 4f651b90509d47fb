package web

import (
	"context"
	"math"
	"strconv"

	"earshot/internal/feedback"
	"earshot/internal/perception"

	"github.com/gofiber/fiber/v2"
)

// driversPage is what pages/board_drivers.html shows: what moves the score, and where it hurts.
type driversPage struct {
	boardTop
	Pains   *painList
	Drivers []driverRow
	Top     string // the importance at the top of the picture
	Topics  *topicTable
}

// driverRow is one topic as a driver, with its place in the picture, 0..100 from the left and the top.
type driverRow struct {
	No                     int
	Name, URL              string
	Importance, Range      string
	Performance, Performed string
	Mentions, N            string
	Advice, Tone           string
	X, Y                   float64
}

// painList are the topics that hurt most.
type painList struct {
	Rows []painRow
	More string // address of the whole list; empty on it
}

// painRow is one of them, with what customers wrote.
type painRow struct {
	No                  int
	Name, URL           string
	Score               string
	Harm, HarmRange     string
	Volume, Complaints  string
	Trend, Tone, Detail string
	Quotes              []quoteRow
}

// GET /board/drivers: what moves the score, what hurts most, and what comments are about.
func (a *app) showBoardDrivers(c *fiber.Ctx) error {
	v, notice := a.boardViewOf(c, "/board/drivers")
	o, top, err := a.readBoard(c, v, notice)
	if err != nil {
		return err
	}
	p := &driversPage{boardTop: top, Topics: topicsOf(v, o)}
	highest := 0.2
	for _, d := range o.Drivers {
		highest = math.Max(highest, math.Ceil(10*d.Importance.Value)/10)
	}
	p.Top = correlation(highest)
	for i, d := range o.Drivers {
		p.Drivers = append(p.Drivers, driverOf(v, i+1, d, highest))
	}
	if p.Pains, err = a.painsOf(c.UserContext(), v, o, 6); err != nil {
		return err
	}
	return a.page(c, "board_drivers", p)
}

func driverOf(v boardView, no int, d perception.Driver, highest float64) driverRow {
	r := driverRow{
		No: no, Name: title(d.Name), Importance: correlation(d.Importance.Value), Range: correlation(d.Importance.Low) + " to " + correlation(d.Importance.High),
		Performance: percent(int64(math.Round(10*d.Performance.Value)), 1000),
		Performed:   strconv.Itoa(int(math.Round(d.Performance.Low))) + " to " + strconv.Itoa(int(math.Round(d.Performance.High))),
		Mentions:    number(d.Mentions), N: number(d.Importance.N),
		X: 4 + 0.92*d.Performance.Value, Y: 96 - 92*math.Max(0, math.Min(1, d.Importance.Value/highest)),
		URL: v.ask.url(func(b *boardAsk) { b.path, b.topic = "/board", d.Name }) + "#quotes",
	}
	if v.noQuotes {
		r.URL = ""
	}
	switch {
	case !d.Clear:
		r.Advice = "no clear connection"
	case d.Performance.High < 50:
		r.Advice, r.Tone = "mend first", "bad"
	case d.Performance.Low > 50:
		r.Advice, r.Tone = "keep it up", "good"
	default:
		r.Advice, r.Tone = "undecided", ""
	}
	return r
}

// correlation writes a correlation with its sign and two digits.
func correlation(r float64) string {
	s := strconv.FormatFloat(math.Abs(r), 'f', 2, 64)
	switch {
	case s == "0.00":
		return "0"
	case r < 0:
		return "−" + s
	}
	return s
}

// painsOf lays out the worst topics with what was written about them.
func (a *app) painsOf(ctx context.Context, v boardView, o *perception.Overview, most int) (*painList, error) {
	if len(o.Pains) == 0 {
		return nil, nil
	}
	pains := o.Pains[:min(most, len(o.Pains))]
	quotes, err := a.painQuotes(ctx, v, o, pains)
	if err != nil {
		return nil, err
	}
	l := &painList{}
	for i, p := range pains {
		row := painOf(i+1, p)
		row.Quotes = quotes[p.Name]
		if !v.noQuotes {
			row.URL = v.ask.url(func(b *boardAsk) { b.topic = p.Name }) + "#quotes"
			if v.ask.path == "/board/drivers" {
				row.URL = v.ask.url(func(b *boardAsk) { b.path, b.topic = "/board", p.Name }) + "#quotes"
			}
		}
		l.Rows = append(l.Rows, row)
	}
	if !v.own && v.ask.path == "/board" {
		l.More = v.ask.url(func(b *boardAsk) { b.path, b.topic = "/board/drivers", "" })
	}
	return l, nil
}

func painOf(no int, p perception.Pain) painRow {
	r := painRow{
		No: no, Name: title(p.Name), Score: strconv.FormatFloat(p.Score, 'f', 1, 64),
		Harm:      magnitude(p.Harm.Value) + " lower",
		HarmRange: "95 % interval " + pointsText(-p.Harm.High) + " to " + pointsText(-p.Harm.Low),
		Volume:    percent(p.Negative, p.Comments) + " of comments", Complaints: countText(p.Negative, "complaint", "complaints"),
		Trend: "no clear change",
	}
	switch {
	case !p.Trend.Known:
		r.Trend = "too few comments before"
	case p.Trend.Up():
		r.Trend, r.Tone = "▲ rising, "+pointsText(p.Trend.Value)+" points of share", "bad"
	case p.Trend.Down():
		r.Trend, r.Tone = "▼ falling, "+pointsText(p.Trend.Value)+" points of share", "good"
	}
	r.Detail = "Rank " + r.Score + " = " + strconv.FormatFloat(p.Harm.Value, 'f', 1, 64) + " points × " +
		strconv.FormatFloat(p.Volume.Value, 'f', 1, 64) + " % × " + strconv.FormatFloat(p.Factor, 'f', 2, 64)
	return r
}

// quotesPer is how many comments stand below one topic.
const quotesPer = 2

// painQuotes finds the latest comments that complain about each topic. A topic that fewer than
// quotesFrom comments name shows none to others than their owners.
func (a *app) painQuotes(ctx context.Context, v boardView, o *perception.Overview, pains []perception.Pain) (map[string][]quoteRow, error) {
	out := map[string][]quoteRow{}
	if a.noQuotes(v, o) != "" {
		return out, nil
	}
	missing := 0
	want, said := map[string]int{}, map[string]bool{}
	for _, p := range pains {
		if p.Negative >= quotesFrom || v.owner() {
			want[p.Name], missing = quotesPer, missing+quotesPer
		}
	}
	err := a.latestComments(ctx, v, o, func(r *feedback.Response) bool {
		if r.Sentiment == nil {
			return missing > 0
		}
		for _, t := range r.Sentiment.Topics {
			if t.Label == feedback.Negative && want[t.Topic] > 0 && !said[r.Comment] {
				said[r.Comment] = true
				out[t.Topic] = append(out[t.Topic], a.quote(v, r))
				want[t.Topic], missing = want[t.Topic]-1, missing-1
				break // one comment stands below one topic
			}
		}
		return missing > 0
	})
	return out, err
}
