package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store/mongotest"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

// BenchmarkSubmitOnMongoDB measures submitting a response on an instance that serves the web, and on
// one that has all the workers beside it, each in turns with the driver's bare insert of the same
// document into a collection without indexes, under the same write concern.
func BenchmarkSubmitOnMongoDB(b *testing.B) {
	mongotest.Wanted(b)
	server := mongotest.Start(b)
	b.Run("web", func(b *testing.B) { submitRatio(b, server.URI(b), "web") })
	b.Run("web and workers", func(b *testing.B) { submitRatio(b, server.URI(b)) })
}

func submitRatio(b *testing.B, uri string, roles ...string) {
	s := bootOnMongo(b, uri, roles...)
	const turn = 500
	turns := max(b.N, 2000) / turn
	ids := s.invitations(b, (turns+1)*turn)
	submit := func(i int) {
		a := feedback.Answer{Score: 3 + i%3, Scored: true, Comment: "Quick and friendly, but the refund took three weeks. " + strconv.Itoa(i)}
		if _, err := s.collect.Submit(context.Background(), s.tokens.Mint(ids[i]), a, time.Now()); err != nil {
			b.Error(err)
		}
	}
	rate(turn, submit) // connections are open, caches warm
	insert := rawInsert(b, uri, storedResponse(b, uri, ids[0]))
	var raw, ours float64 // seconds
	var took []time.Duration
	b.ResetTimer()
	for t := 1; t <= turns; t++ {
		perSecond, _ := rate(turn, func(i int) { insert(t*turn + i) })
		raw += turn / perSecond
		perSecond, times := rate(turn, func(i int) { submit(t*turn + i) })
		ours += turn / perSecond
		took = append(took, times...)
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(turns*turn)/ours, "submits/s")
	b.ReportMetric(percentile(took, 0.5), "p50-ms")
	b.ReportMetric(percentile(took, 0.99), "p99-ms")
	b.ReportMetric(raw/ours, "of-raw-insert")
}

// storedResponse returns a response's fields as the store wrote them, without the _id.
func storedResponse(b *testing.B, uri, id string) bson.D {
	b.Helper()
	client, database := rawClient(b, uri)
	var doc bson.D
	must(b, client.Database(database).Collection("responses").FindOne(context.Background(), bson.D{{Key: "_id", Value: id}}).Decode(&doc))
	return doc[1:]
}

// rawInsert returns what inserts the document under the i-th ID.
func rawInsert(b *testing.B, uri string, doc bson.D) func(i int) {
	b.Helper()
	client, database := rawClient(b, uri)
	raw := client.Database(database + "_raw").Collection("responses")
	b.Cleanup(func() { _ = raw.Database().Drop(context.Background()) })
	return func(i int) {
		if _, err := raw.InsertOne(context.Background(), append(bson.D{{Key: "_id", Value: fmt.Sprint(i)}}, doc...)); err != nil {
			b.Error(err)
		}
	}
}

// rawClient connects with the store's write concern.
func rawClient(b *testing.B, uri string) (client *mongo.Client, database string) {
	b.Helper()
	journal := true
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}))
	must(b, err)
	b.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	u, err := url.Parse(uri)
	must(b, err)
	return client, strings.TrimPrefix(u.Path, "/")
}
