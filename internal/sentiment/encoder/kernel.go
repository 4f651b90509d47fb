package encoder

// kernel is one way of doing the arithmetic. All kernels give the same bits: the dot products are of integers and exact, and the
// float32 functions do the same roundings in the same order on every machine (no fused multiply-add, sums in eight lanes).
type kernel struct {
	name string
	// multiply sets sums[r*m.outputs+o] to the dot product of row r of the activations (m.inputs of them) with row o of the matrix. Sums and activations have room for rows up to the next multiple of rowStep; what lies there is
	// overwritten or ignored.
	multiply func(sums []int32, activations []int8, rows int, m *matrix, packed []byte)
	// packedBytes is how many bytes of packed one activation takes.
	packedBytes int
	floats      floats
}

// rowStep is how far kernels may round up a number of rows.
const rowStep = 4

// floats are the float32 functions of a kernel. Lengths are multiples of lanes unless said otherwise.
type floats struct {
	// dequantise sets dst[i] = (sums[i] - zero*m.totals[i]) * scale * m.scales[i] + m.bias[i], for a row of activations made by
	// round with this zero and 1/scale.
	dequantise func(dst []float32, sums []int32, m *matrix, scale float32, zero int32)
	// gelu replaces x by x·Φ(x), see geluScalar.
	gelu func(x []float32)
	// scaledRange sets dst[i] = x[i] * factors[i] and returns the least and the largest of 0 and all of dst.
	scaledRange func(dst, x, factors []float32) (least, largest float32)
	// round sets q[i] to x[i]*factor rounded to the nearest integer, half to even, plus zero, and kept within -128 to 127; the
	// length is a multiple of 32.
	round func(q []int8, x []float32, factor float32, zero int32)
	// norm replaces x by gain * (x+add, brought to mean 0 and variance 1) + bias.
	norm func(x, add, gain, bias []float32)
	// softmax replaces x by exp(x) / Σ exp(x).
	softmax func(x []float32)
	// product sets c = a·b for row-major matrices with the given distances between rows; columns are a multiple of 16.
	product func(c []float32, cStride int, a []float32, aStride int, b []float32, bStride int, rows, inner, columns int)
}

// lanes is how many partial sums a sum of floats is kept in, in every kernel.
const lanes = 8

// normEpsilon is added to the variance, as BERT does.
const normEpsilon = 1e-12

// tiles is a kernel made of two assembly functions, one for six rows and one for four (or the same one twice).
type tiles struct {
	outputs     int // how many outputs one call gives: 8, 16 or 64
	high        tile
	highRows    int
	low         tile // four rows
	packedBytes int
	pack        func(packed []byte, activations []int8)
}

// tile computes some rows and t.outputs outputs. Rows of sums are outputs apart, rows of packed activations inputs apart.
type tile func(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)

// multiply walks over the matrix once; each stripe of weights stays in the first cache while the rows pass by.
func (t *tiles) multiply(sums []int32, activations []int8, rows int, m *matrix, packed []byte) {
	fours, whole := t.split(rows)
	n := whole * m.inputs
	t.pack(packed[:n*t.packedBytes], activations[:n])
	for o := 0; o < m.outputs; o += t.outputs {
		weights := &m.weights[o/panelOutputs*panelOutputs*m.inputs+o%panelOutputs*panelInputs]
		row := 0
		for ; row < fours*4; row += 4 {
			t.low(&sums[row*m.outputs+o], &packed[row*m.inputs*t.packedBytes], weights, &m.totals[o], m.inputs, m.outputs)
		}
		for ; row < whole; row += t.highRows {
			t.high(&sums[row*m.outputs+o], &packed[row*m.inputs*t.packedBytes], weights, &m.totals[o], m.inputs, m.outputs)
		}
	}
}

// split says how many blocks of four rows come before the higher blocks, and how many rows there are then, the padding included.
func (t *tiles) split(rows int) (fours, whole int) {
	if t.highRows == 4 {
		return 0, (rows + 3) &^ 3
	}
	whole = max(4, (rows+1)&^1)
	switch whole % 6 {
	case 4:
		fours = 1
	case 2:
		fours = 2
	}
	return fours, whole
}
