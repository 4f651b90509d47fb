package mongodb

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// greeting is what a server says of itself. The strict API allows no command that names the release, but
// each release has its wire version.
type greeting struct {
	LocalTime time.Time `bson:"localTime"`
	Wire      int       `bson:"maxWireVersion"`
	Set       string    `bson:"setName"`
}

func (s *Store) greet(ctx context.Context) (g greeting, err error) {
	err = s.within(ctx, "greet", func(ctx context.Context) error {
		return s.db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&g)
	})
	return g, err
}

// Version says what keeps the data, in words for an administrator.
func (s *Store) Version(ctx context.Context) (string, error) {
	g, err := s.greet(ctx)
	if err != nil {
		return "", err
	}
	said := fmt.Sprintf("MongoDB with wire version %d", g.Wire)
	if release := map[int]string{13: "5.0", 17: "6.0", 21: "7.0", 25: "8.0"}[g.Wire]; release != "" {
		said = "MongoDB " + release
	}
	if g.Set != "" {
		said += ", replica set " + g.Set
	}
	return said, nil
}

// Clock is what time it is at the database's server.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	g, err := s.greet(ctx)
	return g.LocalTime, err
}
