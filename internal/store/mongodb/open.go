package mongodb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Options are what the URI does not say. The zero value is ready to use.
type Options struct {
	// Timeout bounds every operation, the wait for a new primary included; 10 s when zero.
	Timeout time.Duration
	// Retention is the age at which Expire removes interactions, invitations, responses and cases;
	// they are kept for ever when it is zero.
	Retention time.Duration
}

const (
	defaultTimeout  = 10 * time.Second
	defaultDatabase = "earshot"
	// heartbeat is how often each server says how it is. One that is silent for heartbeat +
	// connectTimeout, and for connectTimeout again when it is asked anew, is given up, and what waits
	// for it is tried elsewhere: 7 s, which leaves 3 s of an operation's time.
	heartbeat      = time.Second
	connectTimeout = 3 * time.Second
)

// Store is one database of a MongoDB deployment and fulfils store.Store. It is safe for concurrent
// use.
type Store struct {
	client    *mongo.Client
	db        *mongo.Database
	target    target
	watch     *watch
	timeout   time.Duration
	retention time.Duration
	warnings  []string

	interactions *Interactions
	invitations  *Invitations
	responses    *Responses
	cases        *Cases
	remarks      *Remarks
	people       *Table[feedback.Person, *feedback.Person]
	rollups      *Rollups
	definitions  *Table[feedback.Definition, *feedback.Definition]
	users        *Users
	links        *Queue[feedback.Link, *feedback.Link]
	sessions     *Sessions
	keys         *Keys
	settings     *Table[feedback.Setting, *feedback.Setting]
}

var _ store.Store = (*Store)(nil)

// Open connects to the database that the URI names ("earshot" when it names none), checks that the
// server will do, and creates the indexes that are missing. Its errors say what is wrong and what to
// do, and never repeat the password. ErrUnavailable when the server cannot be reached.
func Open(ctx context.Context, uri string, opts Options) (*Store, error) {
	s, err := connect(uri, opts)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		return nil, errors.Join(err, s.client.Disconnect(closing))
	}
	return s, nil
}

// connect makes the store without talking to the server. adjust has the last word on the client.
func connect(uri string, opts Options, adjust ...func(*options.ClientOptions)) (*Store, error) {
	s := &Store{watch: newWatch(), timeout: opts.Timeout, retention: opts.Retention}
	if s.timeout <= 0 {
		s.timeout = defaultTimeout
	}
	o := options.Client().
		SetAppName("earshot").
		SetConnectTimeout(connectTimeout).
		SetHeartbeatInterval(heartbeat).
		SetServerSelectionTimeout(s.timeout).
		ApplyURI(uri)
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("mongodb: the address in EARSHOT_STORE cannot be read: %s", scrub(uri, err.Error()))
	}
	s.target = targetOf(uri, o)
	// What the contract promises is not left to the URI.
	o.SetWriteConcern(durable()).
		SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary()).
		SetServerAPIOptions(options.ServerAPI(options.ServerAPIVersion1).SetStrict(true).SetDeprecationErrors(true)).
		SetBSONOptions(&options.BSONOptions{OmitEmpty: true, OmitZeroStruct: true, IntMinSize: true}).
		SetServerMonitor(s.watch.monitor())
	for _, f := range adjust {
		f(o)
	}
	client, err := mongo.Connect(o)
	if err != nil {
		return nil, fmt.Errorf("mongodb: %s", scrub(uri, err.Error()))
	}
	s.client, s.db = client, client.Database(s.target.database)
	s.groups()
	return s, nil
}

// durable is the write concern of everything: in the journals of a majority.
func durable() *writeconcern.WriteConcern {
	journal := true
	return &writeconcern.WriteConcern{W: "majority", Journal: &journal}
}

func (s *Store) groups() {
	s.interactions = &Interactions{newQueue[feedback.Interaction, *feedback.Interaction](s, interactions, "interaction", interactionOrders)}
	s.invitations = &Invitations{newQueue[feedback.Invitation, *feedback.Invitation](s, invitations, "invitation", invitationOrders)}
	s.responses = &Responses{newQueue[feedback.Response, *feedback.Response](s, responses, "response", responseOrders)}
	s.cases = &Cases{newQueue[feedback.Case, *feedback.Case](s, cases, "case", caseOrders)}
	s.remarks = &Remarks{newQueue[feedback.Remark, *feedback.Remark](s, remarks, "remark", remarkOrders)}
	s.people = newTable[feedback.Person, *feedback.Person](s, people, "person", nil)
	s.rollups = &Rollups{newQueue[feedback.Rollup, *feedback.Rollup](s, rollups, "rollup", nil)}
	s.definitions = newTable[feedback.Definition, *feedback.Definition](s, definitions, "definition", nil)
	s.users = &Users{newTable[feedback.User, *feedback.User](s, users, "user", nil)}
	s.links = newQueue[feedback.Link, *feedback.Link](s, links, "link", nil)
	s.sessions = &Sessions{newTable[feedback.Session, *feedback.Session](s, sessions, "session", nil)}
	s.keys = &Keys{newTable[feedback.APIKey, *feedback.APIKey](s, keys, "key", nil)}
	s.settings = newTable[feedback.Setting, *feedback.Setting](s, settings, "setting", nil)
}

// Interactions implements store.Store.
func (s *Store) Interactions() store.Interactions { return s.interactions }

// Invitations implements store.Store.
func (s *Store) Invitations() store.Invitations { return s.invitations }

// Responses implements store.Store.
func (s *Store) Responses() store.Responses { return s.responses }

// Cases implements store.Store.
func (s *Store) Cases() store.Cases { return s.cases }

// Remarks implements store.Store.
func (s *Store) Remarks() store.Remarks { return s.remarks }

// People implements store.Store.
func (s *Store) People() store.Table[feedback.Person] { return s.people }

// Rollups implements store.Store.
func (s *Store) Rollups() store.Rollups { return s.rollups }

// Definitions implements store.Store.
func (s *Store) Definitions() store.Table[feedback.Definition] { return s.definitions }

// Users implements store.Store.
func (s *Store) Users() store.Users { return s.users }

// Links implements store.Store.
func (s *Store) Links() store.Queue[feedback.Link] { return s.links }

// Sessions implements store.Store.
func (s *Store) Sessions() store.Sessions { return s.sessions }

// Keys implements store.Store.
func (s *Store) Keys() store.Keys { return s.keys }

// Settings implements store.Store.
func (s *Store) Settings() store.Table[feedback.Setting] { return s.settings }

// Warnings says what the deployment cannot promise, a sentence each, for the log at start.
func (s *Store) Warnings() []string { return append([]string(nil), s.warnings...) }

// Ping implements store.Store: it writes a document, durably.
func (s *Store) Ping(ctx context.Context) error {
	return s.within(ctx, "ping", func(ctx context.Context) error {
		_, err := s.db.Collection(health).UpdateOne(ctx, byID("ping"),
			bson.D{{Key: "$inc", Value: bson.D{{Key: "pings", Value: 1}}}}, options.UpdateOne().SetUpsert(true))
		if mongo.IsDuplicateKeyError(err) {
			return nil // two instances wrote the first ping at once: the server writes
		}
		return err
	})
}

// Close implements store.Store.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	if err := s.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("mongodb: close: %w", err)
	}
	return nil
}

// target is where the URI points, without its secrets.
type target struct {
	hosts    string
	database string
	user     string
	retries  bool // whether the URI allows retryable writes
}

func targetOf(uri string, o *options.ClientOptions) target {
	t := target{hosts: strings.Join(o.Hosts, ","), database: databaseOf(uri), retries: o.RetryWrites == nil || *o.RetryWrites}
	if o.Auth != nil {
		t.user = o.Auth.Username
	}
	return t
}

// databaseOf returns the database in the path of a URI that was found valid.
func databaseOf(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	rest, _, _ = strings.Cut(rest, "?")
	if _, path, ok := strings.Cut(rest, "/"); ok && path != "" {
		return path
	}
	return defaultDatabase
}

// scrub takes the user and the password of a URI out of a message.
func scrub(uri, message string) string {
	_, rest, _ := strings.Cut(uri, "://")
	end := strings.LastIndexByte(rest, '@')
	if end < 0 {
		return message
	}
	user, password, _ := strings.Cut(rest[:end], ":")
	for _, secret := range []string{rest[:end], password, user} {
		if secret != "" {
			message = strings.ReplaceAll(message, secret, "***")
		}
	}
	return message
}
