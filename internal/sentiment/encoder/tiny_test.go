package encoder

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// tinyShape is a model small enough for every test, with two layers.
func tinyShape() Meta {
	return Meta{
		Version: "tiny", Rows: len(tinyPieces()), Hidden: 64, Layers: 2, Heads: 2, Inner: 128, Positions: 512, Epsilon: 1e-12,
		Labels: []string{"neg", "neu", "pos"}, Temperature: 1.5, AspectTemperature: 1, UnsureBelow: 0.5, MaxPieces: 160,
	}
}

type tinyPiece struct {
	text  string
	score int32
}

// tinyPieces is a vocabulary of letters and a few words.
func tinyPieces() []tinyPiece {
	pieces := []tinyPiece{{"<s>", 0}, {"<pad>", 0}, {"</s>", 0}, {"<unk>", 0}, {"▁", -4_000_000}, {"▁good", -6_000_000},
		{"▁go", -7_000_000}, {"od", -7_000_000}, {"▁bad", -6_000_000}, {"ness", -6_500_000}, {"é", -9_000_000}, {"😀", -9_000_000},
		{"ا", -9_000_000}, {"▁http", -8_000_000}, {"@", -8_000_000}, {"user", -8_000_000}, {"00", -8_500_000}}
	for _, r := range "abcdefghijklmnopqrstuvwxyz0!.,'\"-" {
		pieces = append(pieces, tinyPiece{string(r), -10_000_000 - r*1000})
	}
	return pieces
}

// tinySections makes the sections of a model with random weights.
func tinySections(shape Meta, seed uint64) map[string][]byte {
	r := rand.New(rand.NewPCG(seed, 2))
	meta, err := json.Marshal(shape)
	if err != nil {
		panic(err)
	}
	parts := map[string][]byte{"meta": meta}
	addVocabulary(parts)
	h := shape.Hidden
	parts["word"] = randomBytes(r, shape.Rows*h/2)
	for range shape.Rows * h / wordBlock {
		parts["word.scales"] = binary.LittleEndian.AppendUint16(parts["word.scales"], uint16(0x2C00|r.IntN(0x400)))
	}
	parts["position"] = floatBytes(r, shape.Positions*h, 0, 0.2)
	parts["embed.norm"] = floatBytes(r, 2*h, 0.8, 0.1)
	parts["polarity"] = floatBytes(r, 3*h+3, 0, 0.2)
	parts["aspect"] = floatBytes(r, 3*h+3, 0, 0.2)
	for i := range shape.Layers {
		prefix := strconv.Itoa(i) + "."
		addMatrix(parts, r, prefix+"qkv", h, 3*h)
		addMatrix(parts, r, prefix+"out", h, h)
		addMatrix(parts, r, prefix+"in", h, shape.Inner)
		addMatrix(parts, r, prefix+"down", shape.Inner, h)
		parts[prefix+"norm1"] = floatBytes(r, 2*h, 0.8, 0.1)
		parts[prefix+"norm2"] = floatBytes(r, 2*h, 0.8, 0.1)
	}
	return parts
}

func addVocabulary(parts map[string][]byte) {
	pieces := tinyPieces()
	order := make([]uint32, len(pieces))
	var text, ends, scores []byte
	for i, p := range pieces {
		order[i] = uint32(i)
		text = append(text, p.text...)
		ends = binary.LittleEndian.AppendUint32(ends, uint32(len(text)))
		scores = binary.LittleEndian.AppendUint32(scores, uint32(p.score))
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(pieces[a].text, pieces[b].text) })
	parts["pieces"], parts["piece.ends"], parts["piece.scores"] = text, ends, scores
	for _, row := range order {
		parts["piece.order"] = binary.LittleEndian.AppendUint32(parts["piece.order"], row)
	}
}

func addMatrix(parts map[string][]byte, r *rand.Rand, name string, inputs, outputs int) {
	m := randomMatrix(r, inputs, outputs, false)
	for _, w := range m.weights {
		parts[name] = append(parts[name], byte(w))
	}
	for _, c := range m.totals {
		parts[name+".t"] = binary.LittleEndian.AppendUint32(parts[name+".t"], uint32(c))
	}
	parts[name+".s"] = floatBytes(r, outputs, 0.002, 0.0003)
	parts[name+".b"] = floatBytes(r, outputs, 0, 0.1)
	parts[name+".f"] = floatBytes(r, inputs, 1, 0.1)
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(randomByte(r, false))
	}
	return b
}

// floatBytes are random numbers around the mean; the conversion keeps them the same on machines that would fuse the operations.
func floatBytes(r *rand.Rand, n int, mean, deviation float64) []byte {
	var b []byte
	for range n {
		v := mean + float64(deviation*(4*r.Float64()-2))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
	}
	return b
}

// pack writes a model file.
func pack(parts map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(parts))
	table := crc32.MakeTable(crc32.Castagnoli)
	head := binary.LittleEndian.AppendUint32([]byte(magic), formatVersion)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(names)))
	var body bytes.Buffer
	start := headerBytes + len(names)*entryBytes + 4
	for _, name := range names {
		for (start+body.Len())%64 != 0 {
			body.WriteByte(0)
		}
		head = append(head, make([]byte, nameBytes)...)
		copy(head[len(head)-nameBytes:], name)
		head = binary.LittleEndian.AppendUint64(head, uint64(start+body.Len()))
		head = binary.LittleEndian.AppendUint64(head, uint64(len(parts[name])))
		head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(parts[name], table))
		head = binary.LittleEndian.AppendUint32(head, 0)
		body.Write(parts[name])
	}
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(head, table))
	return append(head, body.Bytes()...)
}

func tinyData() []byte { return pack(tinySections(tinyShape(), 1)) }

func tinyModel(t testing.TB) *Model {
	m, err := Load(tinyData())
	if err != nil {
		t.Fatal(err)
	}
	return m
}
