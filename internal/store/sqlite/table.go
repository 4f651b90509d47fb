package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// layout says how a group of rows is laid out in its table.
type layout[T any] struct {
	table   string
	row     string // what one row is called in errors
	columns []string
	values  func(*T) []any // of columns, in their order
}

// table is one group of rows; it fulfils store.Table.
type table[T any, R store.Row[T]] struct {
	layout[T]
	w     *writer
	codec codec

	get, after                      *sql.Stmt
	insert, save, move, remove, put *sql.Stmt

	// beside, when set, returns what is written in the same transaction as a row, nil for nothing; gone
	// is told of a row that was deleted.
	beside func(*T) func() error
	gone   func(id string) error
}

// with adds to a write of a row what is written beside it.
func (t *table[T, R]) with(row *T, write func() error) func() error {
	if t.beside == nil {
		return write
	}
	also := t.beside(row)
	if also == nil {
		return write
	}
	return func() error {
		if err := write(); err != nil {
			return err
		}
		return also()
	}
}

// rowColumns are read for every row, in the order in which scan expects them.
const rowColumns = "id, rev, due, holder, lease_until, started, attempts, last_error, doc"

// recordColumns are what Save writes beside a layout's own columns; rev stands apart.
const recordColumns = "due, holder, lease_until, started, attempts, last_error, doc"

func newTable[T any, R store.Row[T]](p *preparer, w *writer, c codec, l layout[T]) *table[T, R] {
	all := append(strings.Split(recordColumns, ", "), l.columns...)
	set := strings.Join(all, " = ?, ") + " = ?"
	same := ""
	for _, column := range l.columns {
		same += " AND " + column + " = ?"
	}
	t := &table[T, R]{layout: l, w: w, codec: c}
	t.get = p.read("SELECT " + rowColumns + " FROM " + l.table + " WHERE id = ?")
	t.insert = p.write(fmt.Sprintf("INSERT INTO %s (id, rev, %s) VALUES (?, 1%s) ON CONFLICT (id) DO NOTHING",
		l.table, strings.Join(all, ", "), strings.Repeat(", ?", len(all))))
	// An UPDATE rewrites each index whose columns it names, changed or not. Most saves change none, so
	// save names them only to see that; move is for the others.
	t.save = p.write(fmt.Sprintf("UPDATE %s SET rev = rev + 1, %s = ? WHERE id = ? AND rev = ?%s",
		l.table, strings.ReplaceAll(recordColumns, ",", " = ?,"), same))
	t.move = p.write(fmt.Sprintf("UPDATE %s SET rev = rev + 1, %s WHERE id = ? AND rev = ?", l.table, set))
	t.remove = p.write("DELETE FROM " + l.table + " WHERE id = ?")
	t.after = p.read("SELECT " + rowColumns + " FROM " + l.table + " WHERE id > ? ORDER BY id LIMIT ?")
	t.put = p.write(fmt.Sprintf("INSERT OR REPLACE INTO %s (id, rev, %s) VALUES (?, ?%s)",
		l.table, strings.Join(all, ", "), strings.Repeat(", ?", len(all))))
	return t
}

// Get reads one row.
func (t *table[T, R]) Get(ctx context.Context, id string) (*T, error) {
	row, err := t.scan(t.get.QueryRowContext(ctx, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, failure(ctx, fmt.Sprintf("get %s %q", t.row, id), err)
	}
	return row, nil
}

// Insert writes a new row.
func (t *table[T, R]) Insert(ctx context.Context, row *T) error {
	rec := R(row).Rec()
	args, err := t.args(row)
	if err == nil {
		args = append([]any{rec.ID}, args...)
		args = append(args, t.values(row)...)
		err = t.w.do(ctx, t.with(row, func() error { return affect(t.insert, store.ErrExists, args) }))
	}
	if err != nil {
		return failure(ctx, fmt.Sprintf("insert %s %q", t.row, rec.ID), err)
	}
	rec.Rev = 1
	return nil
}

// Save replaces a row from the revision it was read at.
func (t *table[T, R]) Save(ctx context.Context, row *T) error {
	rec := R(row).Rec()
	args, err := t.args(row)
	if err == nil {
		values, key := t.values(row), []any{rec.ID, rec.Rev}
		stay := join(args, key, values)
		moved := join(args, values, key)
		err = t.w.do(ctx, t.with(row, func() error {
			err := affect(t.save, store.ErrConflict, stay)
			if errors.Is(err, store.ErrConflict) && len(values) > 0 {
				err = affect(t.move, store.ErrConflict, moved)
			}
			return err
		}))
	}
	if err != nil {
		return failure(ctx, fmt.Sprintf("save %s %q", t.row, rec.ID), err)
	}
	rec.Rev++
	return nil
}

// Delete removes a row.
func (t *table[T, R]) Delete(ctx context.Context, id string) error {
	err := t.w.do(ctx, func() error {
		if err := affect(t.remove, store.ErrNotFound, []any{id}); err != nil || t.gone == nil {
			return err
		}
		return t.gone(id)
	})
	return failure(ctx, fmt.Sprintf("delete %s %q", t.row, id), err)
}

// Scan returns the rows after an ID.
func (t *table[T, R]) Scan(ctx context.Context, after string, limit int) ([]*T, error) {
	rows, err := t.rows(ctx, t.after, after, limit)
	return rows, failure(ctx, "scan "+t.table, err)
}

// Put writes rows as they are, in place of what has their IDs.
func (t *table[T, R]) Put(ctx context.Context, rows []*T) error {
	writes := make([]func() error, len(rows))
	for i, row := range rows {
		args, err := t.args(row)
		if err != nil {
			return failure(ctx, "put "+t.row, err)
		}
		rec := R(row).Rec()
		all := join([]any{rec.ID, rec.Rev}, args, t.values(row))
		writes[i] = t.with(row, func() error {
			_, err := t.put.ExecContext(context.Background(), all...)
			return err
		})
	}
	return failure(ctx, "put "+t.row, t.w.all(ctx, writes))
}

// affect runs a statement on one row; none is the answer when it met none.
func affect(s *sql.Stmt, none error, args []any) error {
	result, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return none
	}
	return nil
}

func join(parts ...[]any) []any {
	var out []any
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// args are the values of recordColumns.
func (t *table[T, R]) args(row *T) ([]any, error) {
	bare := *row
	*R(&bare).Rec() = feedback.Record{}
	doc, err := json.Marshal(&bare, t.codec.out)
	if err != nil {
		return nil, err
	}
	rec := R(row).Rec()
	return []any{millis(rec.Due), rec.Lease.Holder, millis(rec.Lease.Until), millis(rec.Started), rec.Attempts, rec.LastError, string(doc)}, nil
}

// scanner is a row of a result.
type scanner interface{ Scan(...any) error }

// scan reads what rowColumns name.
func (t *table[T, R]) scan(from scanner) (*T, error) {
	var rec feedback.Record
	var due, until, started int64
	var doc []byte
	err := from.Scan(&rec.ID, &rec.Rev, &due, &rec.Lease.Holder, &until, &started, &rec.Attempts, &rec.LastError, &doc)
	if err != nil {
		return nil, err
	}
	row := new(T)
	if err := json.Unmarshal(doc, row, t.codec.in); err != nil {
		return nil, fmt.Errorf("%s %q: %w", t.row, rec.ID, err)
	}
	rec.Due, rec.Lease.Until, rec.Started = moment(due), moment(until), moment(started)
	*R(row).Rec() = rec
	return row, nil
}

// rows reads a result to its end.
func (t *table[T, R]) rows(ctx context.Context, s *sql.Stmt, args ...any) (out []*T, err error) {
	found, err := s.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.Next() {
		row, err := t.scan(found)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, found.Err()
}
