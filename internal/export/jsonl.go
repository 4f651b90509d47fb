package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonlSink writes each row as an object. The path of a column is cut at its first dot into the name
// of a nested object and the name in it; columns of one object follow each other.
type jsonlSink struct {
	w     *bufio.Writer
	paths []path
	line  []byte
}

// path is a column's place: the object it stands in, empty for the row itself, and its name there.
type path struct{ object, name string }

func newJSONL(w io.Writer) *jsonlSink { return &jsonlSink{w: bufio.NewWriterSize(w, 64<<10)} }

func (s *jsonlSink) head(names []string) error {
	seen := map[string]bool{}
	last := ""
	for _, n := range names {
		object, name, nested := strings.Cut(n, ".")
		if !nested {
			object, name = "", n
		}
		if object != "" && object != last && seen[object] {
			return fmt.Errorf("the columns of %s do not follow each other", object)
		}
		seen[object], last = true, object
		s.paths = append(s.paths, path{object, name})
	}
	return nil
}

func (s *jsonlSink) row(values []any) error {
	b, open := append(s.line[:0], '{'), ""
	for i, v := range values {
		p := s.paths[i]
		if open != "" && p.object != open {
			b = append(b, '}')
		}
		if b[len(b)-1] != '{' { // which no value ends with
			b = append(b, ',')
		}
		if p.object != "" && p.object != open {
			b = append(append(quoted(b, p.object), ':'), '{')
		}
		open = p.object
		var err error
		if b, err = appendJSON(append(quoted(b, p.name), ':'), v); err != nil {
			return err
		}
	}
	if open != "" {
		b = append(b, '}')
	}
	s.line = append(b, '}', '\n')
	_, err := s.w.Write(s.line)
	return err
}

func (s *jsonlSink) end(bool) error { return s.w.Flush() }

func quoted(b []byte, s string) []byte {
	out, err := jsontext.AppendQuote(b, s)
	if err != nil { // invalid UTF-8 has become U+FFFD in what was appended
		out, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(s, "\uFFFD"))
	}
	return out
}

func appendJSON(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return quoted(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case time.Time:
		return append(v.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"'), nil
	case []string:
		if v == nil {
			return append(b, "[]"...), nil
		}
	case map[string]string:
		if v == nil {
			return append(b, "{}"...), nil
		}
	}
	raw, err := json.Marshal(v)
	return append(b, raw...), err
}
