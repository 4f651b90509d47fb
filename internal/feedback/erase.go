package feedback

import "time"

// Erasing a person keeps what figures are made of and nothing that leads back to them: who served whom
// when, the score, what the comment was about. Each Erase names what stays, so that a field added later
// goes unless somebody decides otherwise. Erasing twice changes nothing. The ID stays: it is a digest of
// the source's own number, and it makes a repeated report of the same contact a repeat.

// Erase takes the customer out of the interaction. Nothing is due on it any more.
func (in *Interaction) Erase() {
	kept := Interaction{
		Record: in.Record, Source: in.Source, Channel: in.Channel, EndedAt: in.EndedAt, ReceivedAt: in.ReceivedAt,
		Customer: in.Customer.erased(), Agent: in.Agent, Owners: in.Owners, Survey: in.Survey, NoAsk: true, Tags: in.Tags, Metrics: in.Metrics,
		Decision: in.Decision, Ledger: erasedLines(in.Ledger),
	}
	if kept.Decision.Outcome == "" {
		kept.Decision = Decision{Outcome: Skipped, Rule: "person.erased"}
	}
	kept.Decision.Reason = ""
	kept.Next(time.Time{})
	*in = kept
}

// Erase takes the customer out of the invitation and closes its link.
func (v *Invitation) Erase() {
	kept := Invitation{
		Record: v.Record, Interaction: v.Interaction, Source: v.Source, Survey: v.Survey, Version: v.Version, Metric: v.Metric,
		Original: v.Original, Customer: v.Customer.erased(), Agent: v.Agent, Channel: v.Channel, Tags: v.Tags, Language: v.Language, State: v.State,
		CreatedAt: v.CreatedAt, SendAt: v.SendAt, SentAt: v.SentAt, AnsweredAt: v.AnsweredAt, Reminded: v.Reminded, Ledger: erasedLines(v.Ledger),
		DeliveredAt: v.DeliveredAt, BouncedAt: v.BouncedAt, ComplainedAt: v.ComplainedAt,
	}
	switch v.State {
	case Scheduled:
		kept.State = Cancelled
	case Sent:
		kept.State = Expired
	}
	kept.Next(time.Time{})
	*v = kept
}

// Erase takes the customer and their words out of the response. The score stays, and what the comment
// was found to say about which topics, without the words.
func (r *Response) Erase() {
	kept := Response{
		Record: r.Record, Invitation: r.Invitation, Interaction: r.Interaction, Source: r.Source, Survey: r.Survey, Version: r.Version,
		Metric: r.Metric, Original: r.Original, Customer: r.Customer.erased(), Agent: r.Agent, Channel: r.Channel, Tags: r.Tags, Language: r.Language,
		Score: r.Score, Scored: r.Scored, Low: r.Low, AnsweredAt: r.AnsweredAt, ChangedAt: r.ChangedAt, AskedAt: r.AskedAt,
		Analysed: r.Analysed, Sentiment: r.Sentiment.erased(), HasCase: r.HasCase, Conflict: r.Conflict, CommentErased: r.Commented(),
		Vote: Vote{Way: r.Vote.Way, Verdict: r.Vote.Verdict}, Journey: r.Journey, Reply: r.Reply,
	}
	kept.Next(time.Time{})
	*r = kept
}

// Commented tells whether the customer wrote a comment, even when it was erased since.
func (r *Response) Commented() bool { return r.Comment != "" || r.CommentErased }

// Erase takes the customer, and what was written about them, out of the case. A recovery that still
// runs ends: there is nobody left to reach.
func (c *Case) Erase(now time.Time) {
	kept := Case{
		Record: c.Record, Interaction: c.Interaction, Source: c.Source, Survey: c.Survey, Version: c.Version, Metric: c.Metric, Score: c.Score,
		Scored: c.Scored, Reason: c.Reason, Label: c.Label, Customer: Customer{Locale: c.Customer.Locale, Segment: c.Customer.Segment, Value: c.Customer.Value}, Agent: c.Agent, Owner: c.Owner, Channel: c.Channel,
		State: c.State, OpenedAt: c.OpenedAt, AcknowledgeBy: c.AcknowledgeBy, ContactBy: c.ContactBy, ResolveBy: c.ResolveBy,
		AcknowledgedAt: c.AcknowledgedAt, ContactedAt: c.ContactedAt, ResolvedAt: c.ResolvedAt, ClosedAt: c.ClosedAt, Reopened: c.Reopened,
		Cause: c.Cause, Action: c.Action, Rule: c.Rule, ClockFrom: c.ClockFrom,
		Resurvey: Resurvey{Invitation: c.Resurvey.Invitation, AnsweredAt: c.Resurvey.AnsweredAt, Score: c.Resurvey.Score},
	}
	for _, e := range c.History {
		kept.History = append(kept.History, Event{At: e.At, By: e.By, What: e.What, Cause: e.Cause, Action: e.Action})
	}
	if c.State != CaseConfirmed && c.State != CaseUnreachable {
		kept.State, kept.ClosedAt = CaseUnreachable, UTC(now)
	}
	kept.Next(time.Time{})
	*c = kept
}

// erased keeps the language and the group that a customer belonged to.
func (c Customer) erased() Customer { return Customer{Locale: c.Locale, Segment: c.Segment} }

// erased keeps the verdicts without the places in the text and the names in it.
func (s *Sentiment) erased() *Sentiment {
	if s == nil {
		return nil
	}
	kept := &Sentiment{Language: s.Language, Label: s.Label, Polarity: s.Polarity, Confidence: s.Confidence, Engine: s.Engine}
	for _, t := range s.Topics {
		kept.Topics = append(kept.Topics, Topic{Topic: t.Topic, Label: t.Label, Polarity: t.Polarity})
	}
	for _, g := range s.Signals {
		kept.Signals = append(kept.Signals, Signal{Kind: g.Kind})
	}
	return kept
}

// erasedLines keep what was decided by which rule; reasons may quote an address.
func erasedLines(lines []Line) []Line {
	var kept []Line
	for _, l := range lines {
		kept = append(kept, Line{At: l.At, Decision: l.Decision, Rule: l.Rule})
	}
	return kept
}
