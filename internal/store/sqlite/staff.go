package sqlite

import (
	"context"
	"database/sql"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// roster is a table small enough to be listed whole.
type roster[T any, R store.Row[T]] struct {
	*table[T, R]
	all *sql.Stmt
}

func newRoster[T any, R store.Row[T]](p *preparer, w *writer, c codec, l layout[T]) *roster[T, R] {
	return &roster[T, R]{newTable[T, R](p, w, c, l), p.read("SELECT " + rowColumns + " FROM " + l.table + " ORDER BY id")}
}

// List returns all rows by ID.
func (r *roster[T, R]) List(ctx context.Context) ([]*T, error) {
	rows, err := r.rows(ctx, r.all)
	return rows, failure(ctx, "list "+r.layout.table, err)
}

// plain is the layout of a table whose rows are found by ID only.
func plain[T any](table, row string) layout[T] {
	return layout[T]{table: table, row: row, values: func(*T) []any { return nil }}
}

// links holds sign-in links, which end by themselves.
type links struct {
	*queue[feedback.Link, *feedback.Link]
	expire *sql.Stmt
}

func newLinks(p *preparer, w *writer, c codec) *links {
	return &links{
		newQueue[feedback.Link](p, w, c, layout[feedback.Link]{table: "links", row: "link", columns: []string{"expires"},
			values: func(v *feedback.Link) []any { return []any{millis(v.ExpiresAt)} }}),
		p.write("DELETE FROM links WHERE expires > 0 AND expires < ?"),
	}
}

type sessions struct {
	*table[feedback.Session, *feedback.Session]
	expire, removeOf *sql.Stmt
}

func newSessions(p *preparer, w *writer, c codec) *sessions {
	return &sessions{
		newTable[feedback.Session](p, w, c, layout[feedback.Session]{table: "sessions", row: "session", columns: []string{"owner", "expires"},
			values: func(v *feedback.Session) []any { return []any{v.User, millis(v.ExpiresAt)} }}),
		p.write("DELETE FROM sessions WHERE expires > 0 AND expires < ?"),
		p.write("DELETE FROM sessions WHERE owner = ?"),
	}
}

// DeleteOf removes all sessions of a user.
func (s *sessions) DeleteOf(ctx context.Context, user string) error {
	err := s.w.do(ctx, func() error {
		_, err := s.removeOf.ExecContext(context.Background(), user)
		return err
	})
	return failure(ctx, "delete sessions", err)
}
