package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// submitters is how many callers write at once in the benchmarks, for each core.
const submitters = 32

// lifelike is the i-th response of an organisation with 200 agents in 12 teams, with a comment and
// its sentiment every third time.
func lifelike(i int) *feedback.Response {
	interaction := feedback.InteractionID("zendesk", fmt.Sprint(i))
	id := feedback.InvitationID(interaction, "csat")
	email := fmt.Sprintf("customer%d@example.com", i/3)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 7 * time.Second)
	r := &feedback.Response{
		Record: feedback.Record{ID: id, Due: at}, Invitation: id, Interaction: interaction, Source: "zendesk", External: fmt.Sprint(i),
		Survey: "csat", Version: "3f9a1c20b7de", Metric: feedback.CSAT, Person: email,
		Customer: feedback.Customer{ID: fmt.Sprint("c-", i/3), Email: email, Name: "Mara Lind", Locale: "de", Timezone: "Europe/Berlin"},
		Agent:    feedback.Agent{Email: fmt.Sprintf("agent%d@acme.test", i*7%200), Name: "Sam Okoro", Team: fmt.Sprint("Team ", i*7%200%12)},
		Channel:  "chat", Subject: "Refund not received", Language: "de", Score: 1 + i%5, Scored: true, Low: i%5 < 2,
		AnsweredAt: at, ChangedAt: at, EditUntil: at.Add(24 * time.Hour), AskedAt: at.Add(-time.Hour),
	}
	if i%3 == 0 {
		r.Comment = "I waited forty minutes in the chat and had to explain everything twice, but Sam was kind and found the payment."
		r.Analysed = true
		r.Sentiment = &feedback.Sentiment{Language: "en", Label: feedback.Mixed, Polarity: -0.12, Confidence: 0.81, Engine: "earshot 1",
			Topics:   []feedback.Topic{{Topic: "wait", Label: feedback.Negative, Polarity: -0.7, Evidence: []feedback.Span{{Start: 2, End: 24, Weight: -0.6}}}},
			Evidence: []feedback.Span{{Start: 2, End: 24, Weight: -0.6}, {Start: 78, End: 92, Weight: 0.5}}}
	}
	return r
}

// parallel runs call from many goroutines with a number of its own each time, and reports calls per
// second.
func parallel(b *testing.B, call func(i int) error) {
	b.Helper()
	var n atomic.Int64
	b.SetParallelism(submitters)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := call(int(n.Add(1) - 1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkInsertResponse(b *testing.B) {
	s := openNew(b)
	defer s.Close()
	parallel(b, func(i int) error { return s.Responses().Insert(context.Background(), lifelike(i)) })
	b.StopTimer()
	if err := s.writer.exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		b.Fatal(err)
	}
	var path string
	if err := s.readers.QueryRow("SELECT file FROM pragma_database_list").Scan(&path); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/float64(b.N), "B/row")
}

// BenchmarkRawInsert is what SQLite does when one goroutine writes the same documents without any
// index but the key, as many in a transaction as there are submitters elsewhere.
func BenchmarkRawInsert(b *testing.B) {
	s := openNew(b)
	defer s.Close()
	db, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "raw.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE raw (id TEXT NOT NULL PRIMARY KEY, doc TEXT NOT NULL) STRICT"); err != nil {
		b.Fatal(err)
	}
	docs := make([]any, 300)
	for i := range docs {
		args, err := s.responses.args(lifelike(i))
		if err != nil {
			b.Fatal(err)
		}
		docs[i] = args[len(args)-1]
	}
	b.ResetTimer()
	for i := 0; i < b.N; {
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		insert, err := tx.Prepare("INSERT INTO raw VALUES (?, ?)")
		if err != nil {
			b.Fatal(err)
		}
		for range 2 * submitters {
			if _, err := insert.Exec(feedback.InteractionID("raw", fmt.Sprint(i)), docs[i%len(docs)]); err != nil {
				b.Fatal(err)
			}
			i++
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// seeded returns a store with n responses.
func seeded(b *testing.B, n int) *Store {
	b.Helper()
	s := openNew(b)
	var next atomic.Int64
	done := make(chan error, 2*submitters)
	for range cap(done) {
		go func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if err := s.Responses().Insert(context.Background(), lifelike(int(i))); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func BenchmarkSaveResponse(b *testing.B) {
	s := seeded(b, 10000)
	defer s.Close()
	rows := make([]*feedback.Response, 10000)
	for i := range rows {
		rows[i] = lifelike(i)
		rows[i].Rev = 1
	}
	parallel(b, func(i int) error {
		row := *rows[i%len(rows)]
		row.Comment += "!"
		err := s.Responses().Save(context.Background(), &row)
		rows[i%len(rows)].Rev = row.Rev
		return err
	})
}

func BenchmarkClaim(b *testing.B) {
	s := seeded(b, 10000)
	defer s.Close()
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	claimed := 0
	b.ResetTimer()
	for i := 0; claimed < b.N; i++ {
		rows, err := s.Responses().Claim(context.Background(), store.Claim{Holder: "w", Now: now, Lease: time.Millisecond, Limit: 50})
		if err != nil {
			b.Fatal(err)
		}
		if len(rows) == 0 {
			b.Fatal("no row was due")
		}
		claimed += len(rows)
		now = now.Add(time.Millisecond)
	}
	b.ReportMetric(float64(claimed)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkGet(b *testing.B) {
	s := seeded(b, 10000)
	defer s.Close()
	parallel(b, func(i int) error {
		_, err := s.Responses().Get(context.Background(), lifelike(i%10000).ID)
		return err
	})
}

func BenchmarkListPage(b *testing.B) {
	s := seeded(b, 20000)
	defer s.Close()
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		got, err := s.Responses().List(context.Background(), store.ResponseFilter{Agent: lifelike(i % 200).Agent.Email, Survey: "csat"}, store.Page{Limit: 50})
		if err != nil || len(got.Items) != 50 {
			b.Fatalf("%d rows, %v", len(got.Items), err)
		}
	}
}
