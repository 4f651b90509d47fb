package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/user"
	"time"

	"earshot/internal/collect"
	"earshot/internal/learn"
	"earshot/internal/sentiment"
	"earshot/internal/store"

	"github.com/spf13/cobra"
)

func learnCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "learn", Short: "Let the sentiment engine learn from the verdicts that your people gave",
		Long: `Fits a small correction of the sentiment engine to the verdicts that were given on the desk, the board and
by the API. It is tried on verdicts it has not seen and refused when it is not better. Nothing leaves this
machine. Every instance of the service takes the new version up within seconds; --undo goes back to the
one before. Comments already read keep their verdict until 'earshot reanalyse'.`,
		Example: "  earshot learn --dry-run\n  earshot learn\n  earshot learn --undo\n  earshot learn --list", Args: exactly(0, "no arguments"),
	}
	dry := c.Flags().Bool("dry-run", false, "only say what it would be worth")
	undo := c.Flags().Bool("undo", false, "go back to the version before")
	list := c.Flags().Bool("list", false, "show what was learnt when")
	settingFlags(c)
	c.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if *undo && (*dry || *list) || *dry && *list {
			return usage("learn takes one of --dry-run, --undo and --list")
		}
		cfg, err := loadConfig(cmd)
		if err != nil {
			return err
		}
		ctx, out, log := cmd.Context(), cmd.OutOrStdout(), newLog(cfg)
		st, err := openStore(ctx, cfg, false, log)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, st.Close()) }()
		s, err := newLearning(st, log)
		if err != nil {
			return err
		}
		switch {
		case *list:
			return listLearnt(ctx, s, out)
		case *undo:
			return undoLearnt(ctx, s, out)
		}
		return learnNow(ctx, s, *dry, out)
	}
	return c
}

// newLearning reads comments with the engine in the program and what was learnt in a store.
func newLearning(st store.Store, log *slog.Logger) (*learn.Service, error) {
	engine, err := sentiment.New(sentiment.Options{})
	if err != nil {
		return nil, fmt.Errorf("load the sentiment engine: %w", err)
	}
	labels := collect.New(collect.Config{Store: st})
	return learn.New(learn.Config{Store: st, Engine: engine, Labelled: labels.Labelled, Log: log}), nil
}

func learnNow(ctx context.Context, s *learn.Service, dry bool, out io.Writer) error {
	by := "command line"
	if u, err := user.Current(); err == nil {
		by += " (" + u.Username + ")"
	}
	t, used, err := s.Learn(ctx, by, dry, time.Now().UTC())
	if err != nil && !errors.Is(err, sentiment.ErrFewLabels) {
		return err
	}
	if err != nil || !dry && !used {
		return errors.New(learn.Words(t, used))
	}
	if _, err = fmt.Fprintln(out, learn.Words(t, used)); err != nil || dry {
		return err
	}
	_, err = fmt.Fprintf(out, "The engine is now %s; 'earshot learn --undo' goes back.\n", s.Name())
	return err
}

func undoLearnt(ctx context.Context, s *learn.Service, out io.Writer) error {
	n, err := s.Undo(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		_, err = fmt.Fprintln(out, "Back to the engine as it came.")
	} else {
		_, err = fmt.Fprintf(out, "Back to version %d.\n", n)
	}
	return err
}

func listLearnt(ctx context.Context, s *learn.Service, out io.Writer) error {
	state, err := s.State(ctx)
	if err != nil {
		return err
	}
	if len(state.Versions) == 0 {
		_, err = fmt.Fprintln(out, "Nothing was learnt yet: the engine is as it came.")
		return err
	}
	for _, v := range state.Versions {
		mark := " "
		if v.Number == state.Current {
			mark = "*"
		}
		if _, err := fmt.Fprintf(out, "%s %d  %s  %d verdicts, right %d → %d of %d  by %s\n", mark, v.Number,
			v.At.Format("2006-01-02 15:04"), v.Trial.Labels, v.Trial.Before, v.Trial.After, v.Trial.Single, v.By); err != nil {
			return err
		}
	}
	return nil
}
