package perception

import (
	"context"
	"sync"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// leafSums are the figures of a leaf that teams and agents are compared by.
type leafSums struct {
	name, team      string
	asked, answered int64
	votes           feedback.Votes
	strain          strain
}

// leafCache keeps the leaves of past days, which seldom change, so that comparing agents over months
// does not read each of their days again. A day is fresh while the organisation's rollup of that
// survey and day has the revision at which the leaves were read: no leaf changes without that sum
// being written after it (see rebuildLeaves and saveSum), on whichever instance.
type leafCache struct {
	mu   sync.Mutex
	days map[leafDay]cachedDay
	rows int
}

type leafDay struct{ survey, day string }

type cachedDay struct {
	rev    int64
	metric feedback.Metric
	leaves []leafSums
}

// maxCached bounds the leaves kept: about 200 bytes each.
const maxCached = 250_000

func newLeafCache() *leafCache { return &leafCache{days: map[leafDay]cachedDay{}} }

// leaves returns the leaves of a survey by day. all are the organisation's rollups of the days
// wanted, read before.
func (s *Service) leaves(ctx context.Context, survey string, m feedback.Metric, all []*feedback.Rollup) (map[string][]leafSums, error) {
	out := map[string][]leafSums{}
	var stale []*feedback.Rollup
	s.cache.mu.Lock()
	for _, r := range all {
		if c, ok := s.cache.days[leafDay{survey, r.Day}]; ok && c.rev == r.Rev && c.metric == m {
			out[r.Day] = c.leaves
		} else {
			stale = append(stale, r)
		}
	}
	s.cache.mu.Unlock()
	for _, run := range runs(stale) {
		rows, err := s.rows(ctx, store.RollupFilter{
			Scope: feedback.ScopeAgent, Survey: survey, From: run[0].Day, To: run[len(run)-1].Day,
		})
		if err != nil {
			return nil, err
		}
		fresh := map[string][]leafSums{}
		for _, r := range rows {
			if r.Metric == m {
				fresh[r.Day] = append(fresh[r.Day], leafSums{r.Name, r.Team, r.Tally.Asked, r.Tally.Answered, r.Tally.Scores, strainOf(r.Tally.Parts)})
			}
		}
		for _, r := range run {
			out[r.Day] = fresh[r.Day]
			s.cache.keep(leafDay{survey, r.Day}, cachedDay{r.Rev, m, fresh[r.Day]})
		}
	}
	return out, nil
}

// keep remembers a day, forgetting everything when there is too much: what is looked at comes back.
func (c *leafCache) keep(k leafDay, d cachedDay) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rows += len(d.leaves) - len(c.days[k].leaves); c.rows > maxCached {
		clear(c.days)
		c.rows = len(d.leaves)
	}
	c.days[k] = d
}

// runs cuts rollups, which are in the order of their days, into runs without a gap.
func runs(rows []*feedback.Rollup) [][]*feedback.Rollup {
	var out [][]*feedback.Rollup
	for i, r := range rows {
		if i > 0 && follows(rows[i-1].Day, r.Day) {
			out[len(out)-1] = append(out[len(out)-1], r)
			continue
		}
		out = append(out, []*feedback.Rollup{r})
	}
	return out
}

func follows(day, next string) bool {
	a, err := time.Parse(time.DateOnly, day)
	return err == nil && a.AddDate(0, 0, 1).Format(time.DateOnly) == next
}
