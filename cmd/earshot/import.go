package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"earshot/internal/collect"
	"earshot/internal/config"
	"earshot/internal/feedback"
	"earshot/internal/intake"
	"earshot/internal/invite"
	"earshot/internal/mail"
	"earshot/internal/store"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

func importCommand() *cobra.Command {
	c := &cobra.Command{Use: "import", Short: "Load interactions or responses from CSV files", Example: "  earshot import interactions october.csv", RunE: onlySubcommands, Args: cobra.ArbitraryArgs}
	c.AddCommand(importInteractions(), importResponses())
	return c
}

const importLong = `
The first line names the columns. A row that is wrong is reported with its line and reason, and the others are
taken all the same; the exit status is 1 then. Running it again changes nothing, so correct the rows and run the
whole file again. A running service need not be stopped.`

func importInteractions() *cobra.Command {
	c := importFlags(&cobra.Command{
		Use: "interactions FILE.csv", Short: "Load interactions; the rules of asking decide about each", Args: exactly(1, "a CSV file"),
		Long: `Loads finished interactions. The columns are the JSON paths of the API: source, id, channel, subject, ended_at,
customer.id, customer.email, customer.name, customer.locale, customer.timezone, customer.value, customer.segment,
agent.email, agent.name, agent.team, survey, ask, tags (a;b), owners[0].email, owners[0].from, metrics.wait_seconds,
metrics.handle_seconds, metrics.transfers, metrics.reopens. Recent interactions are asked about, as the rules of
their survey say; with --no-ask none is.` + importLong,
		Example: "  earshot import interactions october.csv\n  earshot import interactions history.csv --no-ask",
	})
	noAsk := c.Flags().Bool("no-ask", false, "ask nobody about these interactions")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return importFile(cmd, args[0], "interactions", func(o office, in *invite.Service, _ *collect.Service, now time.Time) intake.Kind {
			return intake.Interactions(in, o.config.Zone, *noAsk, now)
		})
	}
	return c
}

func importResponses() *cobra.Command {
	c := importFlags(&cobra.Command{
		Use: "responses FILE.csv", Short: "Load answers that another system collected", Args: exactly(1, "a CSV file"),
		Long: `Loads answers to surveys about interactions that are known here. The columns are source, id, survey, score, comment
and answered_at. Their comments are understood and the board counts them on their day; nobody is alerted and no
case is opened, however low they are, and no survey is sent about their interactions any more.` + importLong,
		Example: "  earshot import responses october-answers.csv",
	})
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return importFile(cmd, args[0], "responses", func(o office, _ *invite.Service, col *collect.Service, now time.Time) intake.Kind {
			return intake.Responses(col, o.config.Zone, now)
		})
	}
	return c
}

func importFlags(c *cobra.Command) *cobra.Command {
	officeFlags(c)
	settingFlags(c, "EARSHOT_TIMEZONE", "EARSHOT_SURVEYS", "EARSHOT_FROM")
	return c
}

// importFile loads one file through the verbs.
func importFile(cmd *cobra.Command, name, what string, kind func(office, *invite.Service, *collect.Service, time.Time) intake.Kind) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("cannot read the file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return inOffice(cmd, func(ctx context.Context, o office) error {
		now := time.Now().UTC()
		in, col, err := askers(ctx, o.config, o.store, now)
		if err != nil {
			return err
		}
		bar := progressOf(cmd.ErrOrStderr(), what, info.Size())
		result, err := intake.File(ctx, kind(o, in, col, now), file, info.Size(), func(read int64) { _ = bar.Set64(read) })
		_ = bar.Finish()
		for _, m := range result.Mistakes {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s:%d: %s\n", name, m.Line, m.Reason)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d %s new, %d known already, %d wrong\n", result.New, what, result.Known, len(result.Mistakes))
		if err != nil {
			return fmt.Errorf("%s: %w; the same command goes on from here", name, err)
		}
		if n := len(result.Mistakes); n > 0 {
			return fmt.Errorf("%d of %d rows were not taken; correct them and run the same command again", n, n+result.New+result.Known)
		}
		return nil
	})
}

// askers are the verbs that take interactions and answers in, for a command beside the service: the
// service's own workers send, understand and count.
func askers(ctx context.Context, c config.Config, st store.Store, now time.Time) (*invite.Service, *collect.Service, error) {
	surveys, err := loadSurveys(c.Surveys)
	if err != nil {
		return nil, nil, err
	}
	catalog, err := store.NewCatalog(ctx, st, surveys, now)
	if err != nil {
		return nil, nil, err
	}
	secret, err := loadSecret(c)
	if err != nil {
		return nil, nil, err
	}
	tokens, log := feedback.NewTokens(secret), slog.New(slog.DiscardHandler)
	in := invite.New(invite.Config{
		Store: st, Catalog: catalog, Tokens: tokens, From: mail.Address{Name: c.From.Name, Email: c.From.Address}, BaseURL: c.BaseURL, Zone: c.Zone, Org: c.Org, Log: log,
	})
	return in, collect.New(collect.Config{Store: st, Catalog: catalog, Tokens: tokens, Zone: c.Zone, Org: c.Org, Log: log}), nil
}

// progressOf is a bar over so many bytes on a terminal, and nothing elsewhere.
func progressOf(w io.Writer, what string, size int64) *progressbar.ProgressBar {
	if !isTerminal(w) {
		w = io.Discard
	}
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
