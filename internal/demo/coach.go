package demo

import (
	"time"

	"earshot/internal/coaching"
	"earshot/internal/feedback"
	"earshot/internal/mail"
)

// praise passes on what customers praised, as the service does with what comes in live.
func (s *Stage) praise(h *history, r *feedback.Response) {
	who, reason := s.praised(r)
	for _, agent := range who {
		at := r.ChangedAt
		k := &feedback.Remark{Kind: feedback.Kudos, Response: r.ID, Agent: agent, By: "earshot", WrittenAt: at, Reason: reason}
		k.ID = feedback.KudosID(r.ID, agent.Email)
		k.Notices = []feedback.Notice{{Kind: string(mail.KindThanks), Key: string(feedback.Kudos), To: agent.Email, Due: at, SentAt: at}}
		h.remarks = append(h.remarks, k)
	}
}

// praised is whom a comment praises.
func (s *Stage) praised(r *feedback.Response) ([]feedback.Agent, string) {
	switch {
	case !coaching.Praises(r):
		return nil, ""
	case len(r.Sentiment.Names) == 0:
		return coaching.Owner(r), feedback.PraisedAsOwner
	}
	candidates := []feedback.Agent{r.Agent}
	for _, a := range s.world.agents {
		if a.Team == r.Agent.Team && a.Email != r.Agent.Email {
			candidates = append(candidates, a.Agent)
		}
	}
	return coaching.Named(r.Sentiment.Names, candidates), feedback.PraisedByName
}

// ruleOf is the rule that a team's agents name when a policy stood in the way.
func (s *Stage) ruleOf(team, cause string) string {
	if feedback.KindOfCause(cause) != feedback.CausePolicy || chance(s.world.dice, 0.2) {
		return ""
	}
	if team == "Billing" {
		return pick(s.world.dice, []string{"Rule 7: no refund after 30 days", "Rule 7: no refund after 30 days", "Rule 12: credit only to the same card"})
	}
	return pick(s.world.dice, []string{"Account changes need a letter", "One household, one account"})
}

// coach lets leads and agents speak about a few of the latest low answers: notes, a lesson, disputes.
func (s *Stage) coach(h *history) {
	notes := []string{
		"Read the second sentence: they only wanted to know when. Give a date, even when it is far away.",
		"You stayed calm with somebody who was not. Next time, say early what you can do, then what you cannot.",
		"This was the third contact on the same matter. Look at the history first; nobody likes to tell it again.",
	}
	teams := map[string]int{}
	for i := len(h.cases) - 1; i >= 0; i-- {
		c := h.cases[i]
		n := teams[c.Agent.Team]
		if c.Label == "" || n > 4 || s.world.now.Sub(c.OpenedAt) < 5*time.Hour {
			continue
		}
		teams[c.Agent.Team]++
		lead := s.leads[c.Agent.Team]
		at := feedback.UTC(c.OpenedAt.Add(4 * time.Hour))
		switch n {
		case 0, 3:
			s.remark(h, feedback.Remark{Kind: feedback.Dispute, Response: c.ID, Agent: c.Agent, By: c.Agent.Email, WrittenAt: at, DecideBy: s.world.now.Add(26 * time.Hour),
				Reason: feedback.DisputeReasons()[n%2], Text: "The promise was made before the case came to me; I heard of it from the customer."})
		case 4:
			s.remark(h, feedback.Remark{Kind: feedback.Lesson, Response: c.ID, Agent: feedback.Agent{Team: c.Agent.Team}, By: lead, WrittenAt: at,
				Text: "We all promise call-backs. From now on: write the hour into the case, and if it slips, tell the customer before it does."})
		default:
			s.remark(h, feedback.Remark{Kind: feedback.CoachingNote, Response: c.ID, Agent: c.Agent, By: lead, WrittenAt: at, Text: notes[(n+len(c.Agent.Team))%len(notes)],
				Lines: []feedback.RemarkLine{{At: feedback.UTC(at.Add(time.Hour)), By: c.Agent.Email, What: "answered", Text: "Fair. I called them again today with a date."}}})
		}
	}
}

// remark writes one down, told to whom it concerns; what is open stays due.
func (s *Stage) remark(h *history, r feedback.Remark) {
	r.ID = feedback.CoachingID(r.Kind, r.Response, r.By, r.Text)
	if r.Kind == feedback.Dispute {
		r.ID, r.DecideBy = feedback.DisputeID(r.Response, r.By), feedback.UTC(r.DecideBy)
		if chance(s.world.dice, 0.5) {
			r.Decision, r.DecidedBy, r.DecidedAt = feedback.Upheld, s.leads[r.Agent.Team], feedback.UTC(r.WrittenAt.Add(3*time.Hour))
			r.Lines = []feedback.RemarkLine{{At: r.DecidedAt, By: r.DecidedBy, What: feedback.Upheld, Text: "True: the case changed hands the day before, without a word about it."}}
		}
	}
	r.Plan()
	h.remarks = append(h.remarks, &r)
}
