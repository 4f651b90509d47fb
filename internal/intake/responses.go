package intake

import (
	"context"
	"slices"
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"
)

// Responses is a file of answers that another system collected about interactions which are known here:
// source, id, survey, score, comment, answered_at. Nobody is written to because of them.
func Responses(to *collect.Service, zone *time.Location, now time.Time) Kind {
	columns := []string{"source", "id", "survey", "score", "comment", "answered_at"}
	return Kind{
		Column: func(name string) bool { return slices.Contains(columns, name) }, Columns: columns,
		Required: []string{"source", "id", "score", "answered_at"},
		Together: func(r Row) string { return r.Cells["source"] + "\x00" + r.Cells["id"] },
		Take: func(ctx context.Context, r Row) (bool, error) {
			a := collect.Imported{Source: r.Cells["source"], External: r.Cells["id"], Survey: r.Cells["survey"], Comment: r.Cells["comment"]}
			var errs []feedback.FieldError
			add := func(field, wrong string) {
				if wrong != "" {
					errs = append(errs, feedback.FieldError{Field: field, Detail: wrong})
				}
			}
			for _, name := range []string{"source", "id"} {
				if r.Cells[name] == "" {
					add(name, "is required")
				}
			}
			if v := r.Cells["score"]; v != "" {
				a.Scored = true
				add("score", readWhole(&a.Score, v))
			} else {
				add("score", "is required")
			}
			if v := r.Cells["answered_at"]; v != "" {
				add("answered_at", readTime(&a.AnsweredAt, v, zone))
			}
			if len(errs) > 0 {
				return false, &feedback.Invalid{Errors: errs}
			}
			return to.Import(ctx, a, now)
		},
	}
}
