package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store/mongotest"
)

// lowRate is how many low answers a second come in while the way of their alerts is measured: far more
// than any support organisation has, and less than what would only measure the length of a queue.
const lowRate = 100

// BenchmarkAlert measures how long it takes from a low answer with a comment to its alert in the hands
// of the sender, all workers running, on SQLite.
func BenchmarkAlert(b *testing.B) { alertTimes(b, boot(b)) }

// BenchmarkAlertOnMongoDB is BenchmarkAlert on a real mongod.
func BenchmarkAlertOnMongoDB(b *testing.B) {
	alertTimes(b, bootOnMongo(b, mongotest.Start(b).URI(b)))
}

func alertTimes(b *testing.B, s *service) {
	n := max(b.N, 200)
	ids := s.invitations(b, n)
	pace := time.NewTicker(time.Second / lowRate)
	defer pace.Stop()
	b.ResetTimer()
	var answers sync.WaitGroup
	for i, id := range ids {
		<-pace.C
		answers.Go(func() {
			a := feedback.Answer{Score: 1 + i%2, Scored: true, Comment: fmt.Sprintf("The refund took %d weeks and nobody told me why.", i)}
			if _, err := s.collect.Submit(context.Background(), s.tokens.Mint(id), a, time.Now()); err != nil {
				b.Error(err)
			}
		})
	}
	answers.Wait()
	var took []time.Duration
	s.eventuallyWithin(time.Minute, "every alert was sent", func() bool {
		took = s.alerted(b)
		return len(took) == n
	})
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(percentile(took, 0.5), "p50-ms")
	b.ReportMetric(percentile(took, 0.99), "p99-ms")
}

// alerted returns how long each alert took that was sent.
func (s *service) alerted(b *testing.B) []time.Duration {
	b.Helper()
	var took []time.Duration
	err := scanAll[feedback.Case](context.Background(), s.store.Cases(), "", func(rows []*feedback.Case) error {
		for _, c := range rows {
			for _, n := range c.Notices {
				if n.Kind == "alert" && !n.SentAt.IsZero() {
					r, err := s.store.Responses().Get(context.Background(), c.ID)
					if err != nil {
						return err
					}
					took = append(took, n.SentAt.Sub(r.AnsweredAt))
				}
			}
		}
		return nil
	})
	must(b, err)
	return took
}
