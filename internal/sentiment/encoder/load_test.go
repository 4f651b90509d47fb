package encoder

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"math"
	"testing"
)

func mustBeCorrupt(t *testing.T, what string, data []byte) {
	t.Helper()
	if m, err := Load(data); !errors.Is(err, ErrCorrupt) || m != nil {
		t.Errorf("%s: model %v, error %v", what, m != nil, err)
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	data := tinyData()
	for n := 0; n < len(data); n += 997 {
		mustBeCorrupt(t, "cut off", data[:n])
	}
	for i := 0; i < headerBytes+200; i++ {
		changed := bytes.Clone(data)
		changed[i] ^= 0x10
		mustBeCorrupt(t, "changed byte in the header", changed)
	}
	parts, err := openSections(data)
	if err != nil {
		t.Fatal(err)
	}
	for name, part := range parts {
		changed := bytes.Clone(data)
		changed[bytes.Index(data, part)] ^= 1
		mustBeCorrupt(t, "changed byte in "+name, changed)
	}
}

func TestAFileWithMissingOrShortSectionsIsRefused(t *testing.T) {
	for name := range tinySections(tinyShape(), 1) {
		parts := tinySections(tinyShape(), 1)
		delete(parts, name)
		mustBeCorrupt(t, "without "+name, pack(parts))
		parts = tinySections(tinyShape(), 1)
		parts[name] = parts[name][:len(parts[name])-1]
		mustBeCorrupt(t, "short "+name, pack(parts))
	}
}

func TestAFileWithNonsenseInItIsRefused(t *testing.T) {
	for what, change := range map[string]func(parts map[string][]byte){
		"order out of range":  func(p map[string][]byte) { binary.LittleEndian.PutUint32(p["piece.order"], 1<<31) },
		"order of one piece":  func(p map[string][]byte) { copy(p["piece.order"][4:8], p["piece.order"][:4]) },
		"an empty piece":      func(p map[string][]byte) { copy(p["piece.ends"][4:8], p["piece.ends"][:4]) },
		"a piece beyond":      func(p map[string][]byte) { binary.LittleEndian.PutUint32(p["piece.ends"], 1<<31) },
		"a norm that is NaN":  func(p map[string][]byte) { putFloat(p["0.norm1"], math.NaN()) },
		"an infinite word":    func(p map[string][]byte) { binary.LittleEndian.PutUint16(p["word.scales"], 0x7C00) },
		"an infinite scale":   func(p map[string][]byte) { putFloat(p["1.down.s"], math.Inf(1)) },
		"no JSON in its meta": func(p map[string][]byte) { p["meta"] = []byte("{") },
	} {
		parts := tinySections(tinyShape(), 1)
		change(parts)
		mustBeCorrupt(t, what, pack(parts))
	}
}

func putFloat(b []byte, v float64) { binary.LittleEndian.PutUint32(b, math.Float32bits(float32(v))) }

func TestAShapeThatCannotRunIsRefused(t *testing.T) {
	for what, change := range map[string]func(m *Meta){
		"no layers":             func(m *Meta) { m.Layers = 0 },
		"many layers":           func(m *Meta) { m.Layers = 1 << 30 },
		"negative rows":         func(m *Meta) { m.Rows = -1 },
		"rows without pieces":   func(m *Meta) { m.Rows = 1 << 18 },
		"hidden size 65":        func(m *Meta) { m.Hidden = 65 },
		"no heads":              func(m *Meta) { m.Heads = 0 },
		"heads of eight":        func(m *Meta) { m.Heads = 8 },
		"odd inner size":        func(m *Meta) { m.Inner = 100 },
		"positions for nothing": func(m *Meta) { m.Positions = 16 },
		"another epsilon":       func(m *Meta) { m.Epsilon = 1e-5 },
		"two labels":            func(m *Meta) { m.Labels = m.Labels[:2] },
		"temperature zero":      func(m *Meta) { m.Temperature = 0 },
		"no aspect temperature": func(m *Meta) { m.AspectTemperature = -1 },
	} {
		parts, shape := tinySections(tinyShape(), 1), tinyShape()
		change(&shape)
		meta, err := json.Marshal(shape)
		if err != nil {
			t.Fatal(err)
		}
		parts["meta"] = meta
		mustBeCorrupt(t, what, pack(parts))
	}
}

func TestMetaIsThatOfTheFile(t *testing.T) {
	if meta := tinyModel(t).Meta(); meta.Version != "tiny" || meta.Temperature != 1.5 || meta.UnsureBelow != 0.5 || meta.Labels[2] != "pos" {
		t.Errorf("meta %+v", meta)
	}
}

// FuzzLoad changes a file anywhere and repairs the checksums, so that what is behind them is tried, too.
func FuzzLoad(f *testing.F) {
	data := tinyData()
	f.Add(uint32(20), uint32(1), false)
	f.Add(uint32(3000), uint32(7), true)
	f.Fuzz(func(t *testing.T, at, value uint32, whole bool) {
		changed := bytes.Clone(data)
		at %= uint32(len(changed) - 4)
		binary.LittleEndian.PutUint32(changed[at:], value)
		if whole {
			changed = changed[:at]
		}
		repair(changed)
		m, err := Load(changed)
		if err == nil {
			_ = m.Encode("good, not bad é 😀")
		} else if !errors.Is(err, ErrCorrupt) {
			t.Errorf("error %v", err)
		}
	})
}

// repair writes checksums that fit, as far as the table of sections can be followed.
func repair(data []byte) {
	if len(data) < headerBytes {
		return
	}
	table := crc32.MakeTable(crc32.Castagnoli)
	end := headerBytes + int(min(binary.LittleEndian.Uint32(data[len(magic)+4:]), maxSections+1))*entryBytes
	if end+4 > len(data) {
		return
	}
	for entry := data[headerBytes:end]; len(entry) > 0; entry = entry[entryBytes:] {
		offset, size := binary.LittleEndian.Uint64(entry[nameBytes:]), binary.LittleEndian.Uint64(entry[nameBytes+8:])
		if offset <= uint64(len(data)) && size <= uint64(len(data))-offset {
			binary.LittleEndian.PutUint32(entry[nameBytes+16:], crc32.Checksum(data[offset:offset+size], table))
		}
	}
	binary.LittleEndian.PutUint32(data[end:], crc32.Checksum(data[:end], table))
}
