package web

import (
	"fmt"
	"net/url"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/invite"

	"github.com/gofiber/fiber/v2"
)

// entryJSON is an interaction with every decision about asking.
type entryJSON struct {
	Interaction string          `json:"interaction"`
	Source      string          `json:"source"`
	ID          string          `json:"id"`
	Channel     string          `json:"channel"`
	Subject     string          `json:"subject"`
	EndedAt     time.Time       `json:"ended_at"`
	Customer    customerJSON    `json:"customer"`
	Agent       agentJSON       `json:"agent"`
	Survey      string          `json:"survey"`
	Decision    string          `json:"decision"`
	Reason      string          `json:"reason"`
	Rule        string          `json:"rule"`
	SendAt      *time.Time      `json:"send_at"`
	Ledger      []lineJSON      `json:"ledger"`
	Invitation  *invitationJSON `json:"invitation"`
}

func entryOut(e invite.Entry) entryJSON {
	in := e.Interaction
	out := entryJSON{
		Interaction: in.ID, Source: in.Source, ID: in.External, Channel: in.Channel, Subject: in.Subject, EndedAt: in.EndedAt,
		Customer: customerOut(in.Customer), Agent: agentOut(in.Agent), Survey: in.Survey, Decision: in.Decision.Outcome,
		Reason: in.Decision.Reason, Rule: in.Decision.Rule, SendAt: moment(in.Decision.SendAt), Ledger: ledgerOut(e.Ledger),
	}
	for _, v := range e.Invitations {
		if v.Original == "" {
			out.Invitation = invitationOut(v)
		}
	}
	return out
}

// GET /v1/interactions?customer=ADDRESS: the interactions of one customer, under all of their addresses,
// newest first, with every decision.
func (a *app) getInteractions(c *fiber.Ctx) error {
	q := a.query(c)
	email := q.text("customer")
	if email == "" {
		q.add("customer", "is required: the customer's e-mail address")
	} else if !feedback.ValidEmail(email) {
		q.add("customer", fmt.Sprintf("%q is not an e-mail address", email))
	}
	page := q.page()
	if err := q.done(); err != nil {
		return err
	}
	entries, next, err := a.Invite.Search(c.UserContext(), email, page)
	if err != nil {
		return err
	}
	out := listJSON[entryJSON]{Items: []entryJSON{}, Next: next}
	for _, e := range entries {
		out.Items = append(out.Items, entryOut(e))
	}
	return c.JSON(out)
}

// withdrawIn is the body of a withdrawal.
type withdrawIn struct {
	Reason string `json:"reason"`
}

// POST /v1/interactions/{source}/{id}/withdraw: it is not over (reopened), or nothing to ask about.
func (a *app) withdrawInteraction(c *fiber.Ctx) error {
	source, err1 := url.PathUnescape(c.Params("source"))
	id, err2 := url.PathUnescape(c.Params("id"))
	if err1 != nil || err2 != nil {
		return notFound("There is no such interaction.")
	}
	tree, err := parseJSON(c.BodyRaw())
	if err != nil {
		return err
	}
	var body withdrawIn
	if errs := decode(tree, &body, ""); len(errs) > 0 {
		return refuse(errs)
	}
	in, err := a.Invite.Withdraw(c.UserContext(), source, id, body.Reason, a.Now())
	if err != nil {
		return err
	}
	return c.JSON(decisionOut(in))
}
