package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"earshot/internal/store"
)

// order is what a list is ordered by: a time, ties by ID.
type order[T any] struct {
	column string
	newest bool // newest first
	at     func(*T) time.Time
	zero   int64 // what stands in the column for the zero time
}

// route is one way through a table: an index, and the columns that a filter must fix for it.
type route struct {
	index string
	fixes []string
	only  string // the index's own condition, where it is partial
	// few tells that the fixed columns leave so few rows that they may be sorted after reading.
	few bool
}

// list answers the filters of one table in one order.
type list[T any, R store.Row[T]] struct {
	*table[T, R]
	order  order[T]
	routes []route // the narrowest first
	stmts  []*sql.Stmt
}

// query is a filter in the terms of a list: what each column must equal (empty: anything), further
// parameters of the list's checks, and the span of the order's column, both ends inclusive.
type query struct {
	equal  map[string]string
	checks []any
	lo, hi int64
}

// newList prepares a list. columns are those that a filter may ask to equal something; checks are
// further conditions over named parameters.
func newList[T any, R store.Row[T]](p *preparer, t *table[T, R], o order[T], columns, checks []string, routes ...route) *list[T, R] {
	l := &list[T, R]{table: t, order: o, routes: routes}
	for _, r := range routes {
		text := listSQL(t.layout.table, o.column, o.newest, columns, checks, r)
		l.stmts = append(l.stmts, p.prepare(p.reader, statement{text: text, sorts: r.few}))
	}
	return l
}

// listSQL builds the statement of one route. Its index is named so that no statistics, and no lack of
// them, can change how a list is read.
func listSQL(table, at string, newest bool, columns, checks []string, r route) string {
	where := []string{at + " BETWEEN :lo AND :hi", "(" + at + " <> :at OR id > :id)"}
	if r.only != "" {
		where = append(where, r.only)
	}
	for _, c := range columns {
		if slices.Contains(r.fixes, c) {
			where = append(where, fmt.Sprintf("%s = :%s", c, c))
		} else {
			where = append(where, fmt.Sprintf("(:%s = '' OR %s = :%s)", c, c, c))
		}
	}
	where = append(where, checks...)
	direction := ""
	if newest {
		direction = " DESC"
	}
	return fmt.Sprintf("SELECT %s FROM %s INDEXED BY %s WHERE %s ORDER BY %s%s, id LIMIT :limit",
		rowColumns, table, r.index, strings.Join(where, " AND "), at, direction)
}

// errFilter means that a filter lacks what its contract requires.
var errFilter = errors.New("the filter fixes none of the columns by which these rows can be found")

// page reads one page of the rows that q describes.
func (l *list[T, R]) page(ctx context.Context, q query, p store.Page) (store.List[T], error) {
	out, err := l.read(ctx, q, p)
	return out, failure(ctx, "list "+l.layout.table, err)
}

func (l *list[T, R]) read(ctx context.Context, q query, p store.Page) (store.List[T], error) {
	at, id, err := l.after(p.After)
	if err != nil {
		return store.List[T]{}, err
	}
	if id != "" && l.order.newest {
		q.hi = min(q.hi, at)
	} else if id != "" {
		q.lo = max(q.lo, at)
	}
	i := slices.IndexFunc(l.routes, func(r route) bool {
		return !slices.ContainsFunc(r.fixes, func(c string) bool { return q.equal[c] == "" })
	})
	if i < 0 {
		return store.List[T]{}, errFilter
	}
	limit := p.Bound()
	args := append(q.checks, sql.Named("lo", q.lo), sql.Named("hi", q.hi), sql.Named("at", at), sql.Named("id", id), sql.Named("limit", limit+1))
	for column, value := range q.equal {
		args = append(args, sql.Named(column, value))
	}
	rows, err := l.rows(ctx, l.stmts[i], args...)
	if err != nil || len(rows) <= limit {
		return store.List[T]{Items: rows}, err
	}
	last := rows[limit-1]
	next := store.Cursor{At: l.order.at(last), ID: R(last).Rec().ID}
	return store.List[T]{Items: rows[:limit], Next: next.String()}, nil
}

// after returns the place in the order's column that a cursor names. Without one it is no place at
// all: every ID comes after the empty one.
func (l *list[T, R]) after(cursor string) (at int64, id string, err error) {
	if cursor == "" {
		return 0, "", nil
	}
	c, err := store.ParseCursor(cursor)
	if err != nil {
		return 0, "", err
	}
	if c.At.IsZero() {
		return l.order.zero, c.ID, nil
	}
	return millis(c.At), c.ID, nil
}

// span turns [from, to), of which zero ends are open, into milliseconds with both ends inclusive.
func span(from, to time.Time) (lo, hi int64) {
	lo, hi = math.MinInt64, math.MaxInt64
	if !from.IsZero() {
		lo = ceiling(from)
	}
	if !to.IsZero() {
		hi = ceiling(to) - 1
	}
	return lo, hi
}
