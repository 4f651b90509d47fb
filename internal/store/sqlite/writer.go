package sqlite

import (
	"context"
	"database/sql"
	"fmt"
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
			w.commit(w.gather(job))
		case <-w.stop:
			w.drain()
			return
		}
	}
}

// drain does what was queued before the end.
func (w *writer) drain() {
	for {
		select {
		case job := <-w.queue:
			w.commit(w.gather(job))
		default:
			return
		}
	}
}

// gather takes what waits in the queue, without waiting for more, and leaves out what was given up.
func (w *writer) gather(first *write) []*write {
	group := make([]*write, 0, maxGroup)
	for job := first; ; {
		if job.turn.CompareAndSwap(false, true) {
			group = append(group, job)
		}
		if len(group) == maxGroup {
			return group
		}
		select {
		case job = <-w.queue:
		default:
			return group
		}
	}
}

// commit writes a group in one transaction and tells its callers. When a write fails for a reason of
// its own, such as a value that is too big, each one is tried alone, so that it fails alone.
func (w *writer) commit(group []*write) {
	if len(group) == 0 {
		return
	}
	alone, err := w.transaction(group)
	if alone && len(group) > 1 {
		for _, job := range group {
			w.commit([]*write{job})
		}
		return
	}
	for _, job := range group {
		if err != nil {
			job.err = err
		}
		close(job.done)
	}
}

// transaction runs the writes of a group and commits them. alone tells that one write failed, not
// the transaction's beginning or its end.
func (w *writer) transaction(group []*write) (alone bool, err error) {
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	for _, job := range group {
		job.err = job.run()
		if job.err != nil && !refused(job.err) {
			w.rollback()
			return true, job.err
		}
	}
	if err := w.exec("COMMIT"); err != nil {
		w.rollback()
		return false, err
	}
	return false, nil
}

// rollback ends a failed transaction. SQLite has ended it already after some errors and says so; a
// transaction that could not be ended makes the next BEGIN fail, which is where it is reported.
func (w *writer) rollback() { _ = w.exec("ROLLBACK") }

// exec takes no caller's context: an interrupted statement would roll everybody's transaction back.
func (w *writer) exec(query string) error {
	_, err := w.conn.ExecContext(context.Background(), query)
	return err
}
