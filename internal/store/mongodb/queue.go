package mongodb

import (
	"context"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"earshot/internal/store"
)

// Queue is a collection whose rows are work and fulfils store.Queue.
type Queue[T any, R store.Row[T]] struct {
	*Table[T, R]
	// fresh reads what is written but perhaps not yet on a majority: a look for candidates must see
	// what the other workers have just taken. What is handed out is read from the majority.
	fresh *mongo.Collection
}

func newQueue[T any, R store.Row[T]](s *Store, collection, what string, order func(*T) orders) *Queue[T, R] {
	t := newTable[T, R](s, collection, what, order)
	return &Queue[T, R]{t, t.c.Clone(options.Collection().SetReadConcern(readconcern.Local()))}
}

// claimTries bounds how often a claim looks again because other workers were faster at every row it
// had chosen.
const claimTries = 5

// Claim implements store.Queue.
//
// It looks at the due rows of one slot, drawn at random, and takes some of them at random: workers
// that claim at the same moment mostly write different rows. Only when the slot holds too few does
// it look at all slots together. Each row is taken by an update of its own, conditional on the row
// still being claimable; all of them go to the server in one batch.
func (q *Queue[T, R]) Claim(ctx context.Context, c store.Claim) ([]*T, error) {
	if c.Limit <= 0 {
		return nil, ctx.Err()
	}
	for range claimTries {
		ids, err := q.candidates(ctx, c.Now, c.Limit)
		if err != nil || len(ids) == 0 {
			return nil, err
		}
		rows, err := q.take(ctx, ids, c)
		if err != nil || len(rows) > 0 {
			return rows, err
		}
	}
	return nil, nil
}

// candidates returns up to limit rows that are claimable at now.
func (q *Queue[T, R]) candidates(ctx context.Context, now time.Time, limit int) ([]string, error) {
	window := max(16, 4*limit)
	ids, err := q.due(ctx, 1+rand.Int32N(slots), now, window)
	if err == nil && len(ids) < limit {
		ids, err = q.due(ctx, bson.D{{Key: "$in", Value: allSlots()}}, now, window)
	}
	rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids[:min(limit, len(ids))], err
}

// due returns the rows that are claimable at now, the longest due first; the index alone answers it.
func (q *Queue[T, R]) due(ctx context.Context, slot any, now time.Time, limit int) ([]string, error) {
	var rows []struct {
		ID string `bson:"_id"`
	}
	err := q.s.within(ctx, "claim "+q.what, func(ctx context.Context) error {
		cursor, err := q.fresh.Find(ctx, dueFilter(slot, "$lte", *millis(now)), dueOptions(limit).SetProjection(bson.D{{Key: "_id", Value: 1}}))
		if err != nil {
			return err
		}
		return cursor.All(ctx, &rows)
	})
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids, err
}

func dueFilter(slot any, compare string, at bson.DateTime) bson.D {
	return bson.D{{Key: fieldSlot, Value: slot}, {Key: fieldClaimable, Value: bson.D{{Key: compare, Value: at}}}}
}

func dueOptions(limit int) *options.FindOptionsBuilder {
	return options.Find().SetSort(bson.D{{Key: fieldClaimable, Value: 1}}).SetLimit(int64(limit)).SetHint(indexClaim)
}

// take claims those of the rows that are still claimable, and reads them.
func (q *Queue[T, R]) take(ctx context.Context, ids []string, c store.Claim) ([]*T, error) {
	token := bson.NewObjectID()
	update := claimUpdate(token, c)
	models := make([]mongo.WriteModel, len(ids))
	for i, id := range ids {
		filter := append(byID(id), bson.E{Key: fieldClaimable, Value: bson.D{{Key: "$lte", Value: *millis(c.Now)}}})
		models[i] = mongo.NewUpdateOneModel().SetFilter(filter).SetUpdate(update)
	}
	var taken int64
	err := q.s.within(ctx, "claim "+q.what, func(ctx context.Context) error {
		res, err := q.c.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		if err == nil {
			taken = res.ModifiedCount
		}
		return err
	})
	if err != nil || taken == 0 {
		return nil, err
	}
	mine := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}, {Key: fieldToken, Value: token}}
	return q.find(ctx, "claim "+q.what, mine, options.Find().SetHint(indexID))
}

// claimUpdate writes the lease. The token tells this claim's rows from those of another claim by the
// same holder; a Save drops it.
func claimUpdate(token bson.ObjectID, c store.Claim) mongo.Pipeline {
	now, until := *millis(c.Now), *millis(c.Now.Add(c.Lease))
	return mongo.Pipeline{{{Key: "$set", Value: bson.D{
		{Key: "rev", Value: plusOne("$rev")},
		{Key: "attempts", Value: plusOne("$attempts")},
		{Key: "started", Value: bson.D{{Key: "$ifNull", Value: bson.A{"$started", now}}}},
		{Key: "lease", Value: literal(bson.D{{Key: "holder", Value: c.Holder}, {Key: "until", Value: until}})},
		{Key: fieldClaimable, Value: bson.D{{Key: "$max", Value: bson.A{"$due", until}}}},
		{Key: fieldToken, Value: token},
	}}}}
}

// literal keeps a text that begins with a dollar sign from being read as a field's name.
func literal(v any) bson.D { return bson.D{{Key: "$literal", Value: v}} }

// plusOne adds one to a number that may be absent.
func plusOne(field string) bson.D {
	return bson.D{{Key: "$add", Value: bson.A{bson.D{{Key: "$ifNull", Value: bson.A{field, 0}}}, 1}}}
}

// NextDue implements store.Queue.
func (q *Queue[T, R]) NextDue(ctx context.Context) (time.Time, error) {
	var rows []struct {
		Claimable time.Time `bson:"claimable"`
	}
	err := q.s.within(ctx, "next due "+q.what, func(ctx context.Context) error {
		filter := dueFilter(bson.D{{Key: "$in", Value: allSlots()}}, "$gte", *millis(time.Time{}))
		cursor, err := q.c.Find(ctx, filter, dueOptions(1).SetProjection(bson.D{{Key: fieldClaimable, Value: 1}, {Key: "_id", Value: 0}}))
		if err != nil {
			return err
		}
		return cursor.All(ctx, &rows)
	})
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return rows[0].Claimable, nil
}
