package demo

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"earshot/internal/collect"
	"earshot/internal/feedback"
	"earshot/internal/invite"
	"earshot/internal/worker"
)

// Bulk is how much is written when there shall be a lot. Count makes the figures of rows (package
// perception does); Done, when set, hears how many responses have been written so far.
type Bulk struct {
	Responses int
	Count     func([]*feedback.Response, []*feedback.Invitation, []*feedback.Case, *time.Location) []*feedback.Rollup
	Done      func(n int)
}

// Sizes of a bulk.
const (
	// bulkRows is how many responses are in memory at once.
	bulkRows = 5000
	// bulkCustomers bounds how many people give them.
	bulkCustomers = 100_000
	// silent is how many surveys without an answer stand beside each answered one.
	silent = 0.25
)

// FillBulk writes an invented past of many responses: surveys, answers, cases, and the figures of every
// day, which are made from the rows as they pass instead of being counted afterwards. Contacts and
// people themselves are left out. It writes in place of what has the same names, into a store that
// nobody works on.
func FillBulk(ctx context.Context, c Config, b Bulk, now time.Time) (*Stage, error) {
	w, err := newWorld(c.Seed, min(b.Responses, bulkCustomers), now, c.Zone)
	if err != nil {
		return nil, err
	}
	w.nameless = true
	s := &Stage{config: c, world: w, leads: map[string]string{}}
	if err := s.hire(ctx, now); err != nil {
		return nil, err
	}
	f := &filler{Stage: s, bulk: b, verdicts: map[verdictKey]*feedback.Sentiment{}, figures: map[string]*feedback.Rollup{}}
	for day, n := range w.shares(b.Responses, c.Days) {
		for n > 0 {
			part := min(n, bulkRows)
			if err := f.write(ctx, day, part); err != nil {
				return nil, err
			}
			n -= part
		}
	}
	return s, f.finish(ctx)
}

// filler writes part after part.
type filler struct {
	*Stage
	bulk     Bulk
	verdicts map[verdictKey]*feedback.Sentiment
	figures  map[string]*feedback.Rollup
	written  int
	last     *history
}

type verdictKey struct{ text, language string }

// shares spreads n responses over the days before now, by weekday and season; every one finds its day.
func (w *world) shares(n, days int) []int {
	weights := make([]float64, days)
	total := 0.0
	for i := range weights {
		at := w.now.AddDate(0, 0, i-days+1).In(w.zone)
		weights[i] = []float64{0.35, 1.3, 1.1, 1, 1, 1.05, 0.5}[at.Weekday()] * (1 + 0.35*float64(i)/float64(days))
		total += weights[i]
	}
	out := make([]int, days)
	done, sum := 0, 0.0
	for i, weight := range weights {
		sum += weight
		out[i] = int(math.Round(sum/total*float64(n))) - done
		done += out[i]
	}
	return out
}

// write invents n responses of a day, counted from the first, and writes what came of them.
func (f *filler) write(ctx context.Context, day, n int) error {
	h := &history{people: map[string]*feedback.Person{}, leaves: map[string]feedback.Rollup{}}
	for range n {
		if err := f.respond(h, f.moment(day)); err != nil {
			return err
		}
	}
	if err := f.feel(ctx, h.responses); err != nil {
		return err
	}
	for _, r := range h.responses[:n] { // recovering adds answers to re-surveys behind them
		f.recover(h, r)
	}
	for _, k := range h.cases { // thousands of alerts about an invented past would reach nobody
		k.Next(time.Time{})
	}
	for _, v := range h.invitations {
		v.Changed = time.Time{}
		v.Next(time.Time{})
	}
	for _, r := range f.bulk.Count(h.responses, h.invitations, h.cases, f.config.Zone) {
		if sum := f.figures[r.ID]; sum != nil {
			sum.Tally.Add(r.Tally)
		} else {
			f.figures[r.ID] = r
		}
	}
	st := f.config.Store
	if err := st.Invitations().Put(ctx, h.invitations); err != nil {
		return fmt.Errorf("write surveys: %w", err)
	}
	if err := st.Responses().Put(ctx, h.responses); err != nil {
		return fmt.Errorf("write responses: %w", err)
	}
	if err := st.Cases().Put(ctx, h.cases); err != nil {
		return fmt.Errorf("write cases: %w", err)
	}
	f.written, f.last = f.written+n, h
	if f.bulk.Done != nil {
		f.bulk.Done(f.written)
	}
	return nil
}

// moment is one in the working hours of a day, and in the past.
func (f *filler) moment(day int) time.Time {
	w := f.world
	at := w.now.AddDate(0, 0, day-f.config.Days+1).In(w.zone)
	hour := min(max(13+w.dice.NormFloat64()*3.2, 6), 21.9)
	t := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, w.zone).Add(time.Duration(hour * float64(time.Hour)))
	if t.After(w.now.Add(-time.Hour)) {
		t = w.now.Add(-time.Hour - time.Duration(w.dice.IntN(3600))*time.Second)
	}
	return feedback.UTC(t)
}

// respond makes one contact whose survey was answered, and now and then one more whose was not.
func (f *filler) respond(h *history, at time.Time) error {
	in, survey, mood, err := f.contact(at)
	if err != nil {
		return err
	}
	v := sent(h, in, survey, at)
	r := f.answer(in, v, survey, mood, feedback.UTC(at.Add(time.Duration(f.world.dice.IntN(3000))*time.Second)))
	v.MarkAnswered(r.AnsweredAt)
	h.responses = append(h.responses, r)
	if chance(f.world.dice, silent) {
		if in, survey, _, err = f.contact(at); err != nil {
			return err
		}
		sent(h, in, survey, at)
	}
	return nil
}

func (f *filler) contact(at time.Time) (*feedback.Interaction, feedback.Survey, float64, error) {
	in, mood := f.world.contact(at)
	survey, ok := f.config.Catalog.Current(in.Survey)
	if !ok {
		return nil, survey, 0, fmt.Errorf("the demonstration needs the survey %q", in.Survey)
	}
	in.ID, in.Person = feedback.InteractionID(in.Source, in.External), feedback.PersonID(in.Source, in.Customer.ID, in.Customer.Email)
	return &in, survey, mood, nil
}

// sent makes the survey of a contact, sent at a moment.
func sent(h *history, in *feedback.Interaction, survey feedback.Survey, at time.Time) *feedback.Invitation {
	v := invite.NewInvitation(in, survey, at, at)
	v.MarkSent(at)
	v.MarkCounted()
	h.invitations = append(h.invitations, v)
	return v
}

// feel gives comments their sentiment; the same words are understood once.
func (f *filler) feel(ctx context.Context, rows []*feedback.Response) error {
	fresh := map[verdictKey]*feedback.Response{}
	for _, r := range rows {
		if k := (verdictKey{r.Comment, r.Language}); r.Comment != "" && f.verdicts[k] == nil {
			fresh[k] = r
		}
	}
	var todo []*feedback.Response
	for _, r := range fresh {
		todo = append(todo, r)
	}
	err := worker.Each(todo, runtime.GOMAXPROCS(0), func(r *feedback.Response) error {
		r.Sentiment = collect.Understood(f.config.Analyser.Analyse(r.Comment, r.Language))
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for k, r := range fresh {
		f.verdicts[k] = r.Sentiment
	}
	for _, r := range rows {
		r.Analysed = true
		if r.Comment != "" {
			r.Sentiment = f.verdicts[verdictKey{r.Comment, r.Language}]
		}
		r.FindConflict()
	}
	return nil
}

// finish writes the figures and finds whom and what to show first.
func (f *filler) finish(ctx context.Context) error {
	var all []*feedback.Rollup
	for _, r := range f.figures {
		r.Rev = 1
		all = append(all, r)
	}
	if err := f.config.Store.Rollups().Put(ctx, all); err != nil {
		return fmt.Errorf("write figures: %w", err)
	}
	if f.last != nil {
		f.choose(f.last)
	}
	return nil
}
