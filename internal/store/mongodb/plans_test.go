package mongodb

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/store/mongotest"
)

// recorder keeps the commands that a store sends.
type recorder struct {
	mu       sync.Mutex
	commands []bson.Raw
}

func (r *recorder) monitor() *event.CommandMonitor {
	return &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		if slices.Contains([]string{"find", "update", "delete", "insert", "aggregate", "findAndModify"}, e.CommandName) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.commands = append(r.commands, slices.Clone(e.Command))
		}
	}}
}

// take returns the commands since the last take.
func (r *recorder) take() []bson.Raw {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.commands
	r.commands = nil
	return out
}

// rowsToPlanOver is how many rows the queries are explained over; EARSHOT_TEST_MONGODB_ROWS sets it.
const rowsToPlanOver = 5000

// TestPlans sends every query of the contract over many rows and has the server explain it: none may
// scan a collection or sort in memory, and each names the _id or is a scatter that the package
// comment explains.
func TestPlans(t *testing.T) {
	server := mongotest.Start(t)
	uri := server.URI(t)
	seen := &recorder{}
	s, err := connect(uri, Options{Timeout: time.Minute, Retention: 24 * time.Hour}, func(o *options.ClientOptions) { o.SetMonitor(seen.monitor()) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.start(context.Background()); err != nil {
		t.Fatal(err)
	}
	rows := rowsToPlanOver
	if n, err := strconv.Atoi(os.Getenv("EARSHOT_TEST_MONGODB_ROWS")); err == nil {
		rows = n
	}
	seed(t, s, rows)
	plain, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plain.Disconnect(context.Background()) })
	seen.take()
	e := explainer{db: plain.Database(s.target.database), slowest: map[string]time.Duration{}}
	calls := 0
	for name, call := range contract(s) {
		calls++
		before := time.Now()
		if err := call(context.Background()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		e.note(name, time.Since(before))
		for _, command := range seen.take() {
			e.check(t, name, command)
		}
	}
	t.Logf("%d calls over %d rows; the slowest of each method: %v", calls, rows, e.slowest)
}

// seed puts n rows into each collection that grows.
func seed(t *testing.T, s *Store, n int) {
	t.Helper()
	agent := func(i int) feedback.Agent {
		return feedback.Agent{Email: fmt.Sprintf("a%d", i%200), Team: fmt.Sprintf("t%d", i%20)}
	}
	at := func(i int) time.Time { return day().Add(time.Duration(i) * time.Minute) }
	rec := func(i int) feedback.Record {
		r := feedback.Record{ID: feedback.InteractionID("seed", strconv.Itoa(i)), Rev: 1}
		if i%10 == 0 {
			r.Due = day()
		}
		return r
	}
	survey := func(i int) string { return []string{"csat", "nps", "ces"}[i%3] }
	person := func(i int) string { return fmt.Sprintf("p%d", i%(n/10)) }
	plant(t, n, s.interactions.Queue.Table, func(i int) *feedback.Interaction {
		return &feedback.Interaction{Record: rec(i), Person: person(i), Agent: agent(i), EndedAt: at(i)}
	})
	plant(t, n, s.invitations.Queue.Table, func(i int) *feedback.Invitation {
		return &feedback.Invitation{Record: rec(i), Interaction: fmt.Sprint(i), Person: person(i), Agent: agent(i), Survey: survey(i), CreatedAt: at(i), SentAt: at(i)}
	})
	plant(t, n, s.responses.Queue.Table, func(i int) *feedback.Response {
		return &feedback.Response{Record: rec(i), Person: person(i), Agent: agent(i), Survey: survey(i), AnsweredAt: at(i), Comment: "late again", Analysed: true,
			Sentiment: &feedback.Sentiment{Label: []string{"positive", "negative", "mixed"}[i%3]}}
	})
	plant(t, n, s.cases.Queue.Table, func(i int) *feedback.Case {
		c := &feedback.Case{Record: rec(i), Person: person(i), Agent: agent(i), Owner: agent(i), Survey: survey(i), OpenedAt: at(i), State: feedback.CaseConfirmed}
		if i%50 == 0 {
			c.State, c.Deadline = feedback.CaseOpen, at(i).Add(time.Hour)
		}
		return c
	})
	plant(t, n, s.remarks.Queue.Table, func(i int) *feedback.Remark {
		return &feedback.Remark{Record: rec(i), Kind: feedback.RemarkKinds()[i%5], Response: fmt.Sprint(i), Agent: agent(i), WrittenAt: at(i)}
	})
	plant(t, n, s.rollups.Queue.Table, func(i int) *feedback.Rollup {
		date := day().AddDate(0, 0, -i%90).Format(time.DateOnly)
		v := &feedback.Rollup{Record: rec(i), Scope: feedback.ScopeAgent, Name: agent(i).Email, Team: agent(i).Team, Survey: survey(i), Day: date}
		return v
	})
	plant(t, n, s.sessions.Table, func(i int) *feedback.Session {
		return &feedback.Session{Record: rec(i), User: person(i), ExpiresAt: at(i)}
	})
}

func day() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }

// plant inserts rows by the thousand, which Table.Put would do one by one.
func plant[T any, R store.Row[T]](t *testing.T, n int, to *Table[T, R], row func(int) *T) {
	t.Helper()
	for from := 0; from < n; from += 1000 {
		var docs []*document[T]
		for i := from; i < min(n, from+1000); i++ {
			docs = append(docs, to.encode(row(i), 1))
		}
		if _, err := to.c.InsertMany(context.Background(), docs, options.InsertMany().SetOrdered(false)); err != nil {
			t.Fatal(err)
		}
	}
}

// explainer asks the server how it runs a command.
type explainer struct {
	db      *mongo.Database
	slowest map[string]time.Duration
}

func (e explainer) note(name string, took time.Duration) {
	method, _, _ := strings.Cut(name, "(")
	e.slowest[method] = max(e.slowest[method], took.Round(100*time.Microsecond))
}

// check fails the test when the command's plan or its place in a sharded cluster is not as it should be.
func (e explainer) check(t *testing.T, call string, command bson.Raw) {
	t.Helper()
	name := command.Index(0).Key()
	collection := command.Index(0).Value().StringValue()
	for _, filter := range filters(t, name, command) {
		if !targeted(filter) && !slices.Contains(scatters(), strings.SplitN(call, "(", 2)[0]) {
			t.Errorf("%s asks every shard of %s and is not listed: %s", call, collection, filter)
		}
		var find bson.D
		if name == "find" {
			for _, key := range []string{"find", "filter", "sort", "limit", "hint", "projection"} {
				if v := command.Lookup(key); v.Type != 0 {
					find = append(find, bson.E{Key: key, Value: v})
				}
			}
		} else {
			find = bson.D{{Key: "find", Value: collection}, {Key: "filter", Value: filter}}
			if strings.HasPrefix(call, "Sessions.DeleteOf") {
				find = append(find, bson.E{Key: "hint", Value: "user"})
			}
		}
		if len(find) == 0 || name == "insert" {
			continue
		}
		var plan bson.M
		err := e.db.RunCommand(context.Background(), bson.D{{Key: "explain", Value: find}, {Key: "verbosity", Value: "queryPlanner"}}).Decode(&plan)
		if err != nil {
			t.Fatalf("explain %v: %v", find, err)
		}
		for _, stage := range stages(plan) {
			if stage == "COLLSCAN" || stage == "SORT" {
				t.Errorf("%s: the plan over %s has a %s: %v", call, collection, stage, find)
			}
		}
	}
}

// filters returns what the command looks for; an insert looks for the _id of each document.
func filters(t *testing.T, name string, command bson.Raw) []bson.Raw {
	t.Helper()
	list := map[string]string{"update": "updates", "delete": "deletes", "insert": "documents"}[name]
	if list == "" {
		return []bson.Raw{command.Lookup("filter").Document()}
	}
	values, err := command.Lookup(list).Array().Values()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var out []bson.Raw
	for _, v := range values {
		if name == "insert" {
			out = append(out, v.Document())
		} else {
			out = append(out, v.Document().Lookup("q").Document())
		}
	}
	return out[:min(3, len(out))] // the others of a batch have the same form
}

// targeted tells whether a filter names the shard key: an _id, or a list of them.
func targeted(filter bson.Raw) bool {
	id := filter.Lookup("_id")
	if id.Type == bson.TypeString {
		return true
	}
	in, ok := id.DocumentOK()
	return ok && in.Lookup("$in").Type == bson.TypeArray
}

// scatters lists the calls that ask every shard; the package comment says why.
func scatters() []string {
	return []string{
		"Interactions.Claim", "Invitations.Claim", "Responses.Claim", "Cases.Claim", "Remarks.Claim", "Rollups.Claim", "Links.Claim", // looks for candidates
		"Interactions.NextDue", "Invitations.NextDue", "Responses.NextDue", "Cases.NextDue", "Remarks.NextDue", "Rollups.NextDue", "Links.NextDue",
		"Interactions.List", "Invitations.List", "Responses.List", "Cases.List", "Remarks.List", "Rollups.Range",
		"Users.List", "Keys.List", "Sessions.DeleteOf", "Expire", "Responses.Scan", "Responses.Search",
	}
}

// stages lists the stages of a plan at any depth.
func stages(v any) []string {
	var out []string
	switch v := v.(type) {
	case bson.M:
		for key, inner := range v {
			if text, ok := inner.(string); ok && key == "stage" {
				out = append(out, text)
			}
			out = append(out, stages(inner)...)
		}
	case bson.D:
		for _, e := range v {
			if text, ok := e.Value.(string); ok && e.Key == "stage" {
				out = append(out, text)
			}
			out = append(out, stages(e.Value)...)
		}
	case bson.A:
		for _, inner := range v {
			out = append(out, stages(inner)...)
		}
	}
	return out
}
