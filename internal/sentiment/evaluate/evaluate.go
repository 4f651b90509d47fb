// Package evaluate measures sentiment engines on labelled texts: how often they
// are right where they must answer, how much better they get when they may
// abstain, and whether their confidence means what it says.
//
// Data is a folder of files, gzipped or not, one example a line, columns
// separated by tabs: the label first, the text last. What stands between
// decides the kind of file:
//
//	label  text                    a set of comments
//	label  aspect  offset  text    the feeling about the words at a character offset
//	label  category  text          the feeling about a category (service, staff, price, food); other categories are skipped
//	label  group…  text            a test suite; failures are counted per group
//
// Labels are neg, neu, pos (or negative, neutral, positive), stars 1..5, or mean
// ratings from below zero to above, of which those within ±0.5 count as neutral. A label "not_neg"
// is right when the answer is anything but negative. Lines with other labels are skipped and counted.
package evaluate

import (
	"context"
	"runtime"
	"sync"

	"earshot/internal/sentiment"
)

// Named is an engine under the name its column carries.
type Named struct {
	Name   string
	Engine *sentiment.Engine
}

// Options of a run.
type Options struct {
	Limit    int                           // at most so many examples of a file, evenly spread; 0 takes all
	Progress func(set string, done, n int) // called now and then from several goroutines, one set at a time; may be nil
}

// answer is what an engine said about an example.
type answer struct{ neg, neu, pos float64 }

// Run measures every engine on every set.
func Run(ctx context.Context, sets []Set, engines []Named, o Options) ([]Report, error) {
	var reports []Report
	for _, s := range sets {
		s = s.limited(o.Limit)
		for _, e := range engines {
			answers, err := ask(ctx, s, e.Engine, o.Progress)
			if err != nil {
				return reports, err
			}
			reports = append(reports, measure(s, e.Name, answers))
		}
	}
	return reports, nil
}

// ask puts every example to the engine, using every core. The set's most common
// language is the hint, as a customer's locale would be.
func ask(ctx context.Context, s Set, e *sentiment.Engine, progress func(string, int, int)) ([]answer, error) {
	hint := language(s, e)
	answers := make([]answer, len(s.Examples))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				answers[i] = one(s, s.Examples[i], e, hint)
				if progress != nil && i%50 == 0 {
					progress(s.Name, i, len(s.Examples))
				}
			}
		}()
	}
	defer wg.Wait()
	defer close(next)
	for i := range s.Examples {
		select {
		case next <- i:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return answers, nil
}

func one(s Set, x Example, e *sentiment.Engine, hint string) answer {
	var a answer
	if s.Aspects {
		a.neg, a.neu, a.pos = e.About(x.Text, hint, x.From, x.To)
		return a
	}
	if s.Categories {
		var ok bool
		if a.neg, a.neu, a.pos, ok = e.AboutTopics(x.Text, hint, categories[x.Group]); ok {
			return a
		}
	}
	a.neg, a.neu, a.pos = e.Weigh(x.Text, hint)
	return a
}

// language is the most common language of a set's first hundred texts.
func language(s Set, e *sentiment.Engine) string {
	counts := map[string]int{}
	best := ""
	for i, x := range s.Examples {
		if i == 100 {
			break
		}
		l := e.Language(x.Text, "")
		counts[l]++
		if best == "" || counts[l] > counts[best] {
			best = l
		}
	}
	return best
}
