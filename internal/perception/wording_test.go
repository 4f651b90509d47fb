package perception

import (
	"context"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// A question that was changed inside of the days begins a score of its own; a definition whose rules alone
// were changed does not.
func TestAChangedWordingIsNeverAveraged(t *testing.T) {
	w := newWorld(t, openStore(t))
	asked := map[string]string{"v1": "How was it?", "v2": "How was it?", "v3": "Were you content?"}
	w.service = New(Config{Store: w.st, Zone: w.zone, Wording: func(_ context.Context, _, version string) (string, error) {
		if asked[version] == "" {
			return "", store.ErrNotFound
		}
		return asked[version], nil
	}})
	first := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	put := func(version string, from int, v feedback.Votes) {
		for i := range 10 {
			leaf := feedback.LeafOf(agents()[0], "csat", feedback.CSAT, first.AddDate(0, 0, from+i).Format(time.DateOnly))
			all := sumOf(&leaf, feedback.ScopeAll, "")
			all.Tally, all.Rev = feedback.Tally{Scores: v, Versions: map[string]int64{version: v.N()}}, 1
			w.must(w.st.Rollups().Put(context.Background(), []*feedback.Rollup{&all}))
		}
	}
	put("v1", 0, votes(5, 10))
	put("v2", 10, votes(5, 10))
	ask := func(from, to int) Headline {
		t.Helper()
		o, err := w.service.Overview(context.Background(), OverviewQuery{From: first.AddDate(0, 0, from), To: first.AddDate(0, 0, to)})
		w.must(err)
		return o.Main
	}
	if h := ask(0, 20); !h.Since.IsZero() || h.Now.N != 200 {
		t.Errorf("new rules gave %+v", h)
	}
	if h := ask(10, 20); !h.Change.Known {
		t.Errorf("before and after new rules are not compared: %+v", h)
	}
	put("v3", 20, votes(1, 5, 5, 5))
	h := ask(10, 30)
	if h.Since.In(w.zone).Format(time.DateOnly) != "2026-10-21" || h.Now.N != 100 || h.Now.Value != 50 || h.Former.Value != 100 || h.Change.Known {
		t.Errorf("a new question gave %+v", h)
	}
	if h := ask(20, 30); h.Change.Known || h.Now.N != 100 {
		t.Errorf("a new question against the days before gave %+v", h)
	}
	put("unknown", 30, votes(5, 10))
	if h := ask(20, 40); h.Now.N != 100 || h.Former.Value != 50 {
		t.Errorf("a version that was never kept gave %+v", h)
	}
}
