package encoder

import _ "embed"

// weights is the model file that export/export.py made; it is only read.
//
//go:embed model.bin
var weights []byte

// Open loads the model that the program carries. The error wraps ErrCorrupt.
func Open() (*Model, error) { return Load(weights) }
