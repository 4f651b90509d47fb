package encoder

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// The trained model and what it said about some texts in fp32. Environment variables point the tests at others.
const (
	modelFile         = "model.bin"
	modelVariable     = "EARSHOT_TEST_MODEL"
	referenceFile     = "testdata/reference.jsonl"
	referenceVariable = "EARSHOT_TEST_REFERENCE"
)

// realFile reads what the variable names, or else the file; without either the test is skipped.
func realFile(t testing.TB, variable, file string) []byte {
	path := os.Getenv(variable)
	if path == "" {
		path = file
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && path == file {
		t.Skipf("there is no %s here; set %s to run this test", file, variable)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// realData is the bytes of a trained model.
func realData(t testing.TB) []byte { return realFile(t, modelVariable, modelFile) }

func realModel(t testing.TB) *Model {
	m, err := Load(realData(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// reference is one text as training saw it: pieces and fp32 logits.
type reference struct {
	Text           string    `json:"text"`
	IDs            []int32   `json:"ids"`
	Polarity       []float64 `json:"polarity"`
	PolarityLogits []float64 `json:"polarity_logits"`
	AspectFrom     int       `json:"aspect_from"`
	AspectTo       int       `json:"aspect_to"`
	Aspect         []float64 `json:"aspect"`
}

func references(t testing.TB) []reference {
	var all []reference
	lines := bufio.NewScanner(bytes.NewReader(realFile(t, referenceVariable, referenceFile)))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r reference
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if len(all) == 0 || lines.Err() != nil {
		t.Fatalf("%d lines, %v", len(all), lines.Err())
	}
	return all
}

func ids(p Pieces) []int32 {
	all := make([]int32, len(p.List))
	for i, piece := range p.List {
		all[i] = piece.ID
	}
	return all
}

func TestPiecesAreThoseOfTraining(t *testing.T) {
	all, m := references(t), realModel(t)
	for _, r := range all {
		got := ids(m.Encode(r.Text))
		if len(got) > len(r.IDs) && len(r.IDs) == m.meta.MaxPieces { // training cuts earlier
			got = append(got[:len(r.IDs)-1:len(r.IDs)-1], endID)
		}
		if !slices.Equal(got, r.IDs) {
			t.Errorf("%q: pieces %v, not %v", r.Text, got, r.IDs)
		}
	}
}

// The tolerance of int8 against fp32, in probability.
const (
	meanTolerance  = 0.01
	worstTolerance = 0.15
)

func TestProbabilitiesAreThoseOfTraining(t *testing.T) {
	all, m := references(t), realModel(t)
	var worst, sum, worstAspect, sumAspect float64
	same := 0
	for _, r := range all {
		pieces := Pieces{}
		for _, id := range r.IDs {
			pieces.List = append(pieces.List, Piece{ID: id})
		}
		readings, err := m.Run(context.Background(), []Pieces{pieces})
		if err != nil {
			t.Fatal(err)
		}
		got := readings[0].Polarity.Probabilities(m.meta.Temperature)
		d := distance(got, r.Polarity)
		worst, sum = max(worst, d), sum+d
		if largest(got[:]) == largest(r.Polarity) {
			same++
		}
		logits, ok := readings[0].Aspect(r.AspectFrom, r.AspectTo)
		if !ok {
			t.Fatalf("%q: empty aspect", r.Text)
		}
		d = distance(logits.Probabilities(m.meta.AspectTemperature), r.Aspect)
		worstAspect, sumAspect = max(worstAspect, d), sumAspect+d
	}
	n := float64(len(all))
	t.Logf("%s: polarity off by %.4f on average, %.4f at worst; aspects %.4f, %.4f; %d of %d labels agree",
		m.Kernel(), sum/n, worst, sumAspect/n, worstAspect, same, len(all))
	if sum/n > meanTolerance || worst > worstTolerance || sumAspect/n > meanTolerance || worstAspect > worstTolerance {
		t.Error("int8 costs too much")
	}
}

func distance(got [3]float64, want []float64) float64 {
	d := 0.0
	for i := range got {
		d = max(d, math.Abs(got[i]-want[i]))
	}
	return d
}

func largest(p []float64) int { return slices.Index(p, slices.Max(p)) }

func BenchmarkLoad(b *testing.B) {
	data := realData(b)
	for b.Loop() {
		if _, err := Load(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHostile is 100 kB of what is hard on tokenisers, from bytes to verdict.
func BenchmarkHostile(b *testing.B) {
	data := realData(b)
	for _, k := range kernels() {
		m, err := load(data, k, 1)
		if err != nil {
			b.Fatal(err)
		}
		for name, unit := range map[string]string{"punctuation": "!", "bytes": "\xff\x00", "letters": "ab", "words": "I waited again. ", "accents": "e\u0301"} {
			text := strings.Repeat(unit, 100_000/len(unit))
			b.Run(k.name+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if _, err := m.Run(context.Background(), []Pieces{m.Encode(text)}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	m := realModel(b)
	text := strings.Repeat("I called twice about my refund and nobody could tell me when the money would be back on my card, sadly. ", 3)
	for b.Loop() {
		m.Encode(text)
	}
}

func BenchmarkRun(b *testing.B) {
	data := realData(b)
	const twenty = "I called twice about my refund and nobody could tell me when the money would be back on my card, sadly. "
	texts := map[string]string{"20words": twenty, "60words": twenty + twenty + twenty}
	for _, k := range kernels() {
		m, err := load(data, k, 1)
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range []string{"20words", "60words"} {
			b.Run(k.name+"/"+name, func(b *testing.B) {
				p := m.Encode(texts[name])
				b.ReportMetric(float64(len(p.List)), "pieces")
				for b.Loop() {
					if _, err := m.Run(context.Background(), []Pieces{p}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(k.name+"/batch32x20words", func(b *testing.B) {
			batch := make([]Pieces, 32)
			for i := range batch {
				batch[i] = m.Encode(twenty)
			}
			for b.Loop() {
				if _, err := m.Run(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(batch))/b.Elapsed().Seconds(), "comments/s")
		})
	}
}
