package helpdesk

import "earshot/internal/feedback"

// helpscoutSigned checks base64(HMAC-SHA1(secret, body)) (Help Scout, "Webhooks").
func helpscoutSigned(r Request, secret string) bool {
	return sha1Base64(secret, r.Header("X-HelpScout-Signature"), r.Body)
}

// helpscoutPerson is a customer or a user.
type helpscoutPerson struct {
	ID, Email, First, Last  text
	FirstName, LastName     text
	Emails                  []struct{ Value text }
	PreferredLocale, Locale text
}

func (p helpscoutPerson) address() text {
	if p.Email == "" && len(p.Emails) > 0 {
		return p.Emails[0].Value
	}
	return p.Email
}

func (p helpscoutPerson) name() string {
	if n := fullName(p.First, p.Last); n != "" {
		return n
	}
	return fullName(p.FirstName, p.LastName)
}

// readHelpscout reads the event convo.status of a conversation that was closed.
func readHelpscout(r Request) (feedback.Interaction, error) {
	type conversation struct {
		ID, Status, Subject, Type       text
		ClosedAt                        text
		PrimaryCustomer, Customer       helpscoutPerson
		ClosedByUser, Assignee, Creator helpscoutPerson
		Tags                            words
	}
	if e := r.Header("X-HelpScout-Event"); e != "" && e != "convo.status" {
		return feedback.Interaction{}, ignore("the event %q does not end a conversation", e)
	}
	c, err := parse[conversation](r.Body)
	if err != nil {
		return feedback.Interaction{}, err
	}
	if !over(c.Status) {
		return feedback.Interaction{}, stillOpen(c.ID, "the conversation is %q, not closed", string(c.Status))
	}
	customer, agent := c.PrimaryCustomer, c.Assignee
	if customer.address() == "" {
		customer = c.Customer
	}
	if agent.address() == "" && c.ClosedByUser.address() != "" {
		agent = c.ClosedByUser
	}
	return feedback.Interaction{
		External: string(c.ID), Subject: string(c.Subject), Channel: channel(c.Type), EndedAt: moment(c.ClosedAt), Tags: c.Tags,
		Customer: feedback.Customer{ID: string(customer.ID), Email: string(customer.address()), Name: customer.name(), Locale: language(text(first(customer.PreferredLocale, customer.Locale)))},
		Agent:    feedback.Agent{Email: string(agent.address()), Name: agent.name()},
	}, nil
}
