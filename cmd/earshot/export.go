package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"earshot/internal/export"
	"earshot/internal/feedback"
	"earshot/internal/store"

	"github.com/spf13/cobra"
)

func exportCommand() *cobra.Command {
	c := &cobra.Command{Use: "export", Short: "Write responses or cases for other programs", Example: "  earshot export responses --from 2026-10-01 --format xlsx --out october.xlsx", RunE: onlySubcommands, Args: cobra.ArbitraryArgs}
	c.AddCommand(
		exportTable("responses", "Write what customers said, newest first", func(ctx context.Context, w io.Writer, o office, s exportSpan) (int, error) {
			return export.Write(w, s.format, "responses", export.Responses(), export.Pages(ctx, func(ctx context.Context, p store.Page) (store.List[feedback.Response], error) {
				return o.store.Responses().List(ctx, store.ResponseFilter{From: s.from, To: s.to}, p)
			}))
		}),
		exportTable("cases", "Write the recoveries, newest first", func(ctx context.Context, w io.Writer, o office, s exportSpan) (int, error) {
			return export.Write(w, s.format, "cases", export.Cases(), export.Pages(ctx, func(ctx context.Context, p store.Page) (store.List[feedback.Case], error) {
				return o.store.Cases().List(ctx, store.CaseFilter{OpenedFrom: s.from, OpenedTo: s.to}, p)
			}))
		}),
	)
	return c
}

// exportSpan is what of a table is written, and how. Zero ends are open.
type exportSpan struct {
	from, to time.Time
	format   export.Format
}

// exportTable is the subcommand of one table.
func exportTable(name, short string, write func(context.Context, io.Writer, office, exportSpan) (int, error)) *cobra.Command {
	c := officeFlags(&cobra.Command{
		Use: name, Short: short, Args: exactly(0, "no arguments"),
		Long: short + `. A day of --to is part of the span as a whole; days are those of EARSHOT_TIMEZONE.
CSV and XLSX set an apostrophe before a text that a spreadsheet would run as a formula; JSONL holds every text
as it is. A file appears whole or not at all. A running service need not be stopped.`,
		Example: fmt.Sprintf("  earshot export %s --format jsonl > %s.jsonl\n  earshot export %s --from 2026-10-01 --to 2026-10-31 --out october.xlsx", name, name, name),
	})
	settingFlags(c, "EARSHOT_TIMEZONE")
	from := c.Flags().String("from", "", "first day (2026-10-01) or moment (RFC 3339); empty: from the beginning")
	to := c.Flags().String("to", "", "last day, or the moment before which; empty: to the end")
	format := c.Flags().String("format", "", "csv, xlsx or jsonl (default: by the ending of --out, else csv)")
	out := c.Flags().String("out", "", "file to write; empty: standard output")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := loadConfig(cmd)
		if err != nil {
			return err
		}
		span, err := readExportSpan(*from, *to, *format, *out, cfg.Zone)
		if err != nil {
			return err
		}
		return inOffice(cmd, func(ctx context.Context, o office) error {
			n, err := exportTo(*out, cmd.OutOrStdout(), func(w io.Writer) (int, error) { return write(ctx, w, o, span) })
			if err != nil {
				return fmt.Errorf("export %s: %w", name, err)
			}
			_, err = fmt.Fprintf(cmd.ErrOrStderr(), "%d %s written.\n", n, name)
			return err
		})
	}
	return c
}

func readExportSpan(from, to, format, out string, zone *time.Location) (s exportSpan, err error) {
	if format == "" {
		if format = strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), "."); format == "" {
			format = string(export.CSV)
		}
	}
	ok := false
	if s.format, ok = export.ParseFormat(format); !ok {
		return s, usage("%q is not a format; there are csv, xlsx and jsonl", format)
	}
	if s.from, err = moment(from, 0, zone); err != nil {
		return s, usage("--from %v", err)
	}
	if s.to, err = moment(to, 1, zone); err != nil {
		return s, usage("--to %v", err)
	}
	if !s.from.IsZero() && !s.to.IsZero() && !s.from.Before(s.to) {
		return s, usage("--from must be before the end of --to")
	}
	return s, nil
}

// moment reads a day on the clock of zone, with so many days added, or an RFC 3339 time; empty is the
// zero time.
func moment(text string, days int, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t.AddDate(0, 0, days).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("%q is neither a day such as 2026-10-01 nor a time such as 2026-10-01T09:00:00Z", text)
	}
	return t.UTC(), nil
}

// exportTo runs write on a file that appears under its name only when it is whole and on the disk, or
// on standard output when there is no name.
func exportTo(file string, stdout io.Writer, write func(io.Writer) (int, error)) (n int, err error) {
	if file == "" {
		return write(stdout)
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return 0, fmt.Errorf("cannot write beside %s: %w", file, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	n, err = write(tmp)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return n, err
	}
	return n, os.Rename(tmp.Name(), file)
}
