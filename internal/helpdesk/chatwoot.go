package helpdesk

import (
	"strings"

	"earshot/internal/feedback"
)

// chatwootSigned checks "sha256=" + hex(HMAC-SHA256(secret, timestamp + "." + body)).
func chatwootSigned(r Request, secret string) bool {
	return sha256Hex(secret, r.Header("X-Chatwoot-Signature"), []byte(r.Header("X-Chatwoot-Timestamp")+"."), r.Body)
}

// readChatwoot reads the event conversation_status_changed of a conversation that was resolved.
func readChatwoot(r Request) (feedback.Interaction, error) {
	type person struct{ ID, Email, Name, Type text }
	type conversation struct {
		Event, ID, Status, Channel text
		UpdatedAt                  text `json:"updated_at"`
		Labels                     words
		Meta                       struct {
			Sender, Assignee person
			Team             struct{ Name text }
		}
		More struct {
			Subject  text `json:"mail_subject"`
			Language text `json:"conversation_language"`
		} `json:"additional_attributes"`
	}
	c, err := parse[conversation](r.Body)
	if err != nil {
		return feedback.Interaction{}, err
	}
	if c.Event != "conversation_status_changed" {
		return feedback.Interaction{}, ignore("the event %q does not end a conversation", string(c.Event))
	}
	if !over(c.Status) {
		return feedback.Interaction{}, stillOpen(c.ID, "the conversation is %q, not resolved", string(c.Status))
	}
	return feedback.Interaction{
		External: string(c.ID), Subject: string(c.More.Subject), Channel: channel(text(strings.TrimPrefix(string(c.Channel), "Channel::"))), EndedAt: moment(c.UpdatedAt), Tags: c.Labels,
		Customer: feedback.Customer{ID: string(c.Meta.Sender.ID), Email: string(c.Meta.Sender.Email), Name: string(c.Meta.Sender.Name), Locale: language(c.More.Language)},
		Agent:    feedback.Agent{Email: string(c.Meta.Assignee.Email), Name: string(c.Meta.Assignee.Name), Team: string(c.Meta.Team.Name)},
	}, nil
}
