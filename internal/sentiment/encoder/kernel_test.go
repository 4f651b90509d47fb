package encoder

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// random gives a generator whose seed is in the log of a test that fails.
func random(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// fast are the kernels of this machine but the portable one.
func fast(t *testing.T) []kernel {
	all := kernels()
	if len(all) == 1 {
		t.Skip("this machine has only the portable kernel")
	}
	return all[:len(all)-1]
}

func randomMatrix(r *rand.Rand, inputs, outputs int, extreme bool) *matrix {
	m := &matrix{inputs: inputs, outputs: outputs, weights: make([]int8, inputs*outputs), totals: make([]int32, outputs)}
	for i := range m.weights {
		m.weights[i] = randomByte(r, extreme)
	}
	for o := range outputs {
		for k := range inputs {
			m.totals[o] += int32(m.weights[weightAt(m, o, k)])
		}
	}
	return m
}

// randomByte is a weight: in -127..127, or at one of the ends.
func randomByte(r *rand.Rand, extreme bool) int8 {
	if extreme {
		return int8(127 - 254*r.IntN(2))
	}
	return int8(r.IntN(255) - 127)
}

// randomActivation is in -128..127, or at one of the ends.
func randomActivation(r *rand.Rand, extreme bool) int8 {
	if extreme {
		return int8(127 - 255*r.IntN(2))
	}
	return int8(r.IntN(256) - 128)
}

// weightAt is where the weight of output o for input k lies.
func weightAt(m *matrix, o, k int) int {
	return o/panelOutputs*panelOutputs*m.inputs + k/panelInputs*panelOutputs*panelInputs + o%panelOutputs*panelInputs + k%panelInputs
}

// naive is kernel.multiply without any trick.
func naive(activations []int8, rows int, m *matrix) []int32 {
	sums := make([]int32, rows*m.outputs)
	for row := range rows {
		for o := range m.outputs {
			for k := range m.inputs {
				sums[row*m.outputs+o] += int32(activations[row*m.inputs+k]) * int32(m.weights[weightAt(m, o, k)])
			}
		}
	}
	return sums
}

func TestEveryKernelMultipliesExactly(t *testing.T) {
	r := random(t)
	for _, k := range kernels() {
		for rows := 1; rows <= 14; rows++ {
			m := randomMatrix(r, 64*(1+r.IntN(4)), 64*(1+r.IntN(3)), rows%3 == 0)
			activations := make([]int8, (rows+rowStep)*m.inputs)
			for i := range activations {
				activations[i] = randomActivation(r, rows%2 == 0)
			}
			sums := make([]int32, (rows+rowStep)*m.outputs)
			k.multiply(sums, activations, rows, m, make([]byte, len(activations)*k.packedBytes))
			if !slices.Equal(sums[:rows*m.outputs], naive(activations, rows, m)) {
				t.Errorf("%s: %d rows of %d by %d: wrong sums", k.name, rows, m.inputs, m.outputs)
			}
		}
	}
}

func TestEveryKernelSurvivesTheLargestSums(t *testing.T) {
	for _, k := range kernels() {
		m := randomMatrix(rand.New(rand.NewPCG(1, 1)), 1536, 64, true)
		activations := make([]int8, (3+rowStep)*m.inputs)
		for i := range activations {
			activations[i] = -128
		}
		for i := range m.weights {
			m.weights[i] = 127
		}
		for o := range m.totals {
			m.totals[o] = 127 * 1536
		}
		sums := make([]int32, (3+rowStep)*m.outputs)
		k.multiply(sums, activations, 3, m, make([]byte, len(activations)*k.packedBytes))
		for i, sum := range sums[:3*m.outputs] {
			if sum != -128*127*1536 {
				t.Fatalf("%s: sum %d is %d", k.name, i, sum)
			}
		}
	}
}

func randomFloats(r *rand.Rand, n int, scale float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64() * scale)
		if r.IntN(50) == 0 {
			x[i] *= 100
		}
		if r.IntN(50) == 0 {
			x[i] = 0
		}
	}
	return x
}

// sameBits fails unless both hold the same numbers, to the last bit (zeros may differ in sign).
func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: number %d of %d is %v, the portable kernel says %v", what, i, len(want), got[i], want[i])
		}
	}
}

func TestEveryKernelRoundsLikeThePortableOne(t *testing.T) {
	r, plain := random(t), portable().floats
	for _, k := range fast(t) {
		for range 200 {
			n := lanes * (1 + r.IntN(60))
			x, y, z := randomFloats(r, n, 2), randomFloats(r, n, 1), randomFloats(r, n, 1)
			for _, f := range []struct {
				name string
				run  func(f floats, x []float32) []float32
			}{
				{"gelu", func(f floats, x []float32) []float32 { f.gelu(x); return x }},
				{"norm", func(f floats, x []float32) []float32 { f.norm(x, y, z, y); return x }},
				{"softmax", func(f floats, x []float32) []float32 { f.softmax(x); return x }},
				{"scaledRange", func(f floats, x []float32) []float32 {
					dst := make([]float32, n)
					least, largest := f.scaledRange(dst, x, y)
					return append(dst, least, largest)
				}},
				{"dequantise", func(f floats, x []float32) []float32 {
					sums := make([]int32, n)
					for i := range sums {
						sums[i] = int32(x[i] * 1e6)
					}
					dst, totals := make([]float32, n), slices.Clone(sums)
					slices.Reverse(totals)
					f.dequantise(dst, sums, &matrix{totals: totals, scales: y, bias: z}, 0.0123, 77)
					return dst
				}},
			} {
				sameBits(t, k.name+" "+f.name, f.run(k.floats, slices.Clone(x)), f.run(plain, slices.Clone(x)))
			}
		}
	}
}

func TestEveryKernelRoundsToTheSameBytes(t *testing.T) {
	r, plain := random(t), portable().floats
	for _, k := range fast(t) {
		for range 100 {
			x := randomFloats(r, 32*(1+r.IntN(20)), 40)
			x[0], x[1], x[2], x[3] = 0.5, 1.5, -2.5, 127.00001
			got, want := make([]int8, len(x)), make([]int8, len(x))
			zero := int32(r.IntN(256) - 128)
			k.floats.round(got, x, 1, zero)
			plain.round(want, x, 1, zero)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %v, the portable kernel says %v", k.name, got, want)
			}
		}
	}
}

func TestEveryKernelMultipliesFloatsLikeThePortableOne(t *testing.T) {
	r, plain := random(t), portable().floats
	for _, k := range fast(t) {
		for range 100 {
			rows, inner, columns := 1+r.IntN(17), 1+r.IntN(70), 16*(1+r.IntN(5))
			aStride, bStride, cStride := inner+r.IntN(9), columns+r.IntN(9), columns+r.IntN(9)
			a, b := randomFloats(r, rows*aStride, 1), randomFloats(r, inner*bStride, 1)
			got, want := make([]float32, rows*cStride), make([]float32, rows*cStride)
			k.floats.product(got, cStride, a, aStride, b, bStride, rows, inner, columns)
			plain.product(want, cStride, a, aStride, b, bStride, rows, inner, columns)
			sameBits(t, fmt.Sprintf("%s: %d by %d by %d", k.name, rows, inner, columns), got, want)
		}
	}
}

func TestGeluIsWithinItsStatedError(t *testing.T) {
	for x := -20.0; x <= 20; x += 1.0 / 1024 {
		want := x * 0.5 * (1 + math.Erf(x/math.Sqrt2))
		allowed := 7e-5
		if math.Abs(x) > 8 {
			allowed = 1e-5 * math.Abs(x)
		}
		if got := float64(geluScalar(float32(x))); math.Abs(got-want) > allowed {
			t.Fatalf("gelu(%v) is %v, not %v", x, got, want)
		}
	}
}

func TestExpIsWithinItsStatedError(t *testing.T) {
	for x := -86.0; x <= 0; x += 1.0 / 1024 {
		want := math.Exp(x)
		if got := float64(expScalar(float32(x))); math.Abs(got-want) > 2e-7*want {
			t.Fatalf("exp(%v) is %v, not %v", x, got, want)
		}
	}
	if got := expScalar(never); !(got > 0 && got < 1e-36) {
		t.Errorf("exp(%v) is %v", never, got)
	}
}
