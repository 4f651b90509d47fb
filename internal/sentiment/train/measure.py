"""Statistics of the results table: Wilson intervals, macro figures, calibration error."""
import math

import numpy as np


def wilson(right, n, z=1.96):
    """Wilson score interval of a proportion (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    p, zz = right / n, z * z
    centre, half = p + zz / (2 * n), z * math.sqrt(p * (1 - p) / n + zz / (4 * n * n))
    return (centre - half) / (1 + zz / n), (centre + half) / (1 + zz / n)


def proportion(right):
    """A list of booleans as accuracy with interval and n."""
    right = np.asarray(right, dtype=bool)
    low, high = wilson(int(right.sum()), len(right))
    return {"n": len(right), "accuracy": float(right.mean()) if len(right) else 0.0, "low": low, "high": high}


def macro(labels, answers, classes=3):
    """Macro-F1 and macro recall over the classes."""
    f1, recall = [], []
    for c in range(classes):
        tp = int(((labels == c) & (answers == c)).sum())
        truth, said = int((labels == c).sum()), int((answers == c).sum())
        recall.append(tp / truth if truth else 0.0)
        f1.append(2 * tp / (truth + said) if truth + said else 0.0)
    return {"macro_f1": float(np.mean(f1)), "macro_recall": float(np.mean(recall))}


def calibration(confidence, right, bins=10):
    """Expected calibration error over equal-width bins (Naeini et al. 2015) and the curve behind it."""
    confidence, right = np.asarray(confidence), np.asarray(right, dtype=float)
    curve, error = [], 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            mean, hit = float(confidence[inside].mean()), float(right[inside].mean())
            curve.append({"n": int(inside.sum()), "confidence": mean, "accuracy": hit})
            error += inside.mean() * abs(mean - hit)
    return float(error), curve


def abstaining(confidence, right, share=0.2):
    """Accuracy on what is left when the least sure share keeps silent, and the confidence at the border."""
    order = np.argsort(confidence)
    cut = int(len(order) * share)
    return float(np.asarray(right, dtype=float)[order[cut:]].mean()), float(np.asarray(confidence)[order[cut]])
