package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"earshot/internal/config"
	"earshot/internal/staff"
	"earshot/internal/store"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
)

// office is what the administering commands work with: the store beside a running service.
type office struct {
	config config.Config
	store  store.Store
	staff  *staff.Service
}

// inOffice opens the store beside a running service for the length of do.
func inOffice(cmd *cobra.Command, do func(ctx context.Context, o office) error) (err error) {
	cfg, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	st, err := openStore(ctx, cfg, false, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	secret, err := loadSecret(cfg)
	if err != nil {
		return err
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = "http://localhost:8080"
	}
	return do(ctx, office{cfg, st, staff.New(staff.Config{Store: st, BaseURL: cfg.BaseURL, Secret: secret})})
}

// officeFlags are the settings of the administering commands.
func officeFlags(c *cobra.Command) *cobra.Command {
	settingFlags(c, "EARSHOT_DATA", "EARSHOT_STORE", "EARSHOT_BASE_URL", "EARSHOT_SECRET")
	return c
}

func keyCommand() *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "API keys: create, list, revoke", Example: "  earshot key create zendesk", RunE: onlySubcommands, Args: cobra.ArbitraryArgs}
	c.AddCommand(keyCreate(), keyList(), keyRevoke())
	return c
}

func keyCreate() *cobra.Command {
	return officeFlags(&cobra.Command{
		Use: "create NAME", Short: "Create an API key and print it, once", Example: "  earshot key create zendesk", Args: exactly(1, "a name that says what the key is for"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inOffice(cmd, func(ctx context.Context, o office) error {
				key, row, err := o.staff.CreateKey(ctx, args[0], time.Now())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "Key %s for %q; it is shown only now:\n%s\n", row.ID, row.Name, key)
				return err
			})
		},
	})
}

func keyList() *cobra.Command {
	return officeFlags(&cobra.Command{
		Use: "list", Short: "List API keys", Example: "  earshot key list", Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inOffice(cmd, func(ctx context.Context, o office) error {
				keys, err := o.staff.ListKeys(ctx)
				if err != nil {
					return err
				}
				t := newTable(cmd, "id", "name", "created", "state")
				for _, k := range keys {
					state := "active"
					if !k.RevokedAt.IsZero() {
						state = "revoked " + k.RevokedAt.Format(time.DateOnly)
					}
					t.AppendRow(table.Row{k.ID, k.Name, k.CreatedAt.Format(time.DateOnly), state})
				}
				t.Render()
				return nil
			})
		},
	})
}

func keyRevoke() *cobra.Command {
	return officeFlags(&cobra.Command{
		Use: "revoke ID", Short: "End an API key at once", Example: "  earshot key revoke 4fz2kq7wba", Args: exactly(1, "the id that 'earshot key list' shows"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inOffice(cmd, func(ctx context.Context, o office) error {
				err := o.staff.RevokeKey(ctx, args[0], time.Now())
				if errors.Is(err, store.ErrNotFound) {
					return fmt.Errorf("there is no key %q; 'earshot key list' shows them", args[0])
				}
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "Key %s no longer works.\n", args[0])
				return err
			})
		},
	})
}

// newTable prints to the command's output in plain columns.
func newTable(cmd *cobra.Command, columns ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(cmd.OutOrStdout())
	t.SetStyle(table.StyleLight)
	t.AppendHeader(columns)
	return t
}
