package encoder

import (
	"encoding/binary"
	"fmt"
	"math"
)

// wordBlock is how many numbers of a word vector share a scale.
const wordBlock = 32

// words are the vectors of all pieces in four bits a number, as the base model has them; training leaves them alone, so nothing
// is lost. A block of 32 numbers has a scale and 16 bytes: number j is in the low half of byte j, number j+16 in its high half,
// each plus 8.
type words struct {
	hidden  int
	nibbles []byte
	scales  []byte // IEEE half precision, little-endian
}

func readWords(all sections, rows, hidden int) (words, error) {
	w := words{hidden: hidden}
	var err error
	if w.nibbles, err = all.bytes("word", rows*hidden/2); err != nil {
		return w, err
	}
	if w.scales, err = all.bytes("word.scales", rows*hidden/wordBlock*2); err != nil {
		return w, err
	}
	for i := 1; i < len(w.scales); i += 2 {
		if w.scales[i]&0x7C == 0x7C {
			return w, fmt.Errorf("%w: word.scales: number %d is not finite", ErrCorrupt, i/2)
		}
	}
	return w, nil
}

// row sets x to the vector of a piece.
func (w *words) row(x []float32, id int) {
	nibbles := w.nibbles[id*w.hidden/2 : (id+1)*w.hidden/2]
	scales := w.scales[id*w.hidden/wordBlock*2 : (id+1)*w.hidden/wordBlock*2]
	for ; len(nibbles) > 0; x, nibbles, scales = x[wordBlock:], nibbles[wordBlock/2:], scales[2:] {
		scale := half(binary.LittleEndian.Uint16(scales))
		for j, b := range nibbles[:wordBlock/2] {
			x[j] = float32(int(b&15)-8) * scale
			x[j+wordBlock/2] = float32(int(b>>4)-8) * scale
		}
	}
}

// half reads a finite number of half precision (IEEE 754 binary16).
func half(b uint16) float32 {
	sign, exponent, fraction := uint32(b&0x8000)<<16, uint32(b>>10&31), uint32(b&0x3FF)
	if exponent == 0 { // 2^-24 is the unit of what is too small for an exponent
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)*(1.0/(1<<24))))
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}
