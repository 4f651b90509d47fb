package mongodb

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Rollups fulfils store.Rollups.
type Rollups struct {
	*Queue[feedback.Rollup, *feedback.Rollup]
}

// MarkDirty implements store.Rollups. Each row is one upsert that decides on the server what the mark
// changes; all of them go in one batch.
func (t *Rollups) MarkDirty(ctx context.Context, rows []feedback.Rollup, due, _ time.Time) error {
	if len(rows) == 0 {
		return ctx.Err()
	}
	models := make([]mongo.WriteModel, len(rows))
	for i := range rows {
		models[i] = mongo.NewUpdateOneModel().SetFilter(byID(rows[i].ID)).SetUpdate(t.mark(&rows[i], due)).SetUpsert(true)
	}
	return t.s.within(ctx, "mark "+t.what+"s", func(ctx context.Context) error {
		_, err := t.c.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		if mongo.IsDuplicateKeyError(err) {
			// Two marks inserted the same row at once, and the server did not try the loser again. The
			// row is there now: the same marks meet it, and those that were written change nothing.
			_, err = t.c.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		}
		return err
	})
}

// mark is the update of one mark: a missing row is inserted, one that is due by then and not claimed
// stays, and any other is made due and taken from whoever has claimed it.
func (t *Rollups) mark(row *feedback.Rollup, due time.Time) mongo.Pipeline {
	fresh := *row
	fresh.Record, fresh.Tally = feedback.Record{ID: row.ID, Due: due}, feedback.Tally{}
	at := *millis(due)
	missing := bson.D{{Key: "$eq", Value: bson.A{bson.D{{Key: "$type", Value: "$rev"}}, "missing"}}}
	stays := bson.D{{Key: "$and", Value: bson.A{
		bson.D{{Key: "$eq", Value: bson.A{bson.D{{Key: "$type", Value: "$lease"}}, "missing"}}},
		bson.D{{Key: "$eq", Value: bson.A{bson.D{{Key: "$type", Value: "$due"}}, "date"}}},
		bson.D{{Key: "$lte", Value: bson.A{"$due", at}}},
	}}}
	woken := bson.D{{Key: "$setField", Value: bson.D{{Key: "field", Value: "lease"}, {Key: "value", Value: "$$REMOVE"},
		{Key: "input", Value: bson.D{{Key: "$mergeObjects", Value: bson.A{"$$ROOT", bson.D{
			{Key: "rev", Value: plusOne("$rev")}, {Key: "due", Value: at},
			{Key: fieldSlot, Value: slot(row.ID)}, {Key: fieldClaimable, Value: at},
		}}}}}}}}
	return mongo.Pipeline{{{Key: "$replaceWith", Value: bson.D{{Key: "$switch", Value: bson.D{
		{Key: "branches", Value: bson.A{
			bson.D{{Key: "case", Value: missing}, {Key: "then", Value: literal(t.encode(&fresh, 1))}},
			bson.D{{Key: "case", Value: stays}, {Key: "then", Value: "$$ROOT"}},
		}},
		{Key: "default", Value: woken},
	}}}}}}
}

// Range implements store.Rollups.
func (t *Rollups) Range(ctx context.Context, f store.RollupFilter) ([]*feedback.Rollup, error) {
	filter, opts := rangeQuery(f)
	return t.find(ctx, "range of "+t.what+"s", filter, opts)
}

func rangeQuery(f store.RollupFilter) (bson.D, *options.FindOptionsBuilder) {
	filter := bson.D{
		{Key: "scope", Value: f.Scope},
		{Key: "day", Value: bson.D{{Key: "$gte", Value: f.From}, {Key: "$lte", Value: f.To}}},
	}
	q := query{index: "scope", where: filter}
	switch {
	case f.Name != "":
		q.index = "scope_name"
	case f.Team != "":
		q.index = "scope_team"
	}
	q.is("name", f.Name)
	q.is("team", f.Team)
	q.is("survey", f.Survey)
	sort := bson.D{{Key: "day", Value: 1}, {Key: "survey", Value: 1}, {Key: "name", Value: 1}, {Key: "_id", Value: 1}}
	return q.where, options.Find().SetSort(sort).SetHint(q.index)
}
