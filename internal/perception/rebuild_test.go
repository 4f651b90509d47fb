package perception

import (
	"context"
	"errors"
	"flag"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

func feels(label string, topics ...feedback.Topic) *feedback.Sentiment {
	return &feedback.Sentiment{Label: label, Topics: topics}
}

func topic(name, label string) feedback.Topic { return feedback.Topic{Topic: name, Label: label} }

// One day counted by hand.
func TestWorkCountsADay(t *testing.T) {
	w := newWorld(t, openStore(t))
	ida := agents()[0]
	noon := time.Date(2026, 10, 20, 10, 0, 0, 0, time.UTC)
	a := w.ask(ida, "csat", feedback.CSAT, "chat", noon)
	b := w.ask(ida, "csat", feedback.CSAT, "email", noon)
	w.ask(ida, "csat", feedback.CSAT, "email", noon)
	w.answer(a, 5, "Quick and kind", feels(feedback.Positive, topic("speed", feedback.Positive)), noon.Add(time.Hour))
	low := w.answer(b, 1, "Slow, and slow again", feels(feedback.Negative, topic("speed", feedback.Negative), topic("speed", feedback.Negative)), noon.Add(30*time.Hour))
	c := w.open(low, noon.Add(30*time.Hour))
	w.must(c.Contact(feedback.Step{By: ida.Email}, noon.Add(32*time.Hour)))
	w.step(c)
	w.drain(w.service)
	w.check()

	got := w.rollups()
	id := func(scope, name, team, day string) string {
		return feedback.RollupID(scope, name, team, "csat", day)
	}
	first := feedback.Tally{
		Asked: 3, Answered: 2, Comments: 1, Scores: feedback.Votes{5: 1}, Spoken: feedback.Votes{5: 1}, Versions: map[string]int64{"v1": 1},
		Labels: map[string]int64{"positive": 1},
		Topics: map[string]feedback.TopicTally{"speed": {Positive: 1, Scores: feedback.Votes{5: 1}, Praised: feedback.Votes{5: 1}}},
		Channels: map[string]feedback.ChannelTally{
			"chat": {Asked: 1, Answered: 1, Scores: feedback.Votes{5: 1}}, "email": {Asked: 2, Answered: 1},
		},
	}
	second := feedback.Tally{
		Comments: 1, Scores: feedback.Votes{1: 1}, Spoken: feedback.Votes{1: 1}, Versions: map[string]int64{"v1": 1}, Labels: map[string]int64{"negative": 1},
		Topics:   map[string]feedback.TopicTally{"speed": {Negative: 1, Scores: feedback.Votes{1: 1}, Blamed: feedback.Votes{1: 1}}},
		Channels: map[string]feedback.ChannelTally{"email": {Scores: feedback.Votes{1: 1}}},
		Cases: feedback.CaseTally{
			Opened: 1, Acknowledged: 1, Contacted: 1, ContactedInTime: 1, AcknowledgeSeconds: 7200, ContactSeconds: 7200,
		},
	}
	for key, want := range map[string]feedback.Tally{
		id(feedback.ScopeAgent, ida.Email, ida.Team, "2026-10-20"): first,
		id(feedback.ScopeAll, "", "", "2026-10-20"):                first,
		id(feedback.ScopeTeam, "Billing", "", "2026-10-21"):        second,
		id(feedback.ScopeChannel, "email", "", "2026-10-20"):       {Asked: 2, Answered: 1},
		id(feedback.ScopeTopic, "speed", "", "2026-10-21"):         {Comments: 1, Scores: feedback.Votes{1: 1}, Labels: map[string]int64{"negative": 1}},
	} {
		if d := cmp.Diff(want, got[key]); d != "" {
			t.Errorf("%s (-want +got):\n%s", key, d)
		}
	}
}

// Whatever happens in whatever order, with workers that die in between, the rollups end as a
// recomputation from all rows.
func TestRollupsEqualARecomputation(t *testing.T) {
	if err := flag.Set("rapid.checks", "40"); err != nil { // each has a store on a real disk
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, openStore(t))
		for range rapid.IntRange(5, 60).Draw(rt, "steps") {
			w.something(rt)
		}
		w.drain(w.service)
		w.check()
	})
}

// drawTime draws moments around midnight, and around the end of summer time on 25 October 2026.
func drawTime(rt *rapid.T) time.Time {
	hours := rapid.IntRange(0, 5*24).Draw(rt, "hour")
	return time.Date(2026, 10, 23, 20, 30, 0, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
}

func drawFeeling(rt *rapid.T) *feedback.Sentiment {
	labels := []string{feedback.Positive, feedback.Negative, feedback.Neutral, feedback.Mixed, feedback.Unsure}
	s := feels(rapid.SampledFrom(labels).Draw(rt, "label"))
	for _, name := range []string{"speed", "price", "attitude"} {
		if rapid.Bool().Draw(rt, name) {
			s.Topics = append(s.Topics, topic(name, rapid.SampledFrom(labels).Draw(rt, "of "+name)))
		}
	}
	return s
}

// something is one random step of the service's life.
func (w *world) something(rt *rapid.T) {
	switch rapid.IntRange(0, 8).Draw(rt, "what") {
	case 0, 1:
		metric := rapid.SampledFrom([]feedback.Metric{feedback.CSAT, feedback.NPS}).Draw(rt, "metric")
		w.ask(rapid.SampledFrom(agents()).Draw(rt, "agent"), string(metric), metric, rapid.SampledFrom([]string{"chat", "email", ""}).Draw(rt, "channel"), drawTime(rt))
	case 2, 3:
		w.drawLife(rt)
		for _, v := range w.invitations {
			if v.AnsweredAt.IsZero() {
				w.answer(v, rapid.IntRange(1, 5).Draw(rt, "score"), rapid.SampledFrom([]string{"", "Said something"}).Draw(rt, "comment"), drawFeeling(rt), drawTime(rt))
				return
			}
		}
	case 4: // an edit, an analysis, or an erasure
		if r := pick(rt, w.responses); r != nil {
			r.Score, r.Comment = rapid.IntRange(1, 5).Draw(rt, "new score"), rapid.SampledFrom([]string{"", "Changed"}).Draw(rt, "new comment")
			r.Sentiment, r.Analysed = drawFeeling(rt), rapid.Bool().Draw(rt, "analysed")
			w.drawLife(rt)
			r.Journey, r.Customer = w.journey, w.customer
			w.save(r)
		}
	case 5:
		if n := len(w.cases); n < len(w.responses) {
			w.open(w.responses[n], drawTime(rt))
		}
	case 6:
		if c := pick(rt, w.cases); c != nil {
			at := c.OpenedAt.Add(time.Duration(rapid.IntRange(0, 9).Draw(rt, "hours")) * time.Hour)
			steps := []func(feedback.Step, time.Time) error{c.Acknowledge, c.Contact, c.Resolve}
			if rapid.SampledFrom(steps).Draw(rt, "step")(feedback.Step{By: "x", Cause: "wait", Action: rapid.SampledFrom([]string{"refund", ""}).Draw(rt, "action")}, at) == nil {
				w.step(c)
			}
		}
	case 7: // sometimes everything is done, sometimes a part
		for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			_, err := w.service.Work(context.Background(), markAt())
			w.must(err)
		}
	case 8: // a worker claims and dies
		_, err := w.st.Rollups().Claim(context.Background(), store.Claim{Holder: "dead", Now: markAt(), Lease: time.Minute, Limit: 2})
		w.must(err)
	}
}

// drawLife draws whom the next steps are about.
func (w *world) drawLife(rt *rapid.T) {
	w.customer = feedback.Customer{
		Segment: rapid.SampledFrom([]string{"", "loyal", "new"}).Draw(rt, "segment"), Locale: rapid.SampledFrom([]string{"", "de", "pt_br"}).Draw(rt, "locale"),
		Value: rapid.SampledFrom([]float64{0, 12.34, 99.9}).Draw(rt, "value"),
	}
	w.tags = rapid.SliceOfN(rapid.SampledFrom([]string{"refund", "vip"}), 0, 3).Draw(rt, "tags")
	w.journey = nil
	if rapid.Bool().Draw(rt, "journey") {
		wait, times := float64(rapid.IntRange(0, 90_000).Draw(rt, "wait")), rapid.IntRange(0, 4).Draw(rt, "times")
		stage := rapid.SampledFrom(feedback.Stages())
		w.journey = &feedback.Journey{
			Before: stage.Draw(rt, "before"), After: stage.Draw(rt, "after"), Contacts: 1, Repeats: times,
			Metrics: feedback.Metrics{WaitSeconds: &wait, Transfers: &times, Reopens: &times},
		}
	}
}

func pick[T any](rt *rapid.T, rows []*T) *T {
	if len(rows) == 0 {
		return nil
	}
	return rows[rapid.IntRange(0, len(rows)-1).Draw(rt, "row")]
}

// A sum that is added up while another worker holds a leaf, after that worker marked the sum and
// before it saved the leaf, must not come to rest.
func TestASumWaitsForALeafInSomebodysHands(t *testing.T) {
	w := newWorld(t, openStore(t))
	ctx := context.Background()
	v := w.ask(agents()[0], "csat", feedback.CSAT, "chat", time.Date(2026, 10, 20, 10, 0, 0, 0, time.UTC))
	w.drain(w.service)
	w.answer(v, 4, "", nil, v.SentAt.Add(time.Hour))
	held, err := w.st.Rollups().Claim(ctx, store.Claim{Holder: "other", Now: markAt(), Lease: time.Minute, Limit: 10})
	w.must(err)
	if len(held) != 1 {
		t.Fatalf("the other worker holds %d rollups, want the leaf alone", len(held))
	}
	leaf := held[0]
	if leaf.Tally, err = w.service.count(ctx, leaf); err != nil {
		t.Fatal(err)
	}
	parents := map[string]feedback.Rollup{}
	addParents(parents, leaf, leaf.Tally)
	w.must(w.st.Rollups().MarkDirty(ctx, values(parents), markAt(), markAt()))
	n, err := w.service.Work(ctx, markAt())
	w.must(err)
	if n != len(parents) {
		t.Fatalf("%d sums were rebuilt, want %d", n, len(parents))
	}
	leaf.Next(time.Time{})
	w.must(w.st.Rollups().Save(ctx, leaf))
	w.drain(w.service)
	w.check()
}

// Two workers rebuild while answers come in and change; nobody coordinates them but the store.
func TestWorkersRaceWithAnswers(t *testing.T) {
	w := newWorld(t, openStore(t))
	ctx, stop := context.WithCancel(context.Background())
	var workers, customers sync.WaitGroup
	for _, holder := range []string{"one", "two"} {
		s := New(Config{Store: w.st, Zone: w.zone, Holder: holder})
		workers.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Work(context.Background(), markAt()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for who := range 4 {
		customers.Go(func() {
			agent := agents()[who]
			for i := range 25 {
				at := time.Date(2026, 10, 20+i%3, 9, 0, 0, 0, time.UTC)
				v := w.ask(agent, "csat", feedback.CSAT, "chat", at)
				r := w.answer(v, 1+i%5, "First words", feels(feedback.Negative, topic("speed", feedback.Negative)), at.Add(time.Hour))
				r.Score, r.Comment, r.Sentiment = 5-i%5, "Second thoughts", feels(feedback.Positive, topic("price", feedback.Positive))
				w.save(r)
			}
		})
	}
	customers.Wait()
	stop()
	workers.Wait()
	w.drain(w.service)
	w.check()
}

func TestPrepareCountsAgainInANewZone(t *testing.T) {
	w := newWorld(t, openStore(t))
	ctx := context.Background()
	w.must(w.service.Prepare(ctx, markAt()))
	late := time.Date(2026, 10, 20, 22, 30, 0, 0, time.UTC) // the 21st in Berlin, the 20th in New York
	for _, a := range agents() {
		v := w.ask(a, "csat", feedback.CSAT, "chat", late)
		w.open(w.answer(v, 1, "Late", feels(feedback.Negative, topic("speed", feedback.Negative)), late.Add(time.Minute)), late.Add(time.Minute))
	}
	w.drain(w.service)
	w.check()
	var err error
	if w.zone, err = time.LoadLocation("America/New_York"); err != nil {
		t.Fatal(err)
	}
	w.service = New(Config{Store: w.st, Zone: w.zone})
	w.must(w.service.Prepare(ctx, markAt()))
	w.drain(w.service)
	w.check()
	w.must(w.service.Prepare(ctx, markAt()))
	if due, err := w.st.Rollups().NextDue(ctx); err != nil || !due.IsZero() {
		t.Errorf("a zone that did not change marked work for %v (%v)", due, err)
	}
}

// A step that panics is an error of its own row: nothing half counted may be saved in its place.
func TestEachGivesEveryStepItsOwnError(t *testing.T) {
	no := errors.New("no")
	errs := each(4, func(i int) error {
		switch i {
		case 1:
			return no
		case 2:
			panic("broken")
		}
		return nil
	})
	if errs[0] != nil || errs[3] != nil || !errors.Is(errs[1], no) || errs[2] == nil || errors.Is(errs[2], no) {
		t.Errorf("errors by index: %v", errs)
	}
}
