package web

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// The three benchmarks of a submission belong together and are read as ratios of one run: a bare Fiber
// handler that takes the same form (what the machine and HTTP cost), the store's own durable insert
// (what the promise costs), and the submission itself. Each runs benchClients clients at once.

const benchClients = 64

// clients sends b.N requests, the i-th made by prepare, from n connections, and reports how many a
// second were answered and how long the slowest in a hundred took.
func clients(b *testing.B, n, want int, prepare func(i int, r *fasthttp.Request)) {
	b.Helper()
	client := &fasthttp.Client{MaxConnsPerHost: 2 * n}
	times := make([]time.Duration, b.N)
	var next atomic.Int64
	var workers sync.WaitGroup
	b.ResetTimer()
	for range n {
		workers.Go(func() {
			req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				prepare(i, req)
				start := time.Now()
				if err := client.Do(req, res); err != nil {
					b.Error(err)
					return
				}
				times[i] = time.Since(start)
				if res.StatusCode() != want {
					b.Errorf("status %d: %.200s", res.StatusCode(), res.Body())
					return
				}
			}
		})
	}
	workers.Wait()
	b.StopTimer()
	client.CloseIdleConnections()
	report(b, times)
}

func report(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
}

const benchForm = "score=2&comment=The+refund+took+three+weeks+and+nobody+told+me+why.&resolved=no&reason=wait"

// sentInvitations puts n sent invitations into the store and returns their tokens.
func (s *site) sentInvitations(n int) []string {
	s.t.Helper()
	survey, _ := s.app.Surveys.Current("csat")
	tokens := make([]string, n)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range benchClients {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				v := benchInvitation(survey, i, s.clock())
				if err := s.st.Invitations().Insert(context.Background(), v); err != nil {
					s.t.Error(err)
					return
				}
				tokens[i] = s.app.Tokens.Mint(v.ID)
			}
		})
	}
	workers.Wait()
	return tokens
}

func benchInvitation(survey feedback.Survey, i int, now time.Time) *feedback.Invitation {
	v := &feedback.Invitation{
		Interaction: feedback.InteractionID("bench", fmt.Sprint(i)), Source: "bench", External: fmt.Sprint(i), Survey: survey.ID, Version: survey.Version,
		Metric: survey.Metric, Person: fmt.Sprintf("c%d@example.com", i), Customer: feedback.Customer{Email: fmt.Sprintf("c%d@example.com", i), Name: "Mara Lind"},
		Agent: feedback.Agent{Email: "sam@acme.test", Name: "Sam Okoro", Team: "Billing"}, Channel: "chat", Subject: "Refund not received", Language: "en",
		State: feedback.Sent, CreatedAt: now, SendAt: now, SentAt: now, ExpiresAt: now.Add(14 * 24 * time.Hour),
	}
	v.ID = feedback.InvitationID(v.Interaction, v.Survey)
	return v
}

func BenchmarkSubmit(b *testing.B) {
	s := newSite(b)
	tokens := s.sentInvitations(b.N)
	clients(b, benchClients, fiber.StatusSeeOther, func(i int, r *fasthttp.Request) {
		r.SetRequestURI(s.url + "/s/" + tokens[i])
		r.Header.SetMethod("POST")
		r.Header.SetContentType(fiber.MIMEApplicationForm)
		r.SetBodyString(benchForm)
	})
}

func BenchmarkSubmitBareFiber(b *testing.B) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(b, err)
	f := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	f.Post("/s/:token", func(c *fiber.Ctx) error {
		if c.FormValue("score") == "" {
			return fiber.ErrBadRequest
		}
		return c.Redirect("/s/"+c.Params("token")+"/thanks", fiber.StatusSeeOther)
	})
	go func() { _ = f.Listener(ln) }()
	b.Cleanup(func() { check(b, f.Shutdown()) })
	clients(b, benchClients, fiber.StatusSeeOther, func(i int, r *fasthttp.Request) {
		r.SetRequestURI("http://" + ln.Addr().String() + "/s/token")
		r.Header.SetMethod("POST")
		r.Header.SetContentType(fiber.MIMEApplicationForm)
		r.SetBodyString(benchForm)
	})
}

func BenchmarkSubmitBareStore(b *testing.B) {
	s := newSite(b)
	survey, _ := s.app.Surveys.Current("csat")
	times := make([]time.Duration, b.N)
	var next atomic.Int64
	var workers sync.WaitGroup
	b.ResetTimer()
	for range benchClients {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				v := benchInvitation(survey, i, s.clock())
				r := &feedback.Response{Invitation: v.ID, Interaction: v.Interaction, Source: v.Source, External: v.External, Survey: v.Survey, Version: v.Version,
					Metric: v.Metric, Person: v.Person, Customer: v.Customer, Agent: v.Agent, Channel: v.Channel, Subject: v.Subject, Language: v.Language, AskedAt: v.SentAt}
				r.ID = v.ID
				r.Give(feedback.Answer{Score: 2, Scored: true, Comment: "The refund took three weeks and nobody told me why.", Answers: map[string]string{"resolved": "no", "reason": "wait"}}, survey, s.clock())
				start := time.Now()
				if err := s.st.Responses().Insert(context.Background(), r); err != nil {
					b.Error(err)
					return
				}
				times[i] = time.Since(start)
			}
		})
	}
	workers.Wait()
	b.StopTimer()
	report(b, times)
}

func BenchmarkSurveyPage(b *testing.B) {
	s := newSite(b)
	token := s.sentInvitations(1)[0]
	clients(b, benchClients, fiber.StatusOK, func(_ int, r *fasthttp.Request) { r.SetRequestURI(s.url + "/s/" + token) })
}

// BenchmarkSurveyPageBareFiber sends as many bytes as the survey page has, from a handler that does
// nothing else: read BenchmarkSurveyPage as a ratio to it, of one run.
func BenchmarkSurveyPageBareFiber(b *testing.B) {
	s := newSite(b)
	body := s.get("/s/" + s.sentInvitations(1)[0]).body
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(b, err)
	f := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	f.Get("/s/:token", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.SendString(body)
	})
	go func() { _ = f.Listener(ln) }()
	b.Cleanup(func() { check(b, f.Shutdown()) })
	clients(b, benchClients, fiber.StatusOK, func(_ int, r *fasthttp.Request) { r.SetRequestURI("http://" + ln.Addr().String() + "/s/token") })
}

func BenchmarkDesk(b *testing.B) {
	s := newSite(b)
	ctx := context.Background()
	for i := range 2000 {
		k := &feedback.Case{Survey: "csat", Metric: feedback.CSAT, Score: 1, Scored: true, Reason: feedback.ReasonLowScore, Person: "p", Customer: feedback.Customer{Name: "Customer"},
			Agent: feedback.Agent{Email: "sam@acme.test"}, Owner: feedback.Agent{Email: fmt.Sprintf("agent%d@acme.test", i%40), Team: "Billing"}, State: feedback.CaseOpen, OpenedAt: s.clock(), Deadline: s.clock().Add(time.Duration(i) * time.Minute)}
		k.ID = feedback.FeedbackID("bench", fmt.Sprint(i))
		check(b, s.st.Cases().Insert(ctx, k))
	}
	_, err := s.app.Staff.AddUser(ctx, "lea@acme.test", "Lea", feedback.RoleLead, "Billing", s.clock())
	check(b, err)
	secret, err := s.app.Staff.OpenSession(ctx, "lea@acme.test", s.clock())
	check(b, err)
	clients(b, 8, fiber.StatusOK, func(_ int, r *fasthttp.Request) {
		r.SetRequestURI(s.url + "/desk")
		r.Header.SetCookie(s.app.cookieName(), secret)
	})
}
