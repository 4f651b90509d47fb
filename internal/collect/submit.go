package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// MaxComment is the longest comment that is taken, in characters.
const MaxComment = 10_000

// maxAnswer is the longest answer to a follow-up question, in characters.
const maxAnswer = 2_000

// Submit writes a customer's answer, or a changed one inside the edit window, and returns the
// response as it stands. When it returns without an error the answer is durable. The same answer
// twice is one answer. Mistakes are a *feedback.Invalid; ErrUnknown; ErrGone when the survey or the
// edit window is over.
func (s *Service) Submit(ctx context.Context, token string, a feedback.Answer, now time.Time) (*feedback.Response, error) {
	v, err := s.find(ctx, token)
	if err != nil {
		return nil, err
	}
	return s.submit(ctx, v, a, now)
}

// Vote is Submit for an answer that a visitor sent from somewhere: it is judged first. ErrUnproven
// when nothing shows that a person sent it; the click is kept as an intent then, and nothing else.
func (s *Service) Vote(ctx context.Context, token string, a feedback.Answer, visit Visit, now time.Time) (*feedback.Response, error) {
	if !visit.Page {
		a.Vote, _ = visit.Judge(false)
		a.Vote.Office = s.fromOffice(ctx, visit.Client.Address, now)
		return s.Submit(ctx, token, a, now)
	}
	v, err := s.find(ctx, token)
	if err != nil {
		return nil, err
	}
	if v.Response, err = s.Store.Responses().Get(ctx, v.Invitation.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if _, err := clean(a, v.Survey); err != nil {
		return nil, err
	}
	scanned := false
	if visit.Auto {
		if scanned, err = s.needsButton(ctx, v.Invitation, now); err != nil {
			return nil, err
		}
	}
	visit.Typed = visit.Typed && brings(a, v.Response)
	vote, ok := visit.Judge(scanned)
	if !ok {
		if !visit.Auto {
			err = s.pressedEarly(ctx, v, a.Score, a.Scored, visit.Client, now)
		}
		return nil, errors.Join(ErrUnproven, err)
	}
	a.Vote = vote
	a.Vote.Office = s.fromOffice(ctx, visit.Client.Address, now)
	return s.submit(ctx, v, a, now)
}

// brings tells whether the answer carries words that were not there before.
func brings(a feedback.Answer, r *feedback.Response) bool {
	return Tidy(a.Comment) != "" && (r == nil || r.Comment != Tidy(a.Comment))
}

func (s *Service) submit(ctx context.Context, v *View, a feedback.Answer, now time.Time) (*feedback.Response, error) {
	a, err := clean(a, v.Survey)
	if err != nil {
		return nil, err
	}
	switch {
	case a.Vote.Way != "":
	case a.Mail != "":
		a.Vote = feedback.Vote{Way: feedback.WayReply, Verdict: feedback.Human, Reasons: []string{ReasonTyped}}
	default:
		a.Vote = feedback.Vote{Way: feedback.WayProgram, Verdict: feedback.Unproven, Reasons: []string{ReasonNoPage}}
	}
	r, err := s.write(ctx, v, a, now)
	if err != nil {
		return nil, err
	}
	s.Wake()
	return r, nil
}

func (s *Service) write(ctx context.Context, v *View, a feedback.Answer, now time.Time) (*feedback.Response, error) {
	if v.Invitation.State != feedback.Answered {
		if !v.Invitation.Open(now) {
			return s.afterEnd(ctx, v, a, now)
		}
		r := newResponse(v)
		r.Give(a, v.Survey, now)
		err := s.Store.Responses().Insert(ctx, r)
		if err == nil || !errors.Is(err, store.ErrExists) {
			return r, wrap("keep response", err)
		}
	}
	return s.afterEnd(ctx, v, a, now)
}

// afterEnd lets a customer correct an answer whose invitation has ended. An answer that was erased
// since is not taken anew.
func (s *Service) afterEnd(ctx context.Context, v *View, a feedback.Answer, now time.Time) (*feedback.Response, error) {
	r, err := s.edit(ctx, v, a, now)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrGone
	}
	return r, err
}

func (s *Service) edit(ctx context.Context, v *View, a feedback.Answer, now time.Time) (*feedback.Response, error) {
	r, err := store.Update(ctx, s.Store.Responses(), v.Invitation.ID, func(r *feedback.Response) error {
		if !now.Before(r.EditUntil) {
			return ErrGone
		}
		if !r.Give(a, v.Survey, now) {
			return errKept
		}
		return nil
	})
	if errors.Is(err, errKept) {
		return r, nil
	}
	return r, wrap("change response", err)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func newResponse(v *View) *feedback.Response {
	in := v.Invitation
	r := &feedback.Response{
		Invitation: in.ID, Interaction: in.Interaction, Source: in.Source, External: in.External,
		Survey: in.Survey, Version: in.Version, Metric: in.Metric, Original: in.Original,
		Person: in.Person, Customer: in.Customer, Agent: in.Agent,
		Channel: in.Channel, Subject: in.Subject, Tags: in.Tags, Language: v.Language, AskedAt: in.SentAt,
	}
	r.ID = in.ID
	return r
}

// clean checks an answer against the survey. Answers to questions that were not asked beside this
// score are left out; a text is cut of what no text holds.
func clean(a feedback.Answer, survey feedback.Survey) (feedback.Answer, error) {
	var errs []feedback.FieldError
	add := func(field, detail string) {
		errs = append(errs, feedback.FieldError{Field: field, Detail: detail})
	}
	if !a.Scored {
		add("score", "is required")
	} else if wrong := survey.Metric.CheckScore(a.Score); wrong != "" {
		add("score", wrong)
	}
	a.Comment = Tidy(a.Comment)
	if n := utf8.RuneCountInString(a.Comment); n > MaxComment {
		add("comment", fmt.Sprintf("is %d characters long; at most %d are kept", n, MaxComment))
	}
	answers := map[string]string{}
	for _, q := range survey.Questions {
		value := Tidy(a.Answers[q.ID])
		if value == "" || !q.When.Holds(a.Score) {
			continue
		}
		if wrong := checkAnswer(q, value); wrong != "" {
			add(q.ID, wrong)
		}
		answers[q.ID] = value
	}
	a.Answers = answers
	if len(errs) > 0 {
		return a, &feedback.Invalid{Errors: errs}
	}
	return a, nil
}

func checkAnswer(q feedback.Question, value string) string {
	switch q.Type {
	case feedback.YesNo:
		if value != "yes" && value != "no" {
			return "must be yes or no"
		}
	case feedback.Choice:
		var ids []string
		for _, o := range q.Options {
			ids = append(ids, o.ID)
		}
		if !slices.Contains(ids, value) {
			return "must be one of " + strings.Join(ids, ", ")
		}
	default:
		if n := utf8.RuneCountInString(value); n > maxAnswer {
			return fmt.Sprintf("is %d characters long; at most %d are kept", n, maxAnswer)
		}
	}
	return ""
}

// Tidy makes what somebody typed a text that every store and page can hold: valid UTF-8 without NUL,
// line ends as \n, no blank around it.
func Tidy(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\x00", "")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimSpace(s)
}
