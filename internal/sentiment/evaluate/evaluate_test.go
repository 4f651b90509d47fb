package evaluate

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"earshot/internal/sentiment"
)

func gz(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadKnowsTheKindsOfFile(t *testing.T) {
	sets, err := Read(fstest.MapFS{
		"a_stars.tsv":    {Data: []byte("1\tawful\n3\tso so\n5\tgreat\nfour\tskipped\n")},
		"b_means.tsv.gz": {Data: gz(t, "-2.4\tawful\n0.2\tso so\n1.75\tgreat\n")},
		"c_aspects.tsv":  {Data: []byte("neg\tcafé\t4\tThe café was cold\npos\tsoup\t4\tnot there\n")},
		"d_suite.tsv":    {Data: []byte(strings.Repeat("neg\tNegation\tfar\tnot good\n", 5) + strings.Repeat("not_neg\tNegation\tnear\tnot bad\n", 5))},
		"e_pairs.tsv":    {Data: []byte("neg\t1\tbad\npos\t1\tgood\nneg\t2\tawful\npos\t2\tgreat\n")},
		"readme.md":      {Data: []byte("neg\tno data\n")},
		"z_empty.tsv":    {Data: []byte("complaint\tno label of ours\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sets) != 5 {
		t.Fatalf("%d sets, want 5", len(sets))
	}
	stars, means, aspects, suite, pairs := sets[0], sets[1], sets[2], sets[3], sets[4]
	for _, s := range []Set{stars, means} {
		if len(s.Examples) != 3 || s.Examples[0].Truth != Negative || s.Examples[1].Truth != Neutral || s.Examples[2].Truth != Positive {
			t.Errorf("%s: %+v", s.Name, s.Examples)
		}
	}
	if stars.Skipped != 1 {
		t.Errorf("%d skipped, want 1", stars.Skipped)
	}
	if x := aspects.Examples; !aspects.Aspects || len(x) != 1 || x[0].Text[x[0].From:x[0].To] != "café" || aspects.Skipped != 1 {
		t.Errorf("aspects: %+v", aspects)
	}
	if suite.Examples[0].Group != "Negation: far" || suite.Examples[9].Truth != NotNegative {
		t.Errorf("suite: %+v", suite.Examples)
	}
	if pairs.Examples[0].Group != "" {
		t.Errorf("pairs are no tests: %+v", pairs.Examples[0])
	}
	if _, err := Read(fstest.MapFS{"broken.tsv.gz": {Data: []byte("not gzip")}}); err == nil || !strings.Contains(err.Error(), "broken.tsv.gz") {
		t.Errorf("broken file: %v", err)
	}
}

func TestWilson(t *testing.T) {
	// Checked against R's binom.wilson(81, 263).
	s := wilson(81, 263)
	if math.Abs(s.Low-0.2553) > 1e-4 || math.Abs(s.High-0.3662) > 1e-4 {
		t.Errorf("81 of 263: %.4f to %.4f", s.Low, s.High)
	}
	if s := wilson(0, 10); s.Low != 0 || s.High < 0.2 || s.High > 0.3 {
		t.Errorf("0 of 10: %.4f to %.4f", s.Low, s.High)
	}
	if s := wilson(0, 0); s.Value() != 0 {
		t.Errorf("of nothing: %v", s.Value())
	}
}

func TestFiguresOfKnownAnswers(t *testing.T) {
	s := Set{Name: "known"}
	var answers []answer
	add := func(truth Truth, neg, neu, pos float64) {
		s.Examples = append(s.Examples, Example{Truth: truth})
		answers = append(answers, answer{neg, neu, pos})
	}
	for range 8 {
		add(Positive, 0.1, 0, 0.9) // sure and right
	}
	add(Negative, 0.4, 0, 0.6) // least sure and wrong
	add(Negative, 0.5, 0, 0.5) // a tie
	add(Neutral, 0.1, 0.8, 0.1)
	add(Neutral, 0.8, 0.1, 0.1) // taken for negative
	r := measure(s, "engine", answers)
	if r.Two.Right != 8 || r.Two.Of != 10 {
		t.Errorf("two-class %d of %d, want 8 of 10", r.Two.Right, r.Two.Of)
	}
	if r.Keep[2].Right != 8 || r.Keep[2].Of != 8 {
		t.Errorf("surest 80 %%: %d of %d, want 8 of 8", r.Keep[2].Right, r.Keep[2].Of)
	}
	// Bins: eight at 0.9 of which all are right, one at 0.6 and one at 0.5 of which none is.
	if want := (8*0.1 + 0.6 + 0.5) / 10; math.Abs(r.Error-want) > 1e-9 {
		t.Errorf("calibration error %.4f, want %.4f", r.Error, want)
	}
	// Negative: 1 right (the tie), 2 true, 2 said; neutral: 1 right, 2 true, 1 said; positive: 8 right, 8 true, 9 said.
	if want := (2.0/(2+2) + 2.0/(2+1) + 16.0/(8+9)) / 3; math.Abs(r.F1-want) > 1e-9 {
		t.Errorf("F1 %.4f, want %.4f", r.F1, want)
	}
	if want := (0.5 + 0.5 + 1.0) / 3; math.Abs(r.Recall-want) > 1e-9 {
		t.Errorf("recall %.4f, want %.4f", r.Recall, want)
	}
}

func TestRunSideBySide(t *testing.T) {
	e, err := sentiment.New(sentiment.Options{Engine: "lexicon"})
	if err != nil {
		t.Fatal(err)
	}
	sets, err := Read(fstest.MapFS{
		"comments.tsv": {Data: []byte(strings.Repeat("pos\tThe staff were friendly and very helpful.\nneg\tTerrible service, nobody answered.\nneu\tMy order number is 12.\n", 10))},
		"aspects.tsv":  {Data: []byte("pos\tstaff\t4\tThe staff was lovely but the soup was awful.\nneg\tsoup\t29\tThe staff was lovely but the soup was awful.\n")},
		"suite.tsv":    {Data: []byte(strings.Repeat("neg\tNegation\tnear\tThe food was not good.\n", 8))},
	})
	if err != nil {
		t.Fatal(err)
	}
	reports, err := Run(context.Background(), sets, []Named{{"one", e}, {"two", e}}, Options{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	if len(reports) != 6 {
		t.Fatalf("%d reports, want 6", len(reports))
	}
	for _, r := range reports {
		if r.Two.Right != r.Two.Of {
			t.Errorf("%s by %s: %d of %d right", r.Set, r.Engine, r.Two.Right, r.Two.Of)
		}
	}
	var b strings.Builder
	if err := Write(&b, reports); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"comments", "mean of sets", "suite: failures", "Negation: near", "answers given", "one says"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	e, err := sentiment.New(sentiment.Options{Engine: "lexicon"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := Set{Name: "long", Examples: make([]Example, 5000)}
	if _, err := Run(ctx, []Set{s}, []Named{{"one", e}}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}
