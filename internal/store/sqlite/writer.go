package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync/atomic"

	"earshot/internal/store"
)

// maxGroup bounds how many writes share a transaction, and so how long the first of them waits.
const maxGroup = 256

// writer is the one goroutine that writes. Writes that arrive while a commit waits for the disk share
// the next transaction: the disk is asked once for all of them, and each waits for that answer.
type writer struct {
	conn  *sql.Conn
	queue chan *write
	stop  chan struct{} // closed to end the writer
	ended chan struct{} // closed when it has ended
}

// write is what one caller wants written. run is called in the writer's goroutine inside a
// transaction; it may be called again after a rollback. An answer of the contract that it returns
// (see refused) concerns nobody else in the transaction.
type write struct {
	run  func() error
	turn atomic.Bool // set by whoever is first: the writer to begin, the caller to give up
	done chan struct{}
	err  error // set before done is closed
}

func newWriter(conn *sql.Conn) *writer {
	w := &writer{conn: conn, queue: make(chan *write, maxGroup), stop: make(chan struct{}), ended: make(chan struct{})}
	go w.loop()
	return w
}

// do runs a write and returns when it is durable. When ctx ends before the write's turn, nothing is
// written; afterwards the outcome is waited for, which takes no longer than the disk.
func (w *writer) do(ctx context.Context, run func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	job := &write{run: run, done: make(chan struct{})}
	select {
	case w.queue <- job:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stop:
		return errClosed()
	}
	select {
	case <-job.done:
		return job.err
	case <-w.ended:
	case <-ctx.Done():
	}
	if job.turn.CompareAndSwap(false, true) {
		if err := ctx.Err(); err != nil {
			return err
		}
		return errClosed()
	}
	<-job.done
	return job.err
}

// each runs a statement once for each of rows.
func (w *writer) each(ctx context.Context, s *sql.Stmt, rows [][]any) error {
	writes := make([]func() error, len(rows))
	for i, args := range rows {
		writes[i] = func() error {
			_, err := s.ExecContext(context.Background(), args...)
			return err
		}
	}
	return w.all(ctx, writes)
}

// all runs writes, maxGroup of them in a turn, so that a long list does not keep other writers waiting.
func (w *writer) all(ctx context.Context, writes []func() error) error {
	for part := range slices.Chunk(writes, maxGroup) {
		err := w.do(ctx, func() error {
			for _, write := range part {
				if err := write(); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func errClosed() error { return fmt.Errorf("%w: the store was closed", store.ErrUnavailable) }

// close ends the writer after the writes that it has accepted.
func (w *writer) close() {
	close(w.stop)
	<-w.ended
}

func (w *writer) loop() {
	defer close(w.ended)
	for {
		select {
		case job := <-w.queue:
			w.commit(job)
		case <-w.stop:
			for job := w.next(); job != nil; job = w.next() { // what was queued before the end
				w.commit(job)
			}
			return
		}
	}
}

// next returns a write that waits in the queue, nil when none does.
func (w *writer) next() *write {
	select {
	case job := <-w.queue:
		return job
	default:
		return nil
	}
}

// commit writes first, and what else arrives until the queue is empty, in one transaction, and tells
// the callers. When a write fails for a reason of its own, such as a value that is too big, each one
// is tried alone, so that it fails alone.
func (w *writer) commit(first *write) {
	if !first.turn.CompareAndSwap(false, true) {
		return // given up
	}
	group, alone, err := w.transaction(first, true)
	if alone && len(group) > 1 {
		for _, job := range group {
			_, _, err := w.transaction(job, false)
			job.end(err)
		}
		return
	}
	for _, job := range group {
		job.end(err)
	}
}

// end tells the caller; err is the transaction's.
func (job *write) end(err error) {
	if err != nil {
		job.err = err
	}
	close(job.done)
}

// transaction runs first and, when shared, the writes that arrive meanwhile: callers whom the last
// commit released are often back by then. alone tells that a write failed, not the transaction's
// beginning or its end.
func (w *writer) transaction(first *write, shared bool) (group []*write, alone bool, err error) {
	group = append(group, first)
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return group, false, err
	}
	for i := 0; i < len(group); i++ {
		job := group[i]
		job.err = job.run()
		if job.err != nil && !refused(job.err) {
			w.rollback()
			return group, true, job.err
		}
		if shared && len(group) < maxGroup {
			group = w.join(group)
		}
	}
	if err := w.exec("COMMIT"); err != nil {
		w.rollback()
		return group, false, err
	}
	return group, false, nil
}

// join adds the next waiting write to a group, leaving out what was given up.
func (w *writer) join(group []*write) []*write {
	for job := w.next(); job != nil; job = w.next() {
		if job.turn.CompareAndSwap(false, true) {
			return append(group, job)
		}
	}
	return group
}

// rollback ends a failed transaction. SQLite has ended it already after some errors and says so; a
// transaction that could not be ended makes the next BEGIN fail, which is where it is reported.
func (w *writer) rollback() { _ = w.exec("ROLLBACK") }

// exec takes no caller's context: an interrupted statement would roll everybody's transaction back.
func (w *writer) exec(query string) error {
	_, err := w.conn.ExecContext(context.Background(), query)
	return err
}
