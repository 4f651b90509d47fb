//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"earshot/internal/config"
	"earshot/internal/demo"
	"earshot/internal/export"
	"earshot/internal/feedback"
	"earshot/internal/perception"
	"earshot/internal/store"
	"earshot/internal/store/mongotest"
)

// BenchmarkFlat fills stores of growing size and shows that the board does not feel it: the 99th
// percentile of the overview's figures and of its page, the 95th of a search of comments, and how many
// rows a second an export writes. EARSHOT_FLAT lists the sizes, EARSHOT_TEST_MONGODB=1 adds MongoDB:
//
//	EARSHOT_FLAT=10000,100000,1000000 go test ./cmd/earshot -run xxx -bench Flat -benchtime 1x -timeout 2h -v
func BenchmarkFlat(b *testing.B) {
	sizes := []int{2000, 10000}
	if list := os.Getenv("EARSHOT_FLAT"); list != "" {
		sizes = nil
		for _, text := range strings.Split(list, ",") {
			n, err := strconv.Atoi(text)
			if err != nil {
				b.Fatal(err)
			}
			sizes = append(sizes, n)
		}
	}
	kinds := []string{"sqlite"}
	if os.Getenv("EARSHOT_TEST_MONGODB") == "1" {
		kinds = append(kinds, "mongodb")
	}
	for _, kind := range kinds {
		first := flatFigures{}
		for i, n := range sizes {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				f := measureFlat(b, kind, n)
				if i == 0 {
					first = f
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(f.filled, "filled-rows/s")
				b.ReportMetric(f.overview, "overview-p99-ms")
				b.ReportMetric(f.work, "overview-cpu-ms")
				b.ReportMetric(f.work/first.work, "cpu-ratio")
				b.ReportMetric(f.page, "page-p99-ms")
				b.ReportMetric(f.search, "search-p95-ms")
				b.ReportMetric(f.exported, "exported-rows/s")
				b.ReportMetric(f.overview/first.overview, "overview-ratio")
				b.ReportMetric(f.page/first.page, "page-ratio")
			})
		}
	}
}

type flatFigures struct{ filled, overview, work, page, search, exported float64 }

func measureFlat(b *testing.B, kind string, n int) (f flatFigures) {
	values := map[string]string{"EARSHOT_ADDR": "127.0.0.1:0", "EARSHOT_DATA": b.TempDir(), "EARSHOT_ORG": "Acme"}
	if kind == "mongodb" {
		values["EARSHOT_STORE"] = mongotest.Start(b).URI(b)
		values["EARSHOT_SECRET"] = strings.Repeat("flat", 10)
	}
	c, err := config.Load(func(name string) (string, bool) { v, ok := values[name]; return v, ok })
	if err != nil {
		b.Fatal(err)
	}
	surveys, err := loadSurveys("")
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	fillFlat(b, c, surveys, n)
	f.filled = float64(n) / time.Since(began).Seconds()
	s := bootWith(b, c, surveys)
	now := time.Now().UTC()
	before := cpu(b)
	f.overview = took(0.99, 300, func(i int) {
		days := []int{7, 30, 90}[i%3]
		if _, err := s.perception.Overview(b.Context(), perception.OverviewQuery{From: now.AddDate(0, 0, -days), To: now.AddDate(0, 0, 1)}); err != nil {
			b.Error(err)
		}
	})
	f.work = (cpu(b) - before).Seconds() * 1000 / 310
	f.page = s.flatPage(b)
	f.search = s.flatSearch(b, now)
	began = time.Now()
	rows, err := export.Write(io.Discard, export.CSV, "responses", export.Responses(), export.Pages(b.Context(), s.someResponses(min(n, 200_000))))
	if err != nil {
		b.Error(err)
	}
	f.exported = float64(rows) / time.Since(began).Seconds()
	return f
}

func fillFlat(b *testing.B, c config.Config, surveys []feedback.Survey, n int) {
	c.BaseURL = "http://localhost" // nothing is served while it is filled
	st, err := openStore(b.Context(), c, true, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	p, err := assemble(b.Context(), c, surveys, st, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	_, err = demo.FillBulk(b.Context(), demo.Config{Store: st, Catalog: p.catalog, Analyser: p.engine, Zone: c.Zone, Seed: 1, Days: demoDays},
		demo.Bulk{Responses: n, Count: perception.Count}, time.Now().UTC())
	if err != nil {
		b.Fatal(err)
	}
	if err := p.close(); err != nil {
		b.Fatal(err)
	}
}

// cpu is how long the process has computed: beside other programs it says more than the clock on the wall.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// took runs do n times and returns a percentile of its times in milliseconds. The first runs warm up.
func took(p float64, n int, do func(i int)) float64 {
	times := make([]time.Duration, 0, n)
	for i := range n + 10 {
		at := time.Now()
		do(i)
		if i >= 10 {
			times = append(times, time.Since(at))
		}
	}
	slices.Sort(times)
	return percentile(times, p)
}

// flatPage measures the whole page of the board over HTTP.
func (s *service) flatPage(b *testing.B) float64 {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	b.Cleanup(client.CloseIdleConnections)
	get := func(path string) {
		resp, err := client.Get(s.base + path)
		if err != nil {
			b.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(string(body), "interval") {
			b.Fatalf("%s: %d %.300s", path, resp.StatusCode, body)
		}
	}
	get(s.server.Visit("kim.duarte@acme.test", "/board"))
	return took(0.99, 100, func(int) { get("/board") })
}

// flatSearch measures searches by common and rare words, alone and with properties.
func (s *service) flatSearch(b *testing.B, now time.Time) float64 {
	dice := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields("the refund waited nobody friendly wartezeit again parcel tres schnell sam zebra help* really problem")
	labels := []string{"", "", "negative", "positive", "mixed"}
	teams := []string{"", "", "Billing", "Delivery"}
	return took(0.95, 200, func(i int) {
		f := store.SearchFilter{Text: words[dice.IntN(len(words))], Label: labels[dice.IntN(len(labels))], Team: teams[dice.IntN(len(teams))]}
		if i%3 == 0 {
			f.Text += " " + words[dice.IntN(len(words))]
		}
		if i%2 == 0 {
			f.From = now.AddDate(0, 0, -30)
		}
		if _, err := s.store.Responses().Search(b.Context(), f, store.Page{Limit: 25}); err != nil {
			b.Error(err)
		}
	})
}

// someResponses lists the latest responses, n at most.
func (s *service) someResponses(n int) func(context.Context, store.Page) (store.List[feedback.Response], error) {
	read := 0
	return func(ctx context.Context, p store.Page) (store.List[feedback.Response], error) {
		l, err := s.store.Responses().List(ctx, store.ResponseFilter{}, p)
		if read += len(l.Items); read >= n {
			l.Next = ""
		}
		return l, err
	}
}
