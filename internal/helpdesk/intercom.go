package helpdesk

import (
	"strings"

	"earshot/internal/feedback"
)

// intercomSigned checks "sha1=" + hex(HMAC-SHA1(client secret, body)) (Intercom, "Signed notifications").
func intercomSigned(r Request, secret string) bool {
	return sha1Hex(secret, r.Header("X-Hub-Signature"), r.Body)
}

// intercomPerson is a customer or a teammate.
type intercomPerson struct {
	Type, ID, Email, Name text
	External              text `json:"external_id"`
}

// intercomConversation is a conversation, in the forms of the versions of the API.
type intercomConversation struct {
	ID, Title text
	UpdatedAt text `json:"updated_at"`
	Source    struct {
		Type, Subject text
		Author        intercomPerson
	}
	User     intercomPerson // before version 2
	Assignee intercomPerson // before version 2
	Contacts struct{ Contacts []intercomPerson }
	Teammate struct{ Admins []intercomPerson } `json:"teammates"`
	Parts    struct {
		Parts []struct {
			Type   text `json:"part_type"`
			Author intercomPerson
		} `json:"conversation_parts"`
	} `json:"conversation_parts"`
	Tags words
}

// readIntercom reads the notification conversation.admin.closed.
func readIntercom(r Request) (feedback.Interaction, error) {
	type notification struct {
		Topic text
		Data  struct{ Item intercomConversation }
	}
	n, err := parse[notification](r.Body)
	if err != nil {
		return feedback.Interaction{}, err
	}
	if n.Topic != "conversation.admin.closed" {
		return feedback.Interaction{}, ignore("the topic %q does not end a conversation", string(n.Topic))
	}
	c := n.Data.Item
	customer, agent := c.customer(), c.agent()
	return feedback.Interaction{
		External: string(c.ID), Subject: plain(first(c.Title, c.Source.Subject)), Channel: channel(c.Source.Type), EndedAt: moment(c.UpdatedAt), Tags: c.Tags,
		Customer: feedback.Customer{ID: first(customer.External, customer.ID), Email: string(customer.Email), Name: string(customer.Name)},
		Agent:    feedback.Agent{Email: string(agent.Email), Name: string(agent.Name)},
	}, nil
}

// customer is whoever began the conversation, or the first contact in it.
func (c intercomConversation) customer() intercomPerson {
	all := append([]intercomPerson{c.Source.Author, c.User}, c.Contacts.Contacts...)
	for _, p := range all {
		if p.Email != "" && p.Type != "admin" && p.Type != "bot" {
			return p
		}
	}
	for _, p := range all {
		if p.ID != "" && p.Type != "admin" && p.Type != "bot" {
			return p
		}
	}
	return intercomPerson{}
}

// agent is who wrote the last part, else who it is assigned to, else the first teammate in it.
func (c intercomConversation) agent() intercomPerson {
	var all []intercomPerson
	for i := len(c.Parts.Parts) - 1; i >= 0; i-- {
		if p := c.Parts.Parts[i].Author; p.Type == "admin" {
			all = append(all, p)
		}
	}
	all = append(append(all, c.Assignee), c.Teammate.Admins...)
	for _, p := range all {
		if p.Email != "" || p.Name != "" {
			return p
		}
	}
	return intercomPerson{}
}

// plain takes the markup out of a short title.
func plain(s string) string {
	var b strings.Builder
	inside := false
	for _, r := range s {
		switch {
		case r == '<':
			inside = true
		case r == '>':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}
