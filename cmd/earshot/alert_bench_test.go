package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	answered := make([]time.Time, n)
	pace := time.NewTicker(time.Second / lowRate)
	defer pace.Stop()
	b.ResetTimer()
	var answers sync.WaitGroup
	for i, id := range ids {
		<-pace.C
		answered[i] = time.Now()
		answers.Go(func() {
			a := feedback.Answer{Score: 1 + i%2, Scored: true, Comment: fmt.Sprintf("The refund took %d weeks and nobody told me why.", i)}
			if _, err := s.collect.Submit(context.Background(), s.tokens.Mint(id), a, answered[i]); err != nil {
				b.Error(err)
			}
		})
	}
	answers.Wait()
	var handed map[string]time.Time
	s.eventuallyWithin(time.Minute, "every alert is in the outbox", func() bool {
		handed = alertsIn(b, filepath.Join(s.config.Data, "outbox"))
		return len(handed) >= n
	})
	b.StopTimer()
	took := make([]time.Duration, n)
	for i, id := range ids {
		took[i] = handed[id].Sub(answered[i])
	}
	slices.Sort(took)
	b.ReportMetric(percentile(took, 0.5), "p50-ms")
	b.ReportMetric(percentile(took, 0.99), "p99-ms")
}

// alertsIn returns when the alert of each case was written.
func alertsIn(b *testing.B, folder string) map[string]time.Time {
	b.Helper()
	files, err := os.ReadDir(folder)
	must(b, err)
	at := map[string]time.Time{}
	for _, f := range files {
		_, ref, ok := strings.Cut(strings.TrimSuffix(f.Name(), ".eml"), "-alert-")
		if info, err := f.Info(); ok && err == nil {
			at[ref] = info.ModTime()
		}
	}
	return at
}
