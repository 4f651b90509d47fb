package encoder

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

// What int8 may cost against fp32, in probability: on average, at worst, and the share of texts that are closer than near, or
// keep their label.
const (
	meanTolerance  = 0.01
	worstTolerance = 0.25
	near           = 0.03
	share          = 0.95
)

func TestProbabilitiesAreThoseOfTraining(t *testing.T) {
	all, m := references(t), realModel(t)
	var polarity, aspects deviation
	same := 0
	for _, r := range all {
		pieces := Pieces{}
		for _, id := range r.IDs {
			pieces.List = append(pieces.List, Piece{ID: id})
		}
		reading := run(t, m, pieces)[0]
		got := reading.Polarity.Probabilities(m.meta.Temperature)
		polarity.add(got, r.Polarity)
		if largest(got[:]) == largest(r.Polarity) {
			same++
		}
		logits, ok := reading.Aspect(r.AspectFrom, r.AspectTo)
		if !ok {
			t.Fatalf("%q: empty aspect", r.Text)
		}
		aspects.add(logits.Probabilities(m.meta.AspectTemperature), r.Aspect)
	}
	t.Logf("%s: polarity %v; aspects %v; %d of %d labels agree", m.Kernel(), &polarity, &aspects, same, len(all))
	if !polarity.allowed() || !aspects.allowed() || float64(same) < share*float64(len(all)) {
		t.Error("int8 costs too much")
	}
}

// deviation collects how far probabilities are from those of training.
type deviation struct{ n, sum, worst, near float64 }

func (d *deviation) add(got [3]float64, want []float64) {
	far := distance(got, want)
	d.n, d.sum, d.worst = d.n+1, d.sum+far, max(d.worst, far)
	if far < near {
		d.near++
	}
}

func (d *deviation) allowed() bool {
	return d.sum/d.n < meanTolerance && d.worst < worstTolerance && d.near/d.n > share
}

func (d *deviation) String() string {
	return fmt.Sprintf("off by %.4f on average, %.4f at worst, %.3f of the texts by less than %v", d.sum/d.n, d.worst, d.near/d.n, near)
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
