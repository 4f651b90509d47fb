package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
)

// What the case page says in words: the clock, the history, the figures.

func toneOf(label string) string {
	switch label {
	case feedback.Positive:
		return "good"
	case feedback.Negative:
		return "bad"
	case feedback.Mixed:
		return "warn"
	}
	return ""
}

func seconds(s float64) string {
	if s < 60 {
		return fmt.Sprintf("%.0f s", s)
	}
	return span(time.Duration(s * float64(time.Second)))
}

func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func clockOf(k *feedback.Case, now time.Time) []clockView {
	steps := []clockView{
		{Name: "Acknowledge", By: k.AcknowledgeBy, Done: k.AcknowledgedAt, Current: k.State == feedback.CaseOpen},
		{Name: "Contact", By: k.ContactBy, Done: k.ContactedAt, Current: k.State == feedback.CaseAcknowledged},
		{Name: "Resolve", By: k.ResolveBy, Done: k.ResolvedAt, Current: k.State == feedback.CaseContacted},
	}
	for i := range steps {
		s := &steps[i]
		end := s.Done
		if end.IsZero() {
			end = now
		}
		s.Late = !s.By.IsZero() && end.After(s.By)
	}
	return steps
}

// namesOf are the names by which a history calls the staff.
func namesOf(people []*feedback.User) map[string]string {
	names := map[string]string{"earshot": "Earshot", "customer": "The customer"}
	for _, p := range people {
		names[p.Email] = p.Agent().DisplayName()
	}
	return names
}

// historyOf writes entries of a case's history for people, newest first.
func historyOf(events []feedback.Event, names map[string]string) []historyView {
	name := func(address string) string {
		if n, ok := names[address]; ok {
			return n
		}
		return address
	}
	var out []historyView
	for _, e := range slices.Backward(events) {
		h := historyView{At: e.At, Who: name(e.By), What: eventWords(e.What), Theirs: e.By == "customer", Note: e.Note, Cause: e.Cause, Act: e.Action}
		if e.To != "" {
			h.What += " " + name(e.To)
		}
		if e.What == "opened" {
			h.Note = openedWords(e.Note)
		}
		out = append(out, h)
	}
	return out
}

// urgentOf lists what must be seen first in a response's comment. Spans outside of the comment, which a
// later change of the text leaves behind, are passed over.
func urgentOf(r *feedback.Response) []urgentView {
	var out []urgentView
	for _, g := range r.Sentiment.Urgent() {
		v := urgentView{Name: signalWords([]feedback.Signal{g})[0]}
		for _, e := range g.Evidence {
			if e.Start >= 0 && e.Start < e.End && e.End <= len(r.Comment) {
				v.Quotes = append(v.Quotes, r.Comment[e.Start:e.End])
			}
		}
		out = append(out, v)
	}
	return out
}

// openedWords says why a case was opened; the history keeps the reason's name.
func openedWords(reason string) string {
	switch reason {
	case feedback.ReasonLowScore:
		return "The score was low."
	case feedback.ReasonComment:
		return "The comment was clearly negative beside a friendly score."
	case feedback.ReasonFeedback:
		return "The unasked feedback was clearly negative."
	case feedback.ReasonSignal:
		return "The comment holds something a person must see, whatever the score."
	case feedback.ReasonReply:
		return "The customer answered a mail with words in place of a score."
	}
	return reason
}

func eventWords(what string) string {
	words := map[string]string{
		"opened": "opened the case", "alerted": "alerted", "escalated": "told that time ran out:", "acknowledged": "acknowledged it",
		"contacted": "contacted the customer", "resolved": "resolved it", "undone": "took that back", "reopened": "reopened it", "noted": "wrote a note",
		"assigned": "gave it to", "asked_again": "asked the customer again", "confirmed": "said that it was made right",
		"not_confirmed": "said that it was not made right", "unreachable": "got no answer to the second question", "score_changed": "changed the answer",
		"called": "called the customer", "replied": "wrote to the customer", "customer_replied": "wrote back", "snoozed": "let it rest",
		"woke": "put it back on the desk", "corrected": "raised the score", "routed": "passed it to", "undeliverable": "could not reach", "told": "told",
	}
	if w, ok := words[what]; ok {
		return w
	}
	return strings.ReplaceAll(what, "_", " ")
}
