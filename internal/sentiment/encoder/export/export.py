"""Packs a trained model for the Go engine: python export.py INTERCHANGE model.bin

Matrices become int8 with a scale per row, word vectors keep the 4 bits of the base, everything else stays fp32. Activation ranges are taken from the texts of
reference.jsonl. Takes about half a minute.
"""
import argparse
import json
import math
import sys

import numpy as np

import container
import quantise
from interchange import Interchange
from reference import Reference

HEADS = 12
EPS = 1e-12


def f32(array):
    return np.ascontiguousarray(array, "<f4").tobytes()


def meta(source):
    """What the engine must know: the shape and what calibration found; the rest of meta.json is kept under "training"."""
    words, positions = source.encoder["embeddings.word_embeddings.weight"], source.encoder["embeddings.position_embeddings.weight"]
    inner, _ = source.dense(0, "intermediate.dense")
    kept = ("temperature", "aspect_temperature", "unsure_below", "max_pieces", "labels", "version")
    shape = {"rows": words.shape[0], "hidden": words.shape[1], "positions": positions.shape[0], "layers": source.layers(),
             "heads": HEADS, "inner": inner.shape[0], "eps": EPS}
    rest = {key: value for key, value in source.meta.items() if key not in kept}
    return {**shape, **{key: source.meta[key] for key in kept}, "training": rest}


def vocabulary(source):
    """Pieces one after the other, where each ends, its score in millionths, and the rows in the order of their bytes."""
    encoded = [piece.encode() for piece, _ in source.pieces]
    order = sorted(range(len(encoded)), key=lambda row: encoded[row])
    return {
        "pieces": b"".join(encoded),
        "piece.ends": np.cumsum([len(piece) for piece in encoded]).astype("<u4").tobytes(),
        "piece.scores": np.array([score for _, score in source.pieces], "<i4").tobytes(),
        "piece.order": np.array(order, "<u4").tobytes(),
    }


def embeddings(source):
    """Word vectors in the base's 4 bits; positions in fp32 with token type 0 already added; the norm after them."""
    w = source.encoder
    words, scales = quantise.words(w["embeddings.word_embeddings.weight"])
    positions = w["embeddings.position_embeddings.weight"] + w["embeddings.token_type_embeddings.weight"][0]
    norm = np.stack([w["embeddings.LayerNorm.weight"], w["embeddings.LayerNorm.bias"]])
    return {"word": words.tobytes(), "word.scales": scales.astype("<f2").tobytes(), "position": f32(positions), "embed.norm": f32(norm)}


def matrix(name, weight, bias, peaks):
    """One dense layer: panels, scales, bias, the factors that its input is multiplied with before it becomes int8, and the sums of
    the weights, for zero points."""
    factors = quantise.smoothing(peaks, weight)
    quantised, scales = quantise.rows(weight * factors)
    totals = quantised.astype("<i4").sum(1, dtype="<i4")
    return {name: quantise.panels(quantised).tobytes(), name + ".s": f32(scales), name + ".b": f32(bias), name + ".f": f32(1 / factors),
            name + ".t": totals.tobytes()}


def layer(source, i, peaks):
    """The four matrices and two norms of a layer; queries are scaled by 1/√(head size) here, once."""
    root = math.sqrt(source.encoder["embeddings.LayerNorm.weight"].shape[0] // HEADS)
    parts = [source.dense(i, f"attention.self.{name}") for name in ("query", "key", "value")]
    parts[0] = (parts[0][0] / root, parts[0][1] / root)
    sections = matrix(f"{i}.qkv", np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]), peaks[i, "attention.in"])
    for short, name, group in (("out", "attention.output.dense", "attention.out"), ("in", "intermediate.dense", "feed.in"),
                               ("down", "output.dense", "feed.out")):
        sections |= matrix(f"{i}.{short}", *source.dense(i, name), peaks[i, group])
    for short, name in (("norm1", "attention.output.LayerNorm"), ("norm2", "output.LayerNorm")):
        prefix = f"encoder.layer.{i}.{name}."
        sections[f"{i}.{short}"] = f32(np.stack([source.encoder[prefix + "weight"], source.encoder[prefix + "bias"]]))
    return sections


def heads(source):
    """Both linear heads, weights then biases."""
    return {name: f32(np.concatenate([source.heads[name + ".weight"].ravel(), source.heads[name + ".bias"]])) for name in ("polarity", "aspect")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("interchange", help="folder that training wrote")
    parser.add_argument("out", help="file to write")
    options = parser.parse_args()
    source = Interchange(options.interchange)
    reference = Reference(source, HEADS, EPS)
    worst = 0.0
    for i, row in enumerate(source.reference):
        if "polarity_logits" in row:
            worst = max(worst, float(np.abs(reference.polarity(row["ids"]) - row["polarity_logits"]).max()))
        else:
            reference.hidden(row["ids"])
        print(f"\rranges: {i + 1}/{len(source.reference)} texts", end="", file=sys.stderr)
    print(f"; numpy's logits differ from PyTorch's by at most {worst:.2g}", file=sys.stderr)
    sections = {"meta": json.dumps(meta(source), ensure_ascii=False).encode(), **vocabulary(source), **embeddings(source), **heads(source)}
    for i in range(source.layers()):
        sections |= layer(source, i, reference.peaks)
    size = container.write(options.out, sections)
    print(f"{options.out}: {size:,} bytes, {len(sections)} sections, {len(source.pieces):,} pieces", file=sys.stderr)


if __name__ == "__main__":
    main()
