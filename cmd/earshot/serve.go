package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"earshot/internal/config"
	"earshot/internal/feedback"
	"earshot/internal/staff"
	"earshot/internal/store"

	"github.com/spf13/cobra"
)

// firstAdmin is the address of the administrator who is there before anybody is added.
const firstAdmin = "admin@localhost"

func serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "serve", Short: "Run the service: web and workers",
		Long: `Runs the whole service. With no configuration it keeps its data and an outbox of mails under ./data and
listens on 127.0.0.1:8080. On the first start it prints an API key and an administrator's sign-in link, once.`,
		Example: "  earshot serve\n  EARSHOT_ORG='Acme' EARSHOT_BASE_URL=https://feedback.acme.test earshot serve --addr :8080",
		Args:    exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), cfg, cmd.OutOrStdout())
		},
	}
	settingFlags(c)
	return c
}

func serve(ctx context.Context, c config.Config, out io.Writer) (err error) {
	log := newLog(c)
	surveys, err := loadSurveys(c.Surveys)
	if err != nil {
		return err
	}
	st, err := openStore(ctx, c, true, log)
	if err != nil {
		return err
	}
	ln, err := listen(&c)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	p, err := assemble(ctx, c, surveys, st, log)
	if err != nil {
		closeListener(ln)
		return errors.Join(err, st.Close())
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.welcome(ctx, out, ln); err != nil {
		closeListener(ln)
		return err
	}
	log.Info("serving", "address", address(ln), "store", storeName(c), "mail", c.Mail, "sentiment", p.engine.Name(), "version", release)
	err = p.run(ctx, ln)
	log.Info("stopped")
	return err
}

// listen opens the port of the web role. A configuration that leaves the base URL to us gets the port
// that was really opened.
func listen(c *config.Config) (net.Listener, error) {
	if !c.Web {
		return nil, nil
	}
	ln, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; choose another address with --addr or EARSHOT_ADDR", c.Addr, err)
	}
	if c.BaseURL == "" {
		_, port, err := net.SplitHostPort(ln.Addr().String())
		if err != nil {
			return nil, err
		}
		c.BaseURL = "http://localhost:" + port
	}
	return ln, nil
}

func closeListener(ln net.Listener) {
	if ln != nil {
		_ = ln.Close()
	}
}

func address(ln net.Listener) string {
	if ln == nil {
		return "none"
	}
	return ln.Addr().String()
}

func storeName(c config.Config) string {
	if c.MongoURI != "" {
		return "mongodb"
	}
	return "sqlite"
}

// welcome prints, on the first start of a store, an API key and an administrator's sign-in link.
func (p *program) welcome(ctx context.Context, out io.Writer, ln net.Listener) error {
	now := time.Now().UTC()
	mark := &feedback.Setting{Value: []byte(now.Format(time.RFC3339))}
	mark.ID = "first-start"
	err := p.store.Settings().Insert(ctx, mark)
	if err == nil {
		err = p.firstStart(ctx, out, now)
	} else if errors.Is(err, store.ErrExists) {
		err = nil
	}
	if err != nil || ln == nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Earshot listens on %s; open %s\n", ln.Addr(), p.config.BaseURL)
	return err
}

func (p *program) firstStart(ctx context.Context, out io.Writer, now time.Time) error {
	if _, err := p.staff.AddUser(ctx, firstAdmin, "Administrator", feedback.RoleAdmin, "", now); err != nil {
		return fmt.Errorf("add the first administrator: %w", err)
	}
	key, _, err := p.staff.CreateKey(ctx, "first start", now)
	if err != nil {
		return err
	}
	link, err := p.staff.Link(ctx, firstAdmin, "/admin", now)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `First start. Both are shown only now; make others with 'earshot key create' and 'earshot user link'.
API key:       %s
Administrator: %s (works once, for %d minutes)
`, key, link, int(staff.LinkLives/time.Minute))
	return err
}
