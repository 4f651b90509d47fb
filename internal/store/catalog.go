package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"earshot/internal/feedback"
)

// Catalog knows the survey definitions: the current ones, and every version that an invitation was
// sent with. It is safe for concurrent use.
type Catalog struct {
	table   Table[feedback.Definition]
	current map[string]feedback.Survey
	order   []string

	mu    sync.Mutex
	older map[string]feedback.Survey // by DefinitionID
}

// NewCatalog keeps each of the given definitions in the store, unless that version is there already.
func NewCatalog(ctx context.Context, st Store, surveys []feedback.Survey, now time.Time) (*Catalog, error) {
	c := &Catalog{table: st.Definitions(), current: map[string]feedback.Survey{}, older: map[string]feedback.Survey{}}
	for _, s := range surveys {
		d := feedback.Definition{Survey: s.ID, Version: s.Version, Source: s.Source, FirstSeen: feedback.UTC(now)}
		d.ID = feedback.DefinitionID(s.ID, s.Version)
		if err := c.table.Insert(ctx, &d); err != nil && !errors.Is(err, ErrExists) {
			return nil, fmt.Errorf("keep survey %s: %w", s.ID, err)
		}
		c.current[s.ID] = s
		c.order = append(c.order, s.ID)
	}
	return c, nil
}

// Current returns the definition in force.
func (c *Catalog) Current(id string) (feedback.Survey, bool) {
	s, ok := c.current[id]
	return s, ok
}

// All returns the definitions in force.
func (c *Catalog) All() []feedback.Survey {
	out := make([]feedback.Survey, 0, len(c.order))
	for _, id := range c.order {
		out = append(out, c.current[id])
	}
	return out
}

// Version returns a definition as it was. ErrNotFound for one that was never in force.
func (c *Catalog) Version(ctx context.Context, id, version string) (feedback.Survey, error) {
	if s, ok := c.current[id]; ok && s.Version == version {
		return s, nil
	}
	key := feedback.DefinitionID(id, version)
	c.mu.Lock()
	s, ok := c.older[key]
	c.mu.Unlock()
	if ok {
		return s, nil
	}
	d, err := c.table.Get(ctx, key)
	if err != nil {
		return feedback.Survey{}, fmt.Errorf("survey %s: %w", key, err)
	}
	s, err = feedback.ParseSurvey(key, d.Source)
	if err != nil {
		return feedback.Survey{}, err
	}
	c.mu.Lock()
	c.older[key] = s
	c.mu.Unlock()
	return s, nil
}
