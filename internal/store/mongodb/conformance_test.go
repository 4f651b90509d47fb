package mongodb_test

import (
	"context"
	"testing"

	"earshot/internal/store"
	"earshot/internal/store/mongodb"
	"earshot/internal/store/mongotest"
	"earshot/internal/store/storetest"
)

func TestConformanceStandalone(t *testing.T) { conformance(t, mongotest.Start(t).URI(t)) }

func TestConformanceReplicaSet(t *testing.T) {
	conformance(t, mongotest.StartReplicaSet(t, 3, mongotest.Calm).URI(t))
}

// conformance gives every case the same database, emptied: new ones would cost minutes.
func conformance(t *testing.T, uri string) {
	storetest.Run(t, func(t *testing.T) store.Store {
		mongotest.Empty(t, uri)
		return open(t, uri)
	})
}

func open(t testing.TB, uri string) *mongodb.Store {
	t.Helper()
	s, err := mongodb.Open(context.Background(), uri, mongodb.Options{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return s
}
