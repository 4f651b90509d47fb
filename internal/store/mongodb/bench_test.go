package mongodb_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/mongodb"
	"earshot/internal/store/mongotest"
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
