package export

import (
	"slices"
	"time"

	"earshot/internal/feedback"
)

// at is a column's value for a time: none for the zero time.
func at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// said is a column's value for a text: none for the empty one.
func said(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// plain is a column that names nobody.
func plain[T any](name string, value func(*T) any) Column[T] {
	return Column[T]{Name: name, Value: value}
}

// personal is a column that can name the customer.
func personal[T any](name string, value func(*T) any) Column[T] {
	return Column[T]{Name: name, Value: value, Personal: true}
}

func customerColumns[T any](of func(*T) *feedback.Customer) []Column[T] {
	return []Column[T]{
		personal("customer.id", func(v *T) any { return said(of(v).ID) }),
		personal("customer.email", func(v *T) any { return said(of(v).Email) }),
		personal("customer.name", func(v *T) any { return said(of(v).Name) }),
		plain("customer.locale", func(v *T) any { return said(of(v).Locale) }),
		plain("customer.segment", func(v *T) any { return said(of(v).Segment) }),
		plain("customer.value", func(v *T) any {
			if of(v).Value == 0 {
				return nil
			}
			return of(v).Value
		}),
	}
}

func agentColumns[T any](prefix string, of func(*T) *feedback.Agent) []Column[T] {
	return []Column[T]{
		plain(prefix+".email", func(v *T) any { return said(of(v).Email) }),
		plain(prefix+".name", func(v *T) any { return said(of(v).Name) }),
		plain(prefix+".team", func(v *T) any { return said(of(v).Team) }),
	}
}

// Responses are the columns of what customers said. The first ones are those that the import reads.
func Responses() []Column[feedback.Response] {
	type row = feedback.Response
	feel := func(value func(*feedback.Sentiment) any) func(*row) any {
		return func(r *row) any {
			if r.Sentiment == nil {
				return nil
			}
			return value(r.Sentiment)
		}
	}
	return slices.Concat([]Column[row]{
		plain("source", func(r *row) any { return r.Source }),
		personal("id", func(r *row) any { return r.External }),
		plain("survey", func(r *row) any { return r.Survey }),
		plain("score", func(r *row) any {
			if !r.Scored {
				return nil
			}
			return r.Score
		}),
		plain("comment", func(r *row) any { return said(r.Comment) }),
		plain("answered_at", func(r *row) any { return at(r.AnsweredAt) }),
		plain("metric", func(r *row) any { return said(string(r.Metric)) }),
		plain("low", func(r *row) any { return r.Low }),
		plain("answers", func(r *row) any { return r.Answers }),
		plain("asked_at", func(r *row) any { return at(r.AskedAt) }),
		plain("changed_at", func(r *row) any { return at(r.ChangedAt) }),
		plain("changes", func(r *row) any { return len(r.Versions) }),
		plain("version", func(r *row) any { return said(r.Version) }),
		plain("language", func(r *row) any { return said(r.Language) }),
		plain("channel", func(r *row) any { return said(r.Channel) }),
		personal("subject", func(r *row) any { return said(r.Subject) }),
		plain("tags", func(r *row) any { return r.Tags }),
		plain("url", func(r *row) any { return said(r.URL) }),
	},
		agentColumns("agent", func(r *row) *feedback.Agent { return &r.Agent }),
		customerColumns(func(r *row) *feedback.Customer { return &r.Customer }),
		[]Column[row]{
			plain("sentiment.label", feel(func(s *feedback.Sentiment) any { return s.Label })),
			plain("sentiment.polarity", feel(func(s *feedback.Sentiment) any { return s.Polarity })),
			plain("sentiment.confidence", feel(func(s *feedback.Sentiment) any { return s.Confidence })),
			plain("sentiment.language", feel(func(s *feedback.Sentiment) any { return said(s.Language) })),
			plain("sentiment.topics", feel(func(s *feedback.Sentiment) any { return topics(s) })),
			plain("conflict", func(r *row) any { return said(r.Conflict) }),
			plain("has_case", func(r *row) any { return r.HasCase }),
			plain("response", func(r *row) any { return r.ID }),
			plain("interaction", func(r *row) any { return said(r.Interaction) }),
			plain("original", func(r *row) any { return said(r.Original) }),
		})
}

// topics are what a comment is about, each with what it says: "wait:negative".
func topics(s *feedback.Sentiment) []string {
	out := make([]string, 0, len(s.Topics))
	for _, t := range s.Topics {
		out = append(out, t.Topic+":"+t.Label)
	}
	return out
}

// Cases are the columns of the recoveries.
func Cases() []Column[feedback.Case] {
	type row = feedback.Case
	moment := func(name string, of func(*row) time.Time) Column[row] {
		return plain(name, func(c *row) any { return at(of(c)) })
	}
	return slices.Concat([]Column[row]{
		plain("case", func(c *row) any { return c.ID }),
		plain("source", func(c *row) any { return c.Source }),
		personal("id", func(c *row) any { return c.External }),
		plain("survey", func(c *row) any { return c.Survey }),
		plain("metric", func(c *row) any { return said(string(c.Metric)) }),
		plain("score", func(c *row) any {
			if !c.Scored {
				return nil
			}
			return c.Score
		}),
		plain("reason", func(c *row) any { return c.Reason }),
		plain("label", func(c *row) any { return said(c.Label) }),
		plain("state", func(c *row) any { return string(c.State) }),
		moment("opened_at", func(c *row) time.Time { return c.OpenedAt }),
		moment("acknowledge_by", func(c *row) time.Time { return c.AcknowledgeBy }),
		moment("acknowledged_at", func(c *row) time.Time { return c.AcknowledgedAt }),
		moment("contact_by", func(c *row) time.Time { return c.ContactBy }),
		moment("contacted_at", func(c *row) time.Time { return c.ContactedAt }),
		moment("resolve_by", func(c *row) time.Time { return c.ResolveBy }),
		moment("resolved_at", func(c *row) time.Time { return c.ResolvedAt }),
		moment("closed_at", func(c *row) time.Time { return c.ClosedAt }),
		plain("reopened", func(c *row) any { return c.Reopened }),
		plain("cause", func(c *row) any { return said(c.Cause) }),
		plain("action", func(c *row) any { return said(c.Action) }),
		moment("resurvey.answered_at", func(c *row) time.Time { return c.Resurvey.AnsweredAt }),
		plain("resurvey.score", func(c *row) any {
			if c.Resurvey.AnsweredAt.IsZero() {
				return nil
			}
			return c.Resurvey.Score
		}),
		plain("channel", func(c *row) any { return said(c.Channel) }),
		personal("subject", func(c *row) any { return said(c.Subject) }),
	},
		agentColumns("agent", func(c *row) *feedback.Agent { return &c.Agent }),
		agentColumns("owner", func(c *row) *feedback.Agent { return &c.Owner }),
		customerColumns(func(c *row) *feedback.Customer { return &c.Customer }),
		[]Column[row]{plain("interaction", func(c *row) any { return said(c.Interaction) })})
}
