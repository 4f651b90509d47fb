// Package sqlite is the embedded store: one SQLite database in WAL mode inside the data folder.
//
// # Writing
//
// One goroutine writes, with synchronous=FULL. Writes that arrive while a commit waits for the disk
// share the next transaction, so that many callers cost one flush; each returns when its own write is
// durable. A write that the contract refuses (a taken ID, an old revision) refuses only itself.
// Readers have connections of their own and never wait for the writer.
//
// # Tables
//
// A row's Record and the fields by which it is found are columns; the rest is JSON, without the
// fields that are zero. migrations/ holds the tables, and the SQL is built once when the store opens.
// Each list names the index by which it is read, and a test looks at every plan.
//
// # One process
//
// A lock on the folder keeps a second service out; commands that administer a running one open it
// Shared. Several instances need store/mongodb.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Options tune the store; the zero value suits.
type Options struct {
	// Readers bounds how many reads run at once; 0 means one per core, and four at least.
	Readers int
	// Shared opens the store beside the process that has it, for a short administering command: it
	// takes no lock on the folder, and its writes wait for the other's.
	Shared bool
}

// Store is a store.Store in a folder.
type Store struct {
	lock     *os.File
	readers  *sql.DB
	database *sql.DB // the writer's
	writer   *writer
	ping     *sql.Stmt
	made     []statement // every statement there is

	interactions *interactions
	invitations  *invitations
	responses    *responses
	cases        *cases
	people       *table[feedback.Person, *feedback.Person]
	remarks      *remarks
	rollups      *rollups
	definitions  *table[feedback.Definition, *feedback.Definition]
	users        *roster[feedback.User, *feedback.User]
	links        *links
	sessions     *sessions
	keys         *roster[feedback.APIKey, *feedback.APIKey]
	settings     *table[feedback.Setting, *feedback.Setting]
}

// Open opens the store in a folder, making both when they are missing. ErrInUse when another process
// has it open; an error in words when the folder cannot be written, or when what is in it is damaged,
// somebody else's, or a newer Earshot's.
func Open(ctx context.Context, folder string, o Options) (*Store, error) {
	s := &Store{}
	if err := s.open(ctx, folder, o); err != nil {
		return nil, failure(ctx, "open "+folder, errors.Join(err, s.release()))
	}
	return s, nil
}

// open takes what the store needs, one after the other; release gives back what was taken.
func (s *Store) open(ctx context.Context, folder string, o Options) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("the data folder cannot be made: %w", err)
	}
	if !o.Shared {
		if s.lock, err = lock(folder); err != nil {
			return err
		}
	}
	if s.database, err = connect(ctx, folder, 1); err != nil {
		return err
	}
	conn, err := s.database.Conn(ctx)
	if err != nil {
		return err
	}
	s.writer = newWriter(conn)
	if err := migrate(ctx, conn); err != nil {
		return err
	}
	if o.Readers <= 0 {
		o.Readers = max(4, runtime.GOMAXPROCS(0))
	}
	if s.readers, err = connect(ctx, folder, o.Readers, "query_only(1)"); err != nil {
		return err
	}
	return s.prepare(&preparer{ctx: ctx, reader: s.readers, writer: conn})
}

// prepare makes the groups of rows with their statements.
func (s *Store) prepare(p *preparer) error {
	w, c := s.writer, newCodec()
	s.ping = p.write("UPDATE ping SET n = n + 1")
	s.interactions = newInteractions(p, w, c)
	s.invitations = newInvitations(p, w, c)
	s.responses = newResponses(p, w, c)
	s.cases = newCases(p, w, c)
	s.remarks = newRemarks(p, w, c)
	s.people = newTable[feedback.Person](p, w, c, plain[feedback.Person]("people", "person"))
	s.rollups = newRollups(p, w, c)
	s.definitions = newTable[feedback.Definition](p, w, c, plain[feedback.Definition]("definitions", "definition"))
	s.users = newRoster[feedback.User](p, w, c, plain[feedback.User]("users", "user"))
	s.links = newLinks(p, w, c)
	s.sessions = newSessions(p, w, c)
	s.keys = newRoster[feedback.APIKey](p, w, c, plain[feedback.APIKey]("keys", "key"))
	s.settings = newTable[feedback.Setting](p, w, c, plain[feedback.Setting]("settings", "setting"))
	s.made = p.made
	return p.err
}

// Interactions returns the finished service contacts.
func (s *Store) Interactions() store.Interactions { return s.interactions }

// Invitations returns the surveys sent or to be sent.
func (s *Store) Invitations() store.Invitations { return s.invitations }

// Responses returns what customers said.
func (s *Store) Responses() store.Responses { return s.responses }

// Cases returns the recoveries.
func (s *Store) Cases() store.Cases { return s.cases }

// Remarks returns praise, coaching and disputes.
func (s *Store) Remarks() store.Remarks { return s.remarks }

// People returns what is known about customers.
func (s *Store) People() store.Table[feedback.Person] { return s.people }

// Rollups returns the figures by day.
func (s *Store) Rollups() store.Rollups { return s.rollups }

// Definitions returns the surveys as they were sent.
func (s *Store) Definitions() store.Table[feedback.Definition] { return s.definitions }

// Users returns the people who sign in.
func (s *Store) Users() store.Users { return s.users }

// Links returns the sign-in links.
func (s *Store) Links() store.Queue[feedback.Link] { return s.links }

// Sessions returns the signed-in browsers.
func (s *Store) Sessions() store.Sessions { return s.sessions }

// Keys returns the credentials of machines.
func (s *Store) Keys() store.Keys { return s.keys }

// Settings returns the small named values.
func (s *Store) Settings() store.Table[feedback.Setting] { return s.settings }

// Ping does a durable write.
func (s *Store) Ping(ctx context.Context) error {
	err := s.writer.do(ctx, func() error { return affect(s.ping, errors.New("the table ping is empty"), nil) })
	return failure(ctx, "ping", err)
}

// Expire removes links and sessions that ended before now.
func (s *Store) Expire(ctx context.Context, now time.Time) error {
	end := ceiling(now)
	err := s.writer.do(ctx, func() error {
		for _, expire := range []*sql.Stmt{s.links.expire, s.sessions.expire} {
			if _, err := expire.ExecContext(context.Background(), end); err != nil {
				return err
			}
		}
		return nil
	})
	return failure(ctx, "expire", err)
}

// Close ends the writes that were accepted, folds the log into the database file and gives the folder
// back.
func (s *Store) Close() error {
	return failure(context.Background(), "close", s.release())
}

// release gives back whatever the store has taken so far.
func (s *Store) release() error {
	var errs []error
	if s.writer != nil {
		s.writer.close()
	}
	for _, made := range s.made { // closing a connection would leave it open for its statements
		errs = append(errs, made.Close())
	}
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil && s.made != nil { // what was refused stays as it was
		for _, last := range []string{"PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)"} {
			errs = append(errs, s.writer.exec(last))
		}
	}
	if s.writer != nil {
		errs = append(errs, s.writer.conn.Close())
	}
	if s.database != nil {
		errs = append(errs, s.database.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}
