// Package intake reads CSV files row by row for whoever keeps what stands in them. A row that is wrong is
// reported with its line and reason and costs no other row; rows that belong together (of one customer)
// are taken in the order of the file, all others side by side.
//
// The first line names the columns, in any order. Separators are commas, or semicolons as spreadsheets
// write them where the comma belongs to numbers. An apostrophe that an export set before a text which a
// spreadsheet would run as a formula is taken away again.
package intake

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"earshot/internal/export"
	"earshot/internal/feedback"
)

// Row is a line of the file: the cells that are not empty, by column.
type Row struct {
	Line  int
	Cells map[string]string
}

// Mistake says why a row was not taken.
type Mistake struct {
	Line   int
	Reason string
}

// Result is what became of the rows.
type Result struct {
	New, Known int
	Mistakes   []Mistake // by line
}

// Kind is what a file holds.
type Kind struct {
	// Column tells whether there is a column of a name; Columns lists them for people.
	Column  func(name string) bool
	Columns []string
	// Required are columns without which no row can be right.
	Required []string
	// Together names what rows have in common that must be taken one after the other.
	Together func(Row) string
	// Take keeps a row. created is false when it was there already. A *feedback.Invalid is about the row;
	// any other error ends the run.
	Take func(ctx context.Context, r Row) (created bool, err error)
}

// parallel is how many rows are taken side by side; the embedded store groups their commits.
const parallel = 32

// maxCell bounds a cell, in bytes.
const maxCell = 1 << 17

// File takes the rows of a CSV file. progress hears how many bytes were read. The error is about the
// file as a whole: a column that is missing or not known, or a store that is not there.
func File(ctx context.Context, k Kind, file io.ReaderAt, size int64, progress func(read int64)) (Result, error) {
	rows, err := open(k, file, size)
	if err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lanes := make([]chan Row, parallel)
	var sum tally
	var workers sync.WaitGroup
	for i := range lanes {
		lanes[i] = make(chan Row, 16)
		workers.Go(func() {
			for r := range lanes[i] {
				if ctx.Err() == nil {
					sum.take(ctx, k, r, cancel)
				}
			}
		})
	}
	seed := maphash.MakeSeed()
	for ctx.Err() == nil {
		r, mistake, more := rows.next()
		if !more {
			break
		}
		if mistake != nil {
			sum.wrong(*mistake)
		} else {
			lanes[maphash.String(seed, k.Together(r))%parallel] <- r
		}
		progress(rows.at)
	}
	for _, lane := range lanes {
		close(lane)
	}
	workers.Wait()
	slices.SortFunc(sum.Mistakes, func(a, b Mistake) int { return a.Line - b.Line })
	return sum.Result, context.Cause(ctx)
}

// tally counts what became of the rows.
type tally struct {
	mu sync.Mutex
	Result
}

func (t *tally) take(ctx context.Context, k Kind, r Row, fail func(error)) {
	created, err := k.Take(ctx, r)
	var invalid *feedback.Invalid
	switch {
	case errors.As(err, &invalid):
		t.wrong(Mistake{r.Line, reason(invalid)})
		return
	case err != nil:
		fail(fmt.Errorf("line %d: %w", r.Line, err))
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if created {
		t.New++
	} else {
		t.Known++
	}
}

func (t *tally) wrong(m Mistake) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Mistakes = append(t.Mistakes, m)
}

func reason(invalid *feedback.Invalid) string {
	var parts []string
	for _, e := range invalid.Errors {
		parts = append(parts, strings.TrimSpace(e.Field+" "+e.Detail))
	}
	return strings.Join(parts, "; ")
}

// reader goes through the records of a file. A record that is no CSV costs its own line only: reading
// goes on at the next one, even where a quotation mark was never closed.
type reader struct {
	file  io.ReaderAt
	size  int64
	comma rune
	head  []string
	csv   *csv.Reader
	base  int64 // where csv began, in bytes
	line  int   // the lines before base
	at    int64 // bytes read
}

func open(k Kind, file io.ReaderAt, size int64) (*reader, error) {
	r := &reader{file: file, size: size}
	first, err := bufio.NewReader(io.NewSectionReader(file, 0, size)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if strings.HasPrefix(first, "\uFEFF") {
		r.base = int64(len("\uFEFF"))
	}
	r.comma = ','
	if strings.Count(first, ";") > strings.Count(first, ",") {
		r.comma = ';'
	}
	r.restart()
	head, err := r.csv.Read()
	if err != nil {
		return nil, errors.New("the file has no first line that names its columns")
	}
	return r, r.columns(k, head)
}

func (r *reader) columns(k Kind, head []string) error {
	for _, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		if !k.Column(name) {
			return fmt.Errorf("there is no column %q; the columns are %s", name, strings.Join(k.Columns, ", "))
		}
		if slices.Contains(r.head, name) {
			return fmt.Errorf("the column %q is there twice", name)
		}
		r.head = append(r.head, name)
	}
	for _, name := range k.Required {
		if !slices.Contains(r.head, name) {
			return fmt.Errorf("the column %q is missing; its first line must name the columns", name)
		}
	}
	return nil
}

// restart reads CSV from base on.
func (r *reader) restart() {
	r.csv = csv.NewReader(bufio.NewReaderSize(io.NewSectionReader(r.file, r.base, r.size-r.base), 1<<16))
	r.csv.Comma, r.csv.FieldsPerRecord, r.csv.ReuseRecord = r.comma, -1, true
}

// next returns the next row, or what is wrong with it; more is false at the end.
func (r *reader) next() (row Row, wrong *Mistake, more bool) {
	for {
		began := r.base + r.csv.InputOffset()
		cells, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			return row, nil, false
		}
		if err != nil {
			return row, r.skip(began, err), true
		}
		line, _ := r.csv.FieldPos(0)
		row.Line, r.at = r.line+line, r.base+r.csv.InputOffset()
		if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
			continue
		}
		if len(cells) != len(r.head) {
			return row, &Mistake{row.Line, fmt.Sprintf("has %d cells; the first line names %d columns", len(cells), len(r.head))}, true
		}
		row.Cells = map[string]string{}
		for i, c := range cells {
			if len(c) > maxCell || !utf8.ValidString(c) || strings.ContainsRune(c, 0) {
				return row, &Mistake{row.Line, r.head[i] + " is too long or no UTF-8 text"}, true
			}
			if c = Bare(strings.TrimSpace(c)); c != "" {
				row.Cells[r.head[i]] = c
			}
		}
		return row, nil, true
	}
}

// skip leaves the line out on which a record began, and reads on after it.
func (r *reader) skip(began int64, err error) *Mistake {
	line, text := r.line, err.Error()
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		line, text = r.line+parse.StartLine, parse.Err.Error()
	}
	end := r.endOfLine(began)
	if end <= began { // the file cannot be read on
		end = r.size
	}
	r.line, r.base, r.at = line, end, end
	r.restart()
	return &Mistake{line, "is not CSV: " + text}
}

// endOfLine finds where the line that holds text at or after an offset ends.
func (r *reader) endOfLine(from int64) int64 {
	in := bufio.NewReader(io.NewSectionReader(r.file, from, r.size-from))
	for {
		part, err := in.ReadBytes('\n')
		from += int64(len(part))
		if err != nil || len(bytes.TrimSpace(part)) > 0 {
			return from
		}
	}
}

// Bare takes the apostrophe away that export.Safe sets.
func Bare(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && export.Safe(rest) != rest {
		return rest
	}
	return s
}
