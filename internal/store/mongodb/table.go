package mongodb

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Table is one collection and fulfils store.Table.
type Table[T any, R store.Row[T]] struct {
	s     *Store
	c     *mongo.Collection
	what  string // a row, in messages
	order func(*T) orders

	inserts *lanes[*document[T], struct{}]
	gets    *lanes[string, bson.Raw]
}

func newTable[T any, R store.Row[T]](s *Store, collection, what string, order func(*T) orders) *Table[T, R] {
	t := &Table[T, R]{s: s, c: s.db.Collection(collection), what: what, order: order}
	t.inserts = &lanes[*document[T], struct{}]{carry: t.insertAll}
	t.gets = &lanes[string, bson.Raw]{carry: t.getAll}
	return t
}

func byID(id string) bson.D { return bson.D{{Key: "_id", Value: id}} }

func (t *Table[T, R]) encode(row *T, rev int64) *document[T] { return encode[T, R](row, rev, t.order) }

func record[T any, R store.Row[T]](row *T) *feedback.Record { return R(row).Rec() }

// Insert implements store.Table.
func (t *Table[T, R]) Insert(ctx context.Context, row *T) error {
	return t.s.within(ctx, "insert "+t.what, func(ctx context.Context) error {
		if _, err := t.inserts.do(ctx, t.encode(row, 1)); err != nil {
			return err
		}
		R(row).Rec().Rev = 1
		return nil
	})
}

type (
	insertCall[T any] = request[*document[T], struct{}]
	getCall           = request[string, bson.Raw]
)

// insertAll writes the documents of several callers, each for itself.
func (t *Table[T, R]) insertAll(batch []*insertCall[T]) {
	ctx, cancel := context.WithTimeout(context.Background(), t.s.timeout)
	defer cancel()
	if len(batch) == 1 {
		_, batch[0].err = t.c.InsertOne(ctx, batch[0].in)
		return
	}
	docs := make([]*document[T], len(batch))
	for i, c := range batch {
		docs[i] = c.in
	}
	_, err := t.c.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	var each mongo.BulkWriteException
	if errors.As(err, &each) && each.WriteConcernError == nil {
		for _, e := range each.WriteErrors {
			batch[e.Index].err = mongo.WriteException{WriteErrors: mongo.WriteErrors{e.WriteError}, Labels: each.Labels}
		}
		return
	}
	for _, c := range batch {
		c.err = err
	}
}

// Get implements store.Table.
func (t *Table[T, R]) Get(ctx context.Context, id string) (*T, error) {
	var d document[T]
	err := t.s.within(ctx, "get "+t.what, func(ctx context.Context) error {
		raw, err := t.gets.do(ctx, id)
		if err != nil {
			return err
		}
		return bson.Unmarshal(raw, &d) // here, so that two callers of one row share nothing
	})
	if err != nil {
		return nil, err
	}
	return d.decode(record[T, R]), nil
}

// getAll reads the rows of several callers.
func (t *Table[T, R]) getAll(batch []*getCall) {
	ctx, cancel := context.WithTimeout(context.Background(), t.s.timeout)
	defer cancel()
	if len(batch) == 1 {
		batch[0].out, batch[0].err = t.c.FindOne(ctx, byID(batch[0].in)).Raw()
		return
	}
	found, err := t.rawByID(ctx, batch)
	for _, c := range batch {
		if raw, ok := found[c.in]; ok {
			c.out = raw
		} else if c.err = err; err == nil {
			c.err = store.ErrNotFound
		}
	}
}

func (t *Table[T, R]) rawByID(ctx context.Context, batch []*getCall) (map[string]bson.Raw, error) {
	ids := make(bson.A, len(batch))
	for i, c := range batch {
		ids[i] = c.in
	}
	cursor, err := t.c.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}})
	if err != nil {
		return nil, err
	}
	var rows []bson.Raw
	if err := cursor.All(ctx, &rows); err != nil {
		return nil, err
	}
	found := make(map[string]bson.Raw, len(rows))
	for _, raw := range rows {
		if id, ok := raw.Lookup("_id").StringValueOK(); ok {
			found[id] = raw
		}
	}
	return found, nil
}

// Save implements store.Table.
func (t *Table[T, R]) Save(ctx context.Context, row *T) error {
	rec := R(row).Rec()
	return t.s.within(ctx, "save "+t.what, func(ctx context.Context) error {
		filter := bson.D{{Key: "_id", Value: rec.ID}, {Key: "rev", Value: rec.Rev}}
		res, err := t.c.ReplaceOne(ctx, filter, t.encode(row, rec.Rev+1))
		if err != nil {
			return err
		}
		if res.MatchedCount == 0 {
			return store.ErrConflict
		}
		rec.Rev++
		return nil
	})
}

// Delete implements store.Table.
func (t *Table[T, R]) Delete(ctx context.Context, id string) error {
	return t.s.within(ctx, "delete "+t.what, func(ctx context.Context) error {
		res, err := t.c.DeleteOne(ctx, byID(id))
		if err == nil && res.DeletedCount == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}

// Scan returns up to limit rows whose ID comes after the given one, by ID, whatever their state: the
// way to copy a table, resumable from the last row that was copied.
func (t *Table[T, R]) Scan(ctx context.Context, after string, limit int) ([]*T, error) {
	filter := bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}}
	return t.find(ctx, "scan "+t.what, filter, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
}

// Put writes rows as they are, revision and lease included, in place of whatever has their IDs. It is
// for copies into a store that nobody works on; doing it twice changes nothing.
func (t *Table[T, R]) Put(ctx context.Context, rows []*T) error {
	if len(rows) == 0 {
		return nil
	}
	models := make([]mongo.WriteModel, len(rows))
	for i, row := range rows {
		rec := R(row).Rec()
		models[i] = mongo.NewReplaceOneModel().SetFilter(byID(rec.ID)).SetReplacement(t.encode(row, rec.Rev)).SetUpsert(true)
	}
	return t.s.within(ctx, "put "+t.what, func(ctx context.Context) error {
		_, err := t.c.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		return err
	})
}

// find reads all rows of a query.
func (t *Table[T, R]) find(ctx context.Context, op string, filter bson.D, opts ...options.Lister[options.FindOptions]) ([]*T, error) {
	var docs []document[T]
	err := t.s.within(ctx, op, func(ctx context.Context) error {
		cursor, err := t.c.Find(ctx, filter, opts...)
		if err != nil {
			return err
		}
		return cursor.All(ctx, &docs)
	})
	if err != nil {
		return nil, err
	}
	rows := make([]*T, len(docs))
	for i := range docs {
		rows[i] = docs[i].decode(record[T, R])
	}
	return rows, nil
}

// listAll returns every row of a small table, by ID.
func (t *Table[T, R]) listAll(ctx context.Context) ([]*T, error) {
	return t.find(ctx, "list "+t.what+"s", bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetHint(indexID))
}

// within runs one operation under its deadline and gives its error the contract's form.
func (s *Store) within(ctx context.Context, op string, run func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("mongodb: %s: %w", op, err)
	}
	bounded, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	err := run(bounded)
	if err == nil {
		return nil
	}
	return fmt.Errorf("mongodb: %s: %w", op, s.meaning(ctx, bounded, err))
}

// meaning turns an error of the driver into one of the contract's. ctx is the caller's, bounded ours.
func (s *Store) meaning(ctx, bounded context.Context, err error) error {
	switch {
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrCursor):
		return err
	case errors.Is(err, mongo.ErrNoDocuments):
		return store.ErrNotFound
	case mongo.IsDuplicateKeyError(err):
		return store.ErrExists
	case ctx.Err() != nil:
		return ctx.Err()
	case mongo.IsTimeout(err) && callersDeadline(ctx, bounded):
		// The driver gives up a little early when the answer could not arrive in time any more.
		return context.DeadlineExceeded
	case unavailable(err):
		return fmt.Errorf("%w: %s", store.ErrUnavailable, s.words(err))
	}
	return err
}

// callersDeadline tells whether the operation's deadline is the caller's own.
func callersDeadline(ctx, bounded context.Context) bool {
	theirs, ok := ctx.Deadline()
	ours, _ := bounded.Deadline()
	return ok && !theirs.After(ours)
}
