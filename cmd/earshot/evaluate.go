package main

import (
	"fmt"
	"os"
	"sync"

	"earshot/internal/sentiment"
	"earshot/internal/sentiment/evaluate"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

func evaluateCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "evaluate --data DIR", Short: "Measure the sentiment engine on labelled comments, beside a word list",
		Long: `Reads every label<TAB>text file in a folder (gzipped or not; neg, neu, pos or stars 1 to 5) and prints, for
the engine and for a word list beside it, how often they are right where they answer, how much better they
get when they may abstain, and whether their confidence means what it says, with Wilson intervals.`,
		Example: "  earshot evaluate --data ./comments\n  earshot evaluate --data ./comments --limit 500\n  earshot evaluate --data ./comments --teach 200", Args: exactly(0, "no arguments, but --data"),
	}
	data := c.Flags().String("data", "", "folder of label<TAB>text files")
	limit := c.Flags().Int("limit", 0, "at most so many examples of each file, evenly spread; 0 takes all")
	teach := c.Flags().Int("teach", 0, "instead: take so many labels of each file as an organisation's corrections, let a copy of the engine learn from them, and measure it on the rest")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if *data == "" || *limit < 0 {
			return usage("evaluate needs --data, a folder of label<TAB>text files")
		}
		sets, err := evaluate.Read(os.DirFS(*data))
		if err != nil {
			return fmt.Errorf("read %s: %w", *data, err)
		}
		engines, err := compared()
		if err != nil {
			return err
		}
		if *teach > 0 {
			lessons, err := evaluate.Teach(cmd.Context(), sets, engines[0].Engine, *teach, *limit)
			if err != nil {
				return err
			}
			return evaluate.WriteLessons(cmd.OutOrStdout(), lessons)
		}
		var mu sync.Mutex
		bars := map[string]*progressbar.ProgressBar{}
		reports, err := evaluate.Run(cmd.Context(), sets, engines, evaluate.Options{Limit: *limit, Progress: func(set string, done, n int) {
			mu.Lock()
			defer mu.Unlock()
			if bars[set] == nil {
				bars[set] = progressbar.NewOptions(n, progressbar.OptionSetWriter(cmd.ErrOrStderr()),
					progressbar.OptionSetDescription(set), progressbar.OptionClearOnFinish())
			}
			_ = bars[set].Set(done)
		}})
		if err != nil {
			return err
		}
		return evaluate.Write(cmd.OutOrStdout(), reports)
	}
	return c
}

// compared are the engine in use and the word list, when that is another.
func compared() ([]evaluate.Named, error) {
	engine, err := sentiment.New(sentiment.Options{})
	if err != nil {
		return nil, fmt.Errorf("load the sentiment engine: %w", err)
	}
	words, err := sentiment.New(sentiment.Options{Engine: "lexicon"})
	if err != nil {
		return nil, fmt.Errorf("load the word list: %w", err)
	}
	if engine.Name() == words.Name() {
		return []evaluate.Named{{Name: words.Name(), Engine: words}}, nil
	}
	return []evaluate.Named{{Name: engine.Name(), Engine: engine}, {Name: words.Name(), Engine: words}}, nil
}
