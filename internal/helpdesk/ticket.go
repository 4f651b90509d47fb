package helpdesk

import (
	"strings"

	"earshot/internal/feedback"
)

// ticket is the payload of systems whose rules write what we ask for: docs/helpdesks.md shows the
// template for each.
type ticket struct {
	ID, Status, Subject, Channel, Survey text
	EndedAt                              text `json:"ended_at"`
	Tags                                 words
	Customer                             struct{ ID, Email, Name, Locale, Timezone, Segment text }
	Agent                                struct{ Email, Name, Team text }
}

// interaction turns the ticket into one, unless it is not over.
func (t ticket) interaction() (feedback.Interaction, error) {
	if !over(t.Status) {
		return feedback.Interaction{}, stillOpen(t.ID, "the ticket is %q, not solved or closed", string(t.Status))
	}
	return feedback.Interaction{
		External: string(t.ID), Subject: string(t.Subject), Channel: channel(t.Channel), Survey: string(t.Survey), EndedAt: moment(t.EndedAt), Tags: t.Tags,
		Customer: feedback.Customer{ID: string(t.Customer.ID), Email: string(t.Customer.Email), Name: string(t.Customer.Name),
			Locale: language(t.Customer.Locale), Timezone: string(t.Customer.Timezone), Segment: string(t.Customer.Segment)},
		Agent: feedback.Agent{Email: string(t.Agent.Email), Name: string(t.Agent.Name), Team: string(t.Agent.Team)},
	}, nil
}

// channel writes the systems' words for a channel as ours.
func channel(s text) string {
	switch word := strings.ToLower(strings.TrimSpace(string(s))); word {
	case "web", "web form", "web service", "api", "portal", "form":
		return "web"
	case "mail", "email", "e-mail":
		return "email"
	case "chat", "messaging", "webwidget", "conversation", "native messaging":
		return "chat"
	case "phone", "voice", "call":
		return "phone"
	default:
		return word
	}
}
