package mongodb_test

import (
	"context"
	"testing"

	"earshot/internal/store"
	"earshot/internal/store/mongodb"
	"earshot/internal/store/mongotest"
	"earshot/internal/store/storetest"
)

func TestConformanceStandalone(t *testing.T) {
	uri := mongotest.Start(t).URI
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, uri(t)) })
}

func TestConformanceReplicaSet(t *testing.T) {
	uri := mongotest.StartReplicaSet(t, 3).URI
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, uri(t)) })
}

func open(t testing.TB, uri string) *mongodb.Store {
	t.Helper()
	s, err := mongodb.Open(context.Background(), uri, mongodb.Options{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return s
}
