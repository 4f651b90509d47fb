package export

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

type csvSink struct {
	w     *csv.Writer
	cells []string
}

func newCSV(w io.Writer) *csvSink { return &csvSink{w: csv.NewWriter(w)} }

func (s *csvSink) head(names []string) error { return s.w.Write(names) }

func (s *csvSink) row(values []any) error {
	s.cells = s.cells[:0]
	for _, v := range values {
		s.cells = append(s.cells, cell(v))
	}
	return s.w.Write(s.cells)
}

func (s *csvSink) end(bool) error {
	s.w.Flush()
	return s.w.Error()
}

// cell writes a value as text. Numbers and times are ours and stay as they are; texts are made safe.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	}
	return Safe(text(v))
}

// text joins a value of several parts.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []string:
		return strings.Join(v, "; ")
	case map[string]string:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, k+"="+v[k])
		}
		return strings.Join(parts, "; ")
	}
	return ""
}

// Safe returns a text that no spreadsheet runs as a formula: an apostrophe stands before one that
// would begin as a formula, also after white space and in the full-width forms that some programs
// read alike.
func Safe(s string) string {
	rest := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\uFEFF' || r == '\u200B' })
	if rest != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(rest[:min(len(rest), 4)])[0]) {
		return "'" + s
	}
	if s != "" && strings.ContainsRune("\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
