package perception

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/sqlite"
)

func openStore(t testing.TB) store.Store {
	t.Helper()
	st, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// world is a store with everything that was written to it, for the slow recomputation.
type world struct {
	t       testing.TB
	st      store.Store
	zone    *time.Location
	service *Service

	// What the next survey is about.
	customer feedback.Customer
	tags     []string
	journey  *feedback.Journey

	mu          sync.Mutex
	responses   []*feedback.Response
	invitations []*feedback.Invitation
	cases       []*feedback.Case
}

func newWorld(t testing.TB, st store.Store) *world {
	zone := berlin(t)
	return &world{t: t, st: st, zone: zone, service: New(Config{Store: st, Zone: zone, Holder: "one"})}
}

// agents: Ida works in two teams, Sam in none.
func agents() []feedback.Agent {
	return []feedback.Agent{
		{Email: "ida@acme.test", Name: "Ida", Team: "Billing"}, {Email: "ida@acme.test", Name: "Ida", Team: "Sales"},
		{Email: "bo@acme.test", Name: "Bo", Team: "Billing"}, {Email: "sam@acme.test", Name: "Sam"},
	}
}

func (w *world) must(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

// ask sends a survey.
func (w *world) ask(agent feedback.Agent, survey string, m feedback.Metric, channel string, at time.Time) *feedback.Invitation {
	w.t.Helper()
	w.mu.Lock()
	id := fmt.Sprintf("%06d", len(w.invitations))
	v := &feedback.Invitation{
		Record: feedback.Record{ID: id}, Interaction: id, Survey: survey, Version: "v1", Metric: m, Agent: agent, Channel: channel,
		State: feedback.Sent, CreatedAt: feedback.UTC(at), SentAt: feedback.UTC(at), Customer: w.customer, Tags: w.tags,
	}
	w.invitations = append(w.invitations, v)
	w.mu.Unlock()
	w.must(w.st.Invitations().Insert(context.Background(), v))
	w.mark(v.Leaves(w.zone))
	return v
}

// answer gives a first answer to a survey.
func (w *world) answer(v *feedback.Invitation, score int, comment string, feels *feedback.Sentiment, at time.Time) *feedback.Response {
	w.t.Helper()
	ctx := context.Background()
	at = feedback.UTC(at)
	v.State, v.AnsweredAt = feedback.Answered, at
	w.must(w.st.Invitations().Save(ctx, v))
	w.mark(v.Leaves(w.zone))
	r := &feedback.Response{
		Record: feedback.Record{ID: v.ID}, Invitation: v.ID, Survey: v.Survey, Version: v.Version, Metric: v.Metric, Agent: v.Agent,
		Channel: v.Channel, Score: score, Scored: true, Low: score <= v.Metric.DefaultLow(), Comment: comment,
		AnsweredAt: at, ChangedAt: at, AskedAt: v.SentAt, Sentiment: feels, Analysed: feels != nil,
		Customer: v.Customer, Tags: v.Tags, Journey: w.journey,
	}
	w.mu.Lock()
	w.responses = append(w.responses, r)
	w.mu.Unlock()
	w.must(w.st.Responses().Insert(ctx, r))
	w.mark(r.Leaves(w.zone))
	return r
}

func (w *world) save(r *feedback.Response) {
	w.t.Helper()
	w.must(w.st.Responses().Save(context.Background(), r))
	w.mark(r.Leaves(w.zone))
}

func (w *world) open(r *feedback.Response, at time.Time) *feedback.Case {
	w.t.Helper()
	c := &feedback.Case{
		Record: feedback.Record{ID: r.ID}, Survey: r.Survey, Metric: r.Metric, Agent: r.Agent, Owner: r.Agent,
		State: feedback.CaseOpen, OpenedAt: feedback.UTC(at), ContactBy: feedback.UTC(at.Add(4 * time.Hour)), Customer: r.Customer,
	}
	w.mu.Lock()
	w.cases = append(w.cases, c)
	w.mu.Unlock()
	w.must(w.st.Cases().Insert(context.Background(), c))
	w.mark(c.Leaves(w.zone))
	return c
}

func (w *world) step(c *feedback.Case) {
	w.t.Helper()
	w.must(w.st.Cases().Save(context.Background(), c))
	w.mark(c.Leaves(w.zone))
}

// markAt is when marks fall due. Rows of the future are marked too: the clock of marks is its own.
func markAt() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }

func (w *world) mark(leaves []feedback.Rollup) {
	w.t.Helper()
	w.must(w.st.Rollups().MarkDirty(context.Background(), leaves, markAt(), markAt()))
}

// drain works until nothing is due, long after every lease has ended.
func (w *world) drain(s *Service) {
	w.t.Helper()
	now := markAt().Add(10 * time.Minute)
	for range 10_000 {
		n, err := s.Work(context.Background(), now)
		w.must(err)
		if n == 0 {
			next, err := w.st.Rollups().NextDue(context.Background())
			w.must(err)
			if next.IsZero() {
				return
			}
			now = next
		}
	}
	w.t.Fatal("the work never ends")
}

// rollups reads all rollups that count something.
func (w *world) rollups() map[string]feedback.Tally {
	w.t.Helper()
	out := map[string]feedback.Tally{}
	scopes := []string{feedback.ScopeAll, feedback.ScopeTeam, feedback.ScopeAgent, feedback.ScopeChannel, feedback.ScopeTopic}
	for _, scope := range append(scopes, feedback.Dimensions()...) {
		rows, err := w.st.Rollups().Range(context.Background(), store.RollupFilter{Scope: scope, From: "2020-01-01", To: "2030-01-01"})
		w.must(err)
		for _, r := range rows {
			if !r.Due.IsZero() || r.Lease.Holder != "" {
				w.t.Errorf("%s is still due after everything was done", r.ID)
			}
			if !cmp.Equal(r.Tally, feedback.Tally{}, cmpopts.EquateEmpty()) {
				out[r.ID] = r.Tally
			}
		}
	}
	return out
}

// check compares the rollups with a recomputation from all rows.
func (w *world) check() {
	w.t.Helper()
	want := Recompute(w.responses, w.invitations, w.cases, w.zone)
	for id, tally := range want {
		if cmp.Equal(tally, feedback.Tally{}, cmpopts.EquateEmpty()) {
			delete(want, id)
		}
	}
	if d := cmp.Diff(want, w.rollups(), cmpopts.EquateEmpty()); d != "" {
		w.t.Fatalf("rollups differ from a recomputation (-recomputed +rollups):\n%s", d)
	}
}
