package encoder

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"strings"
	"unsafe"
)

// ErrCorrupt is what Load returns, wrapped, when the file is not a whole and consistent model.
var ErrCorrupt = errors.New("encoder: corrupt model")

const (
	magic         = "EARSHOTM"
	formatVersion = 1
	nameBytes     = 16
	entryBytes    = nameBytes + 8 + 8 + 4 + 4
	headerBytes   = len(magic) + 4 + 4
	maxSections   = 4096

	panelOutputs = 16
	panelInputs  = 4
)

// sections are the parts of a model file by name; they share the file's memory.
type sections map[string][]byte

// openSections checks the header and every checksum.
func openSections(data []byte) (sections, error) {
	if len(data) < headerBytes || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: not a model file", ErrCorrupt)
	}
	if v := binary.LittleEndian.Uint32(data[len(magic):]); v != formatVersion {
		return nil, fmt.Errorf("%w: format version %d, this program reads %d", ErrCorrupt, v, formatVersion)
	}
	count := min(binary.LittleEndian.Uint32(data[len(magic)+4:]), maxSections+1)
	end := headerBytes + int(count)*entryBytes
	if count > maxSections || len(data) < end+4 {
		return nil, fmt.Errorf("%w: the table of sections is cut off", ErrCorrupt)
	}
	table := crc32.MakeTable(crc32.Castagnoli)
	if crc32.Checksum(data[:end], table) != binary.LittleEndian.Uint32(data[end:]) {
		return nil, fmt.Errorf("%w: checksum of the table of sections", ErrCorrupt)
	}
	all := make(sections, count)
	for entry := data[headerBytes:end]; len(entry) > 0; entry = entry[entryBytes:] {
		name := strings.TrimRight(string(entry[:nameBytes]), "\x00")
		offset, size := binary.LittleEndian.Uint64(entry[nameBytes:]), binary.LittleEndian.Uint64(entry[nameBytes+8:])
		if offset > uint64(len(data)) || size > uint64(len(data))-offset {
			return nil, fmt.Errorf("%w: section %q is cut off", ErrCorrupt, name)
		}
		part := data[offset : offset+size : offset+size]
		if crc32.Checksum(part, table) != binary.LittleEndian.Uint32(entry[nameBytes+16:]) {
			return nil, fmt.Errorf("%w: checksum of section %q", ErrCorrupt, name)
		}
		all[name] = part
	}
	return all, nil
}

// bytes returns a section of exactly n bytes.
func (s sections) bytes(name string, n int) ([]byte, error) {
	part, ok := s[name]
	if !ok || len(part) != n {
		return nil, fmt.Errorf("%w: section %q has %d bytes, not %d", ErrCorrupt, name, len(part), n)
	}
	return part, nil
}

// int8s returns a section of n bytes as they lie in the file.
func (s sections) int8s(name string, n int) ([]int8, error) {
	part, err := s.bytes(name, n)
	if err != nil {
		return nil, err
	}
	return unsafe.Slice((*int8)(unsafe.Pointer(unsafe.SliceData(part))), n), nil
}

// words returns a copy of a section of n little-endian 32-bit integers.
func (s sections) words(name string, n int) ([]uint32, error) {
	part, err := s.bytes(name, 4*n)
	if err != nil {
		return nil, err
	}
	out := make([]uint32, n)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(part[4*i:])
	}
	return out, nil
}

// int32s is words, signed.
func (s sections) int32s(name string, n int) ([]int32, error) {
	words, err := s.words(name, n)
	out := make([]int32, len(words))
	for i, w := range words {
		out[i] = int32(w)
	}
	return out, err
}

// float32s is words as finite float32 numbers.
func (s sections) float32s(name string, n int) ([]float32, error) {
	words, err := s.words(name, n)
	out := make([]float32, len(words))
	for i, w := range words {
		out[i] = math.Float32frombits(w)
		if w&0x7F800000 == 0x7F800000 {
			return nil, fmt.Errorf("%w: section %q: number %d is not finite", ErrCorrupt, name, i)
		}
	}
	return out, err
}
