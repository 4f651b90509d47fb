package collect

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// ErrEarly: there is no answer yet that this could be about.
var ErrEarly = errors.New("answer the survey first")

// recovered is how long after a case a customer is not asked to praise us.
const recovered = 90 * 24 * time.Hour

// Aftermath is what the link shows beside a given answer.
type Aftermath struct {
	Case    *feedback.Case // nil where there is none
	Promote feedback.Promote
	// Content tells whether the answer is a satisfied one whose words do not say otherwise.
	Content bool
	// Invited tells whether this customer is asked to say it in public or by name.
	Invited bool
}

// After looks up what became of an answer. v has a response.
func (s *Service) After(ctx context.Context, v *View, now time.Time) (Aftermath, error) {
	var out Aftermath
	r := v.Response
	c, err := s.Store.Cases().Get(ctx, caseOf(r))
	switch {
	case err == nil:
		out.Case = c
		return out, nil // who had something to mend is not asked for praise
	case !errors.Is(err, store.ErrNotFound):
		return out, err
	}
	out.Promote, out.Content = v.Survey.Promote, s.content(r)
	if out.Content && out.Promote.Wanted() && r.Score >= out.Promote.AtLeast {
		list, err := s.Store.Cases().List(ctx, store.CaseFilter{Person: r.Person, OpenedFrom: now.Add(-recovered)}, store.Page{Limit: 1})
		if err != nil {
			return out, err
		}
		out.Invited = len(list.Items) == 0
	}
	return out, nil
}

// caseOf is the case that an answer is about: its own, or that of the answer which a re-survey follows.
func caseOf(r *feedback.Response) string {
	if r.Original != "" {
		return r.Original
	}
	return r.ID
}

// content tells whether an answer is a satisfied one, and its words, if any, do not say otherwise.
func (s *Service) content(r *feedback.Response) bool {
	if !r.Scored || r.Score < r.Metric.Happy() || r.Original != "" {
		return false
	}
	mood := r.Sentiment
	if r.Comment != "" && !r.Analysed {
		mood = Understood(s.Analyser.Analyse(r.Comment, r.Language))
	}
	return mood == nil || mood.Label != feedback.Negative && mood.Label != feedback.Mixed
}

// answeredView opens a link that has an answer.
func (s *Service) answeredView(ctx context.Context, token string) (*View, error) {
	v, err := s.find(ctx, token)
	if err != nil {
		return nil, err
	}
	v.Response, err = s.Store.Responses().Get(ctx, v.Invitation.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrEarly
	}
	return v, err
}

// Says brings the customer's word that the matter is solved, or is not, to the case of the answer.
// ErrEarly without an answer or a case.
func (s *Service) Says(ctx context.Context, token string, solved bool, note string, now time.Time) error {
	v, err := s.answeredView(ctx, token)
	if err != nil {
		return err
	}
	if note = Tidy(note); utf8.RuneCountInString(note) > maxAnswer {
		return feedback.Refuse("note", fmt.Sprintf("is longer than %d characters long; shorten it", maxAnswer))
	}
	_, err = s.Recovery.Says(ctx, caseOf(v.Response), solved, note, now)
	if errors.Is(err, store.ErrNotFound) {
		return ErrEarly
	}
	return err
}

// maxName is the longest name to quote under, in characters.
const maxName = 80

// Quote writes down that the organisation may repeat the customer's words under a name, or, with yes
// false, that it may no longer.
func (s *Service) Quote(ctx context.Context, token, name string, yes bool, now time.Time) error {
	v, err := s.answeredView(ctx, token)
	if err != nil {
		return err
	}
	name = strings.Join(strings.Fields(Tidy(name)), " ")
	if n := utf8.RuneCountInString(name); yes && (n == 0 || n > maxName) {
		return feedback.Refuse("name", fmt.Sprintf("must be 1 to %d characters", maxName))
	}
	_, err = store.Update(ctx, s.Store.Responses(), v.Response.ID, func(r *feedback.Response) error {
		switch {
		case yes && r.Quote != nil && r.Quote.Name == name, !yes && r.Quote == nil:
			return errKept
		case yes && r.Comment == "":
			return ErrEarly
		case yes:
			r.Quote = &feedback.Quote{Name: name, At: feedback.UTC(now)}
		default:
			r.Quote = nil
		}
		return nil
	})
	if errors.Is(err, errKept) {
		return nil
	}
	return wrap("keep permission to quote", err)
}
