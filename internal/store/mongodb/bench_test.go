package mongodb_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/mongodb"
	"earshot/internal/store/mongotest"
	"earshot/internal/store/sqlite"
)

func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// response is one as a customer gives it, of the usual size.
func response(i int) *feedback.Response {
	at := start().Add(time.Duration(i) * time.Second)
	r := &feedback.Response{
		Invitation: feedback.InvitationID(fmt.Sprint(i), "csat"), Interaction: feedback.InteractionID("zendesk", fmt.Sprint(i)),
		Source: "zendesk", External: fmt.Sprint(i), Survey: "csat", Version: "0123456789ab", Metric: feedback.CSAT,
		Person:   fmt.Sprintf("customer%d@example.com", i%5000),
		Customer: feedback.Customer{Email: fmt.Sprintf("customer%d@example.com", i%5000), Name: "Mara Lind", Locale: "de"},
		Agent:    feedback.Agent{Email: fmt.Sprintf("agent%d@acme.test", i%200), Name: "Sam Okoro", Team: fmt.Sprintf("team %d", i%20)},
		Channel:  "chat", Subject: "Refund not received", Language: "de",
		Score: 1 + i%5, Scored: true, Low: i%5 < 2, Comment: "I waited twenty minutes and nobody knew about my refund.",
		AnsweredAt: at, ChangedAt: at, EditUntil: at.AddDate(0, 0, 1), AskedAt: at.Add(-time.Hour),
	}
	r.ID = r.Invitation
	r.Due = start()
	return r
}

func fill(t testing.TB, s *mongodb.Store, n int) {
	t.Helper()
	put := s.Responses().(*mongodb.Responses).Put
	for from := 0; from < n; from += 1000 {
		var rows []*feedback.Response
		for i := from; i < min(from+1000, n); i++ {
			row := response(i)
			row.Rev = 1
			rows = append(rows, row)
		}
		if err := put(context.Background(), rows); err != nil {
			t.Fatal(err)
		}
	}
}

// clients is how many callers a benchmark has at once.
const clients = 16

// together runs f(0..n-1) from all clients and returns how long they took.
func together(b *testing.B, n int, f func(i int) error) time.Duration {
	b.Helper()
	began := time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// stores opens this store on a standalone and on a replica set, and the embedded one.
func stores(b *testing.B, run func(b *testing.B, s store.Store)) {
	for name, open := range map[string]func(b *testing.B) store.Store{
		"standalone": func(b *testing.B) store.Store { return open(b, mongotest.Standalone(b).URI(b)) },
		"replicas":   func(b *testing.B) store.Store { return open(b, mongotest.StartReplicaSet(b, 3, mongotest.Calm).URI(b)) },
		"sqlite": func(b *testing.B) store.Store {
			s, err := sqlite.Open(context.Background(), b.TempDir(), sqlite.Options{})
			if err != nil {
				b.Fatal(err)
			}
			return s
		},
	} {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			b.Cleanup(func() { s.Close() })
			run(b, s)
		})
	}
}

// BenchmarkStore measures the calls that a response costs, on each store.
func BenchmarkStore(b *testing.B) {
	mongotest.Wanted(b)
	ctx := context.Background()
	stores(b, func(b *testing.B, s store.Store) {
		var at atomic.Int64 // rows so far
		rate := func(b *testing.B, took time.Duration) {
			b.ReportMetric(float64(b.N)/took.Seconds(), "calls/s")
		}
		b.Run("insert", func(b *testing.B) {
			from := int(at.Add(int64(b.N))) - b.N
			rate(b, together(b, b.N, func(i int) error { return s.Responses().Insert(ctx, response(from+i)) }))
		})
		b.Run("get", func(b *testing.B) {
			rate(b, together(b, b.N, func(i int) error {
				_, err := s.Responses().Get(ctx, response(i%int(at.Load())).ID)
				return err
			}))
		})
		b.Run("list", func(b *testing.B) {
			rate(b, together(b, b.N, func(i int) error {
				_, err := s.Responses().List(ctx, store.ResponseFilter{Agent: fmt.Sprintf("agent%d@acme.test", i%200)}, store.Page{Limit: 20})
				return err
			}))
		})
		b.Run("mark", func(b *testing.B) {
			rate(b, together(b, b.N, func(i int) error {
				return s.Rollups().MarkDirty(ctx, []feedback.Rollup{leaf(fmt.Sprint("a", i%200), "2026-03-01")}, start(), start())
			}))
		})
		b.Run("range", func(b *testing.B) {
			rate(b, together(b, b.N, func(int) error {
				_, err := s.Rollups().Range(ctx, store.RollupFilter{Scope: feedback.ScopeAgent, From: "2026-02-01", To: "2026-03-01"})
				return err
			}))
		})
		b.Run("claim and save", func(b *testing.B) {
			rate(b, together(b, b.N/16+1, func(int) error {
				rows, err := s.Responses().Claim(ctx, store.Claim{Holder: "h", Now: start(), Lease: time.Hour, Limit: 16})
				for _, row := range rows {
					row.Next(time.Time{})
					err = errors.Join(err, s.Responses().Save(ctx, row))
				}
				return err
			}))
		})
	})
}

// BenchmarkInsertRatio compares the store's durable insert of a response with the driver's own of the
// same document, under the same write concern, in turns.
func BenchmarkInsertRatio(b *testing.B) {
	mongotest.Wanted(b)
	b.Run("standalone", func(b *testing.B) { insertRatio(b, mongotest.Standalone(b).URI(b)) })
	b.Run("replicas", func(b *testing.B) { insertRatio(b, mongotest.StartReplicaSet(b, 3, mongotest.Calm).URI(b)) })
}

func insertRatio(b *testing.B, uri string) {
	s := open(b, uri)
	defer s.Close()
	journal := true
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Disconnect(context.Background())
	collection := client.Database("earshot_test_raw").Collection("raw")
	defer collection.Database().Drop(context.Background())
	like := stored(b, s, client, uri)
	var raw, ours time.Duration
	const turn = 250
	for from := 0; from < b.N; from += turn {
		n := min(turn, b.N-from)
		raw += together(b, n, func(i int) error {
			_, err := collection.InsertOne(context.Background(), append(bson.D{{Key: "_id", Value: from + i}}, like...))
			return err
		})
		ours += together(b, n, func(i int) error { return s.Responses().Insert(context.Background(), response(from+i)) })
	}
	b.ReportMetric(float64(b.N)/raw.Seconds(), "raw/s")
	b.ReportMetric(float64(b.N)/ours.Seconds(), "ours/s")
	b.ReportMetric(raw.Seconds()/ours.Seconds(), "ratio")
}

// stored returns the fields of a response as the store writes them, without the _id.
func stored(b *testing.B, s *mongodb.Store, client *mongo.Client, uri string) bson.D {
	b.Helper()
	ctx, row := context.Background(), response(-1)
	if err := s.Responses().Insert(ctx, row); err != nil {
		b.Fatal(err)
	}
	u, err := url.Parse(uri)
	if err != nil {
		b.Fatal(err)
	}
	var doc bson.D
	if err := client.Database(strings.TrimPrefix(u.Path, "/")).Collection("responses").FindOne(ctx, bson.D{{Key: "_id", Value: row.ID}}).Decode(&doc); err != nil {
		b.Fatal(err)
	}
	return doc[1:]
}

// BenchmarkClaimWorkers lets workers on two instances empty a queue of b.N due responses.
func BenchmarkClaimWorkers(b *testing.B) {
	server := mongotest.StartReplicaSet(b, 3, mongotest.Calm)
	for _, workers := range []int{1, 8, 32, 128} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			uri := server.URI(b)
			one, two := open(b, uri), open(b, uri)
			defer one.Close()
			defer two.Close()
			fill(b, one, b.N)
			b.ResetTimer()
			var taken, claims atomic.Int64
			var wg sync.WaitGroup
			for w := range workers {
				queue := []*mongodb.Store{one, two}[w%2].Responses()
				wg.Go(func() {
					for {
						rows, err := queue.Claim(context.Background(), store.Claim{Holder: fmt.Sprint(w), Now: start(), Lease: time.Hour, Limit: 16})
						if err != nil {
							b.Error(err)
							return
						}
						if len(rows) == 0 {
							return
						}
						taken.Add(int64(len(rows)))
						claims.Add(1)
					}
				})
			}
			wg.Wait()
			if int(taken.Load()) != b.N {
				b.Errorf("%d of %d rows were claimed", taken.Load(), b.N)
			}
			b.ReportMetric(float64(taken.Load())/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(taken.Load())/float64(claims.Load()), "rows/claim")
		})
	}
}
