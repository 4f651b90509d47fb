package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// search runs the cases of Responses.Search.
func search(t *testing.T, open Open) {
	for name, run := range map[string]func(*testing.T, store.Store){
		"words and properties":    searchFinds,
		"pages of equal moments":  searchPages,
		"what is written is said": searchFollows,
		"rows from before":        searchIndexes,
	} {
		t.Run("Responses/Search/"+name, func(t *testing.T) { run(t, fresh(t, open)) })
	}
}

func spoken(id, comment string, at time.Time) *feedback.Response {
	return &feedback.Response{
		Record: feedback.Record{ID: id}, Survey: "csat", Channel: "chat", Agent: feedback.Agent{Email: "sam@acme.test", Team: "Billing"},
		Comment: comment, AnsweredAt: at, Analysed: true, Score: 2, Scored: true, Language: "en",
		Sentiment: &feedback.Sentiment{Label: feedback.Negative, Topics: []feedback.Topic{{Topic: "wait", Label: feedback.Negative}}},
	}
}

func found(t *testing.T, s store.Store, f store.SearchFilter) string {
	t.Helper()
	var ids []string
	for page := (store.Page{Limit: 2}); ; {
		l, err := s.Responses().Search(context.Background(), f, page)
		if err != nil {
			t.Fatalf("Search(%+v): %v", f, err)
		}
		for _, r := range l.Items {
			ids = append(ids, r.ID)
		}
		if page.After = l.Next; l.Next == "" {
			return strings.Join(ids, " ")
		}
	}
}

func searchFinds(t *testing.T, s store.Store) {
	old := spoken("old", "The REFUND took three weeks, Zoë said so.", base())
	mid := spoken("mid", "Rückerstattung kam nie; don't ask", base().Add(time.Hour))
	mid.Agent, mid.Score, mid.Sentiment.Language = feedback.Agent{Email: "ivy@acme.test", Team: "Delivery"}, 5, "de"
	mid.Sentiment.Label, mid.Channel = feedback.Positive, "phone"
	late := spoken("new", "refunds, refunds and a :refund: \"*", base().Add(2*time.Hour))
	late.Survey, late.Sentiment.Topics = "nps", nil
	mute := spoken("mute", "", base())
	raw := spoken("raw", "refund not understood yet", base())
	raw.Analysed = false
	for _, r := range []*feedback.Response{old, mid, late, mute, raw} {
		insert(t, s.Responses(), r)
	}
	for want, filters := range map[string][]store.SearchFilter{
		"new mid old": {{}, {Text: " .,! "}, {From: base()}, {Scores: []int{2, 5}}},
		"new old":     {{Text: "refund"}, {Text: "Refund"}, {Text: "refu*"}, {Agent: "sam@acme.test"}, {Agent: "SAM@acme.test"}, {Team: "Billing"}, {Label: "negative"}, {Language: "en"}, {Channel: "chat"}, {Scores: []int{2}}},
		"old":         {{Text: "weeks refund"}, {Text: "zoe"}, {Text: "refund", To: base().Add(time.Minute)}, {Topic: "wait", Team: "Billing"}, {Text: "we* ref*"}},
		"mid":         {{Text: "ruckerstattung"}, {Text: "DON’T"}, {Team: "Delivery"}, {Language: "de"}, {Scores: []int{5}}, {Label: "positive"}},
		"mid old":     {{Topic: "wait"}, {Survey: "csat"}},
		"new":         {{Text: "refunds"}, {Text: "refund", From: base().Add(time.Millisecond)}, {Survey: "nps", Channel: "chat"}},
		"":            {{Text: "refund ruckerstattung"}, {Text: "understood"}, {Agent: "nobody"}, {Text: "sam"}, {To: base()}, {Text: `" OR "refund`}, {Text: "billing"}},
	} {
		for _, f := range filters {
			if got := found(t, s, f); got != want {
				t.Errorf("Search(%+v) finds %q, want %q", f, got, want)
			}
		}
	}
	if _, err := s.Responses().Search(context.Background(), store.SearchFilter{}, store.Page{After: "nonsense"}); err == nil {
		t.Error("nonsense passes for a cursor")
	}
}

// searchPages puts more rows into one millisecond than a page holds.
func searchPages(t *testing.T, s store.Store) {
	var want []string
	for i := range 25 {
		id := fmt.Sprintf("r%02d", i)
		insert(t, s.Responses(), spoken(id, "late", base()))
		want = append(want, id)
	}
	for _, f := range []store.SearchFilter{{}, {Text: "late"}} {
		got := strings.Fields(found(t, s, f))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("pages of %+v give %v", f, got)
		}
	}
}

// searchFollows changes rows in every way and looks whether the search knows.
func searchFollows(t *testing.T, s store.Store) {
	ctx := context.Background()
	expect := func(when, text, want string) {
		t.Helper()
		if got := found(t, s, store.SearchFilter{Text: text}); got != want {
			t.Errorf("%s: %q finds %q, want %q", when, text, got, want)
		}
	}
	r := spoken("r", "slow", base())
	r.Analysed = false
	insert(t, s.Responses(), r)
	expect("not understood", "slow", "")
	r.Analysed = true
	save(t, s.Responses(), r)
	expect("understood", "slow", "r")
	r.HasCase = true
	save(t, s.Responses(), r)
	expect("saved again", "slow", "r")
	r.Versions, r.Comment = []feedback.Version{{Comment: "slow"}}, "quick"
	save(t, s.Responses(), r)
	expect("edited", "slow", "")
	expect("edited", "quick", "r")
	stale := *r
	save(t, s.Responses(), r)
	stale.Comment = "stale"
	if err := s.Responses().Save(ctx, &stale); err == nil {
		t.Error("a stale save passes")
	}
	expect("a stale save", "stale", "")
	expect("a stale save", "quick", "r")
	r.Comment = ""
	save(t, s.Responses(), r)
	expect("the comment withdrawn", "quick", "")
	r.Comment = "back"
	if err := s.Responses().Put(ctx, []*feedback.Response{r}); err != nil {
		t.Fatal(err)
	}
	expect("put", "back", "r")
	r = get(t, s.Responses(), "r")
	r.Erase()
	save(t, s.Responses(), r)
	expect("erased", "back", "")
	q := spoken("q", "gone", base())
	insert(t, s.Responses(), q)
	if err := s.Responses().Delete(ctx, "q"); err != nil {
		t.Fatal(err)
	}
	expect("deleted", "gone", "")
	insert(t, s.Responses(), spoken("q", "again", base()))
	expect("inserted anew", "again", "q")
}

// searchIndexes indexes rows again, which must change nothing, and stale ones, which must not win.
func searchIndexes(t *testing.T, s store.Store) {
	ctx := context.Background()
	r := spoken("r", "first", base())
	insert(t, s.Responses(), r)
	before := get(t, s.Responses(), "r")
	r.Versions, r.Comment = []feedback.Version{{Comment: "first"}}, "second"
	save(t, s.Responses(), r)
	if err := s.Responses().Index(ctx, []*feedback.Response{before, r, spoken("missing", "nowhere", base())}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"first": "", "second": "r", "nowhere": ""} {
		if got := found(t, s, store.SearchFilter{Text: text}); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	if after := get(t, s.Responses(), "r"); after.Rev != r.Rev {
		t.Errorf("indexing wrote the row: revision %d, was %d", after.Rev, r.Rev)
	}
}
