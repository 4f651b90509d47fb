package mongodb

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Version says what keeps the data, in words for an administrator.
func (s *Store) Version(ctx context.Context) (string, error) {
	var info struct {
		Version string `bson:"version"`
	}
	err := s.within(ctx, "version", func(ctx context.Context) error {
		return s.db.RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Decode(&info)
	})
	return "MongoDB " + info.Version, err
}

// Clock is what time it is at the database's server.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	var hello struct {
		LocalTime time.Time `bson:"localTime"`
	}
	err := s.within(ctx, "clock", func(ctx context.Context) error {
		return s.db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	})
	return hello.LocalTime, err
}
