package demo

import (
	"time"

	"earshot/internal/feedback"
	"earshot/internal/invite"
	"earshot/internal/recovery"
)

// recover lets the case of a low response take its course up to now: most are mended in time, some
// late, a few are still open, and of those asked again about two in three are content.
func (s *Stage) recover(h *history, r *feedback.Response) {
	if r.CaseReason() == "" {
		return
	}
	survey, _ := s.config.Catalog.Current(r.Survey)
	opened := feedback.UTC(r.AnsweredAt.Add(time.Second))
	c := recovery.NewCase(r, survey, r.Agent, s.config.Zone, opened)
	r.HasCase = true
	h.cases = append(h.cases, c)
	s.mark(h, c.Leaves(s.config.Zone))
	if s.world.now.Sub(opened) > 24*time.Hour { // younger alerts are left for the workers to send
		c.Notices[0].SentAt = opened
		c.Log(feedback.Event{At: opened, By: "earshot", What: "alerted", To: c.Owner.Email})
	}
	s.work(c)
	s.askAgain(h, c)
	c.Changed = time.Time{}
	s.escalated(c)
	c.Plan()
}

// work takes the agent's steps, each after a while of working time.
func (s *Stage) work(c *feedback.Case) {
	w := s.world
	rules := func(by time.Time) time.Duration {
		return max(time.Duration(w.dice.ExpFloat64()*0.5*float64(by.Sub(c.OpenedAt))), 3*time.Minute)
	}
	at := c.OpenedAt.Add(rules(c.AcknowledgeBy))
	age := w.now.Sub(c.OpenedAt)
	if c.Owner.Email == w.agents[0].Email && age < 4*24*time.Hour && chance(w.dice, 0.8) {
		return
	}
	if at.After(w.now) || (age < 3*24*time.Hour && chance(w.dice, 0.5)) {
		return
	}
	step := feedback.Step{By: c.Owner.Email}
	_ = c.Acknowledge(step, at) // the state allows each of these: they follow the loop
	at = at.Add(rules(c.ContactBy))
	if at.After(w.now) || (age < 6*24*time.Hour && chance(w.dice, 0.5)) {
		return
	}
	step.Note = pick(w.dice, []string{"Called and apologised; the customer was glad to hear from us.", "Wrote to the customer with an explanation.", "Reached the customer on the second try."})
	_ = c.Contact(step, at)
	at = at.Add(rules(c.ResolveBy))
	if at.After(w.now) || age < 10*24*time.Hour && chance(w.dice, 0.6) {
		return
	}
	step.Note = pick(w.dice, []string{"Put right and confirmed by mail.", "Refund is on its way, customer informed.", "Sent a replacement with express delivery.", "Fixed together on the phone."})
	step.Cause, step.Action = s.mended(c.Agent.Team)
	step.Rule = s.ruleOf(c.Agent.Team, step.Cause)
	_ = c.Resolve(step, at)
}

// mended is what a team usually finds and does.
func (s *Stage) mended(team string) (cause, action string) {
	d := s.world.dice
	switch team {
	case "Billing":
		return pick(d, []string{"mistake", "policy", "wait"}), pick(d, []string{"refund", "credit", "explanation"})
	case "Technical":
		return pick(d, []string{"product", "knowledge", "wait"}), pick(d, []string{"fix", "fix", "credit"})
	case "Delivery":
		return pick(d, []string{"wait", "mistake", "communication"}), pick(d, []string{"gift", "refund", "apology"})
	}
	return pick(d, []string{"communication", "policy", "misunderstanding"}), pick(d, []string{"explanation", "exception", "apology"})
}

// askAgain sends the re-survey of a resolved case and lets half of the customers answer it.
func (s *Stage) askAgain(h *history, c *feedback.Case) {
	w := s.world
	survey, ok := s.config.Catalog.Current(recovery.ResurveyID)
	if !ok || c.State != feedback.CaseResolved || c.Resurvey.Due.IsZero() || c.Resurvey.Due.After(w.now) {
		return
	}
	in := &feedback.Interaction{Source: c.Source, External: c.External, Person: c.Person, Channel: c.Channel, Subject: c.Subject, Customer: c.Customer, Agent: c.Agent}
	in.ID = c.Interaction
	v := invite.NewInvitation(in, survey, c.Resurvey.Due, c.Resurvey.Due)
	v.Original = c.ID
	v.MarkSent(v.SendAt)
	c.Resurvey.Invitation, c.Resurvey.Until, c.Resurvey.Due = v.ID, v.ExpiresAt, time.Time{}
	c.Log(feedback.Event{At: v.SentAt, By: "earshot", What: "asked_again"})
	h.invitations = append(h.invitations, v)
	s.mark(h, v.Leaves(s.config.Zone))
	at := v.SentAt.Add(time.Duration(w.dice.ExpFloat64() * float64(8*time.Hour)))
	switch {
	case chance(w.dice, 0.5) && at.Before(w.now):
		s.followed(h, c, v, survey, at)
	case v.ExpiresAt.Before(w.now):
		c.GiveUp(v.ExpiresAt)
	}
	v.MarkCounted()
	s.settleReminder(v)
}

func (s *Stage) followed(h *history, c *feedback.Case, v *feedback.Invitation, survey feedback.Survey, at time.Time) {
	mood := 0.85
	if chance(s.world.dice, 0.3) {
		mood = 0.15
	}
	in := &feedback.Interaction{Customer: c.Customer, Agent: c.Agent}
	r := s.answer(in, v, survey, mood, at)
	r.Original, r.Comment, r.Analysed = c.ID, "", true
	v.MarkAnswered(at)
	h.responses = append(h.responses, r)
	s.mark(h, r.Leaves(s.config.Zone))
	if !r.Low {
		c.Confirm(r.Score, at)
		return
	}
	hours := survey.Recover.Hours
	c.Deny(r.Score, "", hours.Add(at, survey.Recover.Contact, s.config.Zone), hours.Add(at, survey.Recover.Resolve, s.config.Zone), at)
	if s.world.now.Sub(at) > 72*time.Hour {
		_ = c.Resolve(feedback.Step{By: c.Owner.Email, Note: "Called again, now it is right.", Cause: "misunderstanding", Action: "fix"}, at.Add(20*time.Hour))
		c.Resurvey.Due, c.Resurvey.Until = time.Time{}, time.Time{}
	}
}

// escalated writes down the escalations that ran out in the past.
func (s *Stage) escalated(c *feedback.Case) {
	for _, w := range c.Overrun(s.world.now) {
		c.Log(feedback.Event{At: w.At, By: "earshot", What: "escalated", Note: w.After, To: w.To})
	}
}
