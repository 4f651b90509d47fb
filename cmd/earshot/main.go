// Command earshot is the whole service in one program: `earshot serve` runs it, `earshot demo` shows
// it on a throwaway folder, and the other commands administer it.
//
// It exits with 0 when done, 1 when it failed, and 2 when it was used wrongly. Errors are one line on
// standard error that says what is wrong and what to do.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // zones of customers, on machines and in images without a database of them

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// errUsage marks wrong usage: exit status 2.
var errUsage = errors.New("usage")

func usage(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

func run(ctx context.Context, args []string) int {
	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch statusOf(err) {
	case 1:
		fmt.Fprintf(os.Stderr, "earshot: %v\n", err)
	case 2:
		fmt.Fprintf(os.Stderr, "earshot: %s; see 'earshot --help'\n", strings.TrimPrefix(err.Error(), errUsage.Error()+": "))
	}
	return statusOf(err)
}

// statusOf is the exit status that tells of an error.
func statusOf(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	return 1
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "earshot",
		Short: "Ask customers, hear them, and send what hurts to the person who can mend it",
		Long: `Earshot asks a customer how an interaction felt, understands the answer, and puts a bad one in front
of the agent who owns it while it can still be mended. Everything runs from this one program.`,
		Example:       "  earshot demo          # the whole loop on invented data\n  earshot serve         # the service, with its data in ./data",
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("there is no command %q", args[0])
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%v", err) })
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		emailCommand(),
		serveCommand(), demoCommand(), analyzeCommand(), surveyCommand(),
		learnCommand(), reanalyseCommand(),
		keyCommand(), userCommand(), exportCommand(), forgetCommand(), discloseCommand(), migrateCommand(), evaluateCommand(), healthCommand(), versionCommand(),
		doctorCommand(), importCommand(), optOutCommand(), simulateCommand(),
	)
	return root
}

// exactly demands n arguments, named for the message.
func exactly(n int, names string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("%s needs %s", cmd.CommandPath(), names)
		}
		return nil
	}
}

// onlySubcommands is the RunE of a command that does nothing by itself.
func onlySubcommands(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("there is no command %q under %s", args[0], cmd.CommandPath())
	}
	return usage("%s needs one of its commands", cmd.CommandPath())
}

// atMostOne allows one argument, named for the message, or none.
func atMostOne(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage("%s takes %s at most", cmd.CommandPath(), name)
		}
		return nil
	}
}
