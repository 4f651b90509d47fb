package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// maxDepth is how deep arrays and objects of a request may be nested; ours need three levels.
const maxDepth = 16

// readJSON reads a request's body into a struct. A body that is not JSON is a 400; fields that do not
// fit are a 422 that names every one of them.
func readJSON(c *fiber.Ctx, into any) error {
	tree, err := parseJSON(c.BodyRaw())
	if err != nil {
		return err
	}
	return refuse(decode(tree, into, ""))
}

func refuse(errs []feedback.FieldError) error {
	if len(errs) == 0 {
		return nil
	}
	return &feedback.Invalid{Errors: errs}
}

// parseJSON reads one JSON value and nothing after it: objects as map[string]any, numbers as
// json.Number. Invalid UTF-8, a name that occurs twice in an object and data after the value are errors,
// because different programs read those differently.
func parseJSON(body []byte) (any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, badRequest("The body is empty; send JSON.")
	}
	if !utf8.Valid(body) {
		return nil, badRequest("The body is not valid UTF-8.")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	v, err := parseValue(dec, "", 0)
	if err != nil {
		return nil, syntax(err, body)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, badRequest("There is more after the end of the JSON value.")
	}
	return v, nil
}

// syntax says where in the body the mistake is.
func syntax(err error, body []byte) error {
	var own *httpError
	if errors.As(err, &own) {
		return own
	}
	var se *json.SyntaxError
	if !errors.As(err, &se) {
		return badRequest("The body is not complete JSON.")
	}
	before := body[:min(int(se.Offset), len(body))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n') - 1
	return badRequest(fmt.Sprintf("The body is not valid JSON: line %d, column %d: %s.", line, column, se.Error()))
}

func parseValue(dec *json.Decoder, path string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, badRequest("The JSON is nested too deeply at " + path + ".")
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		return parseObject(dec, path, depth)
	case json.Delim('['):
		out := []any{}
		for dec.More() {
			v, err := parseValue(dec, fmt.Sprintf("%s[%d]", path, len(out)), depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		_, err := dec.Token()
		return out, err
	}
	return tok, nil
}

func parseObject(dec *json.Decoder, path string, depth int) (any, error) {
	out := map[string]any{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := tok.(string)
		at := join(path, name)
		if _, twice := out[name]; twice {
			return nil, badRequest(fmt.Sprintf("The field %q occurs twice.", at))
		}
		if out[name], err = parseValue(dec, at, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return out, err
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// fromJSON is a field that reads itself, where several forms are accepted.
type fromJSON interface {
	fromJSON(v any, path string) []feedback.FieldError
}

// decode writes a parsed value into a struct by its json tags and reports every field that does not
// fit, with its path and what is expected. null leaves a field as it is.
func decode(v, into any, path string) []feedback.FieldError {
	d := &decoder{}
	d.value(v, reflect.ValueOf(into).Elem(), path)
	sort.SliceStable(d.errs, func(i, j int) bool { return d.errs[i].Field < d.errs[j].Field })
	return d.errs
}

type decoder struct {
	errs []feedback.FieldError
}

func (d *decoder) add(path, detail string) {
	if path == "" {
		path = "(body)"
	}
	d.errs = append(d.errs, feedback.FieldError{Field: path, Detail: detail})
}

func (d *decoder) value(v any, to reflect.Value, path string) {
	if v == nil {
		return
	}
	if own, ok := to.Addr().Interface().(fromJSON); ok {
		d.errs = append(d.errs, own.fromJSON(v, path)...)
		return
	}
	if _, ok := to.Interface().(time.Time); ok {
		d.time(v, to, path)
		return
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		d.value(v, to.Elem(), path)
	case reflect.Struct:
		d.object(v, to, path)
	case reflect.Slice:
		d.list(v, to, path)
	case reflect.String:
		d.text(v, to, path)
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			to.SetBool(b)
			return
		}
		d.add(path, "must be true or false")
	case reflect.Int:
		d.whole(v, to, path)
	case reflect.Float64:
		d.number(v, to, path)
	default:
		panic("decode: no rule for " + to.Type().String())
	}
}

func (d *decoder) object(v any, to reflect.Value, path string) {
	in, ok := v.(map[string]any)
	if !ok {
		d.add(path, "must be an object")
		return
	}
	known := map[string]bool{}
	for i := range to.NumField() {
		name, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("json"), ",")
		known[name] = true
		if value, ok := in[name]; ok {
			d.value(value, to.Field(i), join(path, name))
		}
	}
	for name := range in {
		if !known[name] {
			d.add(join(path, name), "is not a field that is known here")
		}
	}
}

func (d *decoder) list(v any, to reflect.Value, path string) {
	in, ok := v.([]any)
	if !ok {
		d.add(path, "must be an array")
		return
	}
	to.Set(reflect.MakeSlice(to.Type(), len(in), len(in)))
	for i, item := range in {
		at := fmt.Sprintf("%s[%d]", path, i)
		if item == nil {
			d.add(at, "must not be null")
			continue
		}
		d.value(item, to.Index(i), at)
	}
}

func (d *decoder) text(v any, to reflect.Value, path string) {
	s, ok := v.(string)
	switch {
	case !ok:
		d.add(path, "must be a string")
	case strings.ContainsRune(s, 0):
		d.add(path, "contains a NUL character")
	default:
		to.SetString(s)
	}
}

func (d *decoder) whole(v any, to reflect.Value, path string) {
	n, ok := v.(json.Number)
	f, err := strconv.ParseFloat(string(n), 64)
	if !ok || err != nil || f != float64(int64(f)) || f > 1e12 || f < -1e12 {
		d.add(path, "must be a whole number")
		return
	}
	to.SetInt(int64(f))
}

func (d *decoder) number(v any, to reflect.Value, path string) {
	n, ok := v.(json.Number)
	f, err := strconv.ParseFloat(string(n), 64)
	if !ok || err != nil {
		d.add(path, "must be a number")
		return
	}
	to.SetFloat(f)
}

// expectTime is what a field that is no time is told.
const expectTime = "must be an RFC 3339 time such as 2026-11-20T14:03:00Z"

func (d *decoder) time(v any, to reflect.Value, path string) {
	s, ok := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	if !ok || err != nil || t.Year() < 1990 || t.Year() > 2200 {
		d.add(path, expectTime)
		return
	}
	to.Set(reflect.ValueOf(t.UTC()))
}
