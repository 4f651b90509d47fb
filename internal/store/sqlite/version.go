package sqlite

import (
	"context"
	"fmt"
)

// Version says what keeps the data and in which layout, in words for an administrator.
func (s *Store) Version(ctx context.Context) (string, error) {
	var engine string
	var layout int
	if err := s.readers.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&engine); err != nil {
		return "", failure(ctx, "version", err)
	}
	if err := s.readers.QueryRowContext(ctx, "PRAGMA user_version").Scan(&layout); err != nil {
		return "", failure(ctx, "version", err)
	}
	return fmt.Sprintf("SQLite %s, layout %d", engine, layout), nil
}
