package ngram

import (
	"math/bits"
	"slices"
)

const (
	// backOff is what a letter costs, in nats, for each letter of context that had
	// to be dropped because a language never wrote the run: ln 0.4 as in Brants et
	// al. 2007, "Large Language Models in Machine Translation", section 4.
	backOff = -0.916

	// unseen is the cost in nats of a letter the language never wrote at all.
	unseen = -14
)

// Table answers how likely a letter is after two others, in all its languages.
// It never changes: any number of goroutines may read it.
type Table struct {
	languages []string
	numbers   map[rune]uint16
	ascii     [128]uint16
	slots     []slot // open addressing, its length a power of two
	costs     []Cost

	letters int         // with 0 for none
	pairs   [][]float32 // log probability in each language of letter c after b, at b*letters+c
}

// slot holds one run of letters; key 0 is free.
type slot struct {
	key       Key
	languages uint32
	first     uint32 // index of its first cost
}

// New makes a table ready for look-ups. It takes about 40 bytes of memory for each row.
func New(c Content) *Table {
	t := &Table{languages: c.Languages, numbers: make(map[rune]uint16, len(c.Letters)), letters: len(c.Letters) + 1}
	for i, r := range c.Letters {
		t.numbers[r] = uint16(i + 1)
		if r >= 0 && r < 128 {
			t.ascii[r] = uint16(i + 1)
		}
	}
	t.slots = make([]slot, 1<<bits.Len(uint(len(c.Rows)+len(c.Rows)/4)))
	for _, row := range c.Rows {
		at := t.place(row.Key)
		*at = slot{key: row.Key, languages: row.Languages, first: uint32(len(t.costs))}
		t.costs = append(t.costs, row.Costs...)
	}
	t.pairs = make([][]float32, t.letters*t.letters)
	for letter := range t.letters {
		t.fillPairs(letter)
	}
	return t
}

// fillPairs works out what a letter costs after each other one; the pairs nobody
// ever wrote share a row.
func (t *Table) fillPairs(letter int) {
	alone, after := make([]float32, len(t.languages)), make([]float32, len(t.languages))
	for l := range alone {
		alone[l] = unseen
	}
	t.overwrite(alone, Key(letter))
	for l, cost := range alone {
		after[l] = cost + backOff
	}
	t.pairs[letter] = alone
	for before := 1; before < t.letters; before++ {
		row, key := after, MakeKey(0, uint16(before), uint16(letter))
		if t.place(key).key == key {
			row = slices.Clone(after)
			t.overwrite(row, key)
		}
		t.pairs[before*t.letters+letter] = row
	}
}

// Languages lists the codes, in the order of every sum.
func (t *Table) Languages() []string { return t.languages }

// Letter numbers a lower-case letter, 0 for one no language of the table writes.
func (t *Table) Letter(r rune) uint16 {
	if r >= 0 && r < 128 {
		return t.ascii[r]
	}
	return t.numbers[r]
}

// Add adds to the sums, one per language, the log probability of the key's last
// letter after the others. A language that never wrote the run is asked for a
// shorter one, at a price. The key must be made of this table's letters; row is
// scratch space as long as sums.
func (t *Table) Add(key Key, sums, row []float32) {
	pair := t.pairs[int(key.last(2)>>letterBits)*t.letters+int(key.last(1))]
	if key>>(2*letterBits) == 0 {
		for l, cost := range pair {
			sums[l] += cost
		}
		return
	}
	for l, cost := range pair {
		row[l] = cost + backOff
	}
	t.overwrite(row, key)
	for l, cost := range row {
		sums[l] += cost
	}
}

// overwrite sets the languages that know the run to its log probability.
func (t *Table) overwrite(row []float32, key Key) {
	s := t.place(key)
	if s.key != key || key == 0 {
		return
	}
	at := s.first
	for set := s.languages; set != 0; set &= set - 1 {
		row[bits.TrailingZeros32(set)] = t.costs[at].Nats()
		at++
	}
}

// place finds the slot of a key, or the free one where it would be. The
// multiplier is 2^32 divided by the golden ratio (Knuth, volume 3, section 6.4).
func (t *Table) place(key Key) *slot {
	mask := uint32(len(t.slots) - 1)
	at := uint32(key) * 2654435769 >> (32 - bits.Len32(mask)) & mask
	for t.slots[at].key != key && t.slots[at].key != 0 {
		at = (at + 1) & mask
	}
	return &t.slots[at]
}
