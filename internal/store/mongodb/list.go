package mongodb

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"earshot/internal/store"
)

// query is a list as the server is asked for it: an index, equalities and other conditions, and a
// span of the time that orders it. The index begins with fields held equal and goes on with the
// time and the ID, so its order is the list's and nothing is sorted.
type query struct {
	index string
	where bson.D
	field string // the time that orders the list: at, clock or sent
	desc  bool
	span  bson.D // bounds of that time
	// either holds alternatives of the index's first field.
	either bson.D
}

// is adds an equality unless the value is empty.
func (q *query) is(field, value string) {
	if value != "" {
		q.where = append(q.where, bson.E{Key: field, Value: value})
	}
}

// within adds the bounds from (inclusive) and to (exclusive) of the time that orders the list, unless
// they are zero.
func (q *query) within(from, to time.Time) { q.span = append(q.span, between(from, to)...) }

func between(from, to time.Time) bson.D {
	var out bson.D
	if !from.IsZero() {
		out = append(out, bson.E{Key: "$gte", Value: ceil(from)})
	}
	if !to.IsZero() {
		out = append(out, bson.E{Key: "$lt", Value: ceil(to)})
	}
	return out
}

// after returns the filter of the page that follows the cursor. The bound on the time alone starts
// the scan of the index; the alternative under it skips those of the same millisecond that the
// previous page had.
func (q *query) after(cursor string) (bson.D, error) {
	where := append(bson.D{}, q.where...)
	span := append(bson.D{}, q.span...)
	if cursor != "" {
		c, err := store.ParseCursor(cursor)
		if err != nil {
			return nil, err
		}
		at, past, upTo := q.stored(c.At), "$gt", "$gte"
		if q.desc {
			past, upTo = "$lt", "$lte"
		}
		span = append(span, bson.E{Key: upTo, Value: at})
		where = append(where, bson.E{Key: "$or", Value: bson.A{
			bson.D{{Key: q.field, Value: bson.D{{Key: past, Value: at}}}},
			bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: c.ID}}}},
		}})
	}
	if len(span) > 0 {
		where = append(where, bson.E{Key: "$and", Value: conjunction(q.field, span)})
	}
	return q.spread(where), nil
}

// spread repeats the conditions under each of the alternatives, which the server then reads side by
// side and merges. Of a plain $in it (6.0) does so for the first page, but sorts the next in memory.
func (q *query) spread(where bson.D) bson.D {
	if len(q.either) == 0 {
		return where
	}
	var branches bson.A
	for _, one := range q.either {
		branches = append(branches, append(bson.D{one}, where...))
	}
	return bson.D{{Key: "$or", Value: branches}}
}

// conjunction spreads bounds of one field over documents of their own, because the same comparison
// may stand there twice: once from the filter, once from the cursor.
func conjunction(field string, bounds bson.D) bson.A {
	var out bson.A
	for _, b := range bounds {
		out = append(out, bson.D{{Key: field, Value: bson.D{b}}})
	}
	return out
}

// stored is the time of a cursor as the ordering field holds it.
func (q *query) stored(at time.Time) bson.DateTime {
	if q.field == fieldClock {
		return *orNever(at)
	}
	return *millis(at)
}

func (q *query) options(limit int) *options.FindOptionsBuilder {
	direction := 1
	if q.desc {
		direction = -1
	}
	return options.Find().SetSort(bson.D{{Key: q.field, Value: direction}, {Key: "_id", Value: 1}}).SetLimit(int64(limit)).SetHint(q.index)
}

// list reads a page of the query. at is the time that orders the list.
func (t *Table[T, R]) list(ctx context.Context, q query, p store.Page, at func(*T) time.Time) (store.List[T], error) {
	op, limit := "list "+t.what+"s", p.Bound()
	filter, err := q.after(p.After)
	if err != nil {
		return store.List[T]{}, err
	}
	rows, err := t.find(ctx, op, filter, q.options(limit+1))
	if err != nil || len(rows) <= limit {
		return store.List[T]{Items: rows}, err
	}
	last := rows[limit-1]
	next := store.Cursor{At: at(last), ID: R(last).Rec().ID}
	return store.List[T]{Items: rows[:limit], Next: next.String()}, nil
}
