package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/invite"

	"github.com/gofiber/fiber/v2"
)

// Bounds of a batch.
const (
	maxBatch = 1000
	// batchWorkers interactions of a batch are taken in at the same time; the embedded store groups
	// their commits.
	batchWorkers = 32
)

// interactionIn is the body of POST /v1/interactions.
type interactionIn struct {
	Source   string       `json:"source"`
	ID       string       `json:"id"`
	Channel  string       `json:"channel"`
	Subject  string       `json:"subject"`
	EndedAt  time.Time    `json:"ended_at"`
	Customer customerJSON `json:"customer"`
	Agent    agentJSON    `json:"agent"`
	Owners   []ownerJSON  `json:"owners"`
	Survey   string       `json:"survey"`
	Ask      *bool        `json:"ask"`
	Tags     []string     `json:"tags"`
	Metrics  metricsJSON  `json:"metrics"`
}

func (in interactionIn) interaction() feedback.Interaction {
	out := feedback.Interaction{
		Source: in.Source, External: in.ID, Channel: in.Channel, Subject: in.Subject, EndedAt: in.EndedAt,
		Customer: in.Customer.in(), Agent: feedback.Agent(in.Agent), Survey: in.Survey,
		NoAsk: in.Ask != nil && !*in.Ask, Tags: in.Tags, Metrics: feedback.Metrics(in.Metrics),
	}
	for _, o := range in.Owners {
		out.Owners = append(out.Owners, feedback.Owner(o))
	}
	return out
}

// decisionJSON is what was decided about asking.
type decisionJSON struct {
	Interaction string     `json:"interaction"`
	Decision    string     `json:"decision"`
	Reason      string     `json:"reason"`
	Rule        string     `json:"rule"`
	Invitation  *string    `json:"invitation"`
	SendAt      *time.Time `json:"send_at"`
}

func decisionOut(in *feedback.Interaction) decisionJSON {
	d := in.Decision
	return decisionJSON{in.ID, d.Outcome, d.Reason, d.Rule, word(d.Invitation), moment(d.SendAt)}
}

// POST /v1/interactions: an interaction has ended. 201 the first time, 200 with the first result on
// repetition.
func (a *app) postInteraction(c *fiber.Ctx) error {
	tree, err := parseJSON(c.BodyRaw())
	if err != nil {
		return err
	}
	in, created, err := a.accept(c.UserContext(), tree)
	if err != nil {
		return err
	}
	if created {
		c.Status(fiber.StatusCreated)
	}
	return c.JSON(decisionOut(in))
}

// accept hands one parsed interaction to the verb. The mistakes of its form and of its content are
// reported together.
func (a *app) accept(ctx context.Context, tree any) (*feedback.Interaction, bool, error) {
	var body interactionIn
	errs := decode(tree, &body, "")
	in := body.interaction()
	if len(errs) > 0 {
		return nil, false, refuse(merge(errs, in.Validate()))
	}
	return a.Invite.Accept(ctx, in, a.Now())
}

// merge adds mistakes of content to mistakes of form, but none about a field that could not be read.
func merge(form, content []feedback.FieldError) []feedback.FieldError {
	out := form
	for _, e := range content {
		known := false
		for _, f := range form {
			known = known || e.Field == f.Field || strings.HasPrefix(e.Field, f.Field+".") || f.Field == "(body)"
		}
		if !known {
			out = append(out, e)
		}
	}
	return out
}

// batchResult is the result of one interaction of a batch, in its place.
type batchResult struct {
	Status int `json:"status"`
	*decisionJSON
	*problemPart
}

// problemPart is what a result says instead of a decision.
type problemPart struct {
	Title  string         `json:"title"`
	Detail string         `json:"detail"`
	Errors []problemField `json:"errors"`
}

// batchJSON answers a batch.
type batchJSON struct {
	Items []batchResult `json:"items"`
}

// POST /v1/interactions:batch: up to 1,000 interactions, one result each, in order. 200 when all were
// taken, 207 when some were not.
func (a *app) postInteractions(c *fiber.Ctx) error {
	tree, err := parseJSON(c.BodyRaw())
	if err != nil {
		return err
	}
	if o, ok := tree.(map[string]any); ok && len(o) == 1 {
		tree = o["interactions"]
	}
	items, ok := tree.([]any)
	if !ok {
		return badRequest(`Send an array of interactions, or {"interactions": [...]}.`)
	}
	if len(items) > maxBatch {
		return feedback.Refuse("interactions", fmt.Sprintf("has %d entries; at most %d are taken at once", len(items), maxBatch))
	}
	results := a.acceptAll(c.UserContext(), items)
	for _, r := range results {
		if r.Status >= 400 {
			c.Status(fiber.StatusMultiStatus)
		}
	}
	return c.JSON(batchJSON{results})
}

func (a *app) acceptAll(ctx context.Context, items []any) []batchResult {
	results := make([]batchResult, len(items))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(batchWorkers, len(items)) {
		workers.Go(func() {
			for i := range next {
				results[i] = a.acceptOne(ctx, items[i])
			}
		})
	}
	for i := range items {
		next <- i
	}
	close(next)
	workers.Wait()
	return results
}

func (a *app) acceptOne(ctx context.Context, tree any) batchResult {
	in, created, err := a.accept(ctx, tree)
	if err != nil {
		p := describe(err)
		if p.Status >= 500 {
			a.Log.Error("batch: interaction failed", "status", p.Status, "error", scrub(err.Error()))
		}
		if p.Errors == nil {
			p.Errors = []problemField{}
		}
		return batchResult{Status: p.Status, problemPart: &problemPart{p.Title, p.Detail, p.Errors}}
	}
	d := decisionOut(in)
	if created {
		return batchResult{Status: fiber.StatusCreated, decisionJSON: &d}
	}
	return batchResult{Status: fiber.StatusOK, decisionJSON: &d}
}

// dossierJSON is everything known about an interaction.
type dossierJSON struct {
	Interaction string       `json:"interaction"`
	Source      string       `json:"source"`
	ID          string       `json:"id"`
	Channel     string       `json:"channel"`
	Subject     string       `json:"subject"`
	EndedAt     time.Time    `json:"ended_at"`
	ReceivedAt  time.Time    `json:"received_at"`
	Customer    customerJSON `json:"customer"`
	Agent       agentJSON    `json:"agent"`
	Owners      []ownerJSON  `json:"owners"`
	Survey      string       `json:"survey"`
	Ask         bool         `json:"ask"`
	Tags        []string     `json:"tags"`
	Metrics     metricsJSON  `json:"metrics"`

	Decision   string          `json:"decision"`
	Reason     string          `json:"reason"`
	Rule       string          `json:"rule"`
	SendAt     *time.Time      `json:"send_at"`
	Ledger     []lineJSON      `json:"ledger"`
	Invitation *invitationJSON `json:"invitation"`
	Response   *responseJSON   `json:"response"`
	Sentiment  *sentimentJSON  `json:"sentiment"`
	Case       *caseJSON       `json:"case"`
	Resurvey   *resurveyJSON   `json:"resurvey"`
}

// resurveyJSON is the second question after a recovery.
type resurveyJSON struct {
	Invitation *invitationJSON `json:"invitation"`
	Response   *responseJSON   `json:"response"`
}

// GET /v1/interactions/{source}/{id}: an interaction, why it was asked about or not, and what followed.
func (a *app) getInteraction(c *fiber.Ctx) error {
	source, err1 := url.PathUnescape(c.Params("source"))
	id, err2 := url.PathUnescape(c.Params("id"))
	if err1 != nil || err2 != nil {
		return notFound("There is no such interaction.")
	}
	d, err := a.Invite.Interaction(c.UserContext(), source, id)
	if err != nil {
		return err
	}
	return c.JSON(dossierOut(d))
}

func dossierOut(d *invite.Dossier) dossierJSON {
	in := d.Interaction
	out := dossierJSON{
		Interaction: in.ID, Source: in.Source, ID: in.External, Channel: in.Channel, Subject: in.Subject, EndedAt: in.EndedAt,
		ReceivedAt: in.ReceivedAt, Customer: customerOut(in.Customer), Agent: agentOut(in.Agent), Owners: []ownerJSON{},
		Survey: in.Survey, Ask: !in.NoAsk, Tags: texts(in.Tags), Metrics: metricsJSON(in.Metrics),
		Decision: in.Decision.Outcome, Reason: in.Decision.Reason, Rule: in.Decision.Rule, SendAt: moment(in.Decision.SendAt),
		Ledger: ledgerOut(d.Ledger),
	}
	for _, o := range in.Owners {
		out.Owners = append(out.Owners, ownerJSON(o))
	}
	for _, v := range d.Invitations {
		if v.Original != "" {
			out.Resurvey = &resurveyJSON{Invitation: invitationOut(v)}
		} else {
			out.Invitation = invitationOut(v)
		}
	}
	for _, r := range d.Responses {
		if r.Original == "" {
			out.Response, out.Sentiment = responseOut(r), sentimentOut(r.Sentiment)
		} else if out.Resurvey != nil {
			out.Resurvey.Response = responseOut(r)
		}
	}
	for _, k := range d.Cases {
		if out.Case == nil || out.Response != nil && k.ID == out.Response.ID {
			out.Case = caseOut(k)
		}
	}
	return out
}
