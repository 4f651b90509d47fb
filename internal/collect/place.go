package collect

import (
	"context"
	"errors"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// How much of a person's history is read: far more than the ladder's rule tells apart.
const (
	contactsRead = 50
	answersRead  = 10
)

// place writes down where a response stands in its customer's journey. Without an interaction (unasked
// feedback) there is none. It comes after the alert, which must not wait for it.
func (s *Service) place(ctx context.Context, r *feedback.Response) error {
	r.Journey = nil
	if r.Interaction == "" || r.Person == "" {
		return nil
	}
	in, err := s.Store.Interactions().Get(ctx, r.Interaction)
	if errors.Is(err, store.ErrNotFound) {
		return nil // erased in the meantime
	}
	if err != nil {
		return err
	}
	until := r.AnsweredAt.Add(time.Millisecond)
	met, err := s.Store.Interactions().List(ctx, store.InteractionFilter{Person: r.Person, To: until}, store.Page{Limit: contactsRead})
	if err != nil {
		return err
	}
	said, err := s.Store.Responses().List(ctx, store.ResponseFilter{Person: r.Person, To: until}, store.Page{Limit: answersRead})
	if err != nil {
		return err
	}
	var contacts []time.Time
	for _, i := range met.Items {
		contacts = append(contacts, i.EndedAt)
	}
	var others []feedback.Opinion
	for _, o := range said.Items {
		if o.ID != r.ID && o.Scored {
			others = append(others, feedback.Opinion{At: o.AnsweredAt, Metric: o.Metric, Score: o.Score})
		}
	}
	r.Journey = feedback.JourneyOf(r, in, contacts, others)
	return nil
}
