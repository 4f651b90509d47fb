package collect

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail/inbound"
	"earshot/internal/store"
)

// Results of a mail that came in.
const (
	Voted    = "voted"    // it was a vote, perhaps with a comment
	Kept     = "feedback" // it was kept as feedback that nobody asked for
	ToCase   = "case"     // it was handed to the case that it is about
	Noted    = "noted"    // a machine wrote it; that is written down where the mail belongs
	Repeated = "repeated" // it had come before
)

// ReplySource is the source of feedback that came by mail.
const ReplySource = "mail"

// Taken is what became of a mail.
type Taken struct {
	Result     string
	Invitation string // the one that it answers, where that is known
	Case       string // the one that it went to
	Response   *feedback.Response
	Auto       inbound.Auto
}

// TakeReply takes in a mail that somebody wrote back. The same Message-ID again changes nothing.
//
// Which mail it answers is found by a mark that only this installation can make: in the address that it
// came to, in the ids of the mails before it, or in the links of the quoted text. A mail that only names
// a reference of ours is believed when it comes from the customer's own address. The vote counts when it
// comes from the customer, whose address may carry a plus-tag; from anybody else the words are kept as
// feedback. So are words without a score, words that come too late, and mail that answers nothing of
// ours: whatever a person writes is kept and understood, and shown to the agent when it is not praise.
func (s *Service) TakeReply(ctx context.Context, m inbound.Message, now time.Time) (Taken, error) {
	kind, id := s.threadOf(m)
	if kind == feedback.CaseThread {
		return s.replyToCase(ctx, m, id, now)
	}
	v, err := s.invitationOf(ctx, m, kind, id)
	if err != nil {
		return Taken{}, err
	}
	if m.Auto != "" && !(m.Auto == inbound.Bulk && fromCustomer(m, v)) {
		return s.note(ctx, m, v, now)
	}
	if v == nil {
		if v, err = s.lastAsked(ctx, m, now); err != nil {
			return Taken{}, err
		}
		return s.keep(ctx, m, v, m.Reply, now)
	}
	taken, err := s.voteByReply(ctx, m, v, now)
	if err != nil || taken.Result != "" {
		return taken, err
	}
	return s.keep(ctx, m, v, m.Reply, now)
}

// The traces of our own mails in a quoted text.
var (
	surveyLink = regexp.MustCompile(`/s/([A-Za-z0-9_-]{43})\b`)
	markInText = regexp.MustCompile(`\b([sc][a-z2-7]{45})\b`)
	refInText  = regexp.MustCompile(`(?i)X-Earshot-Ref:\s*([0-9a-f]{32})\b`)
)

// threadOf finds what a mail answers, by the traces that cannot be made up.
func (s *Service) threadOf(m inbound.Message) (feedback.Thread, string) {
	var marks []string
	for _, to := range m.To {
		if local, _, ok := strings.Cut(to, "@"); ok {
			if _, mark, ok := strings.Cut(local, "+"); ok {
				marks = append(marks, mark)
			}
		}
	}
	for _, ref := range m.Refs {
		mark, _, _ := strings.Cut(ref, ".")
		marks = append(marks, mark)
	}
	for _, found := range markInText.FindAllStringSubmatch(strings.ToLower(m.Quoted+"\n"+m.Text), 20) {
		marks = append(marks, found[1])
	}
	for _, mark := range marks {
		if kind, id, err := s.Tokens.OpenMark(mark); err == nil {
			return kind, id
		}
	}
	for _, found := range surveyLink.FindAllStringSubmatch(m.Quoted+"\n"+m.Text, 20) {
		if id, err := s.Tokens.Open(found[1]); err == nil {
			return feedback.SurveyThread, id
		}
	}
	return "", ""
}

// invitationOf is the invitation that a mail answers, nil when there is none.
func (s *Service) invitationOf(ctx context.Context, m inbound.Message, kind feedback.Thread, id string) (*feedback.Invitation, error) {
	believed := kind == feedback.SurveyThread
	if !believed {
		found := refInText.FindStringSubmatch(m.Quoted + "\n" + m.Text)
		if found == nil {
			return nil, nil
		}
		id = strings.ToLower(found[1])
	}
	v, err := s.Store.Invitations().Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil // erased since
	}
	if err != nil {
		return nil, fmt.Errorf("find the invitation of a reply: %w", err)
	}
	if !believed && !fromCustomer(m, v) {
		return nil, nil
	}
	return v, nil
}

// fromCustomer tells whether a mail comes from the customer who was asked.
func fromCustomer(m inbound.Message, v *feedback.Invitation) bool {
	if v == nil || m.From.Email == "" {
		return false
	}
	return feedback.PersonID("", "", m.From.Email) == feedback.PersonID("", "", v.Customer.Email)
}

// lastAsked is the survey that the sender of a mail without any trace was asked with lately, nil when
// there is none. It proves nothing, because a sender is easily made up; but the agent in it is who should
// read the words.
func (s *Service) lastAsked(ctx context.Context, m inbound.Message, now time.Time) (*feedback.Invitation, error) {
	if m.From.Email == "" {
		return nil, nil
	}
	list, err := s.Store.Invitations().List(ctx, store.InvitationFilter{Person: feedback.PersonID("", "", m.From.Email)}, store.Page{Limit: 1})
	if err != nil {
		return nil, fmt.Errorf("find what the sender of a mail was asked: %w", err)
	}
	if len(list.Items) == 0 || list.Items[0].SentAt.IsZero() || !now.Before(list.Items[0].ExpiresAt) {
		return nil, nil
	}
	return list.Items[0], nil
}

// replyToCase hands a mail to the case whose mail it answers. One from another address than the
// customer's says so; a machine's is noted there, so that nobody waits for an answer that cannot come.
func (s *Service) replyToCase(ctx context.Context, m inbound.Message, id string, now time.Time) (Taken, error) {
	c, err := s.Store.Cases().Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return s.keep(ctx, m, nil, m.Reply, now) // the case was erased; the new words were not
	}
	if err != nil {
		return Taken{}, fmt.Errorf("find the case of a reply: %w", err)
	}
	if m.Auto != "" && m.Auto != inbound.Bulk {
		return Taken{Result: Noted, Case: id, Auto: m.Auto}, s.noteCase(ctx, c.ID, m, now)
	}
	words := said(m)
	if m.From.Email != "" && feedback.PersonID("", "", m.From.Email) != feedback.PersonID("", "", c.Customer.Email) {
		words = "(" + m.From.Email + ")\n" + words
	}
	return Taken{Result: ToCase, Case: id}, s.Recovery.CustomerReplied(ctx, id, words, m.ID, now)
}

// noteCase writes into a case that a machine answered, once for each kind of machine.
func (s *Service) noteCase(ctx context.Context, id string, m inbound.Message, now time.Time) error {
	once := "machine " + string(m.Auto)
	_, err := store.Update(ctx, s.Store.Cases(), id, func(c *feedback.Case) error {
		if c.Did(once) {
			return errKept
		}
		c.Log(feedback.Event{At: now, By: "earshot", What: "noted", Note: "A machine answered our mail (" + string(m.Auto) + "): " + m.Subject, Once: once})
		return nil
	})
	if errors.Is(err, errKept) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// said is what was typed, or, when cutting left nothing of it, all of it.
func said(m inbound.Message) string {
	if strings.TrimSpace(m.Reply) != "" {
		return m.Reply
	}
	return m.Text
}

// note writes down that a machine answered, once for each kind of machine.
func (s *Service) note(ctx context.Context, m inbound.Message, v *feedback.Invitation, now time.Time) (Taken, error) {
	taken := Taken{Result: Noted, Auto: m.Auto}
	if v == nil {
		s.Log.Info("automatic mail", "kind", string(m.Auto))
		return taken, nil
	}
	taken.Invitation = v.ID
	reason := "A machine answered the mail (" + string(m.Auto) + "); it is no vote."
	_, err := store.Update(ctx, s.Store.Invitations(), v.ID, func(v *feedback.Invitation) error {
		if slices.ContainsFunc(v.Ledger, func(l feedback.Line) bool { return l.Reason == reason }) {
			return errKept
		}
		v.Log(now, "auto_reply", "mail", reason)
		return nil
	})
	if errors.Is(err, errKept) {
		err = nil
	}
	return taken, err
}

// voteByReply takes a mail as a vote, if it is one. An empty result: it is none, or its time is over.
func (s *Service) voteByReply(ctx context.Context, m inbound.Message, v *feedback.Invitation, now time.Time) (Taken, error) {
	score, comment, ok := ReadReply(m.Reply, v.Metric)
	if !fromCustomer(m, v) {
		return Taken{}, nil
	}
	if !ok {
		return s.aboutCase(ctx, m, v, now)
	}
	survey, err := s.Catalog.Version(ctx, v.Survey, v.Version)
	if err != nil {
		return Taken{}, fmt.Errorf("survey of invitation: %w", err)
	}
	taken := Taken{Result: Voted, Invitation: v.ID}
	old, err := s.Store.Responses().Get(ctx, v.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Taken{}, err
	}
	if err != nil {
		old = &feedback.Response{}
	}
	if slices.Contains(old.Mails, m.ID) {
		taken.Result, taken.Response = Repeated, old
		return taken, nil
	}
	comment, more := fit(Tidy(comment))
	a := feedback.Answer{Score: score, Scored: true, Comment: comment, Answers: old.Answers, Mail: m.ID}
	if comment == "" {
		a.Comment = old.Comment // a bare number does not take back what was said
	}
	taken.Response, err = s.answer(ctx, v, survey, a, now)
	if errors.Is(err, ErrGone) || errors.Is(err, ErrUnknown) {
		return Taken{}, nil
	}
	if err != nil {
		return Taken{}, err
	}
	if more != "" {
		_, err = s.keep(ctx, m, v, more, now)
	}
	return taken, err
}

// answer submits a vote that came by mail.
func (s *Service) answer(ctx context.Context, v *feedback.Invitation, survey feedback.Survey, a feedback.Answer, now time.Time) (*feedback.Response, error) {
	view := &View{Invitation: v, Survey: survey}
	if err := view.In(v.Language, s.Org); err != nil {
		return nil, err
	}
	return s.submit(ctx, view, a, now)
}

// aboutCase hands words without a score to the case that the customer's vote opened, if there is one.
func (s *Service) aboutCase(ctx context.Context, m inbound.Message, v *feedback.Invitation, now time.Time) (Taken, error) {
	err := s.Recovery.CustomerReplied(ctx, v.ID, said(m), m.ID, now)
	if errors.Is(err, store.ErrNotFound) {
		return Taken{}, nil
	}
	return Taken{Result: ToCase, Invitation: v.ID, Case: v.ID}, err
}

// fit parts a text at the longest comment that is taken.
func fit(text string) (comment, more string) {
	runes := []rune(text)
	if len(runes) <= MaxComment {
		return text, ""
	}
	return string(runes[:MaxComment]), string(runes[MaxComment:])
}

// maxFeedbackID is the longest id of a source that is kept, in characters.
const maxFeedbackID = 190

// keep keeps the words of a mail as feedback that nobody asked for, for the agent of the invitation where
// that is known. A text that is longer than a comment becomes several.
func (s *Service) keep(ctx context.Context, m inbound.Message, v *feedback.Invitation, words string, now time.Time) (Taken, error) {
	if strings.TrimSpace(words) == "" {
		words = firstWords(m.Text, m.Subject)
	}
	id := m.ID
	if len(id) > maxFeedbackID {
		id = feedback.FeedbackID(ReplySource, id)
	}
	taken := Taken{Result: Repeated}
	for i := 0; words != ""; i++ {
		var piece string
		if piece, words = fit(Tidy(words)); i > 0 {
			id = fmt.Sprintf("%.*s#%d", maxFeedbackID, id, i+1)
		}
		u := Unasked{Source: ReplySource, External: id, Text: piece, Author: m.From.Email, At: now, Reply: v != nil}
		if v != nil {
			u.about(v, fromCustomer(m, v))
			taken.Invitation = v.ID
		}
		if u.Author == "" && u.Customer.Email == "" {
			u.Author = "unknown"
		}
		r, created, err := s.AddFeedback(ctx, u, now)
		if err != nil {
			return Taken{}, fmt.Errorf("keep a reply: %w", err)
		}
		if created {
			taken.Result = Kept
		}
		if i == 0 {
			taken.Response = r
		}
	}
	return taken, nil
}

// firstWords are words for a mail of which nothing was typed.
func firstWords(all ...string) string {
	for _, s := range all {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return "(an empty mail)"
}

// about fills in what is known of a customer's words from the invitation that they answer.
func (u *Unasked) about(v *feedback.Invitation, customer bool) {
	u.Agent, u.Subject, u.Channel, u.Tags, u.Language = v.Agent, v.Subject, v.Channel, v.Tags, v.Language
	if customer {
		u.Customer = v.Customer
	}
}
