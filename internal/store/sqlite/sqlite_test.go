package sqlite

import (
	"context"
	"testing"

	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

func openNew(t testing.TB) *Store {
	t.Helper()
	s, err := Open(context.Background(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return openNew(t) })
}
