package feedback

import "time"

// Record is the part of a stored row that says who it is, how often it was written, and what is due
// next. The store writes Rev, Lease, Started and Attempts; everything else is the domain's.
type Record struct {
	// ID is the row's primary key. Where a natural key exists the ID is derived from it, so that
	// doing a step twice meets the same row.
	ID string
	// Rev counts the writes of the row, from 1. A write is accepted only from the Rev it was read at.
	Rev int64
	// Due is when a worker has to look at the row next; zero when nothing is due.
	Due time.Time
	// Lease is held by the worker that claimed the row.
	Lease Lease
	// Started is when the current step was first claimed. It survives a crash and a retry, so that a
	// message built from the row is the same message each time.
	Started time.Time
	// Attempts counts the claims of the current step.
	Attempts int
	// LastError says in our words why the last attempt did not succeed.
	LastError string
}

// Lease is the right of one worker to work on a row until a moment. It ends by being overtaken
// (every claim and write increments Rev) or by time.
type Lease struct {
	Holder string
	Until  time.Time
}

// Rec gives the store access to the embedded record of any row.
func (r *Record) Rec() *Record { return r }

// Next ends the current step: the lease is given back and the row is due again at due, or never
// when due is zero.
func (r *Record) Next(due time.Time) {
	r.Due, r.Lease, r.Started, r.Attempts, r.LastError = due, Lease{}, time.Time{}, 0, ""
}

// Retry keeps the current step for another attempt at due and notes why.
func (r *Record) Retry(due time.Time, reason string) {
	r.Due, r.Lease, r.LastError = due, Lease{}, reason
}

// Line is one line of the why-ledger: a decision about an interaction, by which rule, when.
type Line struct {
	At       time.Time
	Decision string // asked, deferred, skipped, sent, reminded, bounced, capped, expired, answered, opted_out, failed
	Rule     string // the rule's name, such as "ask.quiet"
	Reason   string // one sentence for people
}

// UTC cuts a time to the precision that every store keeps: UTC, whole milliseconds.
func UTC(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

// Earliest returns the first of the given moments, ignoring zero ones; zero when there is none.
func Earliest(times ...time.Time) time.Time {
	var first time.Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}
