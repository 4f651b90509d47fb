"""Writes the interchange folder that the Go exporter reads.

    python export.py --checkpoint RUN/best.pt --vocab WORK/vocab.tsv --calibration RUN/calibration.json --out final [--texts texts.txt]

encoder.safetensors (HF BertModel names, fp32), heads.safetensors, vocab.tsv, meta.json and reference.jsonl (texts with their pieces
and fp32 probabilities, temperatures applied).
"""
import argparse
import json
import os
import shutil

import torch
from safetensors.torch import save_file

import normalise
import vocabulary
from model import LABELS, Encoder, collate

MAX_PIECES = 512


class Pieces:
    """Texts to piece ids as the Go engine does it: normalise, cut, <s> ... </s>."""

    def __init__(self, path):
        self.tokenizer = vocabulary.build_tokenizer(vocabulary.read(path))

    def __call__(self, texts, limit=MAX_PIECES):
        encoded = self.tokenizer.encode_batch([normalise.normalise(t) for t in texts])
        return [[0, *e.ids[: limit - 2], 2] for e in encoded]


def references(model, pieces, texts, temperatures):
    """Rows of reference.jsonl; the aspect head is asked about the third to fifth piece (or what there is)."""
    rows = []
    for text, ids in zip(texts, pieces(texts)):
        first, last = min(2, len(ids) - 1), min(5, len(ids) - 1)
        last = max(last, first + 1)
        batch = collate([ids], [(0, first, last)])
        with torch.no_grad():
            polarity, aspect = model(*batch)
        rows.append({"text": text, "ids": ids, "polarity": torch.softmax(polarity[0] / temperatures[0], -1).tolist(),
                     "aspect_from": first, "aspect_to": last, "aspect": torch.softmax(aspect[0] / temperatures[1], -1).tolist(),
                     "polarity_logits": polarity[0].tolist(), "aspect_logits": aspect[0].tolist()})
    return rows


def export(model, vocab, calibration, version, texts, out):
    """Writes the whole folder."""
    os.makedirs(out, exist_ok=True)
    model.eval()
    save_file({k: v.detach().float().contiguous() for k, v in model.bert.state_dict().items() if "position_ids" not in k},
              os.path.join(out, "encoder.safetensors"))
    heads = {f"{n}.{k}": getattr(getattr(model, n), k).detach().float().contiguous() for n in ("polarity", "aspect") for k in ("weight", "bias")}
    save_file(heads, os.path.join(out, "heads.safetensors"))
    shutil.copyfile(vocab, os.path.join(out, "vocab.tsv"))
    meta = {"temperature": 1.0, "aspect_temperature": 1.0, "unsure_below": 0.5, **calibration, "max_pieces": MAX_PIECES, "trained_pieces": 160, "labels": LABELS,
            "version": version, "normaliser": normalise.DESCRIPTION,
            "pooling": "polarity: mean over all pieces incl. <s> and </s>; aspect: mean over the pieces of the aspect",
            "tokeniser": "unigram (Viterbi over scores; unknown characters, fused, cost min score - 10), words split at blanks, each with a leading U+2581",
            "shape": {"layers": 12, "hidden": 384, "heads": 12, "ffn": 1536, "layer_norm_eps": model.bert.config.layer_norm_eps, "activation": "gelu (erf)"}}
    with open(os.path.join(out, "meta.json"), "w", encoding="utf-8") as f:
        json.dump(meta, f, ensure_ascii=False, indent=1)
    temperatures = meta["temperature"], meta["aspect_temperature"]
    with open(os.path.join(out, "reference.jsonl"), "w", encoding="utf-8") as f:
        for row in references(model, Pieces(vocab), texts, temperatures):
            f.write(json.dumps(row, ensure_ascii=False) + "\n")


def load_checkpoint(path, rows):
    """The model of a checkpoint written by train.py (its averaged weights)."""
    model = Encoder(rows)
    model.load_state_dict(torch.load(path, map_location="cpu")["average"])
    return model.eval()


def main():
    a = argparse.ArgumentParser(description=__doc__)
    for name in ("checkpoint", "vocab", "calibration", "out", "texts"):
        a.add_argument(f"--{name}", required=True)
    a.add_argument("--version", required=True)
    args = a.parse_args()
    with open(args.calibration) as f:
        calibration = json.load(f)
    with open(args.texts, encoding="utf-8") as f:
        texts = [line.rstrip("\n") for line in f]
    model = load_checkpoint(args.checkpoint, len(vocabulary.read(args.vocab)))
    export(model, args.vocab, calibration, args.version, texts, args.out)


if __name__ == "__main__":
    main()
