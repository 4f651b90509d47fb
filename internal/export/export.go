// Package export writes tables of rows for other programs: as CSV and XLSX for spreadsheets, as JSONL
// for scripts. The command line and the pages write through it, so that a table looks the same
// wherever it was asked for.
//
// A column's name is the path that the API and the import use for the same value (agent.email); in
// JSONL it becomes nested objects. Rows are written as they are read: the size of a table is bounded
// by the disk, not by memory.
//
// A spreadsheet runs a cell that begins with = + - or @ as a formula, and customers write such cells.
// CSV and XLSX therefore set an apostrophe before them (https://owasp.org/www-community/attacks/CSV_Injection);
// JSONL holds every text as it is.
package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"earshot/internal/store"
)

// Format is how a table is written.
type Format string

// The formats.
const (
	CSV   Format = "csv"   // RFC 4180, UTF-8
	XLSX  Format = "xlsx"  // Office Open XML
	JSONL Format = "jsonl" // one JSON object a line
)

// Formats lists the formats.
func Formats() []Format { return []Format{CSV, XLSX, JSONL} }

// ParseFormat reads a format's name.
func ParseFormat(name string) (Format, bool) {
	for _, f := range Formats() {
		if string(f) == name {
			return f, true
		}
	}
	return "", false
}

// MediaType is the format's type for HTTP.
func (f Format) MediaType() string {
	switch f {
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case JSONL:
		return "application/x-ndjson"
	}
	return "text/csv; charset=utf-8"
}

// Column is one value of each row. Value returns nil for none, a string, a bool, an int, an int64, a
// float64, a time.Time, a []string, or a map[string]string.
type Column[T any] struct {
	Name  string
	Value func(*T) any
	// Personal tells that the value can name the customer.
	Personal bool
}

// Impersonal leaves out the columns that can name the customer.
func Impersonal[T any](columns []Column[T]) []Column[T] {
	var out []Column[T]
	for _, c := range columns {
		if !c.Personal {
			out = append(out, c)
		}
	}
	return out
}

// sink writes one table in one format.
type sink interface {
	head(names []string) error
	row(values []any) error
	// end gives back what the sink holds; only a whole table need be readable.
	end(whole bool) error
}

func newSink(w io.Writer, f Format, title string) (sink, error) {
	switch f {
	case CSV:
		return newCSV(w), nil
	case XLSX:
		return newXLSX(w, title)
	case JSONL:
		return newJSONL(w), nil
	}
	return nil, fmt.Errorf("%q is no format to export to", f)
}

// Write writes a table and returns how many rows it has. title names the sheet of a workbook. After an
// error what was written is not a whole table.
func Write[T any](w io.Writer, f Format, title string, columns []Column[T], rows iter.Seq2[*T, error]) (n int, err error) {
	to, err := newSink(w, f, title)
	if err != nil {
		return 0, err
	}
	n, err = fill(to, columns, rows)
	return n, errors.Join(err, to.end(err == nil))
}

func fill[T any](to sink, columns []Column[T], rows iter.Seq2[*T, error]) (n int, err error) {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	if err := to.head(names); err != nil {
		return 0, err
	}
	values := make([]any, len(columns))
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		for i, c := range columns {
			values[i] = c.Value(row)
		}
		if err := to.row(values); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// ahead is how many pages are read while others are written.
const ahead = 2

// Pages goes through a list to its end. The next pages are read while the current one is used.
func Pages[T any](ctx context.Context, list func(context.Context, store.Page) (store.List[T], error)) iter.Seq2[*T, error] {
	type part struct {
		items []*T
		err   error
	}
	return func(yield func(*T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		parts, ended := make(chan part, ahead), make(chan struct{})
		defer func() { cancel(); <-ended }()
		go func() {
			defer close(ended)
			defer close(parts)
			for page := (store.Page{Limit: 1000}); ; {
				l, err := list(ctx, page)
				select {
				case parts <- part{l.Items, err}:
				case <-ctx.Done():
					return
				}
				if page.After = l.Next; err != nil || l.Next == "" {
					return
				}
			}
		}()
		for p := range parts {
			if p.err != nil {
				yield(nil, p.err)
				return
			}
			for _, row := range p.items {
				if !yield(row, nil) {
					return
				}
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// Rows makes a sequence of rows that are in memory already.
func Rows[T any](rows []T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for i := range rows {
			if !yield(&rows[i], nil) {
				return
			}
		}
	}
}
