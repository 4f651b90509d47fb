package recovery

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// staffLanguage is the language of mail to staff who have chosen none.
const staffLanguage = "en"

// historyShown is how many earlier moments an alert tells of, pastRead how many of each kind it knows.
const (
	historyShown = 4
	pastRead     = 25
)

// message builds the mail of a notice: one glance says who, what score, which words, what matter, how
// long is left, and one link opens the case. It speaks of the moment at which the notice fell due, so
// that a second attempt builds the same mail.
func (s *Service) message(ctx context.Context, c *feedback.Case, n *feedback.Notice) (mail.Message, error) {
	alert, err := s.alert(ctx, c, n)
	if err != nil {
		return mail.Message{}, err
	}
	var page mail.Page = alert
	if n.Kind == string(mail.KindEscalation) {
		page = s.escalation(c, n, alert)
	}
	subject, text, html, err := s.Templates.Render(page)
	if err != nil {
		return mail.Message{}, fmt.Errorf("render %s: %w", n.Kind, err)
	}
	return mail.Message{
		Kind: kindOf(n), Ref: c.ID, Key: noticeKey(c, n), Date: n.Due,
		From: s.From, To: mail.Address{Name: s.nameOf(ctx, n.To), Email: n.To}, ReplyTo: replyTo(c), Follows: s.follows(c, n),
		Subject: subject, Text: text, HTML: html, Language: s.languageOf(ctx, n.To),
	}, nil
}

// segment is the helpdesk's word for the customer, unless it names a rung of the ladder: the alert says
// what we know of that, and two rungs in one line would contradict each other.
func segment(c feedback.Customer) string {
	if feedback.Stage(strings.ToLower(c.Segment)).Rung() >= 0 {
		return ""
	}
	return c.Segment
}

// kindOf is the kind of a notice's mail. A case has one alert for each time it is opened: what the
// customer changed afterwards comes as a digest in the same conversation.
func kindOf(n *feedback.Notice) mail.Kind {
	switch occasion, _, _ := strings.Cut(n.Key, " "); occasion {
	case "raised", "words":
		return mail.KindDigest
	}
	return mail.Kind(n.Kind)
}

// follows is the id of the first alert of the case to the same person: mail programs then show what comes
// later with it.
func (s *Service) follows(c *feedback.Case, n *feedback.Notice) string {
	for _, first := range c.Notices {
		if first.Kind == string(mail.KindAlert) && first.To == n.To && first.Via == "" && first.Bundle == "" && !first.SentAt.IsZero() {
			if first.Key == n.Key {
				return ""
			}
			return mail.Message{Key: noticeKey(c, &first), From: s.From}.MessageID()
		}
	}
	return ""
}

// noticeKey identifies the message of a notice.
func noticeKey(c *feedback.Case, n *feedback.Notice) string { return "case:" + c.ID + ":" + n.Key }

// replyTo lets an agent answer the customer straight from the alert.
func replyTo(c *feedback.Case) mail.Address {
	return mail.Address{Name: c.Customer.Name, Email: c.Customer.Email}
}

func (s *Service) alert(ctx context.Context, c *feedback.Case, n *feedback.Notice) (mail.Alert, error) {
	r, err := s.Store.Responses().Get(ctx, c.ID)
	if errors.Is(err, store.ErrNotFound) {
		r, err = &feedback.Response{}, nil
	}
	if err != nil {
		return mail.Alert{}, err
	}
	past, err := s.Past(ctx, c.Person, pastRead)
	if err != nil {
		return mail.Alert{}, err
	}
	n.Words = r.Comment != ""
	a := mail.Alert{
		Brand: s.Brand, Language: s.languageOf(ctx, n.To), Reason: reasonOf(c, n), Score: c.Score, Label: c.Label,
		Comment: pieces(r), Topics: topics(r), Signals: signals(r),
		AgentName: feedback.Agent{Name: s.nameOf(ctx, n.To)}.FirstName(), CustomerName: c.Customer.Name, CustomerEmail: c.Customer.Email,
		CustomerValue: value(c.Customer.Value), Segment: segment(c.Customer), Ladder: strings.ReplaceAll(string(past.Stage(c, n.Due)), "-", "_"), Contacts: past.Before(c),
		Survey:  s.surveyName(c),
		Channel: c.Channel, InteractionSubject: c.Subject, InteractionURL: r.URL,
		Acknowledge: s.deadline(c.AcknowledgeBy, c.AcknowledgedAt, n.Due), Contact: s.deadline(c.ContactBy, c.ContactedAt, n.Due),
		Resolve: s.deadline(c.ResolveBy, c.ResolvedAt, n.Due), CaseURL: s.BaseURL + "/desk/cases/" + c.ID,
	}
	if c.Scored {
		_, a.ScoreOf, _ = c.Metric.Scale()
	}
	for _, line := range historyLines(past.Moments(), c.ID, n.Due, s.Zone, historyShown) {
		a.History = append(a.History, mail.HistoryLine(line))
	}
	if a.Reason == mail.ReasonRaised { // no clock runs any more
		a.Acknowledge, a.Contact, a.Resolve = mail.Deadline{}, mail.Deadline{}, mail.Deadline{}
	}
	if n.Note != "" && (a.Reason == mail.ReasonByReply || a.Reason == mail.ReasonUnsent) { // the words that matter now are those of the reply
		a.Comment, a.Topics, a.Label = []mail.Piece{{Text: n.Note}}, nil, ""
	}
	return a, nil
}

func (s *Service) escalation(c *feedback.Case, n *feedback.Notice, a mail.Alert) mail.Escalation {
	e := mail.Escalation{Alert: a, AlertedTo: c.Owner.DisplayName()}
	if parts := strings.Fields(n.Key); len(parts) > 1 && parts[0] == "escalation" {
		e.Overdue = parts[1]
	} else {
		e.Overdue = feedback.AfterContact
	}
	for _, old := range c.Notices {
		if old.Kind == string(mail.KindAlert) && !old.SentAt.IsZero() {
			e.AlertedAt = s.clock(old.SentAt)
		}
	}
	return e
}

func reasonOf(c *feedback.Case, n *feedback.Notice) mail.AlertReason {
	switch occasion, _, _ := strings.Cut(n.Key, " "); {
	case occasion == "not_confirmed":
		return mail.ReasonReopened
	case occasion == "reply":
		return mail.ReasonByReply
	case occasion == "words":
		return mail.ReasonWords
	case occasion == "raised":
		return mail.ReasonRaised
	case occasion == "woke":
		return mail.ReasonWoke
	case occasion == "unsent":
		return mail.ReasonUnsent
	case c.Reason == feedback.ReasonComment:
		return mail.ReasonComment
	case c.Reason == feedback.ReasonFeedback:
		return mail.ReasonFeedback
	case c.Reason == feedback.ReasonSignal:
		return mail.ReasonSignal
	case c.Reason == feedback.ReasonReply:
		return mail.ReasonByReply
	}
	return mail.ReasonLowScore
}

func (s *Service) deadline(by, done, now time.Time) mail.Deadline {
	if by.IsZero() || !done.IsZero() && !done.After(now) {
		return mail.Deadline{}
	}
	return mail.Deadline{By: s.clock(by), Left: by.Sub(now)}
}

func (s *Service) clock(t time.Time) string { return t.In(s.Zone).Format("Mon 2 Jan 15:04") }

func (s *Service) surveyName(c *feedback.Case) string {
	if d, ok := s.Catalog.Current(c.Survey); ok {
		return d.Name
	}
	return ""
}

// nameOf is the name of somebody of the staff, empty when unknown: a mail goes out without it.
func (s *Service) nameOf(ctx context.Context, email string) string {
	u, err := s.Store.Users().Get(ctx, email)
	if err != nil {
		return ""
	}
	return u.Name
}

// languageOf is the language that somebody of the staff chose for pages and mails.
func (s *Service) languageOf(ctx context.Context, email string) string {
	u, err := s.Store.Users().Get(ctx, email)
	if err != nil || u.Language == "" {
		return staffLanguage
	}
	return u.Language
}

func value(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

func topics(r *feedback.Response) []string {
	var out []string
	if r.Sentiment != nil {
		for _, t := range r.Sentiment.Topics {
			out = append(out, t.Topic)
		}
	}
	return out
}

func signals(r *feedback.Response) []string {
	var out []string
	if r.Sentiment != nil {
		for _, g := range r.Sentiment.Signals {
			out = append(out, g.Kind)
		}
	}
	return out
}

// pieces cuts the comment at the deciding words.
func pieces(r *feedback.Response) []mail.Piece {
	var out []mail.Piece
	at := 0
	if r.Sentiment != nil {
		for _, e := range r.Sentiment.Evidence {
			if e.Start < at || e.End > len(r.Comment) || e.Start >= e.End {
				continue
			}
			out = append(out, mail.Piece{Text: r.Comment[at:e.Start]}, mail.Piece{Text: r.Comment[e.Start:e.End], Weight: e.Weight})
			at = e.End
		}
	}
	if at < len(r.Comment) {
		out = append(out, mail.Piece{Text: r.Comment[at:]})
	}
	return out
}
