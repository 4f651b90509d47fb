// Package encoder runs a small multilingual BERT with two linear heads on the CPU, in Go, without cgo and without a network.
//
//	m, err := encoder.Load(data)
//	pieces := m.Encode("Sam was lovely but the refund took three weeks")
//	readings, err := m.Run(ctx, []encoder.Pieces{pieces})
//	readings[0].Polarity.Probabilities(m.Meta().Temperature)
//
// The verdict is the head applied to the mean of all final states, and so a sum over the pieces of the text: Contributions are the
// evidence, and they add up to the verdict exactly. The aspect head judges any span of the text the same way.
//
// # Arithmetic
//
// Weights are int8 with a scale per output; word vectors keep the base model's four bits. Activations become int8 right before each matrix, with a
// scale and a zero point per piece; sums are
// exact int32. Everything else is float32. One kernel per architecture does the work (avx512-vnni, avx2, neon-dot, neon), chosen when
// the model is loaded, and a portable one in plain Go works everywhere. All of them give the same bits, so a verdict does not
// depend on the machine, on the batch that a text came in, or on the number of goroutines.
//
// # The model file
//
// export/export.py writes it. Numbers are little-endian.
//
//	"EARSHOTM"                                      8 bytes
//	format version, now 1                           uint32
//	number of sections                              uint32
//	per section: name padded with zeros             16 bytes
//	             offset, size                       uint64, uint64
//	             CRC-32C of its bytes, zero         uint32, uint32
//	CRC-32C of everything above                     uint32
//
// Sections begin at multiples of 64. With R pieces, H hidden, I inner, P positions and a layer number n:
//
//	meta                  JSON, see Meta
//	pieces                the UTF-8 of all pieces, in order of rows; rows 0 to 3 are <s>, <pad>, </s>, <unk>
//	piece.ends            uint32[R]: where each ends
//	piece.scores          int32[R]: log probability in millionths
//	piece.order           uint32[R]: rows by ascending bytes
//	word, word.scales     uint4[R][H] in blocks of 32, float16[R][H/32], see words.go
//	position              float32[P][H], token type 0 included
//	embed.norm            float32[2][H]: gain, bias; so are n.norm1 (after attention) and n.norm2
//	n.qkv                 matrix H to 3H: queries, keys, values; queries carry the factor 1/√(head size)
//	n.out, n.in, n.down   matrices H to H, H to I, I to H
//	polarity, aspect      float32[3][H] weights, then float32[3] bias
//
// A matrix M from K inputs to N outputs is five sections. M is int8[N/16][K/4][16][4]: panels of sixteen outputs, in which 64 bytes
// hold four inputs of each; all kernels read it as it lies there. M.s float32[N] are the scales of the outputs, M.b float32[N] the
// bias, M.f float32[K] what each input is multiplied with before it becomes int8 (outliers are moved into the weights), M.t int32[N]
// the sum of each output's weights.
package encoder
