package mongodb

import (
	"hash/fnv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// document is how a row lies in its collection: the fields of its Record, the derived fields that
// indexes need, and beside them the row's own fields under their names in lower case. Zero values
// are left out, so that a zero time, a nil pointer and an empty list take no room.
type document[T any] struct {
	ID        string         `bson:"_id"`
	Rev       int64          `bson:"rev"`
	Due       time.Time      `bson:"due"`
	Lease     feedback.Lease `bson:"lease"`
	Started   time.Time      `bson:"started"`
	Attempts  int            `bson:"attempts"`
	LastError string         `bson:"lasterror"`

	// Slot and Claimable exist while the row is due. See Queue.Claim.
	Slot      int32          `bson:"slot"`
	Claimable *bson.DateTime `bson:"claimable"`

	// Orders of lists; the collection's order says which exist.
	At    *bson.DateTime `bson:"at"`
	Clock *bson.DateTime `bson:"clock"`
	Sent  *bson.DateTime `bson:"sent"`

	// Words are what a response is searched by.
	Words []string `bson:"words"`

	Row T `bson:",inline"`
}

// Names of the derived fields.
const (
	fieldSlot      = "slot"
	fieldClaimable = "claimable"
	fieldToken     = "token" // names the claim that holds the row; written by Claim only
	fieldAt        = "at"
	fieldClock     = "clock"
	fieldSent      = "sent"
	fieldWords     = "words"
)

// orders are the times by which a row is listed.
type orders struct {
	at, clock, sent *bson.DateTime
	words           []string
}

// encode makes the document of a row at a revision.
func encode[T any, R store.Row[T]](row *T, rev int64, order func(*T) orders) *document[T] {
	d := &document[T]{Row: *row}
	rec := *R(row).Rec()
	*R(&d.Row).Rec() = feedback.Record{}
	d.ID, d.Rev, d.Due, d.Lease, d.Started = rec.ID, rev, rec.Due, rec.Lease, rec.Started
	d.Attempts, d.LastError = rec.Attempts, rec.LastError
	if !rec.Due.IsZero() {
		d.Slot = slot(rec.ID)
		d.Claimable = millis(later(rec.Due, rec.Lease.Until))
	}
	if order != nil {
		o := order(row)
		d.At, d.Clock, d.Sent, d.Words = o.at, o.clock, o.sent, o.words
	}
	return d
}

// decode makes the row of a document.
func (d *document[T]) decode(rec func(*T) *feedback.Record) *T {
	*rec(&d.Row) = feedback.Record{
		ID: d.ID, Rev: d.Rev, Due: d.Due, Lease: d.Lease, Started: d.Started, Attempts: d.Attempts, LastError: d.LastError,
	}
	return &d.Row
}

// slots is the number of parts into which the due rows of a collection are divided, so that workers
// which claim at the same moment seldom look at the same rows. It may grow with a rewrite of the due
// rows; 64 keeps a look at all of them cheap.
const slots = 64

// slot is the part of a row, 1..slots.
func slot(id string) int32 {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int32(h.Sum32()%slots) + 1
}

// allSlots lists the parts, for a look at all of them in one query.
func allSlots() bson.A {
	all := make(bson.A, slots)
	for i := range all {
		all[i] = int32(i + 1)
	}
	return all
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// never stands in an ascending order for a time that is not set, which comes last.
const never = bson.DateTime(253402300799999) // 9999-12-31T23:59:59.999Z

// millis is a time as the database keeps it. Other than a time.Time it is kept when it is zero, and
// then comes before every other.
func millis(t time.Time) *bson.DateTime {
	d := bson.NewDateTimeFromTime(t.UTC())
	return &d
}

// orNever is millis for a time that comes last when it is not set.
func orNever(t time.Time) *bson.DateTime {
	if t.IsZero() {
		d := never
		return &d
	}
	return millis(t)
}

// orAbsent is millis for a time that is left out when it is not set.
func orAbsent(t time.Time) *bson.DateTime {
	if t.IsZero() {
		return nil
	}
	return millis(t)
}

// ceil is the first whole millisecond not before t: a bound between milliseconds compares with what
// is stored as that one does.
func ceil(t time.Time) bson.DateTime {
	d := *millis(t)
	if !feedback.UTC(t).Equal(t) {
		d++
	}
	return d
}
