package encoder

// chunkRows is how many pieces go through a matrix together: their sums and inner states stay in the second cache.
const chunkRows = 36

// queryRows is how many pieces look at their text at a time.
const queryRows = 16

// scratch is the memory of one call. The rows of all texts of a group follow each other without gaps.
type scratch struct {
	states  []float32 // [pieces][hidden]
	qkv     []float32 // [pieces][3*hidden]
	context []float32 // [pieces][hidden]

	quantised []int8    // [chunk][inputs of a matrix]
	packed    []byte    // the same as the kernel wants it
	sums      []int32   // [chunk][outputs of a matrix]
	wide      []float32 // [chunk][inner]
	grids     []grid    // [chunk]
	row       []float32 // one row before it becomes int8

	keys    []float32 // [head size][pieces of a text, rounded up]: the keys of one head, transposed
	weights []float32 // [queryRows][pieces of a text, rounded up]
}

// grid is what the int8 values of a row stand for: scale·(q - zero).
type grid struct {
	scale float32
	zero  int32
}

// fit makes room for a group.
func (s *scratch) fit(m *Model, pieces int) {
	hidden, widest := m.meta.Hidden, max(m.meta.Inner, 3*m.meta.Hidden)
	grow(&s.states, pieces*hidden)
	grow(&s.qkv, pieces*3*hidden)
	grow(&s.context, pieces*hidden)
	rows := chunkRows + rowStep
	grow(&s.quantised, rows*widest)
	grow(&s.packed, rows*widest*m.kernel.packedBytes)
	grow(&s.sums, rows*widest)
	grow(&s.wide, rows*widest)
	grow(&s.grids, rows)
	grow(&s.row, widest)
	grow(&s.keys, hidden/m.meta.Heads*roundUp(pieces))
	grow(&s.weights, queryRows*roundUp(pieces))
}

func grow[T any](s *[]T, n int) {
	if cap(*s) < n {
		*s = make([]T, n)
	}
	*s = (*s)[:n]
}

// roundUp is the next multiple of sixteen.
func roundUp(n int) int { return (n + 15) &^ 15 }

// embed sets the states to the norm of word plus position.
func (m *Model) embed(s *scratch, group []Pieces) {
	hidden, at := m.meta.Hidden, 0
	for _, text := range group {
		for i, p := range text.List {
			x := s.states[at : at+hidden]
			m.words.row(x, int(p.ID))
			m.kernel.floats.norm(x, m.position[i*hidden:(i+1)*hidden], m.embedNorm.gain, m.embedNorm.bias)
			at += hidden
		}
	}
}

// forward takes the states through one layer: attention, then the feed-forward part, each added to its input and normed.
func (m *Model) forward(s *scratch, l *layer, group []Pieces, pieces int) {
	hidden := m.meta.Hidden
	for from := 0; from < pieces; from += chunkRows {
		to := min(from+chunkRows, pieces)
		m.quantise(s, s.states[from*hidden:to*hidden], &l.qkv, to-from)
		m.dense(s, s.qkv[from*3*hidden:to*3*hidden], &l.qkv, to-from)
	}
	at := 0
	for _, text := range group {
		m.attend(s, at, len(text.List))
		at += len(text.List)
	}
	for from := 0; from < pieces; from += chunkRows {
		to := min(from+chunkRows, pieces)
		rows, states := to-from, s.states[from*hidden:to*hidden]
		m.quantise(s, s.context[from*hidden:to*hidden], &l.out, rows)
		m.dense(s, s.wide, &l.out, rows)
		m.addNorm(states, s.wide, l.afterAttention)

		m.quantise(s, states, &l.in, rows)
		m.dense(s, s.wide, &l.in, rows)
		m.kernel.floats.gelu(s.wide[:rows*l.in.outputs])
		m.quantise(s, s.wide, &l.down, rows)
		m.dense(s, s.wide, &l.down, rows)
		m.addNorm(states, s.wide, l.afterFeed)
	}
}

// quantise makes int8 of rows of x after the matrix's factors. Each row uses all 256 steps between its least and largest value.
func (m *Model) quantise(s *scratch, x []float32, w *matrix, rows int) {
	row := s.row[:w.inputs]
	for r := range rows {
		least, largest := m.kernel.floats.scaledRange(row, x[r*w.inputs:(r+1)*w.inputs], w.factors)
		g, factor := grid{scale: (largest - least) / 255}, float32(0)
		if g.scale > 0 {
			factor = 1 / g.scale
			g.zero = nearest(-128 - float32(least*factor))
		}
		s.grids[r] = g
		m.kernel.floats.round(s.quantised[r*w.inputs:(r+1)*w.inputs], row, factor, g.zero)
	}
}

// dense multiplies the quantised rows with a matrix and sets dst to the result.
func (m *Model) dense(s *scratch, dst []float32, w *matrix, rows int) {
	m.kernel.multiply(s.sums, s.quantised, rows, w, s.packed)
	for r := range rows {
		from, to := r*w.outputs, (r+1)*w.outputs
		m.kernel.floats.dequantise(dst[from:to], s.sums[from:to], w, s.grids[r].scale, s.grids[r].zero)
	}
}

// addNorm sets each row of states to the norm of itself plus the row of x.
func (m *Model) addNorm(states, x []float32, n layerNorm) {
	hidden := m.meta.Hidden
	for at := 0; at < len(states); at += hidden {
		m.kernel.floats.norm(states[at:at+hidden], x[at:at+hidden], n.gain, n.bias)
	}
}

// attend lets the n pieces of the text that begins at row first look at each other, head by head. The queries already carry the
// factor 1/√(head size).
func (m *Model) attend(s *scratch, first, n int) {
	hidden, size := m.meta.Hidden, m.meta.Hidden/m.meta.Heads
	qkv := s.qkv[first*3*hidden : (first+n)*3*hidden]
	context := s.context[first*hidden : (first+n)*hidden]
	columns := roundUp(n)
	for head := 0; head < hidden; head += size {
		transpose(s.keys, qkv[hidden+head:], 3*hidden, n, columns, size)
		for from := 0; from < n; from += queryRows {
			rows := min(queryRows, n-from)
			m.kernel.floats.product(s.weights, columns, qkv[from*3*hidden+head:], 3*hidden, s.keys, columns, rows, size, columns)
			for r := range rows {
				m.share(s.weights[r*columns:(r+1)*columns], n)
			}
			m.kernel.floats.product(context[from*hidden+head:], hidden, s.weights, columns, qkv[2*hidden+head:], 3*hidden, rows, n, size)
		}
	}
}

// never is the score of a place behind the end of a text.
const never = -1e30

// share makes weights of the scores of the first n pieces; the rest of the row gets next to none and is not looked at.
func (m *Model) share(scores []float32, n int) {
	for i := n; i < len(scores); i++ {
		scores[i] = never
	}
	m.kernel.floats.softmax(scores)
}

// transpose sets keys[d][i] to column d of row i; columns behind n are zero.
func transpose(keys, rows []float32, stride, n, columns, size int) {
	for d := range size {
		column := keys[d*columns : (d+1)*columns]
		for i := range n {
			column[i] = rows[i*stride+d]
		}
		clear(column[n:])
	}
}
