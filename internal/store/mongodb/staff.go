package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"earshot/internal/feedback"
)

// Users fulfils store.Users.
type Users struct {
	*Table[feedback.User, *feedback.User]
}

// List implements store.Users.
func (t *Users) List(ctx context.Context) ([]*feedback.User, error) { return t.listAll(ctx) }

// Keys fulfils store.Keys.
type Keys struct {
	*Table[feedback.APIKey, *feedback.APIKey]
}

// List implements store.Keys.
func (t *Keys) List(ctx context.Context) ([]*feedback.APIKey, error) { return t.listAll(ctx) }

// Sessions fulfils store.Sessions.
type Sessions struct {
	*Table[feedback.Session, *feedback.Session]
}

// DeleteOf implements store.Sessions.
func (t *Sessions) DeleteOf(ctx context.Context, user string) error {
	return t.s.within(ctx, "delete sessions", func(ctx context.Context) error {
		_, err := t.c.DeleteMany(ctx, bson.D{{Key: "user", Value: user}}, options.DeleteMany().SetHint("user"))
		return err
	})
}
