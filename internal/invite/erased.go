package invite

import (
	"context"
	"errors"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// erased refuses to ask a person whose data were erased. Only the veiled name of such a person is kept.
func (s *Service) erased(ctx context.Context, c feedback.Customer) (*refusal, error) {
	_, err := s.Store.People().Get(ctx, "erased:"+s.Tokens.Veil(feedback.PersonID("", "", c.Email)))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &refusal{"person.erased", "The customer had their data erased, and is not asked any more."}, nil
}
