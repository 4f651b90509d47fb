package store

import (
	"context"
	"fmt"

	"earshot/internal/feedback"
)

// maxNames bounds how far names of a person point at each other; two are the most that merging makes.
const maxNames = 8

// PersonOf returns the row of the human being whom id names: the row itself, or the one it was merged
// into. ErrNotFound when there is no row id.
func PersonOf(ctx context.Context, people Table[feedback.Person], id string) (*feedback.Person, error) {
	for range maxNames {
		p, err := people.Get(ctx, id)
		if err != nil || p.MergedInto == "" {
			return p, err
		}
		id = p.MergedInto
	}
	return nil, fmt.Errorf("person %q: its names point at each other", id)
}
