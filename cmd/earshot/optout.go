package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"earshot/internal/collect"
	"earshot/internal/intake"
	"earshot/internal/invite"

	"github.com/spf13/cobra"
)

func optOutCommand() *cobra.Command {
	c := &cobra.Command{Use: "opt-out", Short: "People who do not want surveys: add, remove, import, export", Example: "  earshot opt-out add mara@example.com", RunE: onlySubcommands, Args: cobra.ArbitraryArgs}
	c.AddCommand(optOutAdd(), optOutRemove(), optOutImport(), optOutExport())
	return c
}

func optOutAdd() *cobra.Command {
	return optOutOne("add EMAIL", "Send this person no more surveys", func(ctx context.Context, in *invite.Service, email string) (string, error) {
		changed, err := in.StopAsking(ctx, email, time.Now())
		if changed {
			return "gets no more surveys, not even those that are planned", err
		}
		return "had opted out before", err
	})
}

func optOutRemove() *cobra.Command {
	return optOutOne("remove EMAIL", "Let this person be asked again, after an opt-out, bounce or complaint", func(ctx context.Context, in *invite.Service, email string) (string, error) {
		changed, err := in.AskAgain(ctx, email)
		if changed {
			return "may be asked again", err
		}
		return "was not kept from surveys", err
	})
}

// optOutOne is a command about one address.
func optOutOne(use, short string, do func(context.Context, *invite.Service, string) (string, error)) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	return importFlags(&cobra.Command{
		Use: use, Short: short, Example: "  earshot opt-out " + name + " mara@example.com", Args: exactly(1, "an e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inOffice(cmd, func(ctx context.Context, o office) error {
				in, _, err := askers(ctx, o.config, o.store, time.Now())
				if err != nil {
					return err
				}
				said, err := do(ctx, in, args[0])
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s %s.\n", args[0], said)
				return err
			})
		},
	})
}

func optOutImport() *cobra.Command {
	return importFlags(&cobra.Command{
		Use: "import FILE.csv", Short: "Take over a list of people who do not want surveys", Args: exactly(1, "a CSV file"),
		Long: `Takes over opt-outs from another system. The columns are email and, where known, opted_out_at, blocked (why no mail
can go to the address) and blocked_at. It holds at once, also for surveys that are planned already.` + importLong,
		Example: "  earshot opt-out import unsubscribed.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			return importFile(cmd, args[0], "opt-outs", func(o office, in *invite.Service, _ *collect.Service, now time.Time) intake.Kind {
				return intake.OptOuts(in, o.config.Zone, now)
			})
		},
	})
}

func optOutExport() *cobra.Command {
	c := importFlags(&cobra.Command{
		Use: "export", Short: "Write everybody who gets no surveys, as CSV", Args: exactly(0, "no arguments"),
		Example: "  earshot opt-out export > opt-outs.csv\n  earshot opt-out export --out opt-outs.csv",
	})
	out := c.Flags().String("out", "", "file to write; empty: standard output")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return inOffice(cmd, func(ctx context.Context, o office) error {
			in, _, err := askers(ctx, o.config, o.store, time.Now())
			if err != nil {
				return err
			}
			n, err := exportTo(*out, cmd.OutOrStdout(), func(w io.Writer) (int, error) { return intake.WriteOptOuts(ctx, in, w) })
			if err != nil {
				return fmt.Errorf("export opt-outs: %w", err)
			}
			_, err = fmt.Fprintf(cmd.ErrOrStderr(), "%d opt-outs written.\n", n)
			return err
		})
	}
	return c
}
