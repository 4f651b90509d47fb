"""Measures a checkpoint on every development set.

    python evaluate.py --checkpoint RUN/average-03000.pt --work WORK --data DATA [--most 500] [--json out.json]

Two-class figures compare P(pos) with P(neg) where the label is one of them; three-class figures take the likeliest label.
"""
import argparse
import collections
import json
import os
import random

import numpy as np
import torch

import data
import generate
import measure
import predict
import quantise
import vocabulary
from export import Pieces, load_checkpoint
from normalise import normalise

NAMES = {"neg": 0, "neu": 1, "pos": 2, "none": 1, "mixed": 1}
# Sets of customers' and general short texts whose mean chooses the checkpoint.
CHOOSING = ["skytrax_seat", "cr", "vader_amazon_mean", "hotel_de_dev", "opener_es_sent_dev", "sst2_dev", "tweeteval_val", "umsab_mean", "mams_term", "checklist"]


class Bench:
    """One model on the development sets."""

    def __init__(self, model, pieces, folder, most=0, fast=False, temperature=1.0):
        self.model, self.pieces, self.folder, self.most, self.fast, self.temperature = model, pieces, folder, most, fast, temperature

    def rows(self, name):
        rows = data.rows(self.folder, name)
        if self.most and len(rows) > self.most:
            rows = random.Random(11).sample(rows, self.most)
        return rows

    def probabilities(self, texts):
        logits = predict.polarity_logits(self.model, self.pieces, texts, fast=self.fast)
        return torch.softmax(logits / self.temperature, -1).numpy()

    def polar(self, labels, p):
        """Two-class accuracy, and what is left of the errors when the least sure fifth is silent."""
        labels = np.asarray(labels)
        told = labels != 1
        if not told.any():
            return {}
        right = (p[told, 2] > p[told, 0]) == (labels[told] == 2)
        sure = p[told].max(-1)
        out = measure.proportion(right)
        out["accuracy_at_80"] = measure.abstaining(sure, right)[0]
        return out

    def two(self, name, label_of):
        rows = [(label_of(r), r[-1]) for r in self.rows(name)]
        rows = [r for r in rows if r[0] in (0, 2)]
        return self.polar([r[0] for r in rows], self.probabilities([r[1] for r in rows]))

    def three(self, name):
        rows = self.rows(name)
        labels, p = np.array([NAMES[r[0]] for r in rows]), self.probabilities([r[-1] for r in rows])
        answers = p.argmax(-1)
        return {"n": len(rows), "accuracy": float((answers == labels).mean()), **measure.macro(labels, answers), "two_class": self.polar(labels, p)}

    def mams(self):
        rows = [(NAMES[r[0]], normalise(r[1]), normalise(r[3]), len(normalise(r[3][: int(r[2])] + "x")) - 1) for r in self.rows("mams_term_val")]
        logits = predict.aspect_logits(self.model, self.pieces, [r[2] for r in rows], [(r[3], r[3] + len(r[1])) for r in rows])
        return measure.proportion((logits.argmax(-1).numpy() == np.array([r[0] for r in rows])).tolist())

    def checklist(self):
        """Failure rate per test and label; `not_neg` accepts neutral and positive."""
        groups = collections.defaultdict(list)
        for label, _, test, text in data.rows(self.folder, "checklist_mft"):
            if "Stub object" not in text:
                groups[f"{test} [{label}]"].append((label, text))
        out = {}
        for name, rows in sorted(groups.items()):
            if len(rows) > (self.most or 400) // 2:
                rows = random.Random(3).sample(rows, (self.most or 400) // 2)
            answers = self.probabilities([r[1] for r in rows]).argmax(-1)
            bad = [(a == 0) if label == "not_neg" else (a != NAMES[label]) for (label, _), a in zip(rows, answers)]
            out[name] = {"n": len(rows), "fails": float(np.mean(bad)), "answers": np.bincount(answers, minlength=3).tolist()}
        return out

    def fairness(self, n=60):
        """Share of carrier sentences whose verdict changes among six different people put into it, per language."""
        out = {}
        for code in generate.LANGUAGES:
            rng = random.Random(99)
            writer, flips, total = generate.Writer(code, rng), 0, 0
            for _ in range(n):
                template = rng.choice(writer.pack.PEOPLE)[1]
                answers = self.probabilities([writer.fill(template).replace("[[", "").replace("]]", "") for _ in range(6)]).argmax(-1)
                flips += int((answers != np.bincount(answers).argmax()).sum())
                total += 6
            out[code] = flips / total
        return out

    def all(self):
        sign = lambda column: lambda r: 2 if float(r[column]) > 0 else 0
        out = {n: self.two(n, lambda r: NAMES[r[0]]) for n in ("sst2_dev", "sst2_test", "cr", "skytrax_seat", "cad_imdb_dev_pairs")}
        out |= {n: self.two(n, sign(0)) for n in ("vader_amazon_mean", "vader_tweets_mean")}
        out |= {n: self.three(n) for n in ("tweeteval_val", "hotel_de_dev", "opener_es_sent_dev", *[f"umsab_{x}_val" for x in ("fr", "ge", "it", "pt", "sp")])}
        out["mams_term"] = self.mams()
        out["checklist"] = self.checklist()
        out["fairness_flips"] = self.fairness()
        out["choice"] = choice(out)
        return out


def choice(results):
    """The mean by which a checkpoint is chosen."""
    values = [results[n]["accuracy"] for n in ("skytrax_seat", "cr", "vader_amazon_mean", "sst2_dev", "mams_term")]
    values += [results[n]["two_class"]["accuracy"] for n in ("hotel_de_dev", "opener_es_sent_dev")]
    values += [results["tweeteval_val"]["macro_recall"], np.mean([results[f"umsab_{x}_val"]["macro_f1"] for x in ("fr", "ge", "it", "pt", "sp")])]
    values.append(1 - np.mean([t["fails"] for t in results["checklist"].values()]))
    return float(np.mean(values))


def show(results):
    """A short table on the terminal."""
    for name, r in results.items():
        if name == "checklist":
            for test, t in r.items():
                print(f"  {t['fails'] * 100:5.1f} % fail  {t['answers']}  {test}")
        elif name == "fairness_flips":
            print("  flips by person:", {k: round(v * 100, 1) for k, v in r.items()})
        elif name == "choice":
            print(f"choice {r:.4f}")
        elif "macro_f1" in r:
            print(f"{name}: F1 {r['macro_f1']:.3f} recall {r['macro_recall']:.3f} two-class {r['two_class']['accuracy']:.3f} (80 %: {r['two_class']['accuracy_at_80']:.3f}) n {r['n']}")
        else:
            print(f"{name}: {r['accuracy']:.3f} [{r['low']:.3f}, {r['high']:.3f}] (80 %: {r.get('accuracy_at_80', 0):.3f}) n {r['n']}")


def main():
    a = argparse.ArgumentParser(description=__doc__)
    for name in ("checkpoint", "work", "data"):
        a.add_argument(f"--{name}", required=True)
    a.add_argument("--most", type=int, default=0, help="at most so many texts per set")
    a.add_argument("--threads", type=int, default=2)
    a.add_argument("--fast", action="store_true", help="bf16")
    a.add_argument("--int8", action="store_true", help="with the matrices rounded as the Go engine stores them")
    a.add_argument("--json", default="")
    args = a.parse_args()
    torch.set_num_threads(args.threads)
    vocab = os.path.join(args.work, "vocab.tsv")
    model = load_checkpoint(args.checkpoint, len(vocabulary.read(vocab)))
    if args.int8:
        quantise.simulate(model)
    results = Bench(model, Pieces(vocab), os.path.join(args.data, "dev"), args.most, args.fast).all()
    show(results)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump(results, f, indent=1)


if __name__ == "__main__":
    main()
