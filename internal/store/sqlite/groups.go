package sqlite

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

type interactions struct {
	*queue[feedback.Interaction, *feedback.Interaction]
	list *list[feedback.Interaction, *feedback.Interaction]
}

func newInteractions(p *preparer, w *writer, c codec) *interactions {
	q := newQueue[feedback.Interaction](p, w, c, layout[feedback.Interaction]{
		table: "interactions", row: "interaction", columns: []string{"person", "agent", "ended"},
		values: func(v *feedback.Interaction) []any { return []any{v.Person, v.Agent.Email, millis(v.EndedAt)} },
	})
	byEnd := order[feedback.Interaction]{column: "ended", newest: true, at: func(v *feedback.Interaction) time.Time { return v.EndedAt }}
	return &interactions{q, newList(p, q.table, byEnd, []string{"person", "agent"}, nil,
		route{index: "interactions_person", fixes: []string{"person"}},
		route{index: "interactions_agent", fixes: []string{"agent"}},
		route{index: "interactions_ended"})}
}

// List returns interactions by their end, newest first.
func (t *interactions) List(ctx context.Context, f store.InteractionFilter, p store.Page) (store.List[feedback.Interaction], error) {
	q := query{equal: map[string]string{"person": f.Person, "agent": f.Agent}}
	q.lo, q.hi = span(f.From, f.To)
	return t.list.page(ctx, q, p)
}

type invitations struct {
	*queue[feedback.Invitation, *feedback.Invitation]
	created, sent *list[feedback.Invitation, *feedback.Invitation]
}

func newInvitations(p *preparer, w *writer, c codec) *invitations {
	q := newQueue[feedback.Invitation](p, w, c, layout[feedback.Invitation]{
		table: "invitations", row: "invitation", columns: []string{"interaction", "person", "survey", "agent", "created", "sent"},
		values: func(v *feedback.Invitation) []any {
			return []any{v.Interaction, v.Person, v.Survey, v.Agent.Email, millis(v.CreatedAt), millis(v.SentAt)}
		},
	})
	byCreation := order[feedback.Invitation]{column: "created", newest: true, at: func(v *feedback.Invitation) time.Time { return v.CreatedAt }}
	bySending := order[feedback.Invitation]{column: "sent", at: func(v *feedback.Invitation) time.Time { return v.SentAt }}
	columns := []string{"interaction", "person", "survey", "agent"}
	return &invitations{q,
		newList(p, q.table, byCreation, columns, nil,
			route{index: "invitations_interaction", fixes: []string{"interaction"}},
			route{index: "invitations_person", fixes: []string{"person"}},
			route{index: "invitations_survey", fixes: []string{"survey"}}),
		newList(p, q.table, bySending, columns, nil,
			route{index: "invitations_interaction", fixes: []string{"interaction"}, few: true},
			route{index: "invitations_person", fixes: []string{"person"}, few: true},
			route{index: "invitations_agent_sent", fixes: []string{"survey", "agent"}, only: "sent > 0"},
			route{index: "invitations_survey_sent", fixes: []string{"survey"}, only: "sent > 0"})}
}

// List returns invitations by their sending, oldest first, or by their creation, newest first.
func (t *invitations) List(ctx context.Context, f store.InvitationFilter, p store.Page) (store.List[feedback.Invitation], error) {
	q := query{equal: map[string]string{"interaction": f.Interaction, "person": f.Person, "survey": f.Survey, "agent": f.Agent}}
	q.lo, q.hi = span(f.SentFrom, f.SentTo)
	if f.SentFrom.IsZero() && f.SentTo.IsZero() {
		return t.created.page(ctx, q, p)
	}
	q.lo = max(q.lo, 1) // what was not sent stands at 0
	return t.sent.page(ctx, q, p)
}

type responses struct {
	*queue[feedback.Response, *feedback.Response]
	list   *list[feedback.Response, *feedback.Response]
	search *search
}

func newResponses(p *preparer, w *writer, c codec) *responses {
	q := newQueue[feedback.Response](p, w, c, layout[feedback.Response]{
		table: "responses", row: "response", columns: []string{"person", "agent", "team", "survey", "label", "commented", "answered"},
		values: func(v *feedback.Response) []any {
			label := ""
			if v.Sentiment != nil {
				label = v.Sentiment.Label
			}
			return []any{v.Person, v.Agent.Email, v.Agent.Team, v.Survey, label, v.Comment != "", millis(v.AnsweredAt)}
		},
	})
	words := newSearch(p)
	q.beside, q.gone = words.beside, words.remove
	byAnswer := order[feedback.Response]{column: "answered", newest: true, at: func(v *feedback.Response) time.Time { return v.AnsweredAt }}
	return &responses{q, newList(p, q.table, byAnswer, []string{"person", "agent", "team", "survey", "label"}, []string{"(NOT :comments OR commented)"},
		route{index: "responses_person", fixes: []string{"person"}},
		route{index: "responses_agent", fixes: []string{"agent"}},
		route{index: "responses_team", fixes: []string{"team"}},
		route{index: "responses_label", fixes: []string{"label"}, only: "label <> ''"},
		route{index: "responses_survey", fixes: []string{"survey"}},
		route{index: "responses_answered"}), words}
}

// List returns responses by their first vote, newest first.
func (t *responses) List(ctx context.Context, f store.ResponseFilter, p store.Page) (store.List[feedback.Response], error) {
	q := query{
		equal:  map[string]string{"person": f.Person, "agent": f.Agent, "team": f.Team, "survey": f.Survey, "label": f.Label},
		checks: []any{sql.Named("comments", f.Comments)},
	}
	q.lo, q.hi = span(f.From, f.To)
	return t.list.page(ctx, q, p)
}

type cases struct {
	*queue[feedback.Case, *feedback.Case]
	opened, deadline *list[feedback.Case, *feedback.Case]
}

// stopped stands in the deadline column of a case whose clock does not run, so that it comes last.
const stopped = 1 << 62

func newCases(p *preparer, w *writer, c codec) *cases {
	q := newQueue[feedback.Case](p, w, c, layout[feedback.Case]{
		table: "cases", row: "case", columns: []string{"state", "owner", "owner_team", "agent", "survey", "person", "opened", "deadline"},
		values: func(v *feedback.Case) []any {
			deadline := millis(v.Deadline)
			if deadline == 0 {
				deadline = stopped
			}
			return []any{string(v.State), v.Owner.Email, v.Owner.Team, v.Agent.Email, v.Survey, v.Person, millis(v.OpenedAt), deadline}
		},
	})
	byOpening := order[feedback.Case]{column: "opened", newest: true, at: func(v *feedback.Case) time.Time { return v.OpenedAt }}
	byDeadline := order[feedback.Case]{column: "deadline", zero: stopped, at: func(v *feedback.Case) time.Time { return v.Deadline }}
	columns := []string{"owner", "owner_team", "agent", "survey", "person"}
	states := "(:states = '' OR instr(:states, ' ' || state || ' '))"
	return &cases{q,
		newList(p, q.table, byOpening, columns, []string{states, "deadline < :due_before"},
			route{index: "cases_person", fixes: []string{"person"}},
			route{index: "cases_owner", fixes: []string{"owner"}},
			route{index: "cases_agent", fixes: []string{"agent"}},
			route{index: "cases_team", fixes: []string{"owner_team"}},
			route{index: "cases_opened"}),
		newList(p, q.table, byDeadline, columns, []string{states, "opened BETWEEN :opened_from AND :opened_to"},
			route{index: "cases_person", fixes: []string{"person"}, few: true},
			route{index: "cases_owner_deadline", fixes: []string{"owner"}},
			route{index: "cases_agent_deadline", fixes: []string{"agent"}},
			route{index: "cases_team_deadline", fixes: []string{"owner_team"}},
			route{index: "cases_deadline"})}
}

// List returns cases by their deadline, earliest first, or by their opening, newest first.
func (t *cases) List(ctx context.Context, f store.CaseFilter, p store.Page) (store.List[feedback.Case], error) {
	q := query{equal: map[string]string{"owner": f.Owner, "owner_team": f.OwnerTeam, "agent": f.Agent, "survey": f.Survey, "person": f.Person}}
	due := int64(math.MaxInt64)
	if !f.DueBefore.IsZero() {
		due = ceiling(f.DueBefore)
	}
	q.checks = append(q.checks, sql.Named("states", among(f.States)))
	from, to := span(f.OpenedFrom, f.OpenedTo)
	if f.ByDeadline {
		q.lo, q.hi = math.MinInt64, due-1
		q.checks = append(q.checks, sql.Named("opened_from", from), sql.Named("opened_to", to))
		return t.deadline.page(ctx, q, p)
	}
	q.lo, q.hi = from, to
	q.checks = append(q.checks, sql.Named("due_before", due))
	return t.opened.page(ctx, q, p)
}

// among writes states as one parameter, each between spaces; empty means any.
func among(states []feedback.CaseState) string {
	var b strings.Builder
	for _, s := range states {
		b.WriteString(" " + string(s) + " ")
	}
	return b.String()
}
