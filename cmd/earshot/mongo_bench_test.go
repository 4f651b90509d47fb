package main

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store/mongotest"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

// BenchmarkSubmitOnMongoDB measures submitting a response beside the driver's bare insert of a document
// with the same comment and the same write concern, in one run.
func BenchmarkSubmitOnMongoDB(b *testing.B) {
	mongotest.Wanted(b)
	server := mongotest.Start(b)
	uri := server.URI(b)
	s := bootOnMongo(b, uri)
	n := max(b.N, 2000)
	ids := s.invitations(b, n)
	ctx := context.Background()
	journal := true
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}))
	must(b, err)
	defer client.Disconnect(ctx)
	raw := client.Database("earshot_bench_raw").Collection("responses")
	defer raw.Database().Drop(ctx)
	const comment = "Quick and friendly, but the refund took three weeks."
	rawRate, _ := rate(n, func(i int) {
		if _, err := raw.InsertOne(ctx, bson.D{{Key: "_id", Value: fmt.Sprint(i)}, {Key: "score", Value: i % 5}, {Key: "comment", Value: comment}}); err != nil {
			b.Error(err)
		}
	})
	b.ResetTimer()
	submitRate, took := rate(n, func(i int) {
		a := feedback.Answer{Score: 3 + i%3, Scored: true, Comment: comment + " " + strconv.Itoa(i)}
		if _, err := s.collect.Submit(ctx, s.tokens.Mint(ids[i]), a, time.Now()); err != nil {
			b.Error(err)
		}
	})
	b.StopTimer()
	b.ReportMetric(submitRate, "submits/s")
	b.ReportMetric(percentile(took, 0.5), "p50-ms")
	b.ReportMetric(percentile(took, 0.99), "p99-ms")
	b.ReportMetric(submitRate/rawRate, "of-raw-insert")
}
