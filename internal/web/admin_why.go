package web

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/invite"
	"earshot/internal/store"

	"github.com/gofiber/fiber/v2"
)

// whyView is the page struct of why.html.
type whyView struct {
	Query   string
	Address bool // whether the query is an address
	Person  *whyPerson
	Entries []whyEntry
	Next    string // URL of the next page
	Notice  string
	Mistake string
}

// whyPerson says how somebody stands with surveys.
type whyPerson struct {
	Email, Name string
	OptedOut    time.Time
	Blocked     []*feedback.Person
	Names       []string // their other addresses and ids
	Next        []whyNext
}

type whyNext struct {
	Survey string
	At     time.Time
	Now    bool
}

// whyEntry is one interaction with its decisions.
type whyEntry struct {
	ID, Source, External, Title, Outcome, Tone string
	Customer                                   feedback.Customer
	Agent                                      feedback.Agent
	EndedAt                                    time.Time
	Lines                                      []whyLine
}

type whyLine struct {
	feedback.Line
	Tone string
}

// GET /admin/why: every decision about asking, found by address or interaction.
func (a *app) showWhy(c *fiber.Ctx) error { return a.whyPage(c, c.Query("q"), whyView{}) }

func (a *app) whyPage(c *fiber.Ctx, q string, view whyView) error {
	view.Query = clean(strings.TrimSpace(q))
	var err error
	switch {
	case view.Query == "":
	case strings.Contains(view.Query, "@") && !strings.Contains(view.Query, "/"):
		view.Address = true
		err = a.whyAddress(c, &view)
	default:
		err = a.whyInteraction(c, &view)
	}
	if err != nil {
		return err
	}
	return a.page(c, "why", view)
}

func (a *app) whyAddress(c *fiber.Ctx, view *whyView) error {
	ctx := c.UserContext()
	if !feedback.ValidEmail(view.Query) {
		view.Mistake = "That is not an e-mail address."
		return nil
	}
	entries, next, err := a.Invite.Search(ctx, view.Query, store.Page{Limit: 30, After: c.Query("after")})
	if err != nil {
		return err
	}
	for _, e := range entries {
		view.Entries = append(view.Entries, whyEntryOf(e))
	}
	if next != "" {
		view.Next = "/admin/why?" + url.Values{"q": {view.Query}, "after": {next}}.Encode()
	}
	standing, err := a.Invite.Standing(ctx, view.Query, a.Now())
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p := standing.Person
	view.Person = &whyPerson{Email: p.Email, Name: p.Name, OptedOut: p.OptedOut, Blocked: standing.Blocked, Names: p.Names}
	for _, n := range standing.Next {
		view.Person.Next = append(view.Person.Next, whyNext{n.Survey, n.At, !n.At.After(a.Now())})
	}
	return nil
}

// whyInteraction finds an interaction by source/id, or by its id alone in the sources of late.
func (a *app) whyInteraction(c *fiber.Ctx, view *whyView) error {
	ctx := c.UserContext()
	source, id, ok := strings.Cut(view.Query, "/")
	sources := []string{source}
	if !ok {
		var err error
		if sources, err = a.Invite.Sources(ctx); err != nil {
			return err
		}
		id = view.Query
	}
	for _, s := range sources {
		e, err := a.Invite.Entry(ctx, s, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		view.Entries = append(view.Entries, whyEntryOf(e))
	}
	return nil
}

func whyEntryOf(e invite.Entry) whyEntry {
	in := e.Interaction
	out := whyEntry{ID: in.ID, Source: in.Source, External: in.External, Title: in.Subject, Outcome: in.Decision.Outcome,
		Tone: whyTone(in.Decision.Outcome), Customer: in.Customer, Agent: in.Agent, EndedAt: in.EndedAt}
	if out.Title == "" {
		out.Title = in.Channel
	}
	if out.Title == "" {
		out.Title = "No subject"
	}
	for _, l := range e.Ledger {
		out.Lines = append(out.Lines, whyLine{l, whyTone(l.Decision)})
	}
	return out
}

// whyTone is the colour of a decision.
func whyTone(decision string) string {
	switch decision {
	case feedback.Asked, "sent", "reminded", "delivered", "answered":
		return "good"
	case feedback.Deferred:
		return "info"
	case "bounced", "complained", "failed":
		return "bad"
	}
	return "warn"
}

// POST /admin/why/{stop,ask,merge}: changes how somebody stands with surveys.
func (a *app) actOnPerson(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, email := c.UserContext(), field(form, "email")
	view := whyView{}
	switch c.Params("action") {
	case "stop":
		_, err = a.Invite.StopAsking(ctx, email, a.Now())
		view.Notice = "No more surveys go to this person."
	case "ask":
		_, err = a.Invite.AskAgain(ctx, email)
		view.Notice = "This person may be asked again."
	case "merge":
		err = a.merge(ctx, email, field(form, "other"))
		view.Notice = "Both addresses are one person now."
	default:
		return notFound("There is no such action.")
	}
	var invalid *feedback.Invalid
	if errors.As(err, &invalid) {
		view.Notice, view.Mistake = "", invalid.Errors[0].Detail+"."
		c.Status(fiber.StatusUnprocessableEntity)
	} else if err != nil {
		return err
	}
	a.Log.Info("person changed", "by", userOf(c).Email, "action", c.Params("action"))
	return a.whyPage(c, email, view)
}

func (a *app) merge(ctx context.Context, keep, other string) error {
	if feedback.PersonID("", "", keep) == feedback.PersonID("", "", other) {
		return feedback.Refuse("other", "Both are the same address")
	}
	return a.Invite.Merge(ctx, keep, other, a.Now())
}
