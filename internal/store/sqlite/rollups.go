package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

type rollups struct {
	*queue[feedback.Rollup, *feedback.Rollup]
	mark           *sql.Stmt
	byDay, ofNamed *sql.Stmt
}

func newRollups(p *preparer, w *writer, c codec) *rollups {
	q := newQueue[feedback.Rollup](p, w, c, layout[feedback.Rollup]{
		table: "rollups", row: "rollup", columns: []string{"scope", "name", "team", "survey", "day"},
		values: func(v *feedback.Rollup) []any { return []any{v.Scope, v.Name, v.Team, v.Survey, v.Day} },
	})
	t := &rollups{queue: q}
	// A lease that ran out fences as well: its worker may still be computing.
	t.mark = p.write(`INSERT INTO rollups (id, rev, due, holder, lease_until, started, attempts, last_error, doc, scope, name, team, survey, day)
		VALUES (?, 1, ?, '', 0, 0, 0, '', ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET rev = rev + 1, due = excluded.due, holder = '', lease_until = 0
		WHERE due = 0 OR due > excluded.due OR holder <> '' OR lease_until <> 0`)
	const rows = "SELECT " + rowColumns + " FROM rollups INDEXED BY %s WHERE scope = :scope AND %s AND day BETWEEN :from AND :to" +
		" AND (:team = '' OR team = :team) AND (:survey = '' OR survey = :survey) ORDER BY day, survey, name, team"
	t.byDay = p.read(fmt.Sprintf(rows, "rollups_day", "TRUE"))
	t.ofNamed = p.read(fmt.Sprintf(rows, "rollups_name", "name = :name"))
	return t
}

// MarkDirty makes rows due.
func (t *rollups) MarkDirty(ctx context.Context, rows []feedback.Rollup, due, now time.Time) error {
	marks := make([][]any, len(rows))
	for i, row := range rows {
		row.Tally = feedback.Tally{}
		args, err := t.args(&row)
		if err != nil {
			return failure(ctx, "mark rollups", err)
		}
		doc := args[len(args)-1]
		marks[i] = join([]any{row.ID, millis(due), doc}, t.values(&row))
	}
	return failure(ctx, "mark rollups", t.w.each(ctx, t.mark, marks))
}

// Range returns the figures of a scope by day.
func (t *rollups) Range(ctx context.Context, f store.RollupFilter) ([]*feedback.Rollup, error) {
	read := t.byDay
	if f.Name != "" {
		read = t.ofNamed
	}
	rows, err := t.rows(ctx, read, sql.Named("scope", f.Scope), sql.Named("name", f.Name), sql.Named("team", f.Team),
		sql.Named("survey", f.Survey), sql.Named("from", f.From), sql.Named("to", f.To))
	return rows, failure(ctx, "range of rollups", err)
}
