package mongodb

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"earshot/internal/store"
	"earshot/internal/store/mongotest"
)

const password = "s3cret:&%20"

// failsToOpen opens a store that cannot be opened and returns the message.
func failsToOpen(t *testing.T, uri string, want error, words ...string) {
	t.Helper()
	s, err := Open(context.Background(), uri, Options{Timeout: time.Second})
	if err == nil {
		s.Close()
		t.Fatalf("Open succeeded")
	}
	if want != nil && !errors.Is(err, want) {
		t.Errorf("Open: %v, want %v", err, want)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("Open says %q, without %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("Open tells the password: %q", err)
	}
}

func TestOpenUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	failsToOpen(t, "mongodb://sam:s3cret@"+address+"/earshot", store.ErrUnavailable, address, "refused", "cannot reach")
}

func TestOpenAddress(t *testing.T) {
	for _, uri := range []string{
		"mongodb://sam:s3cret@/", "mongodb://sam:s3cret@a:b:c/", "mongodb://sam:s3cret%zz@a/", "mongodb://sam:s3cret@a/?w=x&journal=maybe",
		"mongodb://sam:s3cret/x@a/", "mongodb://s3cret@a,@b/",
	} {
		failsToOpen(t, uri, nil, "EARSHOT_STORE")
	}
	for uri, want := range map[string]string{
		"mongodb://a,b:27018/prod?replicaSet=x": "prod", "mongodb://a": "earshot", "mongodb://a/": "earshot", "mongodb://a/?w=1": "earshot",
		"mongodb://sam:p%2Fw@a/prod": "prod",
	} {
		if got := databaseOf(uri); got != want {
			t.Errorf("databaseOf(%s) = %s, want %s", uri, got, want)
		}
	}
}

// TestOpenOldServer answers as servers do that are too old: one that the driver speaks to, and one
// that it does not.
func TestOpenOldServer(t *testing.T) {
	for _, wire := range []int{13, 6} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go greet(conn, wire)
			}
		}()
		failsToOpen(t, "mongodb://"+l.Addr().String()+"/", ErrServer, "upgrade", "6.0")
	}
}

// greet answers every message with a hello of the given wire version, in the wire protocol's OP_MSG
// (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/).
func greet(conn net.Conn, wire int) {
	defer conn.Close()
	for {
		head := make([]byte, 16)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, conn, int64(binary.LittleEndian.Uint32(head))-16); err != nil {
			return
		}
		doc, err := bson.Marshal(bson.D{{Key: "ok", Value: 1}, {Key: "isWritablePrimary", Value: true}, {Key: "helloOk", Value: true},
			{Key: "minWireVersion", Value: 0}, {Key: "maxWireVersion", Value: wire}, {Key: "maxBsonObjectSize", Value: 1 << 24},
			{Key: "maxMessageSizeBytes", Value: 48000000}, {Key: "maxWriteBatchSize", Value: 100000}})
		if err != nil {
			return
		}
		answer := binary.LittleEndian.AppendUint32(nil, uint32(16+4+1+len(doc)))
		answer = binary.LittleEndian.AppendUint32(answer, 1)
		answer = append(answer, head[4:8]...) // which message this answers
		answer = binary.LittleEndian.AppendUint32(answer, 2013)
		answer = append(answer, 0, 0, 0, 0, 0)
		if _, err := conn.Write(append(answer, doc...)); err != nil {
			return
		}
	}
}

func TestOpenRights(t *testing.T) {
	node := mongotest.Standalone(t, "--auth").Node
	ctx := context.Background()
	// The first user may be created from the server's own machine.
	create := func(client *mongo.Client, user string, roles ...bson.D) {
		t.Helper()
		err := client.Database("admin").RunCommand(ctx, bson.D{{Key: "createUser", Value: user}, {Key: "pwd", Value: password}, {Key: "roles", Value: roles}}).Err()
		if err != nil {
			t.Fatal(err)
		}
	}
	role := func(role, db string) bson.D { return bson.D{{Key: "role", Value: role}, {Key: "db", Value: db}} }
	first, err := node.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Disconnect(ctx)
	create(first, "root", role("root", "admin"))
	root, err := mongo.Connect(options.Client().ApplyURI(node.URI("")).SetAuth(options.Credential{Username: "root", Password: password}))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Disconnect(ctx)
	create(root, "reader", role("read", "earshot"))
	create(root, "writer", role("readWrite", "earshot"))

	at := func(user string) string {
		return "mongodb://" + user + ":s3cret%3A%26%2520@" + node.Addr + "/earshot?authSource=admin"
	}
	failsToOpen(t, node.URI("earshot"), ErrServer, "wants a user")
	failsToOpen(t, strings.Replace(at("writer"), "s3cret", "s3cret2", 1), ErrServer, "does not accept the user name or password")
	failsToOpen(t, at("reader"), ErrServer, "may not read, write and create indexes", "readWrite", `"reader"`)
	s, err := Open(ctx, at("writer"), Options{})
	if err != nil {
		t.Fatalf("a user with readWrite: %v", err)
	}
	defer s.Close()
	if err := root.Database("admin").RunCommand(ctx, bson.D{{Key: "revokeRolesFromUser", Value: "writer"},
		{Key: "roles", Value: bson.A{role("readWrite", "earshot")}}}).Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(ctx); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Ping after the right was taken away: %v, want ErrUnavailable", err)
	}
}

func TestWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		h    hello
		t    target
		want []string
	}{
		"standalone":    {hello{}, target{retries: true}, []string{"standalone"}},
		"router":        {hello{Msg: "isdbgrid"}, target{retries: true}, nil},
		"one member":    {hello{SetName: "rs", Hosts: []string{"a"}}, target{retries: true}, []string{"1 data-bearing"}},
		"without one":   {hello{SetName: "rs", Hosts: []string{"a", "b", "c"}}, target{}, []string{"retryWrites"}},
		"nothing amiss": {hello{SetName: "rs", Hosts: []string{"a", "b", "c"}}, target{retries: true}, nil},
	} {
		got := c.h.warnings(c.t)
		ok := slices.EqualFunc(got, c.want, strings.Contains)
		if !ok {
			t.Errorf("%s: %q, want words with %q", name, got, c.want)
		}
	}
}

func TestIndexes(t *testing.T) {
	ctx := context.Background()
	uri := mongotest.Start(t).URI(t)
	for range 2 { // the second start finds them all
		s, err := Open(ctx, uri, Options{})
		if err != nil {
			t.Fatal(err)
		}
		names, err := s.db.ListCollectionNames(ctx, bson.D{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, name := range names {
			have, err := s.serverIndexes(ctx, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range have {
				known := func(x index) bool { return x.collection == name && h.is(x) }
				switch {
				case slices.ContainsFunc(indexes(), known):
					n++
				case h.Name != indexID:
					t.Errorf("the server has %s on %s, and the table does not: %s %s", h.Name, name, h.Key, h.Partial)
				}
			}
		}
		if n != len(indexes()) {
			t.Errorf("the server has %d of the table's %d indexes", n, len(indexes()))
		}
		s.Close()
	}
	occupied(t, uri)
}

// occupied sees that an index of another shape under a name of ours stops the start, in words.
func occupied(t *testing.T, uri string) {
	s, err := connect(uri, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	view := s.db.Collection(cases).Indexes()
	if err := view.DropOne(context.Background(), "owner"); err != nil {
		t.Fatal(err)
	}
	other := mongo.IndexModel{Keys: bson.D{{Key: "subject", Value: 1}}, Options: options.Index().SetName("owner")}
	if _, err := view.CreateOne(context.Background(), other); err != nil {
		t.Fatal(err)
	}
	failsToOpen(t, uri, ErrServer, "drop it", "owner")
}
