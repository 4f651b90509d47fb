// Package learn lets the sentiment engine learn from its owners: a verdict that somebody corrected is an
// example, and from a few dozen of them a small adapter is fitted on this machine. It is kept only when it
// would have been right more often on comments that it had not seen, every version can be undone, and
// every instance of the service reads with the same one.
package learn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/sentiment"
	"earshot/internal/store"
)

// ErrNothing means that there is no version to go back to.
var ErrNothing = errors.New("the engine has learnt nothing yet")

// What is read and kept.
const (
	setting    = "sentiment.learnt"
	mostLabels = 3000
	others     = 400 // comments nobody corrected, which an adapter has to leave alone
	kept       = 5   // versions
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Engine is the one in the program, without any adapter.
	Engine *sentiment.Engine
	// Labelled calls use for every response whose comment has a person's verdict.
	Labelled func(ctx context.Context, use func(*feedback.Response) error) error
	Log      *slog.Logger
}

// Service learns, and reads comments with what was learnt. It is safe for concurrent use.
type Service struct {
	Config
	mu      sync.RWMutex
	engine  *sentiment.Engine
	version int
	rev     int64 // of the setting that engine was made from
}

// New returns a Service that reads with the engine as it is until Refresh.
func New(c Config) *Service { return &Service{Config: c, engine: c.Engine} }

// Version is one adapter and what it was worth.
type Version struct {
	Number  int                `json:"number"`
	At      time.Time          `json:"at"`
	By      string             `json:"by"`
	Trial   sentiment.Trial    `json:"trial"`
	Adapter *sentiment.Adapter `json:"adapter,omitempty"`
}

// State is what all instances share.
type State struct {
	Current  int       `json:"current"`  // version in use, 0 for none
	Last     int       `json:"last"`     // highest number ever given
	Versions []Version `json:"versions"` // the latest, oldest first
	// Wanted is who pressed the button, while nobody has worked on it.
	Wanted string `json:"wanted,omitempty"`
	// Outcome is how the latest attempt ended, for the page with the button.
	Outcome   string    `json:"outcome,omitempty"`
	OutcomeAt time.Time `json:"outcome_at"`
}

// Analyse reads a comment with what was learnt.
func (s *Service) Analyse(text, hint string) sentiment.Verdict {
	return s.current().Analyse(text, hint)
}

// Name is the engine and version that verdicts carry now.
func (s *Service) Name() string { return s.current().Name() }

func (s *Service) current() *sentiment.Engine {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.engine
}

// State reads what all instances share.
func (s *Service) State(ctx context.Context) (State, error) {
	state, _, err := s.read(ctx)
	return state, err
}

// read returns the state and its row, whose Rev is 0 when there is none yet.
func (s *Service) read(ctx context.Context) (State, *feedback.Setting, error) {
	var state State
	row, err := s.Store.Settings().Get(ctx, setting)
	if errors.Is(err, store.ErrNotFound) {
		row = &feedback.Setting{}
		row.ID = setting
		return state, row, nil
	}
	if err != nil {
		return state, nil, fmt.Errorf("read what was learnt: %w", err)
	}
	if err := json.Unmarshal(row.Value, &state); err != nil {
		return state, nil, fmt.Errorf("read what was learnt: %w", err)
	}
	return state, row, nil
}

// change writes the state that change makes of the present one.
func (s *Service) change(ctx context.Context, change func(*State) error) (State, error) {
	for {
		state, row, err := s.read(ctx)
		if err != nil {
			return state, err
		}
		if err := change(&state); err != nil {
			return state, err
		}
		if row.Value, err = json.Marshal(state); err != nil {
			return state, err
		}
		if row.Rev == 0 {
			err = s.Store.Settings().Insert(ctx, row)
		} else {
			err = s.Store.Settings().Save(ctx, row)
		}
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return state, err
		}
	}
}

// Refresh takes up the version that is in use. An adapter that belongs to another engine is left alone
// until somebody learns anew.
func (s *Service) Refresh(ctx context.Context) error {
	state, row, err := s.read(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if row.Rev == s.rev {
		return nil
	}
	s.rev = row.Rev
	if state.Current == s.version {
		return nil
	}
	s.engine, s.version = s.Engine, state.Current
	for _, v := range state.Versions {
		if v.Number != state.Current || v.Adapter == nil {
			continue
		}
		own, err := s.Engine.Adapted(*v.Adapter, v.Number)
		if err != nil {
			s.Log.Warn("what was learnt does not fit this engine", "version", v.Number, "error", err.Error())
			return nil
		}
		s.engine = own
	}
	s.Log.Info("sentiment engine", "name", s.engine.Name())
	return nil
}

// Learn fits an adapter to all corrections and takes it into use when it is better. dry leaves everything
// as it is. The trial tells what it was worth; used is false when it was refused. ErrFewLabels of package
// sentiment.
func (s *Service) Learn(ctx context.Context, by string, dry bool, now time.Time) (t sentiment.Trial, used bool, err error) {
	labels, others, err := s.gather(ctx)
	if err != nil {
		return t, false, err
	}
	a, t, err := s.Engine.Fit(labels, others)
	if err != nil || !t.Better() || dry {
		return t, false, err
	}
	_, err = s.change(ctx, func(st *State) error {
		st.Last++
		st.Current = st.Last
		st.Versions = append(st.Versions, Version{Number: st.Last, At: feedback.UTC(now), By: by, Trial: t, Adapter: &a})
		st.Versions = st.Versions[max(0, len(st.Versions)-kept):]
		return nil
	})
	if err != nil {
		return t, false, fmt.Errorf("keep what was learnt: %w", err)
	}
	return t, true, s.Refresh(ctx)
}

// Undo goes back to the version before the one in use, in the end to none, and returns its number.
// ErrNothing.
func (s *Service) Undo(ctx context.Context) (int, error) {
	state, err := s.change(ctx, func(st *State) error {
		if st.Current == 0 {
			return ErrNothing
		}
		before := 0
		for _, v := range st.Versions {
			if v.Number < st.Current {
				before = max(before, v.Number)
			}
		}
		st.Current = before
		return nil
	})
	if err != nil {
		return 0, err
	}
	return state.Current, s.Refresh(ctx)
}

// Count is how many comments have a person's verdict.
func (s *Service) Count(ctx context.Context) (int, error) {
	n := 0
	err := s.Labelled(ctx, func(*feedback.Response) error { n++; return nil })
	return n, err
}

// gather reads the labelled comments, and some that nobody corrected.
func (s *Service) gather(ctx context.Context) ([]sentiment.Labelled, []sentiment.Sample, error) {
	var rows []*feedback.Response
	err := s.Labelled(ctx, func(r *feedback.Response) error {
		if len(rows) < mostLabels {
			rows = append(rows, r)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	list, err := s.Store.Responses().List(ctx, store.ResponseFilter{Comments: true}, store.Page{Limit: others * 2})
	if err != nil {
		return nil, nil, fmt.Errorf("list comments: %w", err)
	}
	n := len(rows)
	for _, r := range list.Items {
		if len(rows) < n+others && (r.Sentiment == nil || r.Sentiment.Corrected == nil) {
			rows = append(rows, r)
		}
	}
	samples := s.samples(ctx, rows)
	var labels []sentiment.Labelled
	var rest []sentiment.Sample
	for i, sample := range samples {
		switch {
		case sample == nil:
		case i < n:
			labels = append(labels, sentiment.Labelled{Sample: *sample, Label: sentiment.Label(rows[i].Sentiment.Corrected.Label)})
		default:
			rest = append(rest, *sample)
		}
	}
	return labels, rest, ctx.Err()
}

// samples reads comments on every core; nil stands for one that the engine does not read.
func (s *Service) samples(ctx context.Context, rows []*feedback.Response) []*sentiment.Sample {
	out := make([]*sentiment.Sample, len(rows))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				if sample, ok := s.Engine.Sample(rows[i].Comment, rows[i].Language); ok {
					out[i] = &sample
				}
			}
		})
	}
	for i := range rows {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}
