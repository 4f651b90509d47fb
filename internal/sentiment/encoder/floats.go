package encoder

import "math"

// Every product below is converted to float32 by name: that forbids the compiler to fuse it with the addition that follows, which
// would round differently from one architecture to the next.

func dequantisePortable(dst []float32, sums []int32, m *matrix, scale float32, zero int32) {
	sums, totals, scales, bias := sums[:len(dst)], m.totals[:len(dst)], m.scales[:len(dst)], m.bias[:len(dst)]
	for i := range dst {
		dst[i] = float32(float32(float32(sums[i]-zero*totals[i])*scale)*scales[i]) + bias[i]
	}
}

func geluPortable(x []float32) {
	for i, v := range x {
		x[i] = geluScalar(v)
	}
}

// geluLimit is where Φ is taken to have reached 0 or 1.
const geluLimit = 4.25

// geluScalar is x·Φ(x) with Φ(x) = 0.5 + x·P(x²), P of degree eight fitted to the least largest error of x·Φ(x) on ±geluLimit. It
// is off by less than 7e-5 for |x| ≤ 8 and by less than 1e-5·|x| beyond, well under one step of the int8 values made from it.
func geluScalar(x float32) float32 {
	v := min(max(x, -geluLimit), geluLimit)
	t := float32(v * v)
	p := float32(4.5470732644161605e-11)
	p = float32(p*t) - 4.515304521610095e-09
	p = float32(p*t) + 1.9861593819367207e-07
	p = float32(p*t) - 5.147514929337782e-06
	p = float32(p*t) + 8.848915530451255e-05
	p = float32(p*t) - 0.0010790780796352385
	p = float32(p*t) + 0.009718779178327717
	p = float32(p*t) - 0.06619028168769908
	p = float32(p*t) + 0.398819219385522
	return float32(x * (float32(p*v) + 0.5))
}

func scaledRangePortable(dst, x, factors []float32) (least, largest float32) {
	x, factors = x[:len(dst)], factors[:len(dst)]
	for i := range dst {
		v := float32(x[i] * factors[i])
		dst[i] = v
		least, largest = min(least, v), max(largest, v)
	}
	return least, largest
}

// roundMagic is 1.5·2²³: adding it leaves no bits for a fraction, so the addition rounds to an integer, half to even.
const roundMagic = 1.5 * (1 << 23)

func roundPortable(q []int8, x []float32, factor float32, zero int32) {
	x = x[:len(q)]
	for i := range q {
		q[i] = int8(min(max(nearest(float32(x[i]*factor))+zero, -128), 127))
	}
}

// nearest rounds to an integer, half to even; |x| must be below 2^22.
func nearest(x float32) int32 { return int32(float32(x+roundMagic) - roundMagic) }

func normPortable(x, add, gain, bias []float32) {
	add, gain, bias = add[:len(x)], gain[:len(x)], bias[:len(x)]
	var sums [lanes]float32
	for i := range x {
		x[i] += add[i]
		sums[i%lanes] += x[i]
	}
	mean := fold(&sums) / float32(len(x))
	sums = [lanes]float32{}
	for i := range x {
		x[i] -= mean
		sums[i%lanes] += float32(x[i] * x[i])
	}
	variance := fold(&sums) / float32(len(x))
	factor := 1 / float32(math.Sqrt(float64(variance+normEpsilon)))
	for i := range x {
		x[i] = float32(float32(x[i]*factor)*gain[i]) + bias[i]
	}
}

// fold adds eight partial sums in the order in which vector instructions do.
func fold(s *[lanes]float32) float32 {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

func softmaxPortable(x []float32) {
	largest := x[0]
	for _, v := range x {
		largest = max(largest, v)
	}
	var sums [lanes]float32
	for i := range x {
		x[i] = expScalar(x[i] - largest)
		sums[i%lanes] += x[i]
	}
	factor := 1 / fold(&sums)
	for i := range x {
		x[i] = float32(x[i] * factor)
	}
}

// expLowest is where expScalar stops falling; e^-86 is 4.5e-38, still a normal number.
const expLowest = -86

// expScalar is e^x for x ≤ 0, with a relative error below 2e-7: x = n·ln 2 + r, and the polynomial for e^r of Cephes' expf.
func expScalar(x float32) float32 {
	x = max(x, expLowest)
	shifted := float32(x*float32(math.Log2E)) + roundMagic
	n := shifted - roundMagic
	r := x - float32(n*0.693359375)
	r -= float32(n * -2.12194440e-4)
	p := float32(1.9875691500e-4*r) + 1.3981999507e-3
	p = float32(p*r) + 8.3334519073e-3
	p = float32(p*r) + 4.1665795894e-2
	p = float32(p*r) + 1.6666665459e-1
	p = float32(p*r) + 5.0000001201e-1
	p = float32(p*float32(r*r)) + r
	p++
	return math.Float32frombits(math.Float32bits(p) + math.Float32bits(shifted)<<23)
}

func productPortable(c []float32, cStride int, a []float32, aStride int, b []float32, bStride int, rows, inner, columns int) {
	for i := range rows {
		out := c[i*cStride : i*cStride+columns]
		clear(out)
		for k, v := range a[i*aStride : i*aStride+inner] {
			addScaled(out, b[k*bStride:k*bStride+columns], v)
		}
	}
}

func addScaled(out, row []float32, factor float32) {
	row = row[:len(out)]
	for i := range out {
		out[i] += float32(factor * row[i])
	}
}
