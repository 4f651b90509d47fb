package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"earshot/internal/config"
	"earshot/internal/feedback"

	"github.com/spf13/cobra"
)

func doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "doctor", Short: "Check configuration, store, mail, addresses and clock; exit 1 when something would break",
		Long: `Looks at everything the service relies on and says in plain words what is right, what deserves a look, and what would
break. It changes nothing and sends no mail. It may run beside the service.`,
		Example: "  earshot doctor\n  EARSHOT_MAIL=smtp://relay.acme.test earshot doctor", Args: exactly(0, "no arguments"),
	}
	settingFlags(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		d := &doctor{out: cmd.OutOrStdout(), dns: net.DefaultResolver, http: &http.Client{Timeout: askFor}, now: time.Now}
		cfg, err := loadConfig(cmd)
		return d.examine(cmd.Context(), cfg, err)
	}
	return c
}

// askFor is how long one question to another machine may take.
const askFor = 8 * time.Second

// asker is the part of net.Resolver that the examination needs.
type asker interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupHost(ctx context.Context, host string) ([]string, error)
}

// doctor examines an installation and counts what it finds.
type doctor struct {
	out      io.Writer
	dns      asker
	http     *http.Client
	now      func() time.Time
	problems int
	worries  int
	servers  []serverClock // clocks of other machines, as the examination met them
}

// serverClock is what time another machine says it is, and when it was asked.
type serverClock struct {
	name     string
	at, seen time.Time
}

// The ways in which a finding is said.
func (d *doctor) fine(part, format string, args ...any) { d.say("ok     ", part, format, args) }
func (d *doctor) worry(part, format string, args ...any) {
	d.worries++
	d.say("look   ", part, format, args)
}
func (d *doctor) problem(part, format string, args ...any) {
	d.problems++
	d.say("PROBLEM", part, format, args)
}

func (d *doctor) say(how, part, format string, args []any) {
	fmt.Fprintf(d.out, "%s  %-13s  %s\n", how, part, fmt.Sprintf(format, args...))
}

// examine looks at everything. Its error says how many problems there are.
func (d *doctor) examine(ctx context.Context, c config.Config, configErr error) error {
	d.configuration(c, configErr)
	if configErr == nil { // the rest would examine something that nobody meant
		d.store(ctx, c)
		d.mail(ctx, c)
		d.helpdesks(c)
		d.baseURL(ctx, c)
		d.clock()
	}
	switch {
	case d.problems == 1:
		return errors.New("1 problem would break the service; it is marked PROBLEM above")
	case d.problems > 1:
		return fmt.Errorf("%d problems would break the service; they are marked PROBLEM above", d.problems)
	case d.worries > 0:
		fmt.Fprintln(d.out, "\nNothing would break. The lines marked \"look\" deserve one.")
	default:
		fmt.Fprintln(d.out, "\nEverything is in order.")
	}
	return nil
}

func (d *doctor) configuration(c config.Config, err error) {
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n")[1:] {
			d.problem("configuration", "%s", line)
		}
		return
	}
	surveys, err := loadSurveys(c.Surveys)
	if err != nil {
		d.problem("surveys", "%v", err)
	} else {
		d.fine("surveys", "%d definitions: %s", len(surveys), strings.Join(surveyIDs(surveys), ", "))
	}
	if _, err := loadTemplates(c.Emails); err != nil {
		d.problem("templates", "%v", err)
	} else {
		d.fine("templates", "every mail can be written in every language")
	}
	if c.Secret == "" {
		d.fine("secret", "kept in %s/secret; back it up with the data, every link sent is signed with it", c.Data)
	}
}

func surveyIDs(surveys []feedback.Survey) []string {
	var out []string
	for _, s := range surveys {
		out = append(out, s.ID)
	}
	return out
}

// Free space in bytes under which the data folder is in danger, and under which it deserves a look.
const (
	tooFull    = 200 << 20
	nearlyFull = 2 << 30
)

// store does a durable write and says how much room is left.
func (d *doctor) store(ctx context.Context, c config.Config) {
	if _, err := os.Stat(c.Data); c.MongoURI == "" && errors.Is(err, os.ErrNotExist) {
		d.worry("store", "there is no folder %s yet; the first start makes it", c.Data)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 3*askFor)
	defer cancel()
	st, err := openStore(ctx, c, false, slog.New(slog.DiscardHandler)) // its warnings are told below
	if errors.Is(err, context.DeadlineExceeded) {
		d.problem("store", "does not answer within %s: %v", 3*askFor, err)
		return
	}
	if err != nil {
		d.problem("store", "cannot be opened: %v", err)
		return
	}
	defer func() { _ = st.Close() }()
	began := time.Now()
	if err := st.Ping(ctx); err != nil {
		d.problem("store", "does not write: %v", err)
		return
	}
	took := time.Since(began)
	name := storeName(c)
	if v, ok := st.(interface {
		Version(context.Context) (string, error)
	}); ok {
		if said, err := v.Version(ctx); err == nil {
			name = said
		}
	}
	d.fine("store", "%s; a durable write took %s", name, took.Round(10*time.Microsecond))
	if t, ok := st.(interface {
		Clock(context.Context) (time.Time, error)
	}); ok {
		if at, err := t.Clock(ctx); err == nil {
			d.servers = append(d.servers, serverClock{"the database", at, d.now()})
		}
	}
	if w, ok := st.(interface{ Warnings() []string }); ok {
		for _, line := range w.Warnings() {
			d.worry("store", "%s", line)
		}
	}
	d.room(c)
}

// room says how much space the data folder has left.
func (d *doctor) room(c config.Config) {
	free, err := freeSpace(c.Data)
	switch {
	case err != nil:
		return // not every system tells
	case free < tooFull:
		d.problem("disk", "only %d MB are free in %s; writes are about to fail", free>>20, c.Data)
	case free < nearlyFull:
		d.worry("disk", "%d MB are free in %s", free>>20, c.Data)
	default:
		d.fine("disk", "%.1f GB are free in %s", float64(free)/(1<<30), c.Data)
	}
}
