"""Prepares the base: cuts the vocabulary and writes the starting checkpoint.

    python prepare.py --base e5-small-q4.bin --words wordfreq-3.1.1-py3-none-any.whl --data DATA --work WORK
"""
import argparse
import glob
import gzip
import os

import torch

import vocabulary
from base import BaseFile
from model import from_base

LIMIT = 60_000


def corpus(folder):
    """All training texts, the last column of each file."""
    texts = []
    for path in sorted(glob.glob(os.path.join(folder, "train", "*.tsv.gz"))):
        with gzip.open(path, "rt", encoding="utf-8") as f:
            texts += [line.rstrip("\n").split("\t")[-1] for line in f]
    return texts


def main():
    a = argparse.ArgumentParser(description=__doc__)
    for name in ("base", "words", "data", "work"):
        a.add_argument(f"--{name}", required=True)
    args = a.parse_args()
    os.makedirs(args.work, exist_ok=True)
    base = BaseFile(args.base)
    keep, _ = vocabulary.cut(base.pieces, corpus(args.data), args.words, LIMIT)
    vocabulary.write(os.path.join(args.work, "vocab.tsv"), [base.pieces[i] for i in keep])
    torch.manual_seed(1)
    model = from_base(base, keep)
    torch.save({"average": model.state_dict()}, os.path.join(args.work, "base.pt"))
    print(f"{len(keep)} pieces kept of {base.rows}")


if __name__ == "__main__":
    main()
