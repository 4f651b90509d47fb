package encoder

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

func encodeAll(m *Model, texts ...string) []Pieces {
	batch := make([]Pieces, len(texts))
	for i, text := range texts {
		batch[i] = m.Encode(text)
	}
	return batch
}

func run(t *testing.T, m *Model, batch ...Pieces) []Reading {
	t.Helper()
	readings, err := m.Run(context.Background(), batch)
	if err != nil {
		t.Fatal(err)
	}
	return readings
}

// someTexts are of all lengths from nothing to more than a group.
func someTexts() []string {
	texts := []string{"", "good", "bad news, not good", strings.Repeat("a very long one. ", 400)}
	for n := range 40 {
		texts = append(texts, strings.Repeat("word ", n)+"goodness é😀 sam")
	}
	return texts
}

func TestAllKernelsGiveTheSameReadings(t *testing.T) {
	data := tinyData()
	var want []Reading
	for _, k := range slices.Backward(kernels()) {
		m, err := load(data, k, 1)
		if err != nil {
			t.Fatal(err)
		}
		got := run(t, m, encodeAll(m, someTexts()...)...)
		if want == nil {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s does not read like the portable kernel", k.name)
		}
	}
}

func TestAllKernelsGiveTheSameReadingsOfTheRealModel(t *testing.T) {
	data := realData(t)
	var want []Reading
	for _, k := range slices.Backward(kernels()) {
		m, err := load(data, k, 1)
		if err != nil {
			t.Fatal(err)
		}
		got := run(t, m, encodeAll(m, "The refund took three weeks, but Sam was lovely.", "Nie wieder!", "", strings.Repeat("لا ", 70))...)
		if want == nil {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s does not read like the portable kernel", k.name)
		}
	}
}

// The number was computed once; it holds on amd64, 386 and arm64, with and without vector instructions.
func TestReadingsAreTheSameOnEveryMachine(t *testing.T) {
	m := tinyModel(t)
	hash := crc32.NewIEEE()
	for _, r := range run(t, m, encodeAll(m, someTexts()...)...) {
		for _, part := range [][]float32{r.Pooled, r.Polarity[:], r.Aspects[0][:]} {
			for _, v := range part {
				fmt.Fprintf(hash, "%08x", math.Float32bits(v))
			}
		}
	}
	if got := hash.Sum32(); got != 0x502e6d93 {
		t.Errorf("%s: readings have the sum %#x", m.Kernel(), got)
	}
}

func TestAReadingDoesNotDependOnTheBatch(t *testing.T) {
	m := tinyModel(t)
	batch := encodeAll(m, someTexts()...)
	together := run(t, m, batch...)
	if len(together) != len(batch) {
		t.Fatalf("%d readings of %d texts", len(together), len(batch))
	}
	for i, p := range batch {
		if alone := run(t, m, p); !reflect.DeepEqual(alone[0], together[i]) {
			t.Errorf("text %d reads differently alone", i)
		}
	}
	if got := run(t, m); len(got) != 0 {
		t.Errorf("an empty batch has %d readings", len(got))
	}
}

func TestSixtyFourGoroutinesReadTheSame(t *testing.T) {
	m := tinyModel(t)
	texts := someTexts()
	want := run(t, m, encodeAll(m, texts...)...)
	var group sync.WaitGroup
	for g := range 64 {
		group.Go(func() {
			i := g % len(texts)
			got, err := m.Run(context.Background(), encodeAll(m, texts[i], texts[0]))
			if err != nil || !reflect.DeepEqual(got, []Reading{want[i], want[0]}) {
				t.Errorf("goroutine %d: another reading, error %v", g, err)
			}
		})
	}
	group.Wait()
}

func TestContributionsAddUpToTheVerdict(t *testing.T) {
	m := tinyModel(t)
	for _, r := range run(t, m, encodeAll(m, someTexts()...)...) {
		sum := r.Bias
		for _, c := range r.Contributions {
			for j := range sum {
				sum[j] += c[j]
			}
		}
		if sum != r.Polarity {
			t.Fatalf("contributions give %v, the verdict is %v", sum, r.Polarity)
		}
		for j := range sum {
			head := float64(dot(m.polarity.weights[j], r.Pooled) + m.polarity.bias[j])
			if math.Abs(head-float64(sum[j])) > 1e-4 {
				t.Fatalf("the head on the pooled vector gives %v, the verdict is %v", head, sum[j])
			}
		}
		whole, ok := r.Part(0, len(r.Contributions))
		if !ok || math.Abs(float64(whole[0]-r.Polarity[0])) > 1e-4 {
			t.Fatalf("the part that is everything is %v, the verdict %v", whole, r.Polarity)
		}
	}
}

func TestAnAspectIsTheMeanOfItsPieces(t *testing.T) {
	m := tinyModel(t)
	text := "good food, bad goodness"
	r := run(t, m, m.Encode(text))[0]
	first, end := r.Span(strings.Index(text, "goodness"), len(text))
	if end-first != 2 {
		t.Fatalf("pieces %d to %d of %v", first, end, r.Pieces)
	}
	got, ok := r.Aspect(first, end)
	if !ok {
		t.Fatal("no aspect")
	}
	for j := range got {
		want := (r.Aspects[first][j]+r.Aspects[first+1][j])/2 + m.aspect.bias[j]
		if math.Abs(float64(got[j]-want)) > 1e-5 {
			t.Errorf("logit %d is %v, not %v", j, got[j], want)
		}
	}
	if first, end := r.Span(4, 5); first != end {
		t.Errorf("the blank has pieces %d to %d", first, end)
	}
	if _, ok := r.Aspect(3, 3); ok {
		t.Error("no pieces have an aspect")
	}
}

func TestProbabilitiesFollowTheTemperature(t *testing.T) {
	l := Logits{2, 0, -1000}
	p := l.Probabilities(2)
	if math.Abs(p[0]-math.E/(1+math.E)) > 1e-12 || math.Abs(p[0]+p[1]+p[2]-1) > 1e-12 || p[2] > 1e-200 {
		t.Errorf("probabilities %v", p)
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	m := tinyModel(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Run(ctx, encodeAll(m, "good")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := run(t, m, m.Encode("good")); len(got) != 1 {
		t.Errorf("%d readings afterwards", len(got))
	}
}

func TestPiecesOfAnotherModelAreRefused(t *testing.T) {
	m := tinyModel(t)
	for what, p := range map[string]Pieces{
		"none": {}, "negative": {List: []Piece{{ID: -1}}}, "too large": {List: []Piece{{ID: int32(m.meta.Rows)}}},
		"too many": {List: make([]Piece, m.meta.Positions+1)},
	} {
		if _, err := m.Run(context.Background(), []Pieces{m.Encode("good"), p}); !errors.Is(err, ErrPieces) {
			t.Errorf("%s: error %v", what, err)
		}
	}
}
