// Package perception turns answers into figures that an organisation can steer by: rollups that are
// cheap to read, and scores that say how sure they are.
//
// # Rollups
//
// Raw responses, invitations and cases are the truth; a rollup is derived from them. The leaf is one
// agent (within a team), one survey, one day on the organisation's clock. Whoever changes a row marks
// its leaf dirty, Service.Work counts the leaf again from all rows of its own day, and then the
// scopes above it (the team, the channels, the topics, the whole organisation) as sums of that day's
// leaves. Counting is always from scratch, so marking twice, editing, erasing and replaying cannot
// count anything twice. Recompute is the slow and simple way to the same figures, for tests.
//
// # Scores
//
// A score is what the metric's field defines (CSAT and thumbs: the share of satisfied answers, NPS:
// promoters minus detractors, CES: the mean), with a 95 % interval and its n, and nothing at all
// while n is below Minimum. Different surveys and different scales are never averaged. A change is
// called one only when the interval of the difference excludes zero, and agents are compared by an
// estimate that is pulled towards their group as far as their few answers demand. Each formula names
// its source.
package perception

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
	"earshot/internal/worker"
)

// Config is what the Service needs. Store is required; Zone is UTC when nil; Holder names this
// process in leases; without a Mailer the watch mails nothing.
type Config struct {
	Mailer Mailer
	// Wording tells which wording a version of a survey has; nil takes each version for a wording of its
	// own.
	Wording func(ctx context.Context, survey, version string) (string, error)
	Store   store.Store
	Zone    *time.Location
	Holder  string
	Log     *slog.Logger
}

// Service keeps the rollups and reads scores from them. It is safe for concurrent use.
type Service struct {
	store    store.Store
	zone     *time.Location
	holder   string
	log      *slog.Logger
	mailer   Mailer
	wordings wordings
	names    *names
	cache    *leafCache
}

// New returns a Service over the given store.
func New(c Config) *Service {
	s := &Service{store: c.Store, zone: c.Zone, holder: c.Holder, log: c.Log, mailer: c.Mailer, wordings: wordings{of: c.Wording}, names: newNames(), cache: newLeafCache()}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.holder == "" {
		s.holder = "perception"
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// Zone is the organisation's zone, on whose clock days begin.
func (s *Service) Zone() *time.Location { return s.zone }

// How Work takes work.
const (
	batch = 256              // rollups claimed at once
	width = 16               // leaves counted at once; the embedded store groups their commits
	lease = time.Minute      // far longer than counting a batch takes
	again = 30 * time.Second // after a failure
	soon  = time.Second      // for a sum that saw a leaf in somebody's hands
)

// Work claims dirty rollups, counts them again and saves them; it returns how many it claimed, so
// that 0 means that nothing is due at now. A rollup that somebody marked in the meantime is left to
// the next call. A failure of one rollup is noted in it and returned with the others, after the
// whole batch was tried.
func (s *Service) Work(ctx context.Context, now time.Time) (int, error) {
	rows, err := s.store.Rollups().Claim(ctx, store.Claim{Holder: s.holder, Now: now, Lease: lease, Limit: batch})
	if err != nil {
		return 0, fmt.Errorf("claim rollups: %w", err)
	}
	var leaves, sums []*feedback.Rollup
	for _, r := range rows {
		if r.Scope == feedback.ScopeAgent {
			leaves = append(leaves, r)
		} else {
			sums = append(sums, r)
		}
	}
	err = s.rebuildLeaves(ctx, leaves, now)
	return len(rows), errors.Join(err, s.rebuildSums(ctx, sums, now))
}

// rebuildLeaves counts leaves, marks the sums above them and saves them, in this order: a sum that is
// added up before the leaf was saved sees the leaf in somebody's hands and stays due, and a process
// that dies in between leaves the leaf due, so that no order of events leaves a sum behind its leaves.
func (s *Service) rebuildLeaves(ctx context.Context, leaves []*feedback.Rollup, now time.Time) error {
	if len(leaves) == 0 {
		return nil
	}
	fresh := make([]feedback.Tally, len(leaves))
	errs := each(len(leaves), func(i int) (err error) {
		fresh[i], err = s.count(ctx, leaves[i])
		return err
	})
	parents := map[string]feedback.Rollup{}
	for i, leaf := range leaves {
		if errs[i] == nil {
			addParents(parents, leaf, leaf.Tally, fresh[i])
		}
	}
	if err := s.store.Rollups().MarkDirty(ctx, values(parents), now, now); err != nil {
		return fmt.Errorf("mark sums: %w", err)
	}
	saves := each(len(leaves), func(i int) error {
		if errs[i] != nil {
			return s.putBack(ctx, leaves[i], errs[i], now)
		}
		leaves[i].Tally = fresh[i]
		leaves[i].Next(time.Time{})
		return s.save(ctx, leaves[i])
	})
	return errors.Join(saves...)
}

// count reads everything that belongs to a leaf and counts it.
func (s *Service) count(ctx context.Context, leaf *feedback.Rollup) (feedback.Tally, error) {
	from, to, err := feedback.DayBounds(leaf.Day, s.zone)
	if err != nil {
		return feedback.Tally{}, fmt.Errorf("rollup %s: day: %w", leaf.ID, err)
	}
	var t feedback.Tally
	count := counter{metric: leaf.Metric, tally: &t}
	err = errors.Join(
		pages(ctx, func(p store.Page) (store.List[feedback.Response], error) {
			return s.store.Responses().List(ctx, store.ResponseFilter{Survey: leaf.Survey, Agent: leaf.Name, From: from, To: to}, p)
		}, func(r *feedback.Response) {
			if r.Agent.Team == leaf.Team {
				count.response(r)
			}
		}),
		pages(ctx, func(p store.Page) (store.List[feedback.Invitation], error) {
			return s.store.Invitations().List(ctx, store.InvitationFilter{Survey: leaf.Survey, Agent: leaf.Name, SentFrom: from, SentTo: to}, p)
		}, func(v *feedback.Invitation) {
			if v.Agent.Team == leaf.Team {
				count.invitation(v)
			}
		}),
		pages(ctx, func(p store.Page) (store.List[feedback.Case], error) {
			return s.store.Cases().List(ctx, store.CaseFilter{Survey: leaf.Survey, Agent: leaf.Name, OpenedFrom: from, OpenedTo: to}, p)
		}, func(c *feedback.Case) {
			if c.Agent.Team == leaf.Team {
				count.kase(c)
			}
		}),
	)
	if err != nil {
		return feedback.Tally{}, fmt.Errorf("count %s of %s: %w", leaf.Survey, leaf.Day, err)
	}
	return t, nil
}

// rebuildSums adds up the scopes above the leaves. Rows of one survey and day share one reading.
func (s *Service) rebuildSums(ctx context.Context, sums []*feedback.Rollup, now time.Time) error {
	groups := map[[2]string][]*feedback.Rollup{}
	for _, r := range sums {
		k := [2]string{r.Survey, r.Day}
		groups[k] = append(groups[k], r)
	}
	var errs []error
	for k, rows := range groups {
		leaves, err := s.store.Rollups().Range(ctx, store.RollupFilter{Scope: feedback.ScopeAgent, Survey: k[0], From: k[1], To: k[1]})
		if err != nil {
			err = fmt.Errorf("read leaves of %s on %s: %w", k[0], k[1], err)
			for _, r := range rows {
				errs = append(errs, s.putBack(ctx, r, err, now))
			}
			continue
		}
		errs = append(errs, each(len(rows), func(i int) error {
			return s.saveSum(ctx, rows[i], leaves, now)
		})...)
	}
	return errors.Join(errs...)
}

// saveSum adds the leaves up into one sum. A leaf in somebody's hands may be saved after we read it
// and was marked upwards before, so the sum has to be looked at once more.
func (s *Service) saveSum(ctx context.Context, sum *feedback.Rollup, leaves []*feedback.Rollup, now time.Time) error {
	sum.Tally = feedback.Tally{}
	due := time.Time{}
	for _, leaf := range leaves {
		if leaf.Metric != sum.Metric {
			continue
		}
		if !leaf.Due.IsZero() && leaf.Lease.Holder != "" {
			due = feedback.UTC(now.Add(soon))
		}
		addLeaf(&sum.Tally, sum.Scope, sum.Name, leaf)
	}
	sum.Next(due)
	return s.save(ctx, sum)
}

// save writes a rollup. Somebody who marked it in the meantime wins: it is due again.
func (s *Service) save(ctx context.Context, r *feedback.Rollup) error {
	err := s.store.Rollups().Save(ctx, r)
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("save rollup: %w", err)
	}
	return nil
}

// putBack keeps a rollup that could not be rebuilt for later and returns why.
func (s *Service) putBack(ctx context.Context, r *feedback.Rollup, cause error, now time.Time) error {
	r.Retry(feedback.UTC(now.Add(again)), "could not be counted")
	return errors.Join(cause, s.save(ctx, r))
}

// pages reads a list to its end.
func pages[T any](ctx context.Context, list func(store.Page) (store.List[T], error), use func(*T)) error {
	page := store.Page{Limit: 1000}
	for {
		part, err := list(page)
		if err != nil {
			return err
		}
		for _, row := range part.Items {
			use(row)
		}
		if part.Next == "" {
			return nil
		}
		page.After = part.Next
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// each runs do for 0..n-1, at most width at once, and returns their errors by index. One that panics
// has an error too.
func each(n int, do func(int) error) []error {
	errs, indexes := make([]error, n), make([]int, n)
	for i := range n {
		errs[i], indexes[i] = errPanic, i
	}
	err := worker.Each(indexes, width, func(i int) error {
		errs[i] = do(i)
		return nil
	})
	for i := range errs {
		if errors.Is(errs[i], errPanic) && err != nil {
			errs[i] = err
		}
	}
	return errs
}

// errPanic stands for a step that has not come back.
var errPanic = errors.New("the step did not end")
