package web

import (
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// caseJSON is a recovery as the API shows it.
type caseJSON struct {
	ID             string       `json:"id"`
	State          string       `json:"state"`
	Reason         string       `json:"reason"`
	Source         string       `json:"source"`
	ExternalID     string       `json:"external_id"`
	Interaction    *string      `json:"interaction"`
	Survey         string       `json:"survey"`
	Metric         string       `json:"metric"`
	Score          *int         `json:"score"`
	Label          *string      `json:"label"`
	Customer       customerJSON `json:"customer"`
	Agent          agentJSON    `json:"agent"`
	Owner          agentJSON    `json:"owner"`
	Channel        string       `json:"channel"`
	Subject        string       `json:"subject"`
	OpenedAt       time.Time    `json:"opened_at"`
	Deadline       *time.Time   `json:"deadline"`
	AcknowledgeBy  *time.Time   `json:"acknowledge_by"`
	ContactBy      *time.Time   `json:"contact_by"`
	ResolveBy      *time.Time   `json:"resolve_by"`
	AcknowledgedAt *time.Time   `json:"acknowledged_at"`
	ContactedAt    *time.Time   `json:"contacted_at"`
	ResolvedAt     *time.Time   `json:"resolved_at"`
	ClosedAt       *time.Time   `json:"closed_at"`
	Reopened       int          `json:"reopened"`
	Cause          *string      `json:"cause"`
	Action         *string      `json:"action"`
	History        []eventJSON  `json:"history"`
}

// eventJSON is one entry of a case's history.
type eventJSON struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	What   string    `json:"what"`
	Note   string    `json:"note"`
	Cause  string    `json:"cause"`
	Action string    `json:"action"`
	To     string    `json:"to"`
}

func caseOut(k *feedback.Case) *caseJSON {
	out := &caseJSON{
		ID: k.ID, State: string(k.State), Reason: k.Reason, Source: k.Source, ExternalID: k.External, Interaction: word(k.Interaction),
		Survey: k.Survey, Metric: string(k.Metric), Label: word(k.Label), Customer: customerOut(k.Customer),
		Agent: agentOut(k.Agent), Owner: agentOut(k.Owner), Channel: k.Channel, Subject: k.Subject, OpenedAt: k.OpenedAt,
		Deadline: moment(k.Deadline), AcknowledgeBy: moment(k.AcknowledgeBy), ContactBy: moment(k.ContactBy), ResolveBy: moment(k.ResolveBy),
		AcknowledgedAt: moment(k.AcknowledgedAt), ContactedAt: moment(k.ContactedAt), ResolvedAt: moment(k.ResolvedAt), ClosedAt: moment(k.ClosedAt),
		Reopened: k.Reopened, Cause: word(k.Cause), Action: word(k.Action), History: []eventJSON{},
	}
	if k.Scored {
		out.Score = &k.Score
	}
	for _, e := range k.History {
		out.History = append(out.History, eventJSON{At: e.At, By: e.By, What: e.What, Note: e.Note, Cause: e.Cause, Action: e.Action, To: e.To})
	}
	return out
}

func stateNames() []string {
	var out []string
	for _, s := range feedback.CaseStates() {
		out = append(out, string(s))
	}
	return out
}

// GET /v1/cases: recoveries, newest first; with due_before those whose clock runs, most urgent first.
func (a *app) getCases(c *fiber.Ctx) error {
	q := a.query(c)
	f := store.CaseFilter{Owner: q.text("agent"), OwnerTeam: q.text("team"), DueBefore: q.from("due_before")}
	for _, s := range q.listOf("state", stateNames()...) {
		f.States = append(f.States, feedback.CaseState(s))
	}
	f.ByDeadline = !f.DueBefore.IsZero()
	page := q.page()
	if err := q.done(); err != nil {
		return err
	}
	list, err := a.Store.Cases().List(c.UserContext(), f, page)
	if err != nil {
		return err
	}
	out := listJSON[*caseJSON]{Items: []*caseJSON{}, Next: list.Next}
	for _, k := range list.Items {
		out.Items = append(out.Items, caseOut(k))
	}
	return c.JSON(out)
}

// stepIn is the body of POST /v1/cases/{id}/{action}.
type stepIn struct {
	By     string `json:"by"`
	Note   string `json:"note"`
	Cause  string `json:"cause"`
	Action string `json:"action"`
	To     string `json:"to"`
	Until  string `json:"until"`
}

// POST /v1/cases/{id}/{action}: a person did something for the customer; action is one of
// acknowledge, contact, call, reply, snooze, resolve, reopen, note and assign.
func (a *app) postCaseAction(c *fiber.Ctx) error {
	var in stepIn
	if err := readJSON(c, &in); err != nil {
		return err
	}
	step := feedback.Step{By: in.By, Note: in.Note, Cause: in.Cause, Action: in.Action, To: feedback.Agent{Email: in.To}}
	if in.Until != "" {
		until, err := time.Parse(time.RFC3339, in.Until)
		if err != nil {
			return feedback.Refuse("until", "is not an RFC 3339 time such as 2026-11-20T14:03:00Z")
		}
		step.Until = until
	}
	k, err := a.Recovery.Act(c.UserContext(), c.Params("id"), c.Params("action"), step, a.Now())
	if err != nil {
		return err
	}
	return c.JSON(caseOut(k))
}
