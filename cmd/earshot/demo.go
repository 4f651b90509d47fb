package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"earshot/internal/config"
	"earshot/internal/demo"
	"earshot/internal/feedback"
	"earshot/internal/perception"
	"earshot/internal/store"
	"earshot/internal/worker"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// The invented organisation.
const (
	demoDays         = 90
	demoInteractions = 6000
	demoOrg          = "Acme"
)

func demoCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "demo", Short: "Show the whole loop on invented data in a throwaway folder",
		Long: `Fills a throwaway folder with 90 days of a lifelike support organisation, serves it, keeps a little traffic
going, and prints the addresses worth opening. Nothing is kept when it stops.`,
		Example: "  earshot demo\n  earshot demo --addr 127.0.0.1:9090\n  earshot demo --responses 1000000", Args: exactly(0, "no arguments"),
	}
	settingFlags(c, "EARSHOT_ADDR", "EARSHOT_BASE_URL", "EARSHOT_TIMEZONE", "EARSHOT_LOG")
	seed := c.Flags().Uint64("seed", 1, "the invented people are the same for the same seed")
	interactions := c.Flags().Int("interactions", demoInteractions, "how many interactions are invented")
	responses := c.Flags().Int("responses", 0, "how many answers are written, to see how it behaves with a lot; replaces --interactions")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if *responses != 0 && *responses < 1000 {
			return usage("--responses must be at least 1000")
		}
		if *interactions < 100 {
			return usage("--interactions must be at least 100")
		}
		cfg, err := loadConfig(cmd)
		if err != nil {
			return err
		}
		return runDemo(cmd.Context(), cfg, demoSize{*seed, *interactions, *responses}, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return c
}

// demoSize is how much is invented: responses when they are set, otherwise what interactions bring.
type demoSize struct {
	seed                    uint64
	interactions, responses int
}

func runDemo(ctx context.Context, c config.Config, size demoSize, out, progress io.Writer) (err error) {
	began := time.Now()
	folder, err := os.MkdirTemp("", "earshot-demo-")
	if err != nil {
		return fmt.Errorf("make a throwaway folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	c = demoConfig(c, folder)
	log := newLog(c)
	st, err := openStore(ctx, c, true, log)
	if err != nil {
		return err
	}
	ln, err := demoListen(&c)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	p, stage, err := fillDemo(ctx, c, st, size, log, progress)
	if err != nil {
		closeListener(ln)
		return errors.Join(err, st.Close())
	}
	defer func() { err = errors.Join(err, p.close()) }()
	n, what := size.interactions, "interactions"
	if size.responses > 0 {
		n, what = size.responses, "answers"
	}
	fmt.Fprintf(out, "Invented %d %s over %d days in %.1f s.\n", n, what, demoDays, time.Since(began).Seconds())
	return p.show(ctx, ln, stage, out)
}

// demoConfig leaves nothing of the user's configuration that could reach anything real.
func demoConfig(c config.Config, folder string) config.Config {
	c.Data, c.MongoURI, c.Mail, c.Secret = folder, "", config.MailOutbox, ""
	c.Inbound = "reply@in.acme.test" // its customers may answer by mail, too
	c.Org, c.Web, c.Worker, c.Surveys, c.Emails = demoOrg, true, true, "", ""
	return c
}

// demoListen takes the configured address, or any free port when that one is taken.
func demoListen(c *config.Config) (net.Listener, error) {
	ln, err := listen(c)
	if err == nil {
		return ln, nil
	}
	host, _, splitErr := net.SplitHostPort(c.Addr)
	if splitErr != nil {
		return nil, err
	}
	c.Addr, c.BaseURL = net.JoinHostPort(host, "0"), ""
	return listen(c)
}

func fillDemo(ctx context.Context, c config.Config, st store.Store, size demoSize, log *slog.Logger, progress io.Writer) (*program, *demo.Stage, error) {
	surveys, err := loadSurveys("")
	if err != nil {
		return nil, nil, err
	}
	for i := range surveys {
		surveys[i].Ask.Quiet = feedback.Window{} // the demonstration is looked at by night, too
	}
	p, err := assemble(ctx, c, surveys, st, log)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now().UTC()
	invented := demo.Config{Store: st, Catalog: p.catalog, Analyser: p.engine, Zone: c.Zone, Seed: size.seed, Days: demoDays, Interactions: size.interactions}
	if size.responses > 0 {
		stage, err := fillMany(ctx, invented, size.responses, now, progress)
		return p, stage, err
	}
	stage, err := demo.Fill(ctx, invented, now)
	if err != nil {
		return nil, nil, err
	}
	for {
		n, err := p.perception.Work(ctx, time.Now().UTC())
		if err != nil {
			return p, stage, err
		}
		if n == 0 {
			_, err = p.perception.Watch(ctx, time.Now().UTC())
			return p, stage, err
		}
	}
}

// fillMany writes many answers, with a bar that tells how far it is.
func fillMany(ctx context.Context, c demo.Config, responses int, now time.Time, progress io.Writer) (*demo.Stage, error) {
	bar := progressbar.NewOptions(responses, progressbar.OptionSetWriter(progress), progressbar.OptionSetDescription("answers"),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
	defer func() { _ = bar.Finish() }()
	return demo.FillBulk(ctx, c, demo.Bulk{Responses: responses, Count: perception.Count, Done: func(n int) { _ = bar.Set(n) }}, now)
}

// show prints what to open, and serves with live traffic until ctx ends.
func (p *program) show(ctx context.Context, ln net.Listener, stage *demo.Stage, out io.Writer) error {
	base := p.config.BaseURL
	enter := func(u feedback.User, next string) string { return base + p.server.Visit(u.Email, next) }
	key, _, err := p.staff.CreateKey(ctx, "demo", time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `
A survey as a customer gets it   %s/s/%s
The desk of %-20s %s
The desk of the lead %-11s %s
The board of an executive        %s
The outbox of all mail           %s
The administration               %s
An API key                       %s

Every few seconds something happens. Stop with Ctrl-C; nothing is kept.
`, base, p.tokens.Mint(stage.Invitation), stage.Agent.Name, enter(stage.Agent, "/desk"), stage.Lead.Name, enter(stage.Lead, "/desk"),
		enter(stage.Executive, "/board"), enter(stage.Admin, "/outbox"), enter(stage.Admin, "/admin"), key)
	if err != nil {
		return err
	}
	live := &demo.Live{Stage: stage, Invite: p.invite, Collect: p.collect, Tokens: p.tokens}
	return p.run(ctx, ln, worker.Job{Name: "demo", Do: live.Work, Every: live.Every()})
}
