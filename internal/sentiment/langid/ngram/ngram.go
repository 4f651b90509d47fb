// Package ngram packs the letter statistics of several languages into one small
// table: how likely each letter is after the two before it, in every language at
// once. The generator writes the table, the detector reads it.
//
// A file is gzip over: the magic "EARN1", the languages, the letters, then for
// runs of one, two and three letters a sorted list of keys (as differences), the
// languages each key occurs in (a bit set) and one byte per occurrence.
package ngram

import (
	"errors"
	"math"
)

const (
	// MaxLanguages is how many languages a table can hold.
	MaxLanguages = 32

	// MaxLetters is how many different letters a table can hold.
	MaxLetters = 1<<letterBits - 1

	letterBits = 10
	perNat     = 16 // steps of a stored cost in one natural logarithm
	maxStep    = 255
)

// ErrFormat says that bytes are not a table this package wrote.
var ErrFormat = errors.New("ngram: not a table of letter statistics")

// Key names a run of up to three letters of a table: ten bits a letter, the last
// letter lowest. Runs of fewer letters have zeros in front. Letters count from 1.
type Key uint32

// MakeKey puts the numbers of three letters into a key; 0 stands for no letter.
func MakeKey(a, b, c uint16) Key {
	return Key(a)<<(2*letterBits) | Key(b)<<letterBits | Key(c)
}

// last cuts a key to its last n letters.
func (k Key) last(n int) Key { return k & (1<<(n*letterBits) - 1) }

// Cost is what a conditional probability costs: -ln p in sixteenths, 0 to 255.
type Cost uint8

// CostOf quantises a probability in (0, 1]; the smallest that differs from the
// next is e^(-255/16), about 1.2e-7.
func CostOf(probability float64) Cost {
	return Cost(min(maxStep, math.Round(-math.Log(probability)*perNat)))
}

// Nats is the natural logarithm the cost stands for, 0 or less.
func (c Cost) Nats() float32 { return -float32(c) / perNat }

// Row is a run of letters with its cost in each language that knows it: the cost
// of its last letter after the others.
type Row struct {
	Key       Key
	Languages uint32 // bit i: the table's i-th language knows the run
	Costs     []Cost // one per bit set, lowest bit first
}

// Content is all a table holds, in the order it is stored.
type Content struct {
	Languages []string // ISO 639-1 codes
	Letters   []rune   // ascending; the i-th has number i+1
	Rows      []Row    // by ascending key
}
