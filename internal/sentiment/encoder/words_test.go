package encoder

import (
	"encoding/binary"
	"math"
	"testing"
)

func TestHalfReadsEveryFiniteNumber(t *testing.T) {
	for b := range 1 << 16 {
		exponent, fraction := b>>10&31, float64(b&0x3FF)
		if exponent == 31 {
			continue
		}
		want := math.Ldexp(fraction, -24)
		if exponent > 0 {
			want = math.Ldexp(1024+fraction, exponent-25)
		}
		if b&0x8000 != 0 {
			want = -want
		}
		if got := float64(half(uint16(b))); got != want {
			t.Fatalf("%#04x is %v, not %v", b, got, want)
		}
	}
}

func TestAWordIsUnpackedInOrder(t *testing.T) {
	w := words{hidden: 64, nibbles: make([]byte, 2*32), scales: make([]byte, 2*4)}
	for i := range w.nibbles {
		w.nibbles[i] = byte(i%16) | byte(15-i%16)<<4
	}
	for i, scale := range []uint16{0, 0, 0x3C00, 0xC000} { // the second row: 1 and -2
		binary.LittleEndian.PutUint16(w.scales[2*i:], scale)
	}
	x := make([]float32, 64)
	w.row(x, 1)
	for at, want := range map[int]float32{0: -8, 15: 7, 16: 7, 31: -8, 32: 16, 47: -14, 48: -14, 63: 16} {
		if x[at] != want {
			t.Errorf("number %d is %v, not %v", at, x[at], want)
		}
	}
}
