package mongotest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Server is a deployment that tests may fill: the one that the environment names, or a standalone.
type Server struct {
	// Node is the process behind it; nil for a deployment that the environment names.
	Node *Node

	uri string // without a database's name
}

// Start returns the deployment of EARSHOT_TEST_MONGODB_URI, or starts a standalone.
func Start(t testing.TB) *Server {
	t.Helper()
	Wanted(t)
	if uri := os.Getenv(URIVariable); uri != "" {
		return &Server{uri: uri}
	}
	return Standalone(t)
}

// Standalone starts a single mongod with more flags of its own.
func Standalone(t testing.TB, flags ...string) *Server {
	t.Helper()
	return StandaloneIn(t, folder(t), flags...)
}

// StandaloneIn is Standalone with its data in a folder of the caller's.
func StandaloneIn(t testing.TB, data string, flags ...string) *Server {
	t.Helper()
	n := newNode(t, data, flags...)
	return &Server{Node: n, uri: n.URI("")}
}

// URI addresses a database that no other test uses. It is dropped when the test ends.
func (s *Server) URI(t testing.TB) string {
	t.Helper()
	return database(t, s.uri)
}

// database puts a fresh database's name into the URI and drops it when the test ends.
func database(t testing.TB, uri string) string {
	t.Helper()
	name := "earshot_test_" + strings.ToLower(rand.Text()[:12])
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatalf("the server's URI cannot be read")
	}
	u.Path = "/" + name
	t.Cleanup(func() { drop(t, uri, name) })
	return u.String()
}

func drop(t testing.TB, uri, name string) {
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetServerSelectionTimeout(10 * time.Second))
	if err != nil {
		t.Logf("drop %s: %v", name, err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	defer client.Disconnect(ctx)
	if err := client.Database(name).Drop(ctx); err != nil {
		t.Logf("drop %s: %v", name, err)
	}
}

// ReplicaSet is a set of processes that elect a new primary within a few seconds.
type ReplicaSet struct {
	Nodes []*Node
}

const setName = "earshot"

// Election timeouts: how long a primary may be silent before the others elect a new one. A short one
// makes faults quick to test, but a machine with much else to do then sees faults where there are none.
const (
	Quick = 2 * time.Second
	Calm  = 20 * time.Second
)

// StartReplicaSet starts a replica set of n members and waits for its primary.
func StartReplicaSet(t testing.TB, n int, election time.Duration) *ReplicaSet {
	t.Helper()
	set := &ReplicaSet{}
	var members bson.A
	for i := range n {
		node := newNode(t, folder(t), "--replSet", setName, "--oplogSize", "128")
		set.Nodes = append(set.Nodes, node)
		members = append(members, bson.D{{Key: "_id", Value: i}, {Key: "host", Value: node.Addr}})
	}
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	err := set.Nodes[0].Command(ctx, bson.D{{Key: "replSetInitiate", Value: bson.D{
		{Key: "_id", Value: setName}, {Key: "members", Value: members},
		{Key: "settings", Value: bson.D{{Key: "electionTimeoutMillis", Value: election.Milliseconds()}}},
	}}}, nil)
	if err != nil {
		t.Fatalf("initiate the replica set: %v", err)
	}
	if _, err := set.Primary(ctx); err != nil {
		t.Fatalf("%v\n%s", err, set.Nodes[0].Log())
	}
	return set
}

// URI addresses a database that no other test uses. It is dropped when the test ends.
func (r *ReplicaSet) URI(t testing.TB) string {
	t.Helper()
	return database(t, r.uri())
}

func (r *ReplicaSet) uri() string {
	hosts := make([]string, len(r.Nodes))
	for i, n := range r.Nodes {
		hosts[i] = n.Addr
	}
	return "mongodb://" + strings.Join(hosts, ",") + "/?replicaSet=" + setName
}

// Primary waits until a member that runs takes writes, and returns it.
func (r *ReplicaSet) Primary(ctx context.Context) (*Node, error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, n := range r.Nodes {
			if n.process != nil && !n.paused && n.isPrimary(ctx) {
				return n, nil
			}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the replica set has no primary: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// stuckAfter is how long a member may take to roll back what its peers never had. 6.0.5 now and then
// hangs in it after a kill -9 under load ("Rolling back to the stable timestamp" is its last word):
// about one restart in ten on a busy machine.
const stuckAfter = 15 * time.Second

// Whole waits until every member takes part: one is the primary and the others follow it. A member
// that hangs in its rollback is killed and started again, as an operator would.
func (r *ReplicaSet) Whole(ctx context.Context) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); ; {
		states := r.states(ctx)
		if states["PRIMARY"] != nil && len(states["PRIMARY"])+len(states["SECONDARY"]) == len(r.Nodes) {
			return nil
		}
		if time.Since(began) > stuckAfter {
			began = time.Now()
			for _, n := range states["ROLLBACK"] {
				n.Kill()
				if err := n.Restart(); err != nil {
					return err
				}
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the replica set is not whole: %v: %w", states, ctx.Err())
		case <-tick.C:
		}
	}
}

// states returns the members by state, as the primary sees them; none while there is no primary. A
// secondary counts as such once it has something that this primary wrote.
func (r *ReplicaSet) states(ctx context.Context) map[string][]*Node {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var status struct {
		Members []struct {
			Name  string `bson:"name"`
			State string `bson:"stateStr"`
			Last  struct {
				Term int64 `bson:"t"`
			} `bson:"optime"`
		} `bson:"members"`
		Term int64 `bson:"term"`
	}
	primary, err := r.Primary(ctx)
	if err != nil || primary.Command(ctx, bson.D{{Key: "replSetGetStatus", Value: 1}}, &status) != nil {
		return nil
	}
	out := map[string][]*Node{}
	for _, m := range status.Members {
		for _, n := range r.Nodes {
			if n.Addr != m.Name {
				continue
			}
			if m.State == "SECONDARY" && m.Last.Term < status.Term {
				// It may still find that it has writes which its peers never had, and roll them back.
				m.State = "BEHIND"
			}
			out[m.State] = append(out[m.State], n)
		}
	}
	return out
}

func (n *Node) isPrimary(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var hello struct {
		IsWritablePrimary bool `bson:"isWritablePrimary"`
	}
	err := n.Command(ctx, bson.D{{Key: "hello", Value: 1}}, &hello)
	return err == nil && hello.IsWritablePrimary
}

// Command runs an administrative command on the node and decodes its answer unless out is nil.
func (n *Node) Command(ctx context.Context, command bson.D, out any) error {
	client, err := n.Connect()
	if err != nil {
		return err
	}
	defer client.Disconnect(context.Background())
	res := client.Database("admin").RunCommand(ctx, command)
	if out == nil {
		return res.Err()
	}
	return res.Decode(out)
}

// Empty removes every row of the URI's database but keeps its indexes, which is much faster than a
// new database.
func Empty(t testing.TB, uri string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatalf("empty the database: %v", err)
	}
	defer client.Disconnect(ctx)
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal("the server's URI cannot be read")
	}
	db := client.Database(strings.TrimPrefix(u.Path, "/"))
	names, err := db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		t.Fatalf("empty the database: %v", err)
	}
	for _, name := range names {
		if _, err := db.Collection(name).DeleteMany(ctx, bson.D{}); err != nil {
			t.Fatalf("empty %s: %v", name, err)
		}
	}
}
