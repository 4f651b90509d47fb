"""Probabilities for many texts, in batches of similar length."""
import torch

from model import collate


def _batches(sequences, tokens=6000):
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
    batch = []
    for i in order:
        if batch and len(sequences[i]) * (len(batch) + 1) > tokens:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def polarity_logits(model, pieces, texts, limit=160, fast=False):
    """Polarity logits [texts, 3] in fp32; `fast` computes in bf16. `limit` cuts long texts (pieces)."""
    sequences, out = pieces(texts, limit), torch.zeros(len(texts), 3)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
        for batch in _batches(sequences):
            ids, mask, _ = collate([sequences[i] for i in batch])
            out[batch] = model(ids, mask)[0].float()
    return out


def aspect_logits(model, pieces, texts, spans, limit=160):
    """Aspect logits for one span of characters per (normalised) text."""
    encoded = pieces.tokenizer.encode_batch(texts)
    out = torch.zeros(len(texts), 3)
    with torch.no_grad():
        for batch in _batches([e.ids for e in encoded]):
            places = []
            for row, i in enumerate(batch):
                inside = [k for k, (a, b) in enumerate(encoded[i].offsets) if a < spans[i][1] and b > spans[i][0] and k < limit - 2] or [0]
                places.append((row, inside[0] + 1, inside[-1] + 2))
            ids, mask, where = collate([[0, *encoded[i].ids[: limit - 2], 2] for i in batch], places)
            out[batch] = model(ids, mask, where)[1].float()
    return out
