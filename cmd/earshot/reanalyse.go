package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"earshot/internal/collect"
	"earshot/internal/config"
	"earshot/internal/recovery"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

func reanalyseCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "reanalyse --since DATE", Short: "Read stored comments again with the sentiment engine in use",
		Long: `Reads the comments that were answered since a date again with the engine in use, newest first; what it has
read already is passed over. Figures follow, verdicts that people gave stand, and no case is opened for
what was said long ago, unless --alert asks for it. The service may run meanwhile. Interrupted, the same
command goes on where it stopped.`,
		Example: "  earshot reanalyse --since 2026-09-01\n  earshot reanalyse --since 2026-11-20 --alert", Args: exactly(0, "no arguments, but --since"),
	}
	since := c.Flags().String("since", "", "first day of the answers, as 2026-09-01")
	alert := c.Flags().Bool("alert", false, "open cases for answers that need one by the new verdict")
	settingFlags(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := loadConfig(cmd)
		if err != nil {
			return err
		}
		day, err := time.ParseInLocation(time.DateOnly, *since, cfg.Zone)
		if err != nil {
			return usage("reanalyse needs --since, a day such as 2026-09-01")
		}
		return reanalyse(cmd.Context(), cfg, day, *alert, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return c
}

func reanalyse(ctx context.Context, c config.Config, since time.Time, alert bool, out, progress io.Writer) (err error) {
	log := newLog(c)
	st, err := openStore(ctx, c, false, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	own, err := newLearning(st, log)
	if err != nil {
		return err
	}
	if err := own.Refresh(ctx); err != nil {
		return err
	}
	cases := recovery.New(recovery.Config{Store: st, Zone: c.Zone, Log: log})
	reader := collect.New(collect.Config{Store: st, Analyser: own, Recovery: cases, Zone: c.Zone, Log: log})
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(progress), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("comments"), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	done, err := reader.Reanalyse(ctx, collect.Reanalysis{Since: since, Engine: own.Name(), Alert: alert, Progress: func(d collect.Reread, at time.Time) {
		bar.Describe("back to " + at.In(c.Zone).Format(time.DateOnly))
		_ = bar.Set(d.Seen)
	}}, time.Now().UTC())
	_ = bar.Finish()
	if err != nil {
		return fmt.Errorf("%w; %d comments are done, the same command goes on from there", err, done.Seen)
	}
	_, err = fmt.Fprintf(out, "%d comments since %s: %d read again by %s, %d labels changed. The figures follow as soon as the service runs.\n",
		done.Seen, since.Format(time.DateOnly), done.Read, own.Name(), done.Changed)
	return err
}
