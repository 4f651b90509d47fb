package sqlite

import (
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// codec writes a row's value as JSON for the doc column: the domain's field names, without fields
// that hold their zero value, times in milliseconds since 1970.
type codec struct {
	out, in json.Options
}

func newCodec() codec {
	return codec{
		out: json.JoinOptions(json.OmitZeroStructFields(true), json.WithMarshalers(json.JoinMarshalers(
			json.MarshalToFunc(func(e *jsontext.Encoder, t time.Time) error { return e.WriteToken(jsontext.Int(millis(t))) }),
			json.MarshalToFunc(func(e *jsontext.Encoder, d time.Duration) error { return e.WriteToken(jsontext.Int(int64(d))) }),
		))),
		in: json.WithUnmarshalers(json.JoinUnmarshalers(
			json.UnmarshalFromFunc(func(d *jsontext.Decoder, t *time.Time) error {
				ms, err := integer(d)
				*t = moment(ms)
				return err
			}),
			json.UnmarshalFromFunc(func(d *jsontext.Decoder, v *time.Duration) error {
				n, err := integer(d)
				*v = time.Duration(n)
				return err
			}),
		)),
	}
}

func integer(d *jsontext.Decoder) (int64, error) {
	token, err := d.ReadToken()
	if err != nil {
		return 0, err
	}
	if token.Kind() != '0' {
		return 0, fmt.Errorf("%s is not a number", token)
	}
	return strconv.ParseInt(token.String(), 10, 64)
}

// millis is a time as the tables keep it: milliseconds since 1970 in UTC, 0 for the zero time. A
// fraction of a millisecond is cut off, as feedback.UTC does.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// ceiling is the first whole millisecond not before t.
func ceiling(t time.Time) int64 {
	ms := t.UnixMilli()
	if t.After(time.UnixMilli(ms)) {
		ms++
	}
	return ms
}

// moment undoes millis.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
