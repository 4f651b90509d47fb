package perception

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// zoneSetting is the setting that holds how the rollups were counted: the zone on whose clock, and the
// counting.
const zoneSetting = "perception.zone"

// counting is the edition of what is counted. It goes up when count.go begins to count something that
// old rows know already, so that old days get it too.
const counting = "2"

// Prepare makes the rollups fit the organisation's zone and this program's counting: when they were
// counted on another clock, or know less, all of them are marked to be counted again. It is repeatable, and cheap when nothing changed; call it
// before the first Work.
func (s *Service) Prepare(ctx context.Context, now time.Time) error {
	want := s.zone.String() + " " + counting
	setting, err := s.store.Settings().Get(ctx, zoneSetting)
	switch {
	case errors.Is(err, store.ErrNotFound):
		setting = &feedback.Setting{Record: feedback.Record{ID: zoneSetting}, Value: []byte(want)}
		if err := s.store.Settings().Insert(ctx, setting); err != nil && !errors.Is(err, store.ErrExists) {
			return fmt.Errorf("remember the zone: %w", err)
		}
		return nil
	case err != nil:
		return fmt.Errorf("read the zone: %w", err)
	case string(setting.Value) == want:
		return nil
	}
	s.log.Info("the zone of reports or what is counted changed; all figures are counted again", "from", string(setting.Value), "to", want)
	if err := s.Reindex(ctx, now); err != nil {
		return err
	}
	setting.Value = []byte(want)
	if err := s.store.Settings().Save(ctx, setting); err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("remember the zone: %w", err)
	}
	return nil
}

// Reindex marks every leaf dirty: those that exist, and those that any response, invitation or case
// belongs to. It reads everything once, so it is for a change of zone and for repairs.
func (s *Service) Reindex(ctx context.Context, now time.Time) error {
	old, err := s.rows(ctx, store.RollupFilter{Scope: feedback.ScopeAgent, From: "0001-01-01", To: "9999-12-31"})
	if err != nil {
		return err
	}
	m := &marker{ctx: ctx, service: s, now: now, seen: map[string]bool{}}
	surveys := map[string]bool{}
	mark := func(leaves []feedback.Rollup) {
		for _, l := range leaves {
			surveys[l.Survey] = true
			m.add(l)
		}
	}
	for _, r := range old {
		r.Tally = feedback.Tally{}
		mark([]feedback.Rollup{*r})
	}
	err = errors.Join(
		pages(ctx, func(p store.Page) (store.List[feedback.Response], error) {
			return s.store.Responses().List(ctx, store.ResponseFilter{}, p)
		}, func(r *feedback.Response) { mark(r.Leaves(s.zone)) }),
		pages(ctx, func(p store.Page) (store.List[feedback.Case], error) {
			return s.store.Cases().List(ctx, store.CaseFilter{}, p)
		}, func(c *feedback.Case) { mark(c.Leaves(s.zone)) }),
	)
	for survey := range surveys {
		f := store.InvitationFilter{Survey: survey, SentFrom: time.Unix(0, 0).UTC(), SentTo: now.Add(24 * time.Hour)}
		err = errors.Join(err, pages(ctx, func(p store.Page) (store.List[feedback.Invitation], error) {
			return s.store.Invitations().List(ctx, f, p)
		}, func(v *feedback.Invitation) {
			for _, l := range v.Leaves(s.zone) {
				m.add(l)
			}
		}))
	}
	m.flush()
	if err = errors.Join(err, m.err); err != nil {
		return fmt.Errorf("mark all rollups: %w", err)
	}
	return nil
}

// marker marks each leaf once, many at a time.
type marker struct {
	ctx     context.Context
	service *Service
	now     time.Time
	seen    map[string]bool
	rows    []feedback.Rollup
	err     error
}

func (m *marker) add(leaf feedback.Rollup) {
	if m.seen[leaf.ID] {
		return
	}
	m.seen[leaf.ID] = true
	if m.rows = append(m.rows, leaf); len(m.rows) >= 1000 {
		m.flush()
	}
}

func (m *marker) flush() {
	if len(m.rows) == 0 || m.err != nil {
		return
	}
	m.err = m.service.store.Rollups().MarkDirty(m.ctx, m.rows, m.now, m.now)
	m.rows = nil
}
