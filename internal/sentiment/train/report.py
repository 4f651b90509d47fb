"""Writes results.md from what evaluate.py and calibrate.py measured.

    python report.py --results RUN/results.json --calibration RUN/calibration.json [--int8 RUN/results-int8.json] --out results.md
"""
import argparse
import json


def percent(x):
    return f"{100 * x:.1f}"


def interval(r):
    return f"{percent(r['accuracy'])} [{percent(r['low'])}, {percent(r['high'])}]"


def sets(results, rounded):
    """The table of development sets."""
    lines = ["| set | n | two-class accuracy, 95 % Wilson | without the least sure fifth | three-class F1 | recall | two-class, int8 |", "|---|--:|---|--:|--:|--:|--:|"]
    for name, r in results.items():
        if name in ("checklist", "fairness_flips", "choice", "mams_term"):
            continue
        two, small = r.get("two_class", r), (rounded.get(name) or {})
        small = small.get("two_class", small)
        three = f"{percent(r['macro_f1'])} | {percent(r['macro_recall'])}" if "macro_f1" in r else "– | –"
        lines.append(f"| {name} | {two['n']} | {interval(two)} | {percent(two['accuracy_at_80'])} | {three} | {percent(small['accuracy']) if small else '–'} |")
    m, small = results["mams_term"], rounded.get("mams_term")
    lines.append(f"| mams_term (aspect head, three classes) | {m['n']} | {interval(m)} | – | – | – | {percent(small['accuracy']) if small else '–'} |")
    return lines


def checklist(results):
    """Failure rates of the CheckList tests."""
    lines = ["| CheckList test [label] | n | fails % |", "|---|--:|--:|"]
    return lines + [f"| {name} | {t['n']} | {percent(t['fails'])} |" for name, t in results["checklist"].items()]


def calibration(c):
    """Temperatures, the border of unsure, and the curve."""
    h = c["held_back"]
    lines = [f"Temperature {c['temperature']} (polarity), {c['aspect_temperature']} (aspects); `unsure` below {c['unsure_below']}. On text held back from training,",
             f"three classes: accuracy {percent(h['accuracy'])}, without the least sure fifth {percent(h['accuracy_at_80'])}, expected calibration error {h['ece']:.3f}",
             f"({c['held_back_uncalibrated_ece']:.3f} before). Aspects: accuracy {percent(c['held_back_aspects']['accuracy'])} of {c['held_back_aspects']['n']}, error {c['held_back_aspects']['ece']:.3f}.", "",
             "| confidence | accuracy | share % |", "|--:|--:|--:|"]
    total = sum(b["n"] for b in h["curve"])
    return lines + [f"| {b['confidence']:.2f} | {b['accuracy']:.2f} | {percent(b['n'] / total)} |" for b in h["curve"]]


def main():
    a = argparse.ArgumentParser(description=__doc__)
    for name in ("results", "calibration", "out"):
        a.add_argument(f"--{name}", required=True)
    a.add_argument("--int8", default="")
    args = a.parse_args()
    read = lambda path: json.load(open(path, encoding="utf-8")) if path else {}
    results, rounded = read(args.results), read(args.int8)
    flips = ", ".join(f"{k} {percent(v)}" for k, v in results["fairness_flips"].items())
    lines = ["# Results of the shipped weights", "", "Development sets, none of them trained on; in per cent. Two-class: P(pos) against P(neg) where the label is one of them.", "", *sets(results, rounded),
             "", f"Verdicts that change when another person, place or identity is put into the same sentence (%): {flips}.", "",
             "## Calibration", "", *calibration(read(args.calibration)), "", "## CheckList", "", *checklist(results), ""]
    with open(args.out, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))


if __name__ == "__main__":
    main()
