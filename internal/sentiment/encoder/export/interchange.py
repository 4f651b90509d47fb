"""Reads the folder in which training hands over a model.

encoder.safetensors and heads.safetensors (fp32, names of a BERT model), vocab.tsv (piece, tab, score; the line number is the row),
meta.json, reference.jsonl. Needs numpy and nothing else.
"""
import json
import pathlib

import numpy as np


class Interchange:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.encoder = read_tensors(folder / "encoder.safetensors")
        self.heads = read_tensors(folder / "heads.safetensors")
        self.pieces = read_vocabulary(folder / "vocab.tsv")
        self.meta = json.loads((folder / "meta.json").read_text("utf-8"))
        self.reference = [json.loads(line) for line in (folder / "reference.jsonl").read_text("utf-8").splitlines()]

    def layers(self):
        """The number of transformer layers."""
        return 1 + max(int(name.split(".")[2]) for name in self.encoder if name.startswith("encoder.layer."))

    def dense(self, layer, name):
        """Weight [outputs, inputs] and bias of one matrix of a layer."""
        prefix = f"encoder.layer.{layer}.{name}."
        return self.encoder[prefix + "weight"], self.encoder[prefix + "bias"]


def read_tensors(path):
    """All tensors of a safetensors file; only F32 is expected."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: {name} is {entry['dtype']}, not F32")
        start, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(data, "<f4", (end - start) // 4, 8 + size + start).reshape(entry["shape"])
    return tensors


def read_vocabulary(path):
    """A list of (piece, score in millionths); scores are written with six decimals, so the integer is exact."""
    pieces = []
    for line in path.read_text("utf-8").split("\n"):
        if not line:
            continue
        piece, score = line.split("\t")
        pieces.append((unescape(piece), round(float(score) * 1e6)))
    return pieces


def unescape(piece):
    r"""Undoes \t, \n, \r and \\."""
    out, rest = [], iter(piece)
    for char in rest:
        if char == "\\":
            char = next(rest)
            char = {"t": "\t", "n": "\n", "r": "\r"}.get(char, char)
        out.append(char)
    return "".join(out)
