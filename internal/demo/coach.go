package demo

import (
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
