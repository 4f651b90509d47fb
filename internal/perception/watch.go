package perception

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// What the watch finds.
const (
	AlertFall     = "fall"     // a score fell
	AlertRise     = "rise"     // a score rose
	AlertTopic    = "topic"    // a topic is named more and more
	AlertCoverage = "coverage" // fewer of those who are asked answer
	AlertSilent   = "silent"   // a team, or everybody, has gone silent
)

// Alert is something that leaders should know without having asked. Its Key is natural: the same finding
// is one alert, whoever finds it how often.
type Alert struct {
	Key         string
	Kind        string
	Scope, Name string // a scope of rollups or a dimension, and which one; Name is empty for all
	Team        string // of an agent
	Survey      string
	Metric      feedback.Metric
	Topic       string
	Day         string // on which it was found, 2006-01-02 on the organisation's clock
	Since       string // the day from which it seems to be so
	// Before and After are the score on the metric's own scale, or a share in percent; of silence, Before
	// is how many answers were expected.
	Before, After Estimate
	FoundAt       time.Time
}

// watchSetting holds what the watch knows.
const watchSetting = "perception.watch"

// watchState is the value of watchSetting.
type watchState struct {
	Day    string // the last day that was looked at
	Busy   time.Time
	Alerts []Alert // newest first
	Mails  []letter
}

// Sizes of the watch.
const (
	alertsKept = 200
	watchBack  = 31 // days that the first look goes back, for what it finds to be dated well
	busyFor    = 5 * time.Minute
	freshDays  = 3 // only findings of these last days are mailed
)

// Watch looks at every day that has ended since it last looked, and mails what it found. It is
// repeatable; one instance at a time does it. It returns how many days and mails it handled.
func (s *Service) Watch(ctx context.Context, now time.Time) (int, error) {
	last := Yesterday(now, s.zone)
	state, err := s.watched(ctx)
	if err != nil || state.Day >= last && len(state.Mails) == 0 || now.Before(state.Busy) {
		return 0, err
	}
	if took, err := s.takeWatch(ctx, now); err != nil || !took {
		return 0, err
	}
	days, found, err := s.look(ctx, state.Day, last, now)
	if err != nil {
		return 0, errors.Join(err, s.endWatch(ctx, func(w *watchState) {}))
	}
	found = slices.DeleteFunc(found, state.knows)
	mails, err := s.letters(ctx, found, last)
	if err != nil {
		return 0, errors.Join(err, s.endWatch(ctx, func(w *watchState) {}))
	}
	err = s.endWatch(ctx, func(w *watchState) {
		w.Day = max(w.Day, last)
		w.keep(found)
		for _, m := range mails {
			if !slices.ContainsFunc(w.Mails, func(o letter) bool { return o.To == m.To && o.Day == m.Day }) {
				w.Mails = append(w.Mails, m)
			}
		}
	})
	if err != nil {
		return days, err
	}
	sent, err := s.post(ctx, now)
	return days + sent, err
}

// Alerts returns what the watch found in the days given, newest first.
func (s *Service) Alerts(ctx context.Context, from, to time.Time) ([]Alert, error) {
	state, err := s.watched(ctx)
	if err != nil {
		return nil, err
	}
	first, last := feedback.Day(from, s.zone), feedback.Day(to.Add(-time.Millisecond), s.zone)
	return slices.DeleteFunc(state.Alerts, func(a Alert) bool { return a.Day < first || a.Day > last }), nil
}

// Yesterday is the last whole day before now.
func Yesterday(now time.Time, zone *time.Location) string {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d-1, 12, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// keep adds findings that are new: the same kind of change of the same thing is told once in as many
// days as the watch looks back.
func (w *watchState) keep(found []Alert) {
	for _, a := range found {
		if !w.knows(a) {
			w.Alerts = append(w.Alerts, a)
		}
	}
	slices.SortStableFunc(w.Alerts, func(a, b Alert) int { return strings.Compare(b.Day, a.Day) })
	w.Alerts = w.Alerts[:min(len(w.Alerts), alertsKept)]
}

func (w *watchState) knows(a Alert) bool {
	return slices.ContainsFunc(w.Alerts, func(b Alert) bool {
		return b.thing() == a.thing() && daysBetween(b.Day, a.Day) <= watchWindow
	})
}

// thing is what an alert is about, whenever it was found.
func (a Alert) thing() string {
	return strings.Join([]string{a.Kind, a.Scope, a.Name, a.Team, a.Survey, a.Topic}, "\x1f")
}

func daysBetween(a, b string) int {
	x, err1 := time.Parse(time.DateOnly, a)
	y, err2 := time.Parse(time.DateOnly, b)
	if err1 != nil || err2 != nil {
		return 1 << 20
	}
	d := int(y.Sub(x) / (24 * time.Hour))
	return max(d, -d)
}

// watched reads the state; an empty one before the first look.
func (s *Service) watched(ctx context.Context) (watchState, error) {
	row, err := s.store.Settings().Get(ctx, watchSetting)
	if errors.Is(err, store.ErrNotFound) {
		return watchState{}, nil
	}
	if err != nil {
		return watchState{}, fmt.Errorf("read the watch: %w", err)
	}
	return readWatch(row)
}

func readWatch(row *feedback.Setting) (w watchState, err error) {
	if len(row.Value) > 0 {
		if err = json.Unmarshal(row.Value, &w); err != nil {
			return w, fmt.Errorf("read the watch: %w", err)
		}
	}
	return w, nil
}

// errBusy means that another instance is at it.
var errBusy = errors.New("another instance looks")

// takeWatch makes this instance the one that looks; false when another one is.
func (s *Service) takeWatch(ctx context.Context, now time.Time) (bool, error) {
	err := s.store.Settings().Insert(ctx, &feedback.Setting{Record: feedback.Record{ID: watchSetting}})
	if err != nil && !errors.Is(err, store.ErrExists) {
		return false, fmt.Errorf("begin the watch: %w", err)
	}
	err = s.changeWatch(ctx, func(w *watchState) error {
		if now.Before(w.Busy) {
			return errBusy
		}
		w.Busy = feedback.UTC(now.Add(busyFor))
		return nil
	})
	if errors.Is(err, errBusy) {
		return false, nil
	}
	return err == nil, err
}

// endWatch writes what was found and lets the next one look.
func (s *Service) endWatch(ctx context.Context, change func(*watchState)) error {
	return s.changeWatch(ctx, func(w *watchState) error {
		w.Busy = time.Time{}
		change(w)
		return nil
	})
}

func (s *Service) changeWatch(ctx context.Context, change func(*watchState) error) error {
	_, err := store.Update(ctx, s.store.Settings(), watchSetting, func(row *feedback.Setting) error {
		w, err := readWatch(row)
		if err != nil {
			return err
		}
		if err := change(&w); err != nil {
			return err
		}
		row.Value, err = json.Marshal(w)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the watch: %w", err)
	}
	return nil
}
