package ngram_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/sentiment/langid/ngram"
)

// small holds two languages: the first writes "ab" and "aba", the second "b" alone.
func small() ngram.Content {
	return ngram.Content{
		Languages: []string{"xx", "yy"},
		Letters:   []rune{'a', 'b'},
		Rows: []ngram.Row{
			{Key: ngram.MakeKey(0, 0, 1), Languages: 1, Costs: []ngram.Cost{ngram.CostOf(0.5)}},
			{Key: ngram.MakeKey(0, 0, 2), Languages: 3, Costs: []ngram.Cost{ngram.CostOf(0.5), ngram.CostOf(1)}},
			{Key: ngram.MakeKey(0, 1, 2), Languages: 1, Costs: []ngram.Cost{ngram.CostOf(0.25)}},
			{Key: ngram.MakeKey(1, 2, 1), Languages: 1, Costs: []ngram.Cost{ngram.CostOf(1)}},
		},
	}
}

func encoded(t testing.TB, c ngram.Content) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := ngram.Encode(&file, c); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestDecodeReadsWhatEncodeWrote(t *testing.T) {
	got, err := ngram.Decode(encoded(t, small()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(small(), got); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeRefusesTooMuch(t *testing.T) {
	if err := ngram.Encode(&bytes.Buffer{}, ngram.Content{Languages: make([]string, ngram.MaxLanguages+1)}); err == nil {
		t.Error("no error for too many languages")
	}
}

func TestDecodeRefusesOtherBytes(t *testing.T) {
	whole := encoded(t, small())
	var other bytes.Buffer
	w := gzip.NewWriter(&other)
	if _, err := w.Write([]byte("EARN0 something else")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"empty": nil, "text": []byte("hello"), "cut": whole[:len(whole)-12], "magic": other.Bytes()} {
		if _, err := ngram.Decode(file); !errors.Is(err, ngram.ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", name, err)
		}
	}
}

func TestCostKeepsProbabilities(t *testing.T) {
	for _, p := range []float64{1, 0.9, 0.5, 0.01, 1e-6} {
		if got, want := float64(ngram.CostOf(p).Nats()), math.Log(p); math.Abs(got-want) > 1.0/32+1e-6 {
			t.Errorf("ln %v is %.3f, want %.3f", p, got, want)
		}
	}
	if got := ngram.CostOf(1e-30); got != 255 {
		t.Errorf("the rarest costs %d, want 255", got)
	}
}

func TestAddBacksOff(t *testing.T) {
	table := ngram.New(small())
	ln := func(p float64) float64 { return float64(ngram.CostOf(p).Nats()) }
	for _, c := range []struct {
		name   string
		key    ngram.Key
		xx, yy float64
	}{
		{"one letter", ngram.MakeKey(0, 0, 2), ln(0.5), 0},
		{"known to one", ngram.MakeKey(0, 1, 2), ln(0.25), -0.916},
		{"three letters", ngram.MakeKey(1, 2, 1), 0, -14 - 2*0.916},
		{"two of three", ngram.MakeKey(2, 1, 2), ln(0.25) - 0.916, -2 * 0.916},
		{"one of three", ngram.MakeKey(2, 2, 2), ln(0.5) - 2*0.916, -2 * 0.916},
	} {
		sums, row := make([]float32, 2), make([]float32, 2)
		table.Add(c.key, sums, row)
		if math.Abs(float64(sums[0])-c.xx) > 1e-4 || math.Abs(float64(sums[1])-c.yy) > 1e-4 {
			t.Errorf("%s: %v, want %.3f %.3f", c.name, sums, c.xx, c.yy)
		}
	}
}

func TestLetter(t *testing.T) {
	table := ngram.New(small())
	for r, want := range map[rune]uint16{'a': 1, 'b': 2, 'c': 0, 'ж': 0, -1: 0} {
		if got := table.Letter(r); got != want {
			t.Errorf("%q has number %d, want %d", r, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, small()))
	f.Add([]byte("EARN1"))
	f.Fuzz(func(t *testing.T, file []byte) {
		content, err := ngram.Decode(file)
		if err != nil {
			if !errors.Is(err, ngram.ErrFormat) {
				t.Fatalf("%v is not ErrFormat", err)
			}
			return
		}
		if got := ngram.New(content).Languages(); len(got) > ngram.MaxLanguages {
			t.Fatalf("%d languages", len(got))
		}
	})
}
