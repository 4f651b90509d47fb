package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/sentiment"
	"earshot/internal/worker"

	"github.com/gofiber/fiber/v2"
)

// clients is how many customers answer at once in the benchmarks.
const clients = 64

// rate runs do n times on all clients and returns how many a second, and the times in order.
func rate(n int, do func(i int)) (perSecond float64, took []time.Duration) {
	took = make([]time.Duration, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range clients {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				at := time.Now()
				do(i)
				took[i] = time.Since(at)
			}
		})
	}
	wg.Wait()
	perSecond = float64(n) / time.Since(began).Seconds()
	slices.Sort(took)
	return perSecond, took
}

func percentile(sorted []time.Duration, p float64) float64 {
	return float64(sorted[int(p*float64(len(sorted)-1))].Microseconds()) / 1000
}

// BenchmarkSubmit measures submitting a response over HTTP, beside a bare Fiber handler that takes the
// same form and beside the store's own durable insert, all in one run.
func BenchmarkSubmit(b *testing.B) {
	s := boot(b)
	n := max(b.N, 2000)
	ids := s.invitations(b, n)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	b.Cleanup(client.CloseIdleConnections) // a server waits for open connections when it stops
	post := func(to string, i int) {
		form := url.Values{"score": {strconv.Itoa(1 + i%5)}, "comment": {"Quick and friendly, but the refund took three weeks."}}
		resp, err := client.Post(to, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
		if err != nil {
			b.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode >= 400 {
			b.Errorf("status %d", resp.StatusCode)
		}
	}
	bare := bareFiber(b)
	fiberRate, _ := rate(n, func(i int) { post(bare+"/s/x", i) })
	insertRate, _ := rate(n, func(i int) {
		r := &feedback.Response{Survey: "other", Comment: "Quick and friendly, but the refund took three weeks."}
		r.ID = fmt.Sprintf("bench-%d", i)
		if err := s.store.Responses().Insert(context.Background(), r); err != nil {
			b.Error(err)
		}
	})
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.ResetTimer()
	submitRate, took := rate(n, func(i int) { post(s.base+"/s/"+s.tokens.Mint(ids[i]), i) })
	b.StopTimer()
	b.ReportMetric(submitRate, "submits/s")
	b.ReportMetric(percentile(took, 0.5), "p50-ms")
	b.ReportMetric(percentile(took, 0.99), "p99-ms")
	b.ReportMetric(submitRate/fiberRate, "of-bare-fiber")
	b.ReportMetric(submitRate/insertRate, "of-store-insert")
}

// invitations writes n invitations that were sent.
func (s *service) invitations(b *testing.B, n int) []string {
	b.Helper()
	survey, _ := s.catalog.Current("csat")
	ids := make([]string, n)
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	now := feedback.UTC(time.Now())
	err := worker.Each(numbers, clients, func(i int) error {
		v := &feedback.Invitation{Survey: "csat", Version: survey.Version, Metric: feedback.CSAT, State: feedback.Sent, Language: "en",
			Interaction: fmt.Sprint(i), Agent: feedback.Agent{Email: fmt.Sprintf("agent%d@acme.test", i%25)}, SentAt: now, ExpiresAt: now.Add(time.Hour)}
		v.ID = feedback.InvitationID(strconv.Itoa(i), "csat")
		ids[i] = v.ID
		return s.store.Invitations().Insert(context.Background(), v)
	})
	if err != nil {
		b.Fatal(err)
	}
	return ids
}

func bareFiber(b *testing.B) string {
	b.Helper()
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true, ReadTimeout: time.Second, IdleTimeout: time.Second})
	app.Post("/s/:token", func(c *fiber.Ctx) error { return c.SendString(c.FormValue("score") + c.FormValue("comment")) })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = app.Listener(ln) }()
	b.Cleanup(func() { _ = app.Shutdown() })
	return "http://" + ln.Addr().String()
}

// BenchmarkAnalyse measures how many comments one core understands a second.
func BenchmarkAnalyse(b *testing.B) {
	engine, err := sentiment.New(sentiment.Options{})
	if err != nil {
		b.Fatal(err)
	}
	comments := []string{
		"Sam was lovely, but the refund took three weeks and nobody called me back as promised.",
		"Sehr freundlich und schnell geholfen, vielen Dank.",
		"The app still crashes when I open my orders. This is the third time I write about it.",
	}
	b.ResetTimer()
	for i := range b.N {
		engine.Analyse(comments[i%len(comments)], "")
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "comments/s")
}
