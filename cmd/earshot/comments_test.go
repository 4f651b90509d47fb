package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/store"
	"earshot/internal/worker"
)

// realComments are public reviews of airline seats with their rating from 1 to 10. The folder stands
// beside a checkout; where it is missing the test is skipped.
const realComments = "../../../shared/data/dev/skytrax_seat.tsv.gz"

type review struct {
	score   int // 1..5
	comment string
	agent   string
}

func readReviews(t *testing.T, n int) []review {
	t.Helper()
	f, err := os.Open(filepath.FromSlash(realComments))
	if os.IsNotExist(err) {
		t.Skip("the public comments are not there: " + realComments)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []review
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for len(out) < n && lines.Scan() {
		columns := strings.SplitN(lines.Text(), "\t", 3)
		if len(columns) != 3 {
			continue
		}
		stars, err := strconv.ParseFloat(columns[1], 64)
		if err != nil {
			continue
		}
		i := len(out)
		out = append(out, review{int(stars+1) / 2, columns[2], fmt.Sprintf("agent%d@acme.test", i%25)})
	}
	if len(out) < n {
		t.Fatalf("the file has %d reviews, %d are needed", len(out), n)
	}
	return out
}

// TestAThousandRealComments drives public comments through a running service and compares what came
// of them with a slow recomputation.
func TestAThousandRealComments(t *testing.T) {
	reviews := readReviews(t, 1000)
	s := boot(t)
	numbered := make([]int, len(reviews))
	ids := make([]string, len(reviews))
	for i := range reviews {
		numbered[i] = i
	}
	must(t, worker.Each(numbered, 16, func(i int) error {
		in := interaction(strconv.Itoa(i), reviews[i].agent, fmt.Sprintf("Team %d", i%25%4))
		var a struct{ Invitation string }
		if status := s.api("POST", "/v1/interactions", in, &a); status != http.StatusCreated {
			return fmt.Errorf("interaction %d: %d", i, status)
		}
		ids[i] = a.Invitation
		return nil
	}))
	must(t, worker.Each(numbered, 16, func(i int) error {
		form := url.Values{"score": {strconv.Itoa(reviews[i].score)}, "comment": {reviews[i].comment}}
		if status := s.submit(s.base+"/s/"+s.tokens.Mint(ids[i]), form); status >= 400 {
			return fmt.Errorf("answer %d: %d", i, status)
		}
		return nil
	}))
	s.idle()
	alerts := map[string][]letter{}
	for _, l := range letters(t, s.config.Data, "alert", "") {
		alerts[l.ref] = append(alerts[l.ref], l)
	}
	for i, r := range reviews {
		s.checkReview(ids[i], r, alerts[ids[i]])
	}
	s.checkBoard(reviews)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// idle waits until no queue has anything due.
func (s *service) idle() {
	ctx := context.Background()
	type queue interface {
		NextDue(context.Context) (time.Time, error)
	}
	for _, q := range []queue{s.store.Invitations(), s.store.Responses(), s.store.Cases(), s.store.Rollups()} {
		began := time.Now()
		for tick := time.NewTicker(10 * time.Millisecond); ; <-tick.C {
			due, err := q.NextDue(ctx)
			must(s.t, err)
			if due.IsZero() || due.After(time.Now().Add(time.Minute)) {
				tick.Stop()
				break
			}
			if time.Since(began) > 2*time.Minute {
				s.t.Fatalf("after two minutes %T is still busy", q)
			}
		}
	}
}

func (s *service) checkReview(id string, want review, alerts []letter) {
	t := s.t
	t.Helper()
	r, err := s.store.Responses().Get(context.Background(), id)
	if err != nil {
		t.Errorf("response %s: %v", id, err)
		return
	}
	if r.Score != want.score || r.Agent.Email != want.agent || !r.Analysed || r.Sentiment == nil || r.Sentiment.Label == "" || len(r.Versions) != 0 {
		t.Errorf("response %s is stored wrongly: score %d, agent %s, sentiment %+v", id, r.Score, r.Agent.Email, r.Sentiment)
		return
	}
	if needed := r.CaseReason() != ""; needed != r.HasCase || (r.Score <= 2) && !needed {
		t.Errorf("response %s with score %d: case needed %v, has one %v", id, r.Score, needed, r.HasCase)
	} else if !needed && len(alerts) != 0 || needed && (len(alerts) != 1 || alerts[0].to != want.agent) {
		t.Errorf("response %s: %d alerts, want %v to %s", id, len(alerts), needed, want.agent)
	}
}

// checkBoard recomputes the CSAT of every agent from the raw responses.
func (s *service) checkBoard(reviews []review) {
	t := s.t
	t.Helper()
	n, happy := map[string]int{}, map[string]int{}
	all, err := s.everyResponse()
	must(t, err)
	if len(all) != len(reviews) {
		t.Errorf("%d responses are stored, %d were given", len(all), len(reviews))
	}
	for agent, score := range all {
		name, _, _ := strings.Cut(agent, "#")
		n[name]++
		if score >= 4 {
			happy[name]++
		}
	}
	var scores []struct {
		Scope, Survey string
		Score         *float64
		N, Asked      int
	}
	if status := s.api("GET", "/v1/perception?by=agent", nil, &scores); status != http.StatusOK {
		t.Fatalf("GET perception: %d", status)
	}
	seen := 0
	for _, p := range scores {
		want := 100 * float64(happy[p.Scope]) / float64(n[p.Scope])
		if p.N != n[p.Scope] || p.Asked != n[p.Scope] || p.Score == nil || math.Abs(*p.Score-want) > 1e-9 {
			t.Errorf("%s: the board says %v of %d (%d asked), the responses %.3f of %d", p.Scope, p.Score, p.N, p.Asked, want, n[p.Scope])
		}
		seen += p.N
	}
	if seen != len(reviews) {
		t.Errorf("the board counts %d answers, %d were given", seen, len(reviews))
	}
}

// everyResponse pages through all responses: scores by "agent#id".
func (s *service) everyResponse() (map[string]int, error) {
	out := map[string]int{}
	for page := (store.Page{Limit: 300}); ; {
		list, err := s.store.Responses().List(context.Background(), store.ResponseFilter{}, page)
		if err != nil {
			return nil, err
		}
		for _, r := range list.Items {
			out[r.Agent.Email+"#"+r.ID] = r.Score
		}
		if page.After = list.Next; page.After == "" {
			return out, nil
		}
	}
}
