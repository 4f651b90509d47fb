package mongodb

import (
	"context"
	"regexp"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Search implements store.Responses. The words of a comment and the tokens of its properties are an
// array in its own document, written with it. The first clause, which leaves the fewest rows, is read
// from the index in the list's order; the others are looked at in each row that it gives, so a page
// stops as soon as it is full.
func (t *Responses) Search(ctx context.Context, f store.SearchFilter, p store.Page) (store.List[feedback.Response], error) {
	return t.list(ctx, searchQuery(f), p, func(r *feedback.Response) time.Time { return r.AnsweredAt })
}

func searchQuery(f store.SearchFilter) query {
	q := query{index: "spoken", field: fieldAt, desc: true}
	q.within(f.From, f.To)
	clauses := f.Clauses()
	if len(clauses) == 0 || clauses[0].Prefix { // a beginning spans many words, whose rows come in no order
		q.where = append(q.where, bson.E{Key: fieldWords, Value: bson.D{{Key: "$exists", Value: true}}})
	} else {
		q.index = "words"
		for _, token := range clauses[0].Any {
			q.either = append(q.either, bson.E{Key: fieldWords, Value: token})
		}
		clauses = clauses[1:]
	}
	var rest bson.A
	for _, c := range clauses {
		rest = append(rest, clauseIn(c))
	}
	if len(rest) > 0 {
		q.where = append(q.where, bson.E{Key: "$expr", Value: bson.D{{Key: "$and", Value: rest}}})
	}
	return q
}

// clauseIn tells of a row whether it fits a clause. As an expression it leaves the choice of the index's
// bounds to the first clause.
func clauseIn(c store.Clause) bson.D {
	words := "$" + fieldWords
	if !c.Prefix {
		return bson.D{{Key: "$gt", Value: bson.A{bson.D{{Key: "$size", Value: bson.D{{Key: "$setIntersection", Value: bson.A{words, c.Any}}}}}, 0}}}
	}
	begins := bson.D{{Key: "$regexMatch", Value: bson.D{{Key: "input", Value: "$$word"}, {Key: "regex", Value: "^" + regexp.QuoteMeta(c.Any[0])}}}}
	return bson.D{{Key: "$anyElementTrue", Value: bson.A{bson.D{{Key: "$map", Value: bson.D{{Key: "input", Value: words}, {Key: "as", Value: "word"}, {Key: "in", Value: begins}}}}}}}
}

// Index implements store.Responses.
func (t *Responses) Index(ctx context.Context, rows []*feedback.Response) error {
	var models []mongo.WriteModel
	for _, r := range rows {
		if words := store.Tokens(r); len(words) > 0 {
			filter := bson.D{{Key: "_id", Value: r.ID}, {Key: "rev", Value: r.Rev}, {Key: fieldWords, Value: bson.D{{Key: "$exists", Value: false}}}}
			models = append(models, mongo.NewUpdateOneModel().SetFilter(filter).
				SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: fieldWords, Value: words}}}}))
		}
	}
	if len(models) == 0 {
		return nil
	}
	return t.s.within(ctx, "index responses", func(ctx context.Context) error {
		_, err := t.c.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		return err
	})
}
