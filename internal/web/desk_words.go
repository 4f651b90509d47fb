package web

import (
	"fmt"
	"slices"
	"strings"

	"earshot/internal/feedback"
)

// speak puts the desk's own words into the reader's language.
func (v *deskView) speak(t tongue, u *feedback.User, whose string) {
	v.Heading = t.say("desk_"+whose, "team", u.Team)
	for i, tab := range deskTabs() {
		if i < len(v.Tabs) {
			v.Tabs[i].Label = t.say("tab_" + tab.id)
		}
	}
	for i := range v.Whose {
		switch i {
		case 0:
			v.Whose[i].Label = t.say("everybody")
			if u.Role == feedback.RoleLead {
				v.Whose[i].Label = t.say("wall_tab_team", "team", u.Team)
			}
		default:
			v.Whose[i].Label = t.say("wall_tab_mine")
		}
	}
	v.Empty = deskSilence(t, v.Tab, whose)
	for i := range v.Rows {
		v.Rows[i].speak(t)
	}
}

// deskSilence is what an empty list says: what would stand there, and how it comes.
func deskSilence(t tongue, tab, whose string) emptyView {
	switch {
	case tab == "resolved" || tab == "closed":
		return emptyView{t.say("empty_" + tab), t.say("empty_" + tab + "_text")}
	case tab != "todo" && tab != "open":
		return emptyView{t.say("empty_step"), t.say("empty_step_text")}
	case whose == "mine":
		return emptyView{t.say("empty_todo"), t.say("empty_todo_mine")}
	}
	return emptyView{t.say("empty_todo"), t.say("empty_todo_team")}
}

func (r *deskRow) speak(t tongue) {
	k := r.Case
	if r.Step != "" {
		r.Step = t.Word("step", k.State)
	}
	if r.Reason != "" {
		r.Reason = t.Word("why", k.Reason)
	}
	for i, kind := range r.Kinds {
		if i < len(r.Signals) {
			r.Signals[i] = t.Word("signal", kind)
		}
	}
	_, high, _ := k.Metric.Scale()
	switch {
	case !k.Scored:
		r.Score.Label = t.say("desk_unscored")
	default:
		r.Score.Label = t.say("desk_score", "n", fmt.Sprint(k.Score), "of", fmt.Sprint(high))
	}
}

func customerName(c feedback.Customer) string {
	for _, s := range []string{c.Name, c.Email, c.ID} {
		if s != "" {
			return s
		}
	}
	return "Unknown customer"
}

// valueWords writes what a customer is worth, without a currency: the organisation's own.
func valueWords(v float64) string {
	if v <= 0 {
		return ""
	}
	whole := fmt.Sprintf("%.0f", v)
	var groups []string
	for len(whole) > 3 {
		groups = append([]string{whole[len(whole)-3:]}, groups...)
		whole = whole[:len(whole)-3]
	}
	return strings.Join(append([]string{whole}, groups...), "\u202f")
}

// reasonWords says why there is a case where the score alone does not.
func reasonWords(reason string) string {
	switch reason {
	case feedback.ReasonComment:
		return "Opened for the comment"
	case feedback.ReasonFeedback:
		return "Unasked feedback"
	case feedback.ReasonSignal:
		return "Opened for what it says"
	case feedback.ReasonReply:
		return "Reply by mail"
	}
	return ""
}

// stepWords is what the clock of a case runs for.
func stepWords(s feedback.CaseState) string {
	switch s {
	case feedback.CaseOpen:
		return "to acknowledge"
	case feedback.CaseAcknowledged:
		return "to contact the customer"
	case feedback.CaseContacted:
		return "to resolve"
	}
	return ""
}

// signalWords are the things in a comment that matter beside its polarity, in words for agents.
func signalWords(signals []feedback.Signal) []string {
	names := map[string]string{
		"churn": "May leave", "legal": "Legal threat", "safety": "Safety", "vulnerable": "Vulnerable customer",
		"callback": "Wants a call", "abuse": "Abusive",
	}
	var out []string
	for _, s := range signals {
		name, ok := names[s.Kind]
		if !ok {
			name = title(s.Kind)
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
