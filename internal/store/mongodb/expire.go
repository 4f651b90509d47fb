package mongodb

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// expireBatch bounds how many rows one delete takes, so that none runs into its deadline.
const expireBatch = 1000

// expiry is a collection of which old rows are removed.
type expiry struct {
	collection, index, field string
}

// Expire implements store.Store. It also removes what is older than the retention setting, if there
// is one: interactions by their end, invitations by their creation, responses by their first vote,
// cases by their opening. The figures of those days stay: nothing marks them dirty. The server's own
// expiry (TTL indexes) is not used, because it goes by the server's clock.
func (s *Store) Expire(ctx context.Context, now time.Time) error {
	for _, e := range []expiry{{links, "ends", "expiresat"}, {sessions, "ends", "expiresat"}} {
		if err := s.expire(ctx, e, now); err != nil {
			return err
		}
	}
	if s.retention <= 0 {
		return nil
	}
	for _, c := range []string{cases, responses, invitations, interactions} {
		if err := s.expire(ctx, expiry{c, "recent", fieldAt}, now.Add(-s.retention)); err != nil {
			return err
		}
	}
	return nil
}

// expire removes the rows of which the time is before a moment, the oldest first, batch by batch.
func (s *Store) expire(ctx context.Context, e expiry, before time.Time) error {
	for {
		n, err := s.expireSome(ctx, e, before)
		if err != nil || n < expireBatch {
			return err
		}
	}
}

func (s *Store) expireSome(ctx context.Context, e expiry, before time.Time) (n int, err error) {
	// A row whose time is not set has no age.
	old := bson.D{{Key: e.field, Value: bson.D{{Key: "$gt", Value: *millis(time.Time{})}, {Key: "$lt", Value: ceil(before)}}}}
	err = s.within(ctx, "expire "+e.collection, func(ctx context.Context) error {
		c := s.db.Collection(e.collection)
		cursor, err := c.Find(ctx, old, options.Find().SetSort(bson.D{{Key: e.field, Value: 1}}).SetLimit(expireBatch).
			SetHint(e.index).SetProjection(bson.D{{Key: "_id", Value: 1}}))
		if err != nil {
			return err
		}
		var rows []struct {
			ID string `bson:"_id"`
		}
		if err := cursor.All(ctx, &rows); err != nil || len(rows) == 0 {
			return err
		}
		n = len(rows)
		models := make([]mongo.WriteModel, n)
		for i, row := range rows {
			// Again with the time: the row may have been replaced since.
			models[i] = mongo.NewDeleteOneModel().SetFilter(append(byID(row.ID), old...))
		}
		_, err = c.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		return err
	})
	return n, err
}
