package mongodb

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"
)

// Collections.
const (
	interactions = "interactions"
	invitations  = "invitations"
	responses    = "responses"
	cases        = "cases"
	remarks      = "remarks"
	people       = "people"
	rollups      = "rollups"
	definitions  = "definitions"
	users        = "users"
	links        = "links"
	sessions     = "sessions"
	keys         = "keys"
	settings     = "settings"
	health       = "health" // one document that Ping writes
)

// Names of indexes that queries ask for by name.
const (
	indexID    = "_id_" // the server's own
	indexClaim = "claim"
)

// index is one line of the table of indexes.
type index struct {
	collection, name string
	fields           []string // in order; a minus sign means descending
	partial          string   // the field that must exist for a row to be in the index; empty: all rows
}

// indexes is the table of all indexes. Every query of this package names the one it uses, so a plan
// never depends on what the server's planner happened to try. The comments say who needs it.
func indexes() []index {
	due := []string{fieldSlot, fieldClaimable, "_id"}
	return []index{
		{interactions, indexClaim, due, fieldClaimable},                                        // Claim, NextDue
		{interactions, "recent", []string{"-at", "_id"}, ""},                                   // List, retention
		{interactions, "person", []string{"person", "-at", "_id"}, ""},                         // disclosure, erasure
		{interactions, "agent", []string{"agent.email", "-at", "_id"}, ""},                     // an agent's contacts
		{invitations, indexClaim, due, fieldClaimable},                                         // Claim, NextDue
		{invitations, "recent", []string{"-at", "_id"}, ""},                                    // retention
		{invitations, "interaction", []string{"interaction", "-at", "_id"}, ""},                // an interaction's page
		{invitations, "person", []string{"person", "-at", "_id"}, ""},                          // disclosure, erasure
		{invitations, "survey", []string{"survey", "-at", "_id"}, ""},                          // List
		{invitations, "interaction_sent", []string{"interaction", "sent", "_id"}, "sent"},      // List with a span
		{invitations, "person_sent", []string{"person", "sent", "_id"}, "sent"},                // List with a span
		{invitations, "survey_sent", []string{"survey", "sent", "_id"}, "sent"},                // figures of a day
		{invitations, "agent_sent", []string{"agent.email", "sent", "_id"}, "sent"},            // figures of an agent's day
		{responses, indexClaim, due, fieldClaimable},                                           // Claim, NextDue
		{responses, "recent", []string{"-at", "_id"}, ""},                                      // the board's feed, export, retention
		{responses, "person", []string{"person", "-at", "_id"}, ""},                            // disclosure, erasure
		{responses, "agent", []string{"agent.email", "-at", "_id"}, ""},                        // the desk, figures of an agent's day
		{responses, "team", []string{"agent.team", "-at", "_id"}, ""},                          // a lead's desk
		{responses, "survey", []string{"survey", "-at", "_id"}, ""},                            // List by survey
		{responses, "label", []string{"sentiment.label", "-at", "_id"}, "sentiment.label"},     // what customers complain of
		{responses, "words", []string{fieldWords, "-at", "_id"}, fieldWords},                   // Search
		{responses, "spoken", []string{"-at", "_id"}, fieldWords},                              // Search without words
		{cases, indexClaim, due, fieldClaimable},                                               // Claim, NextDue
		{cases, "recent", []string{"-at", "_id"}, ""},                                          // List, retention
		{cases, "running", []string{"-at", "_id"}, "deadline"},                                 // what is due before a moment
		{cases, "state", []string{"state", "-at", "_id"}, ""},                                  // the API by state
		{cases, "owner", []string{"owner.email", "-at", "_id"}, ""},                            // the desk's history
		{cases, "owner_team", []string{"owner.team", "-at", "_id"}, ""},                        // a lead's history
		{cases, "agent", []string{"agent.email", "-at", "_id"}, ""},                            // figures of an agent's day
		{cases, "person", []string{"person", "-at", "_id"}, ""},                                // disclosure, erasure
		{cases, "survey", []string{"survey", "-at", "_id"}, ""},                                // List by survey
		{cases, "clock", []string{"clock", "_id"}, ""},                                         // all clocks
		{cases, "state_clock", []string{"state", "clock", "_id"}, ""},                          // what is still open
		{cases, "owner_clock", []string{"owner.email", "clock", "_id"}, ""},                    // the desk
		{cases, "owner_team_clock", []string{"owner.team", "clock", "_id"}, ""},                // a lead's desk
		{cases, "agent_clock", []string{"agent.email", "clock", "_id"}, ""},                    // List by deadline
		{cases, "person_clock", []string{"person", "clock", "_id"}, ""},                        // List by deadline
		{cases, "survey_clock", []string{"survey", "clock", "_id"}, ""},                        // List by deadline
		{remarks, indexClaim, due, fieldClaimable},                                             // Claim, NextDue
		{remarks, "response", []string{"response", "-at", "_id"}, ""},                          // a case's page, erasure
		{remarks, "kind", []string{"kind", "-at", "_id"}, ""},                                  // the organisation's wall
		{remarks, "kind_agent", []string{"kind", "agent.email", "-at", "_id"}, ""},             // a person's praise
		{remarks, "kind_team", []string{"kind", "agent.team", "-at", "_id"}, ""},               // a team's wall
		{rollups, indexClaim, due, fieldClaimable},                                             // Claim, NextDue
		{rollups, "scope", []string{"scope", "day", "survey", "name", "_id"}, ""},              // all names of a scope
		{rollups, "scope_name", []string{"scope", "name", "day", "survey", "_id"}, ""},         // one agent, team, topic
		{rollups, "scope_team", []string{"scope", "team", "day", "survey", "name", "_id"}, ""}, // the agents of a team
		{links, indexClaim, due, fieldClaimable},                                               // Claim, NextDue
		{links, "ends", []string{"expiresat"}, "expiresat"},                                    // Expire
		{sessions, "ends", []string{"expiresat"}, "expiresat"},                                 // Expire
		{sessions, "user", []string{"user"}, ""},                                               // DeleteOf
	}
}

// keys returns the index's fields as the server wants them.
func (x index) keys() bson.D {
	var out bson.D
	for _, f := range x.fields {
		if name, descending := strings.CutPrefix(f, "-"); descending {
			out = append(out, bson.E{Key: name, Value: -1})
		} else {
			out = append(out, bson.E{Key: f, Value: 1})
		}
	}
	return out
}

// filter is the partial index's condition.
func (x index) filter() bson.D {
	return bson.D{{Key: x.partial, Value: bson.D{{Key: "$exists", Value: true}}}}
}

func (x index) model() mongo.IndexModel {
	o := options.Index().SetName(x.name)
	if x.partial != "" {
		o.SetPartialFilterExpression(x.filter())
	}
	return mongo.IndexModel{Keys: x.keys(), Options: o}
}

// buildWithin bounds the building of indexes at start: over many rows it takes its time.
const buildWithin = 24 * time.Hour

// buildTries bounds how often the building of indexes is begun again after a change of primary.
const buildTries = 3

// ensureIndexes creates the indexes that are missing, and leaves others alone: an operator may have
// added some.
func (s *Store) ensureIndexes(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, buildWithin)
	defer cancel()
	missing := map[string][]mongo.IndexModel{}
	for _, x := range indexes() {
		missing[x.collection] = append(missing[x.collection], x.model())
	}
	work, ctx := errgroup.WithContext(ctx)
	for collection, models := range missing {
		work.Go(func() error { return s.ensure(ctx, collection, models) })
	}
	return work.Wait()
}

func (s *Store) ensure(ctx context.Context, collection string, models []mongo.IndexModel) error {
	have, err := s.serverIndexes(ctx, collection)
	if err != nil {
		return fmt.Errorf("read the indexes of %s: %w", collection, err)
	}
	if containsAll(have, collection) {
		return nil
	}
	for tries := 1; ; tries++ {
		// The driver does not repeat this command when the primary changes under it.
		_, err := s.db.Collection(collection).Indexes().CreateMany(ctx, models)
		if err == nil {
			return nil
		}
		if tries == buildTries || !unavailable(err) {
			return fmt.Errorf("create the indexes of %s: %w", collection, err)
		}
	}
}

// serverIndex is what the server says of an index.
type serverIndex struct {
	Name    string   `bson:"name"`
	Key     bson.Raw `bson:"key"`
	Partial bson.Raw `bson:"partialFilterExpression"`
}

func (s *Store) serverIndexes(ctx context.Context, collection string) (have []serverIndex, err error) {
	cursor, err := s.db.Collection(collection).Indexes().List(ctx)
	if err != nil {
		return nil, err
	}
	return have, cursor.All(ctx, &have)
}

// containsAll tells whether the server has every index of the collection; one that it has in another
// shape is refused by the server when it is created.
func containsAll(have []serverIndex, collection string) bool {
	for _, x := range indexes() {
		same := func(h serverIndex) bool { return h.is(x) }
		if x.collection == collection && !slices.ContainsFunc(have, same) {
			return false
		}
	}
	return true
}

// is tells whether the server's index is the one of the table.
func (h serverIndex) is(x index) bool {
	keys, err := bson.Marshal(x.keys())
	if err != nil || h.Name != x.name || !bytes.Equal(h.Key, keys) || (h.Partial == nil) != (x.partial == "") {
		return false
	}
	if h.Partial == nil {
		return true
	}
	filter, err := bson.Marshal(x.filter())
	return err == nil && bytes.Equal(h.Partial, filter)
}
