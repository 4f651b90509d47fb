"""Fits the temperatures and the border of "unsure" on texts held back from training (never on the development sets).

    python calibrate.py --checkpoint RUN/best.pt --work WORK --data DATA --out RUN/calibration.json

Sources count by the shares below, so that thousands of news tweets do not outvote customers.
"""
import argparse
import json
import os

import numpy as np
import torch
import torch.nn.functional as F

import data
import measure
import predict
import vocabulary
from augment import label_of
from export import Pieces, load_checkpoint

SHARES = {"tweets": 0.20, "umsab": 0.20, "shops": 0.22, "hotel_de": 0.10, "hotel_es": 0.08, "lounges": 0.08, "complaints": 0.04, "treebank": 0.08}
UNSURE = 0.20
LABELS = {"neg": 0, "neu": 1, "pos": 2}


def some(examples, most):
    """At most so many of them, evenly spread; all when most is 0."""
    return examples if not most or len(examples) <= most else [examples[i * len(examples) // most] for i in range(most)]


def gather(held, most=0):
    """Texts, labels and weights of the held-back part; examples with soft targets are left out."""
    texts, labels, weights = [], [], []
    for family, share in SHARES.items():
        examples = [e for name, es in held.items() if name.startswith(family) for e in es if not e.partial and label_of(e.target)]
        examples = some(examples, most)
        texts += [e.text for e in examples]
        labels += [LABELS[label_of(e.target)] for e in examples]
        weights += [share / len(examples)] * len(examples)
    return texts, torch.tensor(labels), torch.tensor(weights)


def temperature(logits, labels, weights):
    """The temperature with the least weighted cross-entropy, by a plain search."""
    grid = np.arange(0.5, 3.0, 0.01)
    losses = [(F.cross_entropy(logits / t, labels, reduction="none") * weights).sum().item() for t in grid]
    return float(grid[int(np.argmin(losses))])


def weighted_quantile(values, weights, share):
    """The value below which `share` of the weight lies."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, share * total[-1])])


def report(p, labels, weights):
    """Three-class calibration of the held-back part, weighted by resampling to the shares."""
    rng = np.random.default_rng(1)
    draw = rng.choice(len(labels), 20_000, p=weights / weights.sum())
    sure, right = p[draw].max(-1), p[draw].argmax(-1) == labels[draw]
    error, curve = measure.calibration(sure, right)
    left, border = measure.abstaining(sure, right, UNSURE)
    return {"ece": error, "curve": curve, "accuracy": float(right.mean()), "accuracy_at_80": left, "border_at_80": border}


def aspects(model, pieces, held, most=0):
    """Logits and labels of the held-back aspects."""
    spans = [(e.text, (s.start, s.end), LABELS[label_of(s.target)]) for e in held["aspects"] for s in e.spans if label_of(s.target)]
    spans = some(spans, most)
    logits = predict.aspect_logits(model, pieces, [s[0] for s in spans], [s[1] for s in spans])
    return logits, torch.tensor([s[2] for s in spans])


def calibrate(model, pieces, folder, most=0):
    """All numbers of meta.json that are fitted, and the report behind them."""
    _, held = data.split(folder)
    texts, labels, weights = gather(held, most)
    logits = predict.polarity_logits(model, pieces, texts)
    t = temperature(logits, labels, weights)
    p = torch.softmax(logits / t, -1).numpy()
    aspect, truth = aspects(model, pieces, held, most)
    ta = temperature(aspect, truth, torch.ones(len(truth)) / len(truth))
    pa = torch.softmax(aspect / ta, -1).numpy()
    return {"temperature": round(t, 3), "aspect_temperature": round(ta, 3), "unsure_below": round(weighted_quantile(p.max(-1), weights.numpy(), UNSURE), 3),
            "held_back": report(p, labels.numpy(), weights.double().numpy()),
            "held_back_uncalibrated_ece": report(torch.softmax(logits, -1).numpy(), labels.numpy(), weights.double().numpy())["ece"],
            "held_back_aspects": {"n": len(truth), "accuracy": float((pa.argmax(-1) == truth.numpy()).mean()), "ece": measure.calibration(pa.max(-1), pa.argmax(-1) == truth.numpy())[0]}}


def main():
    a = argparse.ArgumentParser(description=__doc__)
    for name in ("checkpoint", "work", "data", "out"):
        a.add_argument(f"--{name}", required=True)
    a.add_argument("--most", type=int, default=0, help="at most so many texts of each family, for a busy machine")
    args = a.parse_args()
    vocab = os.path.join(args.work, "vocab.tsv")
    model = load_checkpoint(args.checkpoint, len(vocabulary.read(vocab)))
    result = calibrate(model, Pieces(vocab), os.path.join(args.data, "train"), args.most)
    with open(args.out, "w", encoding="utf-8") as f:
        json.dump(result, f, indent=1)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
