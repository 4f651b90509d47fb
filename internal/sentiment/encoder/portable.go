package encoder

import "encoding/binary"

// portable works on every machine; the others must agree with it bit by bit.
func portable() kernel {
	return kernel{name: "portable", multiply: multiplyPortable, packedBytes: 8, floats: floats{
		dequantise:  dequantisePortable,
		gelu:        geluPortable,
		scaledRange: scaledRangePortable,
		round:       roundPortable,
		norm:        normPortable,
		softmax:     softmaxPortable,
		product:     productPortable,
	}}
}

// Three activations of different rows travel in one 64-bit integer, 21 bits apart, so that one multiplication does three. The
// sum of stepInputs products stays below 2^20 in magnitude (64 · 128 · 127 = 1,040,384), so no field runs into its neighbour
// beyond the borrow that unpacking undoes.
const (
	fieldBits  = 21
	stepInputs = 64
)

// multiplyPortable is kernel.multiply in plain Go.
func multiplyPortable(sums []int32, activations []int8, rows int, m *matrix, packed []byte) {
	var sum [3][panelOutputs]int32
	for row := 0; row < rows; row += 3 {
		n := min(3, rows-row)
		packThree(packed, activations[row*m.inputs:], n, m.inputs)
		for o := 0; o < m.outputs; o += panelOutputs {
			dotPanel(&sum, packed, m.weights[o*m.inputs:(o+panelOutputs)*m.inputs])
			for i := range n {
				copy(sums[(row+i)*m.outputs+o:], sum[i][:])
			}
		}
	}
}

// packThree puts n rows, at most three, into one row of integers.
func packThree(packed []byte, activations []int8, n, inputs int) {
	for k := range inputs {
		v := int64(activations[k])
		for i := 1; i < n; i++ {
			v += int64(activations[i*inputs+k]) << (fieldBits * i)
		}
		binary.LittleEndian.PutUint64(packed[8*k:], uint64(v))
	}
}

// dotPanel computes the sums of three rows with the sixteen outputs of one panel.
func dotPanel(sum *[3][panelOutputs]int32, packed []byte, panel []int8) {
	*sum = [3][panelOutputs]int32{}
	for len(panel) > 0 {
		for o := 0; o < panelOutputs; o += 4 {
			fields := dotFour(packed[:8*stepInputs], panel[4*o:panelOutputs*stepInputs])
			for i, v := range fields {
				for row := range 2 {
					low := v << (64 - fieldBits) >> (64 - fieldBits)
					sum[row][o+i] += int32(low)
					v = (v - low) >> fieldBits
				}
				sum[2][o+i] += int32(v)
			}
		}
		packed, panel = packed[8*stepInputs:], panel[panelOutputs*stepInputs:]
	}
}

// dotFour multiplies stepInputs packed activations with four outputs of a panel.
func dotFour(packed []byte, panel []int8) [4]int64 {
	var s0, s1, s2, s3 int64
	for {
		p := (*[32]byte)(packed)
		w := (*[16]int8)(panel)
		a := int64(binary.LittleEndian.Uint64(p[:8]))
		b := int64(binary.LittleEndian.Uint64(p[8:16]))
		c := int64(binary.LittleEndian.Uint64(p[16:24]))
		d := int64(binary.LittleEndian.Uint64(p[24:]))
		s0 += int64(w[0])*a + int64(w[1])*b + int64(w[2])*c + int64(w[3])*d
		s1 += int64(w[4])*a + int64(w[5])*b + int64(w[6])*c + int64(w[7])*d
		s2 += int64(w[8])*a + int64(w[9])*b + int64(w[10])*c + int64(w[11])*d
		s3 += int64(w[12])*a + int64(w[13])*b + int64(w[14])*c + int64(w[15])*d
		if len(packed) <= 32 {
			return [4]int64{s0, s1, s2, s3}
		}
		packed, panel = packed[32:], panel[64:]
	}
}
