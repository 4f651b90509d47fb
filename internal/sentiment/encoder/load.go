package encoder

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"
)

// Meta is what a model file says about itself.
type Meta struct {
	Version           string          `json:"version"`            // of the weights; stored with every sentiment
	Rows              int             `json:"rows"`               // pieces in the vocabulary
	Hidden            int             `json:"hidden"`             // numbers in a state, and in a pooled vector
	Layers            int             `json:"layers"`             //
	Heads             int             `json:"heads"`              // attention heads
	Inner             int             `json:"inner"`              // width of the feed-forward part
	Positions         int             `json:"positions"`          // the longest sequence, <s> and </s> included
	Epsilon           float64         `json:"eps"`                // of the norms; always 1e-12
	Labels            []string        `json:"labels"`             // what the three logits of both heads stand for, in order
	Temperature       float64         `json:"temperature"`        // divides the polarity logits before the softmax, from calibration
	AspectTemperature float64         `json:"aspect_temperature"` // the same for the aspect logits
	UnsureBelow       float64         `json:"unsure_below"`       // a largest probability under this is no verdict, 0..1
	MaxPieces         int             `json:"max_pieces"`         // the longest texts that training saw, in pieces
	Training          json.RawMessage `json:"training"`           // whatever else training noted down
}

// matrix is a dense layer: outputs rows of int8 weights in panels (see the package comment), with what belongs to them.
type matrix struct {
	inputs, outputs int
	weights         []int8
	scales, bias    []float32 // per output
	factors         []float32 // per input: multiplied with before the input becomes int8
	totals          []int32   // per output: the sum of its weights
}

// layerNorm is the gain and bias of a layer norm.
type layerNorm struct{ gain, bias []float32 }

// layer is one transformer layer.
type layer struct {
	qkv, out, in, down matrix
	afterAttention     layerNorm
	afterFeed          layerNorm
}

// head is a linear layer with three outputs.
type head struct {
	weights [3][]float32
	bias    [3]float32
}

// Model is a loaded encoder with its heads. It is safe for any number of goroutines.
type Model struct {
	meta             Meta
	kernel           kernel
	vocabulary       *vocabulary
	words            words
	position         []float32
	embedNorm        layerNorm
	layers           []layer
	polarity, aspect head
	idle             chan *scratch
}

// Load reads a model file. It keeps data and never writes to it: the matrices stay where they are. The error wraps ErrCorrupt.
//
// As many calls of Run work at a time as Go runs threads (GOMAXPROCS, asked once here); the others wait for their turn.
func Load(data []byte) (*Model, error) {
	return load(data, kernels()[0], runtime.GOMAXPROCS(0))
}

func load(data []byte, k kernel, parallel int) (*Model, error) {
	all, err := openSections(data)
	if err != nil {
		return nil, err
	}
	m := &Model{kernel: k, idle: make(chan *scratch, parallel)}
	for range parallel {
		m.idle <- &scratch{}
	}
	if m.meta, err = readMeta(all["meta"]); err != nil {
		return nil, err
	}
	if m.vocabulary, err = readVocabulary(all, m.meta.Rows); err != nil {
		return nil, err
	}
	if err = m.readEmbeddings(all); err != nil {
		return nil, err
	}
	m.layers = make([]layer, m.meta.Layers)
	for i := range m.layers {
		if err = m.readLayer(all, i); err != nil {
			return nil, err
		}
	}
	if m.polarity, err = readHead(all, "polarity", m.meta.Hidden); err != nil {
		return nil, err
	}
	if m.aspect, err = readHead(all, "aspect", m.meta.Hidden); err != nil {
		return nil, err
	}
	return m, nil
}

// Meta returns what the model file says about itself.
func (m *Model) Meta() Meta { return m.meta }

// Kernel names the arithmetic in use: avx512-vnni, avx2, neon-dot, neon or portable.
func (m *Model) Kernel() string { return m.kernel.name }

func readMeta(data []byte) (Meta, error) {
	var meta Meta
	if err := json.Unmarshal(data, &meta); err != nil {
		return meta, fmt.Errorf("%w: meta: %w", ErrCorrupt, err)
	}
	ok := meta.Hidden >= 64 && meta.Hidden <= 4096 && meta.Hidden%64 == 0 && meta.Inner >= 64 && meta.Inner <= 16384 && meta.Inner%64 == 0
	ok = ok && meta.Heads >= 1 && meta.Hidden%meta.Heads == 0 && meta.Hidden/meta.Heads%16 == 0
	ok = ok && meta.Layers >= 1 && meta.Layers <= 64 && meta.Rows > unknownID && meta.Rows <= 1<<18
	ok = ok && meta.Positions >= 2*keptPieces+2 && meta.Positions <= 1<<14
	if !ok {
		return meta, fmt.Errorf("%w: a shape that this program cannot run: %+v", ErrCorrupt, meta)
	}
	if meta.Epsilon != normEpsilon || len(meta.Labels) != 3 || !(meta.Temperature > 0) || !(meta.AspectTemperature > 0) {
		return meta, fmt.Errorf("%w: meta: epsilon, labels or temperatures", ErrCorrupt)
	}
	return meta, nil
}

func (m *Model) readEmbeddings(all sections) (err error) {
	if m.words, err = readWords(all, m.meta.Rows, m.meta.Hidden); err != nil {
		return err
	}
	if m.position, err = all.float32s("position", m.meta.Positions*m.meta.Hidden); err != nil {
		return err
	}
	m.embedNorm, err = readNorm(all, "embed.norm", m.meta.Hidden)
	return err
}

func (m *Model) readLayer(all sections, i int) (err error) {
	l, prefix := &m.layers[i], strconv.Itoa(i)+"."
	hidden, inner := m.meta.Hidden, m.meta.Inner
	for _, part := range []struct {
		name            string
		matrix          *matrix
		inputs, outputs int
	}{
		{"qkv", &l.qkv, hidden, 3 * hidden}, {"out", &l.out, hidden, hidden}, {"in", &l.in, hidden, inner}, {"down", &l.down, inner, hidden},
	} {
		if *part.matrix, err = readMatrix(all, prefix+part.name, part.inputs, part.outputs); err != nil {
			return err
		}
	}
	if l.afterAttention, err = readNorm(all, prefix+"norm1", hidden); err != nil {
		return err
	}
	l.afterFeed, err = readNorm(all, prefix+"norm2", hidden)
	return err
}

func readMatrix(all sections, name string, inputs, outputs int) (m matrix, err error) {
	m.inputs, m.outputs = inputs, outputs
	if m.weights, err = all.int8s(name, inputs*outputs); err != nil {
		return m, err
	}
	if m.scales, err = all.float32s(name+".s", outputs); err != nil {
		return m, err
	}
	if m.bias, err = all.float32s(name+".b", outputs); err != nil {
		return m, err
	}
	if m.factors, err = all.float32s(name+".f", inputs); err != nil {
		return m, err
	}
	m.totals, err = all.int32s(name+".t", outputs)
	return m, err
}

func readNorm(all sections, name string, n int) (layerNorm, error) {
	both, err := all.float32s(name, 2*n)
	if err != nil {
		return layerNorm{}, err
	}
	return layerNorm{both[:n], both[n:]}, nil
}

func readHead(all sections, name string, n int) (head, error) {
	values, err := all.float32s(name, 3*n+3)
	if err != nil {
		return head{}, err
	}
	h := head{bias: [3]float32(values[3*n:])}
	for i := range h.weights {
		h.weights[i] = values[i*n : (i+1)*n]
	}
	return h, nil
}

// WithHead returns a model that shares everything with m but has a changed polarity head: weights are added to its weights,
// Meta.Hidden of them for each of Meta.Labels, and bias to its bias.
func (m *Model) WithHead(weights [3][]float32, bias [3]float32) (*Model, error) {
	own := *m
	for i, w := range weights {
		if len(w) != m.meta.Hidden {
			return nil, fmt.Errorf("encoder: %d weights for a head of %d", len(w), m.meta.Hidden)
		}
		sum := make([]float32, len(w))
		for j, v := range w {
			sum[j] = m.polarity.weights[i][j] + v
		}
		own.polarity.weights[i] = sum
		own.polarity.bias[i] += bias[i]
	}
	return &own, nil
}
