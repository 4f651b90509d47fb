package mongodb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"earshot/internal/store"
)

// ErrServer means that the server is there but will not do: too old, or it does not let us in or
// write. The message says what to do.
var ErrServer = errors.New("the MongoDB server cannot be used")

// oldest is the wire version of the oldest server that will do, MongoDB 6.0.
const oldest = 17

// start checks the server and prepares the database.
func (s *Store) start(ctx context.Context) error {
	var h hello
	steps := []struct {
		name string
		run  func(context.Context) error
	}{
		{"reach", func(ctx context.Context) error {
			return s.within(ctx, "reach", func(ctx context.Context) error {
				return s.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&h)
			})
		}},
		{"judge", func(context.Context) error { return h.judge() }},
		{"index", s.ensureIndexes},
		{"write", s.Ping},
	}
	for _, step := range steps {
		if err := step.run(ctx); err != nil {
			return s.diagnosis(ctx, err)
		}
	}
	s.warnings = h.warnings(s.target)
	return nil
}

// hello is what a server says of itself.
type hello struct {
	MaxWireVersion int      `bson:"maxWireVersion"`
	SetName        string   `bson:"setName"`
	Hosts          []string `bson:"hosts"`
	Msg            string   `bson:"msg"` // "isdbgrid" from a router of a sharded cluster
}

func (h hello) judge() error {
	if h.MaxWireVersion < oldest {
		return fmt.Errorf("%w: it is older than MongoDB 6.0 (wire version %d, needed %d); upgrade it, or use EARSHOT_STORE=sqlite",
			ErrServer, h.MaxWireVersion, oldest)
	}
	return nil
}

func (h hello) warnings(t target) []string {
	var out []string
	switch {
	case h.Msg == "isdbgrid":
	case h.SetName == "":
		out = append(out, "MongoDB runs as a standalone: when its machine is lost, so is what was stored on it, "+
			"and nobody takes over. Use a replica set of three members for a service that must go on.")
	case len(h.Hosts) < 3:
		out = append(out, fmt.Sprintf("The MongoDB replica set %s has %d data-bearing members: with fewer than three, the loss of one stops all writing.",
			h.SetName, len(h.Hosts)))
	}
	if !t.retries {
		out = append(out, "The MongoDB address sets retryWrites=false: a change of primary will show as errors instead of a short wait.")
	}
	return out
}

// diagnosis puts a failure at start into words that say what to do.
func (s *Store) diagnosis(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("mongodb: start: %w", cause)
	}
	at, grant := s.target.hosts, fmt.Sprintf("grant it on the server: db.grantRolesToUser(%q, [{role: \"readWrite\", db: %q}])", s.target.user, s.target.database)
	switch text := err.Error(); {
	case errors.Is(err, ErrServer):
		return fmt.Errorf("mongodb at %s: %w", at, err)
	case hasCode(err, codeAuthenticationFailed), strings.Contains(text, "auth error"):
		return fmt.Errorf("mongodb at %s: %w: it does not accept the user name or password; check both in EARSHOT_STORE, and add ?authSource=admin when the user was created there",
			at, ErrServer)
	case hasCode(err, codeUnauthorized) && s.target.user == "":
		return fmt.Errorf("mongodb at %s: %w: it wants a user; write EARSHOT_STORE as mongodb://user:password@…", at, ErrServer)
	case hasCode(err, codeUnauthorized):
		return fmt.Errorf("mongodb at %s: %w: the user may not read, write and create indexes in the database %q; %s", at, ErrServer, s.target.database, grant)
	case hasCode(err, 85), hasCode(err, 86):
		return fmt.Errorf("mongodb at %s: %w: an index of another shape has a name that Earshot uses; drop it and start again: %s", at, ErrServer, text)
	case strings.Contains(text, "reports wire version"), strings.Contains(text, "apiVersion"), strings.Contains(text, "APIVersionError"):
		return fmt.Errorf("mongodb at %s: %w: it does not speak the Stable API of MongoDB 6.0 or later; upgrade it, or use EARSHOT_STORE=sqlite", at, ErrServer)
	}
	if unavailable(err) && !errors.Is(err, store.ErrUnavailable) {
		return fmt.Errorf("mongodb at %s: %w: %s", at, store.ErrUnavailable, s.words(err))
	}
	return fmt.Errorf("mongodb at %s: %w", at, err)
}

// The server's codes that have a meaning of their own here; see its src/mongo/base/error_codes.yml.
const (
	codeUnauthorized         = 13
	codeAuthenticationFailed = 18
	codeOutOfDiskSpace       = 14031
)

func hasCode(err error, code int) bool {
	var se mongo.ServerError
	return errors.As(err, &se) && se.HasErrorCode(code)
}

// Texts by which errors without a type or code of their own are known.
const (
	noServer = "server selection error"
	noPool   = "connection pool"
	noRoom   = "No space left on device"
)

// passing lists the server's codes after which trying later may help: no primary or a change of it,
// a shutdown, time limits, write concern not met, rights or room missing for now.
func passing() []int {
	return []int{6, 7, codeUnauthorized, codeAuthenticationFailed, 46, 50, 64, 79, 89, 91, 100, 112, 133, 134, 189, 262,
		9001, 10058, 10107, 11600, 11602, 13388, 13435, 13436, codeOutOfDiskSpace}
}

// unavailable tells whether an error means that the server cannot do the work now.
func unavailable(err error) bool {
	if mongo.IsTimeout(err) || mongo.IsNetworkError(err) || errors.Is(err, mongo.ErrClientDisconnected) {
		return true
	}
	text := err.Error()
	for _, known := range []string{noServer, noRoom, noPool, "auth error"} {
		if strings.Contains(text, known) { // the driver keeps these types to itself, the server this code
			return true
		}
	}
	var se mongo.ServerError
	if !errors.As(err, &se) {
		return false
	}
	return se.HasErrorLabel("RetryableWriteError") || slices.ContainsFunc(passing(), se.HasErrorCode)
}

// words shortens what the driver says about a server that is not available.
func (s *Store) words(err error) string {
	switch {
	case hasCode(err, codeOutOfDiskSpace), strings.Contains(err.Error(), noRoom):
		return "the disk of the MongoDB server is full; make room on it"
	case strings.Contains(err.Error(), noServer):
		return fmt.Sprintf("cannot reach MongoDB at %s: %s; does it run, and may this machine connect to it?", s.target.hosts, s.watch.state())
	case mongo.IsTimeout(err):
		return fmt.Sprintf("MongoDB at %s did not answer in time: %v", s.target.hosts, err)
	case mongo.IsNetworkError(err), strings.Contains(err.Error(), noPool):
		return fmt.Sprintf("the connection to MongoDB at %s broke: %v", s.target.hosts, err)
	}
	return fmt.Sprintf("MongoDB at %s: %v", s.target.hosts, err)
}

// watch remembers what the driver learned about the servers, for the words of a failure.
type watch struct {
	mu       sync.Mutex
	topology string
	failures map[string]string // by host
}

func newWatch() *watch { return &watch{failures: map[string]string{}} }

func (w *watch) monitor() *event.ServerMonitor {
	host := func(connection string) string { h, _, _ := strings.Cut(connection, "["); return h }
	return &event.ServerMonitor{
		TopologyDescriptionChanged: func(e *event.TopologyDescriptionChangedEvent) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.topology = e.NewDescription.Kind
		},
		ServerHeartbeatFailed: func(e *event.ServerHeartbeatFailedEvent) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.failures[host(e.ConnectionID)] = e.Failure.Error()
		},
		ServerHeartbeatSucceeded: func(e *event.ServerHeartbeatSucceededEvent) {
			w.mu.Lock()
			defer w.mu.Unlock()
			delete(w.failures, host(e.ConnectionID))
		},
	}
}

// state says why no server could be selected.
func (w *watch) state() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.failures) == 0 && w.topology == "ReplicaSetNoPrimary" {
		return "the replica set has no primary (a majority of its members must run and reach each other)"
	}
	out := make([]string, 0, len(w.failures))
	for host, failure := range w.failures {
		out = append(out, host+": "+failure)
	}
	slices.Sort(out)
	return "no server could be reached (" + strings.Join(out, "; ") + ")"
}
