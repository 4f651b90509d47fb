package helpdesk

import (
	"encoding/json"

	"earshot/internal/feedback"
)

// zammadSigned checks "sha1=" + hex(HMAC-SHA1(token, body)) (Zammad admin documentation, "Webhook").
func zammadSigned(r Request, secret string) bool {
	return sha1Hex(secret, r.Header("X-Hub-Signature"), r.Body)
}

// zammadName is what Zammad writes as a name, or as an object that has one.
type zammadName string

// UnmarshalJSON implements json.Unmarshaler.
func (n *zammadName) UnmarshalJSON(b []byte) error {
	var o struct{ Name text }
	if json.Unmarshal(b, &o) == nil && o.Name != "" {
		*n = zammadName(o.Name)
		return nil
	}
	var s text
	err := s.UnmarshalJSON(b)
	*n = zammadName(s)
	return err
}

// readZammad reads Zammad's own payload about a ticket that was closed.
func readZammad(r Request) (feedback.Interaction, error) {
	type person struct{ ID, Email, Firstname, Lastname, Login text }
	type payload struct {
		Ticket *struct {
			ID, Title       text
			State           zammadName
			CloseAt         text `json:"close_at"`
			Channel         text `json:"create_article_type"`
			Group           zammadName
			Customer, Owner person
			Tags            words
		}
	}
	p, err := parse[payload](r.Body)
	if err != nil {
		return feedback.Interaction{}, err
	}
	t := p.Ticket
	if t == nil {
		return feedback.Interaction{}, ignore("the payload holds no ticket")
	}
	if !over(text(t.State)) {
		return feedback.Interaction{}, stillOpen(t.ID, "the ticket is %q, not closed", string(t.State))
	}
	if t.Owner.Login == "-" { // the system's own user stands where nobody owns a ticket
		t.Owner = person{}
	}
	return feedback.Interaction{
		External: string(t.ID), Subject: string(t.Title), Channel: channel(t.Channel), EndedAt: moment(t.CloseAt), Tags: t.Tags,
		Customer: feedback.Customer{ID: string(t.Customer.ID), Email: string(t.Customer.Email), Name: fullName(t.Customer.Firstname, t.Customer.Lastname)},
		Agent:    feedback.Agent{Email: string(t.Owner.Email), Name: fullName(t.Owner.Firstname, t.Owner.Lastname), Team: string(t.Group)},
	}, nil
}
