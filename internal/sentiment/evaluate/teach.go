package evaluate

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"text/tabwriter"

	"earshot/internal/sentiment"
)

// Lesson is what some labels of a set taught an engine, measured on the rest of the set.
type Lesson struct {
	Set           string
	Trial         sentiment.Trial // what the engine expected of it; it takes an adapter only when that is better
	Before, After Share           // right by the most probable of three feelings
	Used          bool
}

// leftAlone is how many texts without a label an engine sees as the comments that nobody corrected.
const leftAlone = 300

// Teach plays an organisation for every set of comments: n labels, evenly spread, are its corrections,
// some hundred other texts the comments it left alone, the rest is read before and after. Sets of fewer
// than 3·n texts are passed over.
func Teach(ctx context.Context, sets []Set, e *sentiment.Engine, n, limit int) ([]Lesson, error) {
	var out []Lesson
	for _, s := range sets {
		s = s.limited(limit)
		if s.Aspects || s.Categories || len(s.Examples) < 3*n || s.Examples[0].Group != "" {
			continue
		}
		l, err := teach(ctx, s, e, n)
		if err != nil {
			return out, fmt.Errorf("teach with %s: %w", s.Name, err)
		}
		out = append(out, l)
	}
	return out, nil
}

func teach(ctx context.Context, s Set, e *sentiment.Engine, n int) (Lesson, error) {
	l := Lesson{Set: s.Name}
	labelled, rest := apart(s.Examples, n)
	alone, test := apart(rest, min(leftAlone, len(rest)/3))
	hint := language(s, e)
	var labels []sentiment.Labelled
	for i, sample := range samples(ctx, labelled, e, hint) {
		if sample != nil {
			labels = append(labels, sentiment.Labelled{Sample: *sample, Label: labelOf(labelled[i].Truth)})
		}
	}
	var others []sentiment.Sample
	for _, sample := range samples(ctx, alone, e, hint) {
		if sample != nil {
			others = append(others, *sample)
		}
	}
	a, trial, err := e.Fit(labels, others)
	if err != nil {
		return l, err
	}
	l.Trial, l.Used = trial, trial.Better()
	own, err := e.Adapted(a, 1)
	if err != nil {
		return l, err
	}
	s.Examples = test
	before, err := ask(ctx, s, e, nil)
	if err != nil {
		return l, err
	}
	after, err := ask(ctx, s, own, nil)
	l.Before, l.After = rightOfThree(test, before), rightOfThree(test, after)
	return l, err
}

// apart takes n of the examples, evenly spread, from the rest.
func apart(all []Example, n int) (some, rest []Example) {
	taken := 0
	for i, x := range all {
		if taken < n && i == taken*len(all)/n {
			some = append(some, x)
			taken++
			continue
		}
		rest = append(rest, x)
	}
	return some, rest
}

func samples(ctx context.Context, texts []Example, e *sentiment.Engine, hint string) []*sentiment.Sample {
	out := make([]*sentiment.Sample, len(texts))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				if s, ok := e.Sample(texts[i].Text, hint); ok {
					out[i] = &s
				}
			}
		})
	}
	for i := range texts {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

func labelOf(t Truth) sentiment.Label {
	switch t {
	case Negative:
		return sentiment.Negative
	case Positive:
		return sentiment.Positive
	}
	return sentiment.Neutral
}

func rightOfThree(examples []Example, answers []answer) Share {
	right := 0
	for i, x := range examples {
		if answers[i].label() == x.Truth {
			right++
		}
	}
	return wilson(right, len(examples))
}

// WriteLessons prints what was learnt as a table in plain text.
func WriteLessons(w io.Writer, lessons []Lesson) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "taught by\tlabels\ttrial: right before\tafter\tof\tothers flipped\ttaken\trest: before\tafter\t95 %\tof\t")
	for _, l := range lessons {
		taken := "refused"
		if l.Used {
			taken = "yes"
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d of %d\t%s\t%s\t%s\t%s\t%d\t\n", l.Set, l.Trial.Labels, l.Trial.Before, l.Trial.After, l.Trial.Single,
			l.Trial.Flipped, l.Trial.Others, taken, percent(l.Before), percent(l.After), interval(l.After), l.After.Of)
	}
	return t.Flush()
}
