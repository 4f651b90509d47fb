package web

import (
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// feedbackIn is the body of POST /v1/feedback.
type feedbackIn struct {
	Source string    `json:"source"`
	ID     string    `json:"id"`
	Text   string    `json:"text"`
	Author string    `json:"author"`
	Agent  agentRef  `json:"agent"`
	URL    string    `json:"url"`
	At     time.Time `json:"at"`
}

// agentRef is an agent, given as an address or as an object like that of an interaction.
type agentRef struct{ feedback.Agent }

func (r *agentRef) fromJSON(v any, path string) []feedback.FieldError {
	if address, ok := v.(string); ok {
		r.Email = address
		return nil
	}
	var in agentJSON
	if _, ok := v.(map[string]any); !ok {
		return []feedback.FieldError{{Field: path, Detail: `must be an address, or an object with "email"`}}
	}
	errs := decode(v, &in, path)
	r.Agent = feedback.Agent(in)
	return errs
}

// POST /v1/feedback: feedback that nobody asked for. 201 the first time, 200 on repetition. It is
// understood a moment later, by a worker; a clearly bad one becomes a case.
func (a *app) postFeedback(c *fiber.Ctx) error {
	var in feedbackIn
	if err := readJSON(c, &in); err != nil {
		return err
	}
	r, created, err := a.Collect.AddFeedback(c.UserContext(), collect.Unasked{
		Source: in.Source, External: in.ID, Text: in.Text, Author: in.Author, Agent: in.Agent.Agent, URL: in.URL, At: in.At,
	}, a.Now())
	if err != nil {
		return err
	}
	if created {
		c.Status(fiber.StatusCreated)
	}
	return c.JSON(responseOut(r))
}
