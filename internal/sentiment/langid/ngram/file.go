package ngram

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

const (
	magic   = "EARN1"
	maxRows = 1 << 19
)

// Encode writes the content as one compressed file. The same content always
// gives the same bytes.
func Encode(w io.Writer, c Content) error {
	if len(c.Languages) > MaxLanguages || len(c.Letters) > MaxLetters {
		return fmt.Errorf("ngram: %d languages and %d letters are too many", len(c.Languages), len(c.Letters))
	}
	packed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("ngram: %w", err)
	}
	if _, err := packed.Write(c.bytes()); err != nil {
		return fmt.Errorf("ngram: write: %w", err)
	}
	return packed.Close()
}

// bytes lists like with like (keys, sets, costs): it packs a third smaller than
// row after row.
func (c Content) bytes() []byte {
	out := []byte(magic)
	out = binary.AppendUvarint(out, uint64(len(c.Languages)))
	for _, code := range c.Languages {
		out = append(binary.AppendUvarint(out, uint64(len(code))), code...)
	}
	out = binary.AppendUvarint(out, uint64(len(c.Letters)))
	for _, r := range c.Letters {
		out = binary.AppendUvarint(out, uint64(r))
	}
	out = binary.AppendUvarint(out, uint64(len(c.Rows)))
	before := Key(0)
	for _, row := range c.Rows {
		out = binary.AppendUvarint(out, uint64(row.Key-before))
		before = row.Key
	}
	for _, row := range c.Rows {
		out = binary.AppendUvarint(out, uint64(row.Languages))
	}
	for _, row := range c.Rows {
		for _, cost := range row.Costs {
			out = append(out, byte(cost))
		}
	}
	return out
}

// Decode reads what Encode wrote. Anything else gives ErrFormat.
func Decode(file []byte) (Content, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return Content{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	r := &reader{from: bufio.NewReader(unpacked)}
	c := Content{}
	if string(r.take(len(magic))) != magic {
		return Content{}, ErrFormat
	}
	for range r.count(MaxLanguages) {
		c.Languages = append(c.Languages, string(r.take(r.count(8))))
	}
	for range r.count(MaxLetters) {
		c.Letters = append(c.Letters, rune(r.count(0x10FFFF)))
	}
	c.Rows = r.rows(len(c.Languages))
	r.end()
	if r.err != nil {
		return Content{}, fmt.Errorf("%w: %w", ErrFormat, r.err)
	}
	return c, nil
}

// reader remembers its first error, and gives zeros from then on.
type reader struct {
	from *bufio.Reader
	err  error
}

func (r *reader) rows(languages int) []Row {
	rows := make([]Row, r.count(maxRows))
	key, all := 0, 0
	for i := range rows {
		key += r.count(1 << (3 * letterBits))
		rows[i].Key = Key(key)
	}
	for i := range rows {
		rows[i].Languages = uint32(r.count(1<<languages - 1))
		all += bits.OnesCount32(rows[i].Languages)
	}
	costs := make([]Cost, all)
	for i, b := range r.take(all) {
		costs[i] = Cost(b)
	}
	for i := range rows {
		n := bits.OnesCount32(rows[i].Languages)
		rows[i].Costs, costs = costs[:n:n], costs[n:]
	}
	return rows
}

// count reads a number that may be at most limit.
func (r *reader) count(limit int) int {
	if r.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(r.from)
	if err == nil && n > uint64(limit) {
		err = fmt.Errorf("%d is more than %d", n, limit)
	}
	if err != nil {
		r.err = err
		return 0
	}
	return int(n)
}

// end makes sure that nothing follows; only there does gzip check its sum.
func (r *reader) end() {
	if r.err != nil {
		return
	}
	switch _, err := r.from.ReadByte(); {
	case err == nil:
		r.err = errors.New("more than a table")
	case !errors.Is(err, io.EOF):
		r.err = err
	}
}

func (r *reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	out := make([]byte, n)
	if _, r.err = io.ReadFull(r.from, out); r.err != nil {
		return nil
	}
	return out
}
