package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Imported is an answer that another system collected, about an interaction that is known here.
type Imported struct {
	Source, External string // of the interaction
	Survey           string // empty: the interaction's own
	Score            int
	Scored           bool
	Comment          string
	AnsweredAt       time.Time
}

// Import takes over an answer that another system collected. It is understood and counted on its day
// like any other; nobody is written to and no case is opened, however low it is. The same interaction
// and survey again change nothing; created is false then. Mistakes are a *feedback.Invalid.
func (s *Service) Import(ctx context.Context, a Imported, now time.Time) (created bool, err error) {
	in, survey, err := s.imported(ctx, a, now)
	if err != nil {
		return false, err
	}
	answer, err := clean(feedback.Answer{Score: a.Score, Scored: a.Scored, Comment: a.Comment, Vote: feedback.Vote{Way: feedback.WayImport, Verdict: feedback.Unproven}}, survey)
	if err != nil {
		return false, err
	}
	v, err := s.importedInvitation(ctx, in, survey, a.AnsweredAt, now)
	if err != nil {
		return false, fmt.Errorf("import response: %w", err)
	}
	r := newResponse(&View{Invitation: v, Survey: survey, Language: v.Language})
	r.Give(answer, survey, a.AnsweredAt)
	r.EditUntil, r.Settle = r.AnsweredAt, time.Time{}
	r.Next(feedback.UTC(now))
	err = s.Store.Responses().Insert(ctx, r)
	if errors.Is(err, store.ErrExists) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("import response: %w", err)
	}
	s.Wake()
	return true, nil
}

// imported finds what the answer is about.
func (s *Service) imported(ctx context.Context, a Imported, now time.Time) (*feedback.Interaction, feedback.Survey, error) {
	var errs []feedback.FieldError
	add := func(field, detail string) {
		errs = append(errs, feedback.FieldError{Field: field, Detail: detail})
	}
	if a.AnsweredAt.IsZero() {
		add("answered_at", "is required, as an RFC 3339 time")
	} else if a.AnsweredAt.After(now.Add(24 * time.Hour)) {
		add("answered_at", "lies more than a day in the future")
	}
	in, err := s.Store.Interactions().Get(ctx, feedback.InteractionID(a.Source, a.External))
	if errors.Is(err, store.ErrNotFound) {
		add("id", fmt.Sprintf("there is no interaction %q of source %q; import interactions first", a.External, a.Source))
		return nil, feedback.Survey{}, &feedback.Invalid{Errors: errs}
	}
	if err != nil {
		return nil, feedback.Survey{}, err
	}
	if a.Survey == "" {
		a.Survey = in.Survey
	}
	survey, ok := s.Catalog.Current(a.Survey)
	if !ok {
		add("survey", fmt.Sprintf("%q is not a survey of this installation", a.Survey))
	}
	if len(errs) > 0 {
		return nil, survey, &feedback.Invalid{Errors: errs}
	}
	return in, survey, nil
}

// importedInvitation is the invitation that the answer belongs to, which is neither sent nor reminded
// of any more. The person was asked, so their rest begins.
func (s *Service) importedInvitation(ctx context.Context, in *feedback.Interaction, survey feedback.Survey, answered, now time.Time) (*feedback.Invitation, error) {
	asked := in.EndedAt.Add(survey.Ask.Delay)
	v := feedback.NewInvitation(in, survey, asked, now)
	v.MarkImported(asked, answered, now)
	err := s.Store.Invitations().Insert(ctx, v)
	if errors.Is(err, store.ErrExists) {
		return store.Update(ctx, s.Store.Invitations(), v.ID, func(old *feedback.Invitation) error {
			old.MarkImported(asked, answered, now)
			return nil
		})
	}
	if err != nil || in.Customer.Email == "" || now.Sub(v.SentAt) > 400*24*time.Hour {
		return v, err
	}
	return v, s.rests(ctx, in, v)
}

func (s *Service) rests(ctx context.Context, in *feedback.Interaction, v *feedback.Invitation) error {
	p := &feedback.Person{Email: in.Customer.Email, Name: in.Customer.Name}
	p.ID = in.Person
	if err := s.Store.People().Insert(ctx, p); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	p, err := store.PersonOf(ctx, s.Store.People(), in.Person)
	if err != nil {
		return err
	}
	_, err = store.Update(ctx, s.Store.People(), p.ID, func(p *feedback.Person) error {
		p.Reserve(v.ID, v.SentAt, 0)
		p.About(v.ID, feedback.MatterOf(in.Subject), in.EndedAt)
		return nil
	})
	return err
}
