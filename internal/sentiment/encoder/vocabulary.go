package encoder

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"
)

// The first rows of every vocabulary.
const (
	startID   = 0 // <s>
	endID     = 2 // </s>
	unknownID = 3 // <unk>
)

// unknownPenalty is how much worse than the worst piece an unknown character scores (SentencePiece's kUnkPenalty).
const unknownPenalty = 10

// vocabulary finds pieces by their bytes. It is a trie in level order: the children of node i are the nodes first[i] to
// first[i+1], by ascending label.
type vocabulary struct {
	labels  []byte
	first   []int32
	ids     []int32   // per node: the row of the piece that ends there, or -1
	scores  []float64 // per row: log probability
	unknown float64   // score of an unknown character
}

func readVocabulary(all sections, rows int) (*vocabulary, error) {
	ends, err := all.words("piece.ends", rows)
	if err != nil {
		return nil, err
	}
	order, err := all.words("piece.order", rows)
	if err != nil {
		return nil, err
	}
	scores, err := all.int32s("piece.scores", rows)
	if err != nil {
		return nil, err
	}
	pieces, err := splitPieces(all["pieces"], ends)
	if err != nil {
		return nil, err
	}
	if err := checkOrder(pieces, order); err != nil {
		return nil, err
	}
	v := &vocabulary{scores: make([]float64, rows)}
	for i, s := range scores {
		v.scores[i] = float64(s) / 1e6
	}
	v.unknown = slices.Min(v.scores) - unknownPenalty
	v.build(pieces, order)
	return v, nil
}

// splitPieces cuts the bytes of all pieces where they end.
func splitPieces(data []byte, ends []uint32) ([][]byte, error) {
	pieces := make([][]byte, len(ends))
	at := uint32(0)
	for i, end := range ends {
		if end <= at || uint64(end) > uint64(len(data)) {
			return nil, fmt.Errorf("%w: piece %d ends at %d", ErrCorrupt, i, end)
		}
		pieces[i] = data[at:end]
		at = end
	}
	if int(at) != len(data) {
		return nil, fmt.Errorf("%w: %d bytes after the last piece", ErrCorrupt, len(data)-int(at))
	}
	return pieces, nil
}

// checkOrder makes sure that order lists all pieces, each once, by ascending bytes.
func checkOrder(pieces [][]byte, order []uint32) error {
	for i, row := range order {
		if uint64(row) >= uint64(len(pieces)) {
			return fmt.Errorf("%w: piece %d does not exist", ErrCorrupt, row)
		}
		if i > 0 && bytes.Compare(pieces[order[i-1]], pieces[row]) >= 0 {
			return fmt.Errorf("%w: pieces out of order at %d", ErrCorrupt, i)
		}
	}
	return nil
}

// build makes the trie, level by level; a node stands for the sorted pieces low to high that agree on their first depth bytes.
func (v *vocabulary) build(pieces [][]byte, order []uint32) {
	type span struct{ low, high, depth int }
	queue := []span{{0, len(order), 0}}
	v.labels, v.first, v.ids = []byte{0}, []int32{1}, []int32{-1}
	for i := 0; i < len(queue); i++ {
		s := queue[i]
		for low := s.low; low < s.high; {
			piece := pieces[order[low]]
			if len(piece) == s.depth {
				v.ids[i] = int32(order[low])
				low++
				continue
			}
			high := low + 1
			for high < s.high && pieces[order[high]][s.depth] == piece[s.depth] {
				high++
			}
			queue = append(queue, span{low, high, s.depth + 1})
			v.labels = append(v.labels, piece[s.depth])
			v.ids = append(v.ids, -1)
			low = high
		}
		v.first = append(v.first, int32(len(queue)))
	}
}

// child returns the node under node with the label, or -1.
func (v *vocabulary) child(node int32, label byte) int32 {
	low, high := v.first[node], v.first[node+1]
	for high-low > 8 {
		middle := (low + high) / 2
		if v.labels[middle] > label {
			high = middle
		} else {
			low = middle
		}
	}
	for ; low < high; low++ {
		if v.labels[low] == label {
			return low
		}
	}
	return -1
}

// descend follows the UTF-8 bytes of a rune down from node, or returns -1.
func (v *vocabulary) descend(node int32, r rune) int32 {
	if r < 0x80 {
		return v.child(node, byte(r))
	}
	var buffer [4]byte
	for _, b := range utf8.AppendRune(buffer[:0], r) {
		if node = v.child(node, b); node < 0 {
			return -1
		}
	}
	return node
}
