package encoder

import "math"

// Piece is one unit of the vocabulary in a text.
type Piece struct {
	ID int32 // row of the vocabulary
	// From and To are byte offsets in the original text: text[From:To]. <s> and </s>, and pieces that stand for nothing but the
	// start of a word, are empty. What normalisation replaces (an address, a character that decomposes) belongs whole to
	// every piece made of it, so that neighbours may overlap there.
	From, To int
}

// Pieces is a text ready for the encoder.
type Pieces struct {
	List []Piece // <s> first, </s> last
	// Cut says that the text was too long and that its middle is missing.
	Cut bool
}

// keptPieces is how much of a long text remains at either end.
const keptPieces = 250

// A text of more than longText bytes is read in its first and last keptBytes only, so that no input costs more than a few
// milliseconds here. 250 pieces of ordinary text take 1 to 2 kB.
const (
	longText  = 64 << 10
	keptBytes = 32 << 10
)

// wordStart marks the beginning of a word in the vocabulary.
const wordStart = '▁'

// Encode cuts a text into pieces: normalisation, then the most probable sequence of pieces for every word (SentencePiece's unigram
// model, Kudo 2018, arXiv 1804.10959). Any bytes are welcome; the time is linear.
func (m *Model) Encode(text string) Pieces {
	var p Pieces
	var units []unit
	if len(text) <= longText {
		units = normalise(text, 0)
	} else {
		head, tail := validPrefix(text, keptBytes), validSuffix(text, keptBytes)
		base := len(text) - len(tail)
		units = append(normalise(head, 0), unit{' ', int32(len(head)), int32(base)})
		units = append(units, normalise(tail, base)...)
		p.Cut = true
	}
	list := append(make([]Piece, 0, len(units)/2+8), Piece{ID: startID})
	list = m.vocabulary.segment(list, units)
	if n := len(list) - 1; n > 2*keptPieces {
		list = append(list[:1+keptPieces], list[1+n-keptPieces:]...)
		p.Cut = true
	}
	p.List = append(list, Piece{ID: endID, From: len(text), To: len(text)})
	return p
}

// segment appends the pieces of all words.
func (v *vocabulary) segment(list []Piece, units []unit) []Piece {
	var lattice []step
	word := make([]unit, 0, 32)
	for i := 0; i < len(units); {
		if units[i].r == ' ' {
			i++
			continue
		}
		end := i + 1
		for end < len(units) && units[end].r != ' ' && units[end].r != wordStart {
			end++
		}
		word = word[:0]
		if units[i].r != wordStart && (i == 0 || units[i-1].r == ' ') {
			word = append(word, unit{wordStart, units[i].from, units[i].from})
		}
		word = append(word, units[i:end]...)
		lattice = v.best(lattice, word)
		list = appendPath(list, lattice, word)
		i = end
	}
	return list
}

// step is the best way to reach a place in a word: by the piece id from the place from.
type step struct {
	score float64
	from  int32
	id    int32
}

// best fills the lattice of a word: lattice[i] is the best way to its first i characters. Ties go to the longer last piece, as
// in the tokenizers library, from which training got its pieces.
func (v *vocabulary) best(lattice []step, word []unit) []step {
	lattice = append(lattice[:0], step{})
	for range word {
		lattice = append(lattice, step{score: math.Inf(-1), from: -1})
	}
	reach := func(to int, score float64, from int, id int32) {
		if s := &lattice[to]; s.from < 0 || score > s.score {
			*s = step{score, int32(from), id}
		}
	}
	for i := range word {
		here, single, node := lattice[i].score, false, int32(0)
		for j := i; j < len(word); j++ {
			if node = v.descend(node, word[j].r); node < 0 {
				break
			}
			if id := v.ids[node]; id >= 0 {
				single = single || j == i
				reach(j+1, v.scores[id]+here, i, id)
			}
		}
		if !single {
			reach(i+1, v.unknown+here, i, unknownID)
		}
	}
	return lattice
}

// appendPath walks the lattice back and appends its pieces in order; neighbouring unknown characters become one piece.
func appendPath(list []Piece, lattice []step, word []unit) []Piece {
	first := len(list)
	for at := len(word); at > 0; {
		s := lattice[at]
		piece := Piece{ID: s.id, From: int(word[s.from].from), To: int(word[at-1].to)}
		if last := len(list) - 1; s.id == unknownID && last >= first && list[last].ID == unknownID {
			list[last].From = piece.From
		} else {
			list = append(list, piece)
		}
		at = int(s.from)
	}
	for i, j := first, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}
