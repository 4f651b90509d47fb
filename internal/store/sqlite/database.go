package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
)

// fileName is the database in the data folder.
const fileName = "earshot.db"

// applicationID marks the file as Earshot's: "Ears" in ASCII (https://sqlite.org/pragma.html#pragma_application_id).
const applicationID = 0x45617273

//go:embed migrations/*.sql
var migrations embed.FS

// pragmas are set on every connection. fullfsync makes macOS flush the disk's own cache, and does
// nothing elsewhere. The log is folded into the file every 16 MB and cut back to 64 MB.
func pragmas() []string {
	return []string{
		"busy_timeout(10000)", "synchronous(FULL)", "fullfsync(1)", "checkpoint_fullfsync(1)",
		"wal_autocheckpoint(4000)", "journal_size_limit(67108864)", "cache_size(-16000)", "temp_store(MEMORY)",
	}
}

// connect opens the database file with at most n connections and further pragmas.
func connect(ctx context.Context, folder string, n int, further ...string) (*sql.DB, error) {
	path, err := filepath.Abs(filepath.Join(folder, fileName))
	if err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: url.Values{"_pragma": append(pragmas(), further...)}.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// migrate brings the tables to the newest form. Each numbered file of migrations runs once, in a
// transaction, and user_version counts them. A newer database or somebody else's is refused.
func migrate(ctx context.Context, conn *sql.Conn) error {
	files, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return err
	}
	var version, id, tables int
	for query, to := range map[string]*int{"PRAGMA user_version": &version, "PRAGMA application_id": &id, "SELECT count(*) FROM sqlite_schema": &tables} {
		if err := conn.QueryRowContext(ctx, query).Scan(to); err != nil {
			return err
		}
	}
	if tables > 0 && id != applicationID {
		return fmt.Errorf("%s holds somebody else's tables; choose another data folder", fileName)
	}
	if version > len(files) {
		return fmt.Errorf("%s was written by a newer Earshot (its form is %d, this program knows %d); install that version again", fileName, version, len(files))
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil { // it stays with the file
		return err
	}
	for i := version; i < len(files); i++ {
		if err := step(ctx, conn, files[i], i+1); err != nil {
			return fmt.Errorf("%s: %w", files[i], err)
		}
	}
	return nil
}

// step runs one migration and counts it, or does neither.
func step(ctx context.Context, conn *sql.Conn, file string, version int) (err error) {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	for _, sql := range []string{"BEGIN IMMEDIATE", string(text), fmt.Sprintf("PRAGMA user_version = %d", version), "COMMIT"} {
		if _, err := conn.ExecContext(ctx, sql); err != nil {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			return err
		}
	}
	return nil
}

// preparer prepares the store's statements once, and keeps their texts for the test that looks at
// their plans. After a first error it does nothing more.
type preparer struct {
	ctx    context.Context
	reader *sql.DB
	writer *sql.Conn
	made   []statement
	err    error
}

// statement is a prepared statement. sorts tells that it may sort what it has read.
type statement struct {
	text  string
	sorts bool
	*sql.Stmt
}

func (p *preparer) read(query string) *sql.Stmt  { return p.prepare(p.reader, statement{text: query}) }
func (p *preparer) write(query string) *sql.Stmt { return p.prepare(p.writer, statement{text: query}) }

func (p *preparer) prepare(on interface {
	PrepareContext(context.Context, string) (*sql.Stmt, error)
}, made statement) *sql.Stmt {
	if p.err != nil {
		return nil
	}
	if made.Stmt, p.err = on.PrepareContext(p.ctx, made.text); p.err != nil {
		p.err = fmt.Errorf("%w in %q", p.err, made.text)
		return nil
	}
	p.made = append(p.made, made)
	return made.Stmt
}
