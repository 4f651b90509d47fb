package encoder

import (
	"encoding/binary"

	"golang.org/x/sys/cpu"
)

// kernels lists what this machine can do, the fastest first; the portable one is always the last.
func kernels() []kernel {
	var all []kernel
	x := &cpu.X86
	if x.HasAVX2 && x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VNNI {
		all = append(all, tiledKernel("avx512-vnni", &tiles{
			outputs: 64, high: vnni6, highRows: 6, low: vnni4, packedBytes: 1, pack: packBiased,
		}))
	}
	if x.HasAVX2 {
		all = append(all, tiledKernel("avx2", &tiles{
			outputs: 8, high: avx2Tile6, highRows: 6, low: avx2Tile4, packedBytes: 2, pack: packWide,
		}))
	}
	return append(all, portable())
}

func tiledKernel(name string, t *tiles) kernel {
	return kernel{name: name, multiply: t.multiply, packedBytes: t.packedBytes, floats: floats{
		dequantise: func(dst []float32, sums []int32, m *matrix, scale float32, zero int32) {
			n := len(dst)
			dequantiseAVX2(&dst[0], &sums[:n][0], &m.totals[:n][0], &m.scales[:n][0], &m.bias[:n][0], scale, zero, n)
		},
		gelu: func(x []float32) { geluAVX2(&x[0], len(x)) },
		scaledRange: func(dst, x, factors []float32) (least, largest float32) {
			n := len(dst)
			return scaledRangeAVX2(&dst[0], &x[:n][0], &factors[:n][0], n)
		},
		round: func(q []int8, x []float32, factor float32, zero int32) {
			roundAVX2(&q[0], &x[:len(q)][0], factor, zero, len(q))
		},
		norm: func(x, add, gain, bias []float32) {
			n := len(x)
			normAVX2(&x[0], &add[:n][0], &gain[:n][0], &bias[:n][0], n, normEpsilon)
		},
		softmax: func(x []float32) { softmaxAVX2(&x[0], len(x)) },
		product: productAVX2,
	}}
}

// packBiased adds 128, because the instruction multiplies unsigned with signed bytes.
func packBiased(packed []byte, activations []int8) {
	for i := 0; i+8 <= len(activations); i += 8 {
		a := (*[8]int8)(activations[i:])
		v := uint64(uint8(a[0])) | uint64(uint8(a[1]))<<8 | uint64(uint8(a[2]))<<16 | uint64(uint8(a[3]))<<24 |
			uint64(uint8(a[4]))<<32 | uint64(uint8(a[5]))<<40 | uint64(uint8(a[6]))<<48 | uint64(uint8(a[7]))<<56
		binary.LittleEndian.PutUint64(packed[i:], v^0x8080808080808080)
	}
}

// packWide makes 16-bit integers of the bytes.
func packWide(packed []byte, activations []int8) {
	if len(activations) > 0 {
		widenAVX2(&packed[0], &activations[0], len(activations))
	}
}

// productAVX2 takes four rows at a time, then the rest one by one.
func productAVX2(c []float32, cStride int, a []float32, aStride int, b []float32, bStride int, rows, inner, columns int) {
	_ = c[(rows-1)*cStride+columns-1]
	_ = a[(rows-1)*aStride+inner-1]
	_ = b[(inner-1)*bStride+columns-1]
	row := 0
	for ; row+4 <= rows; row += 4 {
		product4AVX2(&c[row*cStride], cStride, &a[row*aStride], aStride, &b[0], bStride, inner, columns)
	}
	for ; row < rows; row++ {
		product1AVX2(&c[row*cStride], &a[row*aStride], &b[0], bStride, inner, columns)
	}
}

//go:noescape
func vnni6(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)

//go:noescape
func vnni4(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)

//go:noescape
func avx2Tile6(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)

//go:noescape
func avx2Tile4(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)

//go:noescape
func widenAVX2(dst *byte, src *int8, n int)

//go:noescape
func dequantiseAVX2(dst *float32, sums, totals *int32, scales, bias *float32, scale float32, zero int32, n int)

//go:noescape
func geluAVX2(x *float32, n int)

//go:noescape
func scaledRangeAVX2(dst, x, factors *float32, n int) (least, largest float32)

//go:noescape
func roundAVX2(q *int8, x *float32, factor float32, zero int32, n int)

//go:noescape
func normAVX2(x, add, gain, bias *float32, n int, epsilon float32)

//go:noescape
func softmaxAVX2(x *float32, n int)

//go:noescape
func product4AVX2(c *float32, cStride int, a *float32, aStride int, b *float32, bStride, inner, columns int)

//go:noescape
func product1AVX2(c, a, b *float32, bStride, inner, columns int)
