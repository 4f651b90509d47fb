package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"earshot/internal/config"
	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/go-json-experiment/json"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

func migrateCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "migrate --from STORE --to STORE", Short: "Copy everything from one database to another",
		Long: `Copies everything between the embedded store and a MongoDB, in either direction, and compares both sides by
count and digest. Stop the service first. When it was interrupted, the same command goes on where it
stopped. A store is sqlite:FOLDER or a mongodb:// URI.`,
		Example: "  earshot migrate --from sqlite:./data --to mongodb://localhost/earshot\n  earshot migrate --from mongodb://localhost/earshot --to sqlite:./copy",
		Args:    exactly(0, "no arguments, but --from and --to"),
	}
	from := c.Flags().String("from", "", "store to read: sqlite:FOLDER or a mongodb:// URI")
	to := c.Flags().String("to", "", "store to write: sqlite:FOLDER or a mongodb:// URI")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		source, err1 := storeNamed(*from)
		target, err2 := storeNamed(*to)
		if err := errors.Join(err1, err2); err != nil || *from == *to {
			return usage("migrate needs --from and --to, two stores such as sqlite:./data and mongodb://localhost/earshot")
		}
		return migrate(cmd.Context(), source, target, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return c
}

// storeNamed is the part of a configuration that says which store to open.
func storeNamed(name string) (config.Config, error) {
	if folder, ok := strings.CutPrefix(name, "sqlite:"); ok && folder != "" {
		return config.Config{Data: folder}, nil
	}
	if strings.HasPrefix(name, "mongodb://") || strings.HasPrefix(name, "mongodb+srv://") {
		return config.Config{MongoURI: name}, nil
	}
	return config.Config{}, errUsage
}

func migrate(ctx context.Context, source, target config.Config, out, progress io.Writer) (err error) {
	log := slog.New(slog.NewTextHandler(progress, nil))
	from, err := openStore(ctx, source, true, log)
	if err != nil {
		return fmt.Errorf("open the store to read: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := openStore(ctx, target, true, log)
	if err != nil {
		return fmt.Errorf("open the store to write: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	for _, t := range copied() {
		n, err := t.copy(ctx, from, to, progress)
		if err != nil {
			return fmt.Errorf("copy %s: %w; the same command goes on from here", t.name, err)
		}
		if err := t.verify(ctx, from, to); err != nil {
			return err
		}
		fmt.Fprintf(out, "%-12s %8d rows copied, the same on both sides\n", t.name, n)
	}
	if err := forgetProgress(ctx, to); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "Done. Links that were sent stay valid only with the same EARSHOT_SECRET: the embedded store keeps its own in the file 'secret' of its folder.")
	return err
}

// copiedTable is one group of rows in a migration.
type copiedTable struct {
	name   string
	copy   func(ctx context.Context, from, to store.Store, progress io.Writer) (int, error)
	digest func(ctx context.Context, st store.Store) (int, string, error)
}

func copied() []copiedTable {
	return []copiedTable{
		groupOf("settings", func(s store.Store) store.Table[feedback.Setting] { return s.Settings() }),
		groupOf("users", func(s store.Store) store.Table[feedback.User] { return s.Users() }),
		groupOf("keys", func(s store.Store) store.Table[feedback.APIKey] { return s.Keys() }),
		groupOf("links", func(s store.Store) store.Table[feedback.Link] { return s.Links() }),
		groupOf("sessions", func(s store.Store) store.Table[feedback.Session] { return s.Sessions() }),
		groupOf("definitions", func(s store.Store) store.Table[feedback.Definition] { return s.Definitions() }),
		groupOf("people", func(s store.Store) store.Table[feedback.Person] { return s.People() }),
		groupOf("interactions", func(s store.Store) store.Table[feedback.Interaction] { return s.Interactions() }),
		groupOf("invitations", func(s store.Store) store.Table[feedback.Invitation] { return s.Invitations() }),
		groupOf("responses", func(s store.Store) store.Table[feedback.Response] { return s.Responses() }),
		groupOf("cases", func(s store.Store) store.Table[feedback.Case] { return s.Cases() }),
		groupOf("remarks", func(s store.Store) store.Table[feedback.Remark] { return s.Remarks() }),
		groupOf("rollups", func(s store.Store) store.Table[feedback.Rollup] { return s.Rollups() }),
	}
}

// page is how many rows are copied between two notes of how far it came.
const page = 500

func groupOf[T any, R store.Row[T]](name string, of func(store.Store) store.Table[T]) copiedTable {
	return copiedTable{
		name: name,
		copy: func(ctx context.Context, from, to store.Store, progress io.Writer) (int, error) {
			return copyTable[T, R](ctx, name, of(from), of(to), to.Settings(), progress)
		},
		digest: func(ctx context.Context, st store.Store) (int, string, error) {
			sum, n := sha256.New(), 0
			err := scanAll[T, R](ctx, of(st), "", func(rows []*T) error {
				for _, row := range rows {
					if strings.HasPrefix(R(row).Rec().ID, progressPrefix) {
						continue
					}
					b, err := json.Marshal(row, json.Deterministic(true))
					if err != nil {
						return err
					}
					_, _ = sum.Write(b)
					n++
				}
				return nil
			})
			return n, hex.EncodeToString(sum.Sum(nil)), err
		},
	}
}

// scanAll goes through a table from after on.
func scanAll[T any, R store.Row[T]](ctx context.Context, t store.Table[T], after string, use func([]*T) error) error {
	for {
		rows, err := t.Scan(ctx, after, page)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := use(rows); err != nil {
			return err
		}
		after = R(rows[len(rows)-1]).Rec().ID
	}
}

// progressPrefix begins the settings in which a migration notes in its target how far it came.
const progressPrefix = "migrate:"

func copyTable[T any, R store.Row[T]](ctx context.Context, name string, from, to store.Table[T], notes store.Table[feedback.Setting], progress io.Writer) (int, error) {
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(progress), progressbar.OptionSetDescription(name),
		progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	defer func() { _ = bar.Finish() }()
	note := &feedback.Setting{}
	note.ID = progressPrefix + name
	if old, err := notes.Get(ctx, note.ID); err == nil {
		note = old
	} else if !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	n := 0
	err := scanAll[T, R](ctx, from, string(note.Value), func(rows []*T) error {
		if err := to.Put(ctx, rows); err != nil {
			return err
		}
		n += len(rows)
		_ = bar.Add(len(rows))
		note.Value = []byte(R(rows[len(rows)-1]).Rec().ID)
		return notes.Put(ctx, []*feedback.Setting{note})
	})
	return n, err
}

// verify compares both sides of a table.
func (t copiedTable) verify(ctx context.Context, from, to store.Store) error {
	n1, sum1, err1 := t.digest(ctx, from)
	n2, sum2, err2 := t.digest(ctx, to)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("compare %s: %w", t.name, err)
	}
	if n1 != n2 || sum1 != sum2 {
		return fmt.Errorf("%s differ: %d rows with digest %.12s to read, %d rows with digest %.12s written; is a service working on one of them, or was the target not empty?", t.name, n1, sum1, n2, sum2)
	}
	return nil
}

func forgetProgress(ctx context.Context, to store.Store) error {
	for _, t := range copied() {
		if err := to.Settings().Delete(ctx, progressPrefix+t.name); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("tidy up: %w", err)
		}
	}
	return nil
}
