package sqlite

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"earshot/internal/store"
)

// refused tells whether err is an answer of the contract and not a failure of the database: the
// statement ran, and wrote nothing.
func refused(err error) bool {
	return errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound)
}

// failure names the operation that failed and says what SQLite's code means for the operator.
func failure(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if refused(err) || errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrCursor) {
		return fmt.Errorf("sqlite: %s: %w", op, err)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("sqlite: %s: %w", op, ctx.Err())
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("sqlite: %s: %w", op, err)
	}
	advice, later := explain(e.Code())
	switch {
	case later:
		return fmt.Errorf("sqlite: %s: %w: %s (%w)", op, store.ErrUnavailable, advice, err)
	case advice != "":
		return fmt.Errorf("sqlite: %s: %s (%w)", op, advice, err)
	}
	return fmt.Errorf("sqlite: %s: %w", op, err)
}

// explain puts a result code of SQLite (https://sqlite.org/rescode.html) in words. later tells
// whether the same call may succeed once the cause is gone.
func explain(code int) (advice string, later bool) {
	switch code & 0xff { // the primary code of an extended one
	case sqlite3.SQLITE_FULL:
		return "the disk is full; make room in the data folder", true
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return "the data folder cannot be written; check its owner and permissions", true
	case sqlite3.SQLITE_CANTOPEN:
		return "the database file cannot be opened; check the data folder's permissions and the limit of open files", true
	case sqlite3.SQLITE_IOERR:
		return "the disk reports an error; check it and the data folder", true
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return "another program holds the database file", true
	case sqlite3.SQLITE_NOMEM:
		return "there is not enough memory", true
	case sqlite3.SQLITE_CORRUPT:
		return "the database file is damaged; restore a copy", false
	case sqlite3.SQLITE_NOTADB:
		return "the file is not a database, or is damaged; move it away or restore a copy", false
	}
	return "", false
}
