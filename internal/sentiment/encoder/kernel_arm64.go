package encoder

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// kernels lists what this machine can do, the fastest first; the portable one is always the last.
func kernels() []kernel {
	plain := portable()
	neon := func(name string, outputs int, four tile) kernel {
		t := &tiles{outputs: outputs, high: four, highRows: 4, low: four, packedBytes: 1, pack: packBytes}
		k := kernel{name: name, multiply: t.multiply, packedBytes: t.packedBytes, floats: plain.floats}
		k.floats.product = productNEON
		return k
	}
	all := []kernel{neon("neon", 8, wideTile4), plain}
	if cpu.ARM64.HasASIMDDP {
		all = append([]kernel{neon("neon-dot", 16, dotTile4)}, all...)
	}
	return all
}

// packBytes copies: the instruction wants the activations as they are.
func packBytes(packed []byte, activations []int8) {
	copy(packed, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(activations))), len(activations)))
}

// productNEON takes blocks of four rows and sixteen columns, and leaves the last rows to the portable function.
func productNEON(c []float32, cStride int, a []float32, aStride int, b []float32, bStride int, rows, inner, columns int) {
	_ = c[(rows-1)*cStride+columns-1]
	_ = a[(rows-1)*aStride+inner-1]
	_ = b[(inner-1)*bStride+columns-1]
	row := 0
	for ; row+4 <= rows; row += 4 {
		for column := 0; column < columns; column += 16 {
			product4NEON(&c[row*cStride+column], cStride, &a[row*aStride], aStride, &b[column], bStride, inner)
		}
	}
	if row < rows {
		productPortable(c[row*cStride:], cStride, a[row*aStride:], aStride, b, bStride, rows-row, inner, columns)
	}
}

//go:noescape
func dotTile4(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)

//go:noescape
func wideTile4(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)

//go:noescape
func product4NEON(c *float32, cStride int, a *float32, aStride int, b *float32, bStride int, inner int)
