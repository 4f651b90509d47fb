package perception

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// wordings tells which wording the versions of surveys have, and remembers it: a version never changes.
type wordings struct {
	of    func(ctx context.Context, survey, version string) (string, error)
	known sync.Map // by version of a survey
}

// reword replaces the versions that a rollup counts by their wordings, so that a new rule in a definition
// does not look like a new question.
func (w *wordings) reword(ctx context.Context, r *feedback.Rollup) error {
	if w.of == nil || len(r.Tally.Versions) == 0 {
		return nil
	}
	out := make(map[string]int64, len(r.Tally.Versions))
	for version, n := range r.Tally.Versions {
		key := [2]string{r.Survey, version}
		name, ok := w.known.Load(key)
		if !ok {
			fresh, err := w.of(ctx, r.Survey, version)
			if errors.Is(err, store.ErrNotFound) {
				fresh, err = version, nil // a definition that was never kept: a wording of its own
			}
			if err != nil {
				return fmt.Errorf("wording of %s: %w", r.Survey, err)
			}
			w.known.Store(key, fresh)
			name = fresh
		}
		out[name.(string)] += n
	}
	r.Tally.Versions = out
	return nil
}

// current is the stretch of a survey's days since its wording last changed: the day from which it counts,
// the votes since, and those before. since is zero when the wording did not change.
func current(rows []*feedback.Rollup, zone *time.Location) (since time.Time, votes, earlier feedback.Votes) {
	wording, first := "", 0
	for i, r := range rows {
		var changed bool
		if wording, changed = reworded(wording, r.Tally.Versions); changed {
			first = i
		}
	}
	for i, r := range rows {
		if i < first {
			earlier.Add(r.Tally.Scores)
		} else {
			votes.Add(r.Tally.Scores)
		}
	}
	if first > 0 {
		since, _, _ = feedback.DayBounds(rows[first].Day, zone) // days of rollups are days
	}
	return since, votes, earlier
}
