"""Measures all kept averages of a run and copies the best by the customers' mean to RUN/best.pt.

    python choose.py --run RUN --work WORK --data DATA [--last 5] [--most 600]
"""
import argparse
import glob
import json
import os

import torch

import vocabulary
from evaluate import Bench
from export import Pieces, load_checkpoint


def blend(paths):
    """The mean of several averaged checkpoints."""
    states = [torch.load(p, map_location="cpu")["average"] for p in paths]
    return {k: sum(s[k] for s in states) / len(states) if v.is_floating_point() else v for k, v in states[0].items()}


def candidates(run, last):
    """The latest checkpoints one by one, and the mean of the latest two, three and four."""
    paths = sorted(glob.glob(os.path.join(run, "average-*.pt")))[-last:]
    named = {os.path.basename(p): [p] for p in paths}
    return named | {f"mean of last {n}": paths[-n:] for n in (2, 3, 4) if n <= len(paths)}


def main():
    a = argparse.ArgumentParser(description=__doc__)
    for name in ("run", "work", "data"):
        a.add_argument(f"--{name}", required=True)
    a.add_argument("--last", type=int, default=5)
    a.add_argument("--most", type=int, default=600)
    args = a.parse_args()
    torch.set_num_threads(2)
    vocab = os.path.join(args.work, "vocab.tsv")
    pieces, rows = Pieces(vocab), len(vocabulary.read(vocab))
    found = {}
    for name, paths in candidates(args.run, args.last).items():
        torch.save({"average": blend(paths)}, os.path.join(args.run, "candidate.pt"))
        results = Bench(load_checkpoint(os.path.join(args.run, "candidate.pt"), rows), pieces, os.path.join(args.data, "dev"), args.most, fast=True).all()
        found[name] = results["choice"]
        print(f"{results['choice']:.4f}  {name}", flush=True)
        if results["choice"] == max(found.values()):
            os.replace(os.path.join(args.run, "candidate.pt"), os.path.join(args.run, "best.pt"))
    with open(os.path.join(args.run, "choice.json"), "w", encoding="utf-8") as f:
        json.dump(found, f, indent=1)


if __name__ == "__main__":
    main()
