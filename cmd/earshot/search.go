package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// indexSetting notes how far the comments from before the search was there are findable: the last
// response's ID, or searchDone.
const (
	indexSetting = "search.indexed"
	searchDone   = "done"
)

// indexComments makes comments findable that an earlier version wrote, some at a time. Several
// instances may do it at once: doing it again changes nothing.
func (p *program) indexComments(ctx context.Context, _ time.Time) (int, error) {
	note, err := p.store.Settings().Get(ctx, indexSetting)
	if errors.Is(err, store.ErrNotFound) {
		note = &feedback.Setting{}
		note.ID = indexSetting
		if err = p.store.Settings().Insert(ctx, note); errors.Is(err, store.ErrExists) {
			return 0, nil // another instance has begun; it is looked at next time
		}
	}
	if err != nil || string(note.Value) == searchDone {
		return 0, err
	}
	rows, err := p.store.Responses().Scan(ctx, string(note.Value), page)
	if err != nil {
		return 0, fmt.Errorf("read comments to index: %w", err)
	}
	if err := p.store.Responses().Index(ctx, rows); err != nil {
		return 0, err
	}
	note.Value = []byte(searchDone)
	if len(rows) > 0 {
		note.Value = []byte(rows[len(rows)-1].ID)
	}
	if err := p.store.Settings().Save(ctx, note); err != nil && !errors.Is(err, store.ErrConflict) {
		return 0, err
	}
	return len(rows), nil
}
