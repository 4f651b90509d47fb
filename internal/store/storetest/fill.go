package storetest

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"earshot/internal/store"
)

// awkward holds pieces of text that have broken stores before.
func awkward() []string {
	return []string{
		"plain", "Zoë Ångström", "العربية", "日本語", "👩‍👩‍👧 😀", "e\u0301", "\u2028\u2029", "\ufeff", "a.b", "$set", "<b>&amp;",
		`"quoted" 'it''s'`, `back\slash`, "line\nbreak\ttab\r\n", "a\x00b", " spaces ", "%_*?", "; DROP TABLE cases; --", "\ufffd", "null",
	}
}

// made returns a row of which every field, at every depth, holds something other than its zero
// value, so that a field which a backend forgets shows.
func made[T any, R store.Row[T]](t *testing.T, r *rand.Rand, id string) *T {
	t.Helper()
	row := new(T)
	filler{t, r}.fill(reflect.ValueOf(row).Elem())
	rec := R(row).Rec()
	rec.ID, rec.Rev = id, 0
	return row
}

type filler struct {
	t *testing.T
	r *rand.Rand
}

func (f filler) fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(f.time()))
		return
	case []byte:
		v.SetBytes([]byte{0, byte(f.r.Uint32()), 255, '\n', byte(f.r.Uint32())})
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(f.integer())
	case reflect.Float64:
		v.SetFloat(f.float())
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	default:
		f.fillMany(v)
	}
}

func (f filler) fillMany(v reflect.Value) {
	n := 1 + f.r.IntN(3)
	switch v.Kind() {
	case reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range n {
			value := reflect.New(v.Type().Elem()).Elem()
			f.fill(value)
			v.SetMapIndex(reflect.ValueOf(f.name()).Convert(v.Type().Key()), value)
		}
	default:
		f.t.Fatalf("the suite cannot fill a %s; teach it, and see that every backend keeps it", v.Type())
	}
}

func (f filler) text() string {
	words := awkward()
	return words[f.r.IntN(len(words))] + words[f.r.IntN(len(words))]
}

// name is a map's key: any text without a zero byte.
func (f filler) name() string {
	names := []string{"plain", "a.b", "$set", "Zoë", "😀", "with space", "UPPER", "upper", `"`, "0"}
	return names[f.r.IntN(len(names))]
}

func (f filler) integer() int64 {
	odd := []int64{1, -1, math.MaxInt32 + 1, math.MinInt64, math.MaxInt64, 1<<53 + 1}
	if f.r.IntN(2) == 0 {
		return odd[f.r.IntN(len(odd))]
	}
	return 1 + f.r.Int64N(1<<40)
}

func (f filler) float() float64 {
	odd := []float64{0.1, -1, math.MaxFloat64, math.SmallestNonzeroFloat64, 1e21, 1.0 / 3}
	if f.r.IntN(2) == 0 {
		return odd[f.r.IntN(len(odd))]
	}
	return f.r.NormFloat64() + 10
}

// time is a moment between 2000 and 2100 as feedback.UTC yields it.
func (f filler) time() time.Time {
	from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	return time.UnixMilli(from + f.r.Int64N(100*365*86400*1000)).UTC()
}

// pointers sets every nil pointer inside v to a new zero value: "reported, and zero".
func pointers(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			pointers(v.Field(i))
		}
	}
}

// retime replaces every time inside v by change of it.
func retime(v reflect.Value, change func(time.Time) time.Time) {
	if at, ok := v.Interface().(time.Time); ok {
		v.Set(reflect.ValueOf(change(at)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			retime(v.Field(i), change)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			retime(v.Index(i), change)
		}
	}
}

// scribble overwrites everything that v refers to, to see whether somebody else looks at it.
func scribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			scribble(v.Field(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			v.Elem().SetZero()
		}
	case reflect.Slice:
		for i := range v.Len() {
			v.Index(i).SetZero()
		}
	case reflect.Map:
		v.Clear()
	}
}
