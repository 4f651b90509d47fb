package web

import (
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/perception"
)

// finding is one sentence of the board's summary, with a mark that stands before it.
type finding struct {
	Mark, Tone string
	Text       string
}

// inShort says in a few sentences what the figures below say, and only what they say clearly.
func (a *app) inShort(o *perception.Overview) []finding {
	var out []finding
	add := func(mark, tone, text string) {
		if text != "" {
			out = append(out, finding{mark, tone, text})
		}
	}
	switch {
	case o.Moved.Up():
		add("▲", "good", "The perception index is clearly up by "+magnitude(o.Moved.Value)+".")
	case o.Moved.Down():
		add("▼", "bad", "The perception index is clearly down by "+magnitude(o.Moved.Value)+".")
	}
	for _, h := range o.Headlines {
		switch {
		case h.Change.Up():
			add("▲", "good", a.surveyName(h.Survey)+" is clearly up by "+magnitude(h.Change.Value)+".")
		case h.Change.Down():
			add("▼", "bad", a.surveyName(h.Survey)+" is clearly down by "+magnitude(h.Change.Value)+".")
		}
	}
	if len(out) == 0 && o.Main.Change.Known {
		add("●", "", "No survey shows a clear change against the days before.")
	}
	add(outstanding(o, a.Zone))
	add("▼", "bad", apart("below", "team", "teams", o.Main.Metric, o.Teams, -1))
	add("▲", "good", apart("above", "team", "teams", o.Main.Metric, o.Teams, 1))
	add("▼", "bad", worstTopic(o))
	add("●", "", mended(o.Recovery))
	for _, p := range o.Trend {
		if p.Reworded {
			add("●", "", "The wording of the question changed in these days; scores before and after answer different questions.")
			break
		}
	}
	return out
}

// outstanding names the steps of the trend that stand clearly apart from all others.
func outstanding(o *perception.Overview, zone *time.Location) (mark, tone, text string) {
	var low, high []string
	for _, p := range o.Trend {
		name := stepName(p.Start.In(zone), o.Every) + " (" + fullScore(o.Main.Metric, p.Estimate()) + ")"
		switch {
		case p.Apart < 0:
			low = append(low, name)
		case p.Apart > 0:
			high = append(high, name)
		}
	}
	switch {
	case len(low) > 0:
		return "▼", "bad", "Clearly worse than the rest of this time: " + strings.Join(low, ", ") + "."
	case len(high) > 0:
		return "▲", "good", "Clearly better than the rest of this time: " + strings.Join(high, ", ") + "."
	}
	return "", "", ""
}

func stepName(start time.Time, every string) string {
	switch every {
	case perception.Weekly:
		return "the week from " + start.Format("2 January")
	case perception.Monthly:
		return start.Format("January 2006")
	}
	return start.Format("2 January")
}

// apart names the units that stand clearly apart from their peers.
func apart(where, one, many string, m feedback.Metric, units []perception.Unit, side int) string {
	var names []string
	for _, u := range units {
		if u.Standing.Side == side {
			names = append(names, u.Label+" ("+fullScore(m, u.Score)+")")
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is clearly " + where + " the other " + many + "."
	}
	if len(names) > 4 {
		return countText(int64(len(names)), one, many) + " are clearly " + where + " the mean."
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are clearly " + where + " the mean of all " + many + "."
}

// worstTopic names the topic that goes with the clearest loss.
func worstTopic(o *perception.Overview) string {
	for _, t := range o.Topics {
		if t.Side < 0 && t.Pull < 0 {
			return title(t.Name) + ": answers that name it score " + magnitude(t.Gap.Value) + " lower than the others and take " +
				magnitude(t.Pull) + " from the score."
		}
	}
	return ""
}

func mended(r perception.Recovery) string {
	if r.Opened == 0 {
		return ""
	}
	text := number(r.Resolved) + " of " + countText(r.Opened, "case from low answers is", "cases from low answers are") + " resolved"
	if judged := r.Confirmed + r.NotConfirmed; judged > 0 {
		text += "; " + number(r.Confirmed) + " of " + countText(judged, "customer who answered again says", "customers who answered again say") + " it was made right"
	}
	return text + "."
}
