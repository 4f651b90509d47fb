package intake

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"time"

	"earshot/internal/export"
	"earshot/internal/feedback"
	"earshot/internal/invite"
)

// optOutColumns are the columns of a list of opt-outs.
func optOutColumns() []string { return []string{"email", "opted_out_at", "blocked", "blocked_at"} }

// OptOuts is a list of people who do not want surveys, as WriteOptOuts writes it: email, and if known
// opted_out_at, blocked (why no mail can go to the address) and blocked_at. A row that only names an
// address is an opt-out of now.
func OptOuts(to *invite.Service, zone *time.Location, now time.Time) Kind {
	columns := optOutColumns()
	return Kind{
		Column: func(name string) bool { return slices.Contains(columns, name) }, Columns: columns, Required: []string{"email"},
		Together: func(r Row) string { return feedback.PersonID("", "", r.Cells["email"]) },
		Take: func(ctx context.Context, r Row) (bool, error) {
			outAt, blockedAt := now, now
			for name, to := range map[string]*time.Time{"opted_out_at": &outAt, "blocked_at": &blockedAt} {
				if v := r.Cells[name]; v != "" {
					if wrong := readTime(to, v, zone); wrong != "" {
						return false, feedback.Refuse(name, wrong)
					}
				}
			}
			if reason := r.Cells["blocked"]; reason != "" {
				if err := to.Block(ctx, r.Cells["email"], reason, blockedAt); err != nil {
					return false, err
				}
				if r.Cells["opted_out_at"] == "" { // the address is dead, the person never said no
					return true, nil
				}
			}
			return to.StopAsking(ctx, r.Cells["email"], outAt)
		},
	}
}

// WriteOptOuts writes everybody who gets no surveys as CSV and returns how many they are.
func WriteOptOuts(ctx context.Context, from *invite.Service, to io.Writer) (n int, err error) {
	w := csv.NewWriter(to)
	if err := w.Write(optOutColumns()); err != nil {
		return 0, err
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	for o, err := range from.OptOuts(ctx) {
		if err != nil {
			return n, err
		}
		if err := w.Write([]string{export.Safe(o.Email), moment(o.OptedOut), export.Safe(o.Blocked), moment(o.BlockedAt)}); err != nil {
			return n, err
		}
		n++
	}
	w.Flush()
	return n, w.Error()
}
