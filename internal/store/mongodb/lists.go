package mongodb

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Interactions fulfils store.Interactions.
type Interactions struct {
	*Queue[feedback.Interaction, *feedback.Interaction]
}

func interactionOrders(in *feedback.Interaction) orders { return orders{at: millis(in.EndedAt)} }

// List implements store.Interactions.
func (t *Interactions) List(ctx context.Context, f store.InteractionFilter, p store.Page) (store.List[feedback.Interaction], error) {
	return t.list(ctx, interactionQuery(f), p, func(in *feedback.Interaction) time.Time { return in.EndedAt })
}

func interactionQuery(f store.InteractionFilter) query {
	q := query{index: "recent", field: fieldAt, desc: true}
	switch {
	case f.Person != "":
		q.index = "person"
	case f.Agent != "":
		q.index = "agent"
	}
	q.is("person", f.Person)
	q.is("agent.email", f.Agent)
	q.within(f.From, f.To)
	return q
}

// Invitations fulfils store.Invitations.
type Invitations struct {
	*Queue[feedback.Invitation, *feedback.Invitation]
}

func invitationOrders(v *feedback.Invitation) orders {
	return orders{at: millis(v.CreatedAt), sent: orAbsent(v.SentAt)}
}

// List implements store.Invitations.
func (t *Invitations) List(ctx context.Context, f store.InvitationFilter, p store.Page) (store.List[feedback.Invitation], error) {
	q := invitationQuery(f)
	return t.list(ctx, q, p, func(v *feedback.Invitation) time.Time {
		if q.field == fieldSent {
			return v.SentAt
		}
		return v.CreatedAt
	})
}

func invitationQuery(f store.InvitationFilter) query {
	q := query{index: "survey", field: fieldAt, desc: true}
	span := !f.SentFrom.IsZero() || !f.SentTo.IsZero()
	switch {
	case f.Interaction != "":
		q.index = "interaction"
	case f.Person != "":
		q.index = "person"
	case f.Agent != "" && span:
		q.index = "agent"
	}
	if span {
		q.index, q.field, q.desc = q.index+"_sent", fieldSent, false
		q.within(f.SentFrom, f.SentTo)
	}
	q.is("interaction", f.Interaction)
	q.is("person", f.Person)
	q.is("survey", f.Survey)
	q.is("agent.email", f.Agent)
	return q
}

// Responses fulfils store.Responses.
type Responses struct {
	*Queue[feedback.Response, *feedback.Response]
}

func responseOrders(r *feedback.Response) orders {
	return orders{at: millis(r.AnsweredAt), words: store.Tokens(r)}
}

// List implements store.Responses.
func (t *Responses) List(ctx context.Context, f store.ResponseFilter, p store.Page) (store.List[feedback.Response], error) {
	return t.list(ctx, responseQuery(f), p, func(r *feedback.Response) time.Time { return r.AnsweredAt })
}

func responseQuery(f store.ResponseFilter) query {
	q := query{index: "recent", field: fieldAt, desc: true}
	switch {
	case f.Person != "":
		q.index = "person"
	case f.Agent != "":
		q.index = "agent"
	case f.Team != "":
		q.index = "team"
	case f.Label != "":
		q.index = "label"
	case f.Survey != "":
		q.index = "survey"
	}
	q.is("person", f.Person)
	q.is("agent.email", f.Agent)
	q.is("agent.team", f.Team)
	q.is("sentiment.label", f.Label)
	q.is("survey", f.Survey)
	if f.Comments {
		q.where = append(q.where, bson.E{Key: "comment", Value: bson.D{{Key: "$exists", Value: true}}})
	}
	q.within(f.From, f.To)
	return q
}

// Cases fulfils store.Cases.
type Cases struct {
	*Queue[feedback.Case, *feedback.Case]
}

func caseOrders(c *feedback.Case) orders {
	return orders{at: millis(c.OpenedAt), clock: orNever(c.Deadline)}
}

// List implements store.Cases.
func (t *Cases) List(ctx context.Context, f store.CaseFilter, p store.Page) (store.List[feedback.Case], error) {
	return t.list(ctx, caseQuery(f), p, func(c *feedback.Case) time.Time {
		if f.ByDeadline {
			return c.Deadline
		}
		return c.OpenedAt
	})
}

func caseQuery(f store.CaseFilter) query {
	q := query{index: caseIndex(f), field: fieldAt, desc: true}
	q.is("person", f.Person)
	q.is("owner.email", f.Owner)
	q.is("agent.email", f.Agent)
	q.is("owner.team", f.OwnerTeam)
	q.is("survey", f.Survey)
	switch {
	case strings.HasPrefix(q.index, "state"):
		for _, state := range slices.Compact(slices.Sorted(slices.Values(f.States))) {
			q.either = append(q.either, bson.E{Key: "state", Value: state})
		}
	case len(f.States) > 0:
		q.where = append(q.where, bson.E{Key: "state", Value: bson.D{{Key: "$in", Value: f.States}}})
	}
	opened := between(f.OpenedFrom, f.OpenedTo)
	if !f.ByDeadline {
		q.span = opened
		if !f.DueBefore.IsZero() {
			q.where = append(q.where, bson.E{Key: "deadline", Value: between(time.Time{}, f.DueBefore)})
		}
		return q
	}
	q.field, q.desc = fieldClock, false
	q.within(time.Time{}, f.DueBefore)
	if len(opened) > 0 {
		q.where = append(q.where, bson.E{Key: fieldAt, Value: opened})
	}
	return q
}

// caseIndex picks the index of the condition that leaves the fewest rows.
func caseIndex(f store.CaseFilter) string {
	name := "recent"
	switch {
	case f.Person != "":
		name = "person"
	case f.Owner != "":
		name = "owner"
	case f.Agent != "":
		name = "agent"
	case !f.DueBefore.IsZero() && !f.ByDeadline:
		return "running"
	case f.OwnerTeam != "":
		name = "owner_team"
	case len(f.States) > 0 && !f.DueBefore.IsZero():
		return "clock"
	case len(f.States) > 0:
		name = "state"
	case f.Survey != "":
		name = "survey"
	}
	switch {
	case !f.ByDeadline:
		return name
	case name == "recent":
		return "clock"
	}
	return name + "_clock"
}
