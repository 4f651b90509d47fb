package recovery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// maxReply is how many bytes of a customer's reply a case keeps; the mail itself stays where it arrived.
const maxReply = 20_000

// CustomerReplied takes down what a customer answered to a mail of a case, and tells its owner at once.
// messageID is the answer's Message-ID: the same one again changes nothing. store.ErrNotFound for a case
// that is not there.
func (s *Service) CustomerReplied(ctx context.Context, caseID, text, messageID string, at time.Time) error {
	once := "mail " + messageID
	text = cutBytes(strings.TrimSpace(text), maxReply)
	c, err := store.Update(ctx, s.Store.Cases(), caseID, func(c *feedback.Case) error {
		if messageID != "" && c.Did(once) {
			return errSame
		}
		c.HearBack(text, once, at)
		n := len(c.History)
		c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: fmt.Sprintf("reply %s %d", c.Owner.Email, n), To: c.Owner.Email, Note: text, Due: feedback.UTC(at)})
		c.Plan()
		return nil
	})
	if errors.Is(err, errSame) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reply to case: %w", err)
	}
	s.Log.Info("customer replied", "case", c.ID, "state", string(c.State))
	s.Wake()
	return nil
}

// write sends the mails to the customer that are due. It returns how long to wait before the next attempt
// when a sender could not take one.
func (s *Service) write(ctx context.Context, c *feedback.Case, now time.Time) (wait time.Duration, reason string, err error) {
	for i := range c.Mails {
		m := &c.Mails[i]
		if !m.SentAt.IsZero() || m.Failed != "" {
			continue
		}
		out, err := s.letter(ctx, c, m)
		if err != nil {
			return 0, "", err
		}
		_, err = s.Sender.Send(ctx, out)
		switch {
		case err == nil:
			m.SentAt = feedback.UTC(now)
			s.Log.Info("mail sent", "kind", string(out.Kind), "case", c.ID)
		case errors.Is(err, mail.ErrRejected) || now.Sub(m.At) > giveUp:
			m.Failed = mail.Reason(err)
			c.Log(feedback.Event{At: now, By: "earshot", What: "undeliverable", To: c.Customer.Email, Note: m.Failed})
			c.Notify(feedback.Notice{Kind: string(mail.KindAlert), Key: "unsent " + m.By.Email + " " + m.Key, To: m.By.Email, Note: m.Body, Due: feedback.UTC(now)})
			s.Log.Error("reply not delivered", "case", c.ID, "reason", mail.Class(err))
		default:
			s.Log.Warn("reply not sent yet", "case", c.ID, "attempt", c.Attempts, "reason", mail.Class(err))
			wait, reason = mail.Backoff(c.Attempts, err), mail.Reason(err)
		}
	}
	return wait, reason, nil
}

// letter builds the mail to the customer: under its author's name, in the customer's language, with what
// the customer had written below, and answers lead back into the case.
func (s *Service) letter(ctx context.Context, c *feedback.Case, m *feedback.CaseMail) (mail.Message, error) {
	brand, from := s.Templates.Brand(s.Brand.Org, s.From, mail.About{Survey: c.Survey, Team: c.Agent.Team, Source: c.Source})
	page := mail.Reply{
		Brand: brand, Language: c.Customer.Locale, CustomerName: c.Customer.FirstName(), AgentName: m.By.DisplayName(),
		InteractionSubject: c.Subject, Body: m.Body,
	}
	r, err := s.Store.Responses().Get(ctx, c.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return mail.Message{}, err
	}
	if err == nil {
		page.Original = r.Comment
		if page.Language == "" {
			page.Language = r.Language
		}
	}
	subject, text, html, err := s.Templates.Render(page)
	if err != nil {
		return mail.Message{}, fmt.Errorf("render reply: %w", err)
	}
	mark := ""
	if s.Mark != nil {
		mark = s.Mark(c.ID)
	}
	return mail.Message{
		Kind: mail.KindReply, Ref: c.ID, Thread: mark, Key: "case:" + c.ID + ":" + m.Key, Date: m.At,
		From: mail.Address{Name: m.By.DisplayName(), Email: from.Email}, To: mail.Address{Name: c.Customer.Name, Email: c.Customer.Email},
		ReplyTo: s.answersTo(c, m.By), Subject: subject, Text: text, HTML: html, Language: page.Language,
	}, nil
}

// Draft is a first version of a mail to the customer of a case, in the customer's language, for an agent
// to make their own.
func (s *Service) Draft(c *feedback.Case, cause, author string) string {
	return s.Templates.Suggest(c.Customer.Locale, cause, author, s.Brand.Org)
}

// answersTo is where the customer's answer goes: into the case where mail comes in, else to its author.
func (s *Service) answersTo(c *feedback.Case, author feedback.Agent) mail.Address {
	if s.ReplyTo != nil {
		if to := s.ReplyTo(c.ID); to != "" {
			return mail.Address{Name: author.DisplayName(), Email: to}
		}
	}
	return mail.Address{Name: author.Name, Email: author.Email}
}

// cutBytes shortens a text to at most limit bytes without cutting a letter.
func cutBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
