// Package store is the storage contract: what Earshot asks of a database, by group, and what each
// answer means. Two backends fulfil it, store/sqlite and store/mongodb; store/storetest checks both
// with the same cases.
//
// # Rules that hold for every method
//
// Every write is one atomic statement on one row; none needs a transaction over several rows, so
// that a sharded cluster can promise the same as one file. A write that returned nil is durable: it
// survives kill -9 and a loss of power (and, in a replica set, of the primary).
//
// A row is read, changed by the rules of package feedback, and saved from the revision it was read
// at. Whoever saves second gets ErrConflict, reads again and decides again. This one rule replaces a
// method for each intent (mark sent, save sentiment, acknowledge): the intents are methods of the
// domain's types, where both backends share them. It is also the fence of the workers: a claim
// increments the revision, so a worker that lost its lease cannot save over its successor.
//
// Workers find work by Claim. A row is claimable while Due is set and not later than now and its
// lease has run out. Claims may hand out rows in any order near the order of Due, so that many
// workers need not fight over the same row.
//
// Times are UTC with whole milliseconds; a backend keeps exactly what feedback.UTC yields. now is a
// parameter: a backend never reads a clock. Rows handed in stay the caller's, rows handed out are
// the caller's: a backend keeps neither.
//
// A method that waits takes ctx first and returns ctx's error when it ends. A database that cannot be
// reached is ErrUnavailable. The store decides no permissions and no business rules.
package store

import (
	"context"
	"errors"
	"time"

	"earshot/internal/feedback"
)

// The errors that callers tell apart, by errors.Is.
var (
	// ErrNotFound: there is no such row. It is never expressed as a nil row.
	ErrNotFound = errors.New("not found")
	// ErrExists: a row with this key is there already; nothing was written.
	ErrExists = errors.New("exists already")
	// ErrConflict: the row changed since it was read, or is gone; nothing was written.
	ErrConflict = errors.New("changed by someone else")
	// ErrUnavailable: the database cannot be reached or refuses work now; trying later may help.
	ErrUnavailable = errors.New("the database is not available")
	// ErrInUse: another process has the embedded store open.
	ErrInUse = errors.New("the data folder is in use by another process")
	// ErrCursor: a paging cursor that this store did not hand out.
	ErrCursor = errors.New("not a cursor of this list")
)

// Row is a pointer to a type that embeds feedback.Record.
type Row[T any] interface {
	*T
	Rec() *feedback.Record
}

// Table is what every group of rows offers.
type Table[T any] interface {
	// Insert writes a new row. It sets Rev to 1 in the given value. ErrExists when the ID is taken.
	Insert(ctx context.Context, row *T) error
	// Get reads one row. ErrNotFound.
	Get(ctx context.Context, id string) (*T, error)
	// Save replaces the row, if its stored Rev is the Rev of the given value, and increments Rev in
	// both. ErrConflict when it is not, or when the row is gone.
	Save(ctx context.Context, row *T) error
	// Delete removes a row whatever its Rev. ErrNotFound.
	Delete(ctx context.Context, id string) error
	// Scan returns up to limit rows whose ID comes after the given one, by ID in byte order, whatever
	// their state: the way to go through a table, resumable from the last row seen. Empty at the end.
	Scan(ctx context.Context, after string, limit int) ([]*T, error)
	// Put writes rows as they are, Rev and Lease included, in place of whatever has their IDs. It is for
	// copies into a store that nobody works on. Each row is written as a whole; after an error some may
	// be written and some not, and doing it again makes it complete.
	Put(ctx context.Context, rows []*T) error
}

// Queue is a table whose rows are work.
type Queue[T any] interface {
	Table[T]
	// Claim takes up to Limit due rows for a worker. For each: Lease is set to Holder until
	// Now+Lease, Started to Now where it is zero, Attempts and Rev are incremented. A row is never
	// handed to two claims before its lease has run out. No due rows is an empty list, no error.
	Claim(ctx context.Context, c Claim) ([]*T, error)
	// NextDue returns the earliest moment at which a row will be claimable, zero when there is none.
	NextDue(ctx context.Context) (time.Time, error)
}

// Claim says who takes how much work for how long.
type Claim struct {
	Holder string
	Now    time.Time
	Lease  time.Duration
	Limit  int
}

// Page asks for part of a list: at most Limit rows (a backend's own bound is 1,000; zero means 100),
// after the row whose cursor a previous page returned.
type Page struct {
	Limit int
	After string
}

// List is a page of rows and the cursor of the next page, empty at the end.
type List[T any] struct {
	Items []*T
	Next  string
}

// Store is everything Earshot keeps.
type Store interface {
	Interactions() Interactions
	Invitations() Invitations
	Responses() Responses
	Cases() Cases
	Remarks() Remarks
	People() Table[feedback.Person]
	Rollups() Rollups
	Definitions() Table[feedback.Definition]
	Users() Users
	// Links holds sign-in links; those whose mail is still to be sent are due.
	Links() Queue[feedback.Link]
	Sessions() Sessions
	Keys() Keys
	Settings() Table[feedback.Setting]

	// Ping tells whether the store can do a durable write now. ErrUnavailable.
	Ping(ctx context.Context) error
	// Expire removes links and sessions that ended before now. It may remove them later, never earlier.
	Expire(ctx context.Context, now time.Time) error
	// Close ends all work and gives the database back. No method may be called afterwards.
	Close() error
}

// Interactions holds finished service contacts. Rows whose decision was interrupted are due.
type Interactions interface {
	Queue[feedback.Interaction]
	// List returns interactions by EndedAt, newest first, ties by ID.
	List(ctx context.Context, f InteractionFilter, p Page) (List[feedback.Interaction], error)
}

// InteractionFilter narrows a list of interactions; zero fields do not. From is inclusive, To not.
type InteractionFilter struct {
	Person   string
	Agent    string
	From, To time.Time // EndedAt
}

// Invitations holds surveys sent or to be sent.
type Invitations interface {
	Queue[feedback.Invitation]
	// List returns invitations by SentAt, oldest first, ties by ID, when the filter has a span of
	// SentAt (rows not yet sent are left out); otherwise by CreatedAt, newest first.
	List(ctx context.Context, f InvitationFilter, p Page) (List[feedback.Invitation], error)
}

// InvitationFilter narrows a list of invitations; zero fields do not. Of Interaction, Person and
// Survey at least one is set.
type InvitationFilter struct {
	Interaction      string
	Person           string
	Survey           string
	Agent            string
	SentFrom, SentTo time.Time
}

// Responses holds what customers said.
type Responses interface {
	Queue[feedback.Response]
	// List returns responses by AnsweredAt, newest first, ties by ID.
	List(ctx context.Context, f ResponseFilter, p Page) (List[feedback.Response], error)
	// Search returns responses whose understood comment fits, by AnsweredAt, newest first, ties in an
	// order of the backend's own. A row is found by what it was saved with, from the save on: the words
	// are written with the row. A comment that is not understood (again) yet may be missing, or be found
	// by what it was before.
	Search(ctx context.Context, f SearchFilter, p Page) (List[feedback.Response], error)
	// Index makes rows findable that were written before there was a search. It changes nothing else,
	// and nothing at all for a row that is found already or was written since it was read.
	Index(ctx context.Context, rows []*feedback.Response) error
}

// ResponseFilter narrows a list of responses; zero fields do not. From is inclusive, To not.
type ResponseFilter struct {
	From, To time.Time // AnsweredAt
	Agent    string
	Team     string
	Survey   string
	Person   string
	Label    string // of the sentiment
	Comments bool   // only responses with a comment
}

// Cases holds recoveries.
type Cases interface {
	Queue[feedback.Case]
	// List returns cases in the filter's order, ties by ID.
	List(ctx context.Context, f CaseFilter, p Page) (List[feedback.Case], error)
}

// CaseFilter narrows a list of cases; zero fields do not.
type CaseFilter struct {
	States    []feedback.CaseState
	Owner     string // who works on it
	OwnerTeam string
	Agent     string // who earned the score
	Survey    string
	Person    string
	DueBefore time.Time // Deadline, exclusive; cases whose clock has stopped are left out
	// OpenedFrom is inclusive, OpenedTo not.
	OpenedFrom, OpenedTo time.Time
	// ByDeadline orders by Deadline, earliest first, cases without a running clock last. Otherwise by
	// OpenedAt, newest first.
	ByDeadline bool
}

// Remarks holds what people of the organisation pass on to each other: praise, coaching, disputes.
type Remarks interface {
	Queue[feedback.Remark]
	// List returns remarks by WrittenAt, newest first, ties by ID.
	List(ctx context.Context, f RemarkFilter, p Page) (List[feedback.Remark], error)
}

// RemarkFilter narrows a list of remarks; zero fields do not. Of Kind and Response at least one is
// set. From is inclusive, To not.
type RemarkFilter struct {
	Kind     feedback.RemarkKind
	Response string
	Agent    string
	Team     string
	From, To time.Time // WrittenAt
}

// Rollups holds figures by scope, survey and day. A row is dirty while it is due.
type Rollups interface {
	Queue[feedback.Rollup]
	// MarkDirty makes the given rows due at due, inserting those that are missing (with everything
	// but Tally taken from the given value). A row that a worker has claimed becomes claimable again
	// and its Rev is incremented, so that what the worker is computing cannot be saved. A row that is
	// due at or before due and not claimed stays as it is.
	MarkDirty(ctx context.Context, rows []feedback.Rollup, due, now time.Time) error
	// Range returns the rows of a scope for days From..To, both inclusive, by day, then survey, then
	// name. It is not paged: its size follows the days and names asked for.
	Range(ctx context.Context, f RollupFilter) ([]*feedback.Rollup, error)
}

// RollupFilter asks for the figures of a scope. Scope and the days are required; empty Name, Team
// and Survey mean all.
type RollupFilter struct {
	Scope, Name, Team, Survey string
	From, To                  string // days
}

// Users holds people who sign in.
type Users interface {
	Table[feedback.User]
	// List returns all users, by ID.
	List(ctx context.Context) ([]*feedback.User, error)
}

// Sessions holds signed-in browsers.
type Sessions interface {
	Table[feedback.Session]
	// DeleteOf removes all sessions of a user.
	DeleteOf(ctx context.Context, user string) error
}

// Keys holds credentials of machines.
type Keys interface {
	Table[feedback.APIKey]
	// List returns all keys, by ID.
	List(ctx context.Context) ([]*feedback.APIKey, error)
}

// Update reads a row, changes it and saves it, again from the start whenever somebody else was
// faster. change may be called several times; its error ends the attempt and is returned.
func Update[T any](ctx context.Context, t Table[T], id string, change func(*T) error) (*T, error) {
	for {
		row, err := t.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := change(row); err != nil {
			return row, err
		}
		err = t.Save(ctx, row)
		if err == nil {
			return row, nil
		}
		if !errors.Is(err, ErrConflict) {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}
