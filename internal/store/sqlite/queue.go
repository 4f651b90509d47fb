package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"earshot/internal/store"
)

// queue is a table whose rows are work; it fulfils store.Queue.
type queue[T any, R store.Row[T]] struct {
	*table[T, R]
	next  *sql.Stmt
	claim *sql.Stmt
}

func newQueue[T any, R store.Row[T]](p *preparer, w *writer, c codec, l layout[T]) *queue[T, R] {
	q := &queue[T, R]{table: newTable[T, R](p, w, c, l)}
	q.next = p.read("SELECT ready FROM " + l.table + " WHERE ready > 0 ORDER BY ready LIMIT 1")
	q.claim = p.write(fmt.Sprintf(`UPDATE %s SET rev = rev + 1, attempts = attempts + 1, holder = ?, lease_until = ?, started = iif(started = 0, ?, started)
		WHERE rowid IN (SELECT rowid FROM %s WHERE ready > 0 AND ready <= ? ORDER BY ready LIMIT ?) RETURNING %s`, l.table, l.table, rowColumns))
	return q
}

// Claim takes due rows for a worker, the longest claimable ones first.
func (q *queue[T, R]) Claim(ctx context.Context, c store.Claim) ([]*T, error) {
	rows, err := q.take(ctx, c)
	if err != nil {
		return nil, failure(ctx, "claim "+q.table.layout.table, err)
	}
	slices.SortStableFunc(rows, func(a, b *T) int { return cmp.Compare(millis(R(a).Rec().Due), millis(R(b).Rec().Due)) })
	return rows, nil
}

func (q *queue[T, R]) take(ctx context.Context, c store.Claim) ([]*T, error) {
	// Workers ask far more often than there is work: a look costs the writer nothing.
	next, err := q.ready(ctx)
	if err != nil || next == 0 || next > millis(c.Now) || c.Limit <= 0 {
		return nil, err
	}
	var rows []*T
	err = q.w.do(ctx, func() (err error) {
		rows, err = q.rows(context.Background(), q.claim, c.Holder, millis(c.Now.Add(c.Lease)), millis(c.Now), millis(c.Now), c.Limit)
		return err
	})
	return rows, err
}

// NextDue returns when the next row can be claimed.
func (q *queue[T, R]) NextDue(ctx context.Context) (time.Time, error) {
	next, err := q.ready(ctx)
	return moment(next), failure(ctx, "next due of "+q.table.layout.table, err)
}

// ready is NextDue in milliseconds, 0 for never.
func (q *queue[T, R]) ready(ctx context.Context) (int64, error) {
	var next int64
	err := q.next.QueryRowContext(ctx).Scan(&next)
	if err == sql.ErrNoRows {
		return 0, nil
	}
	return next, err
}
