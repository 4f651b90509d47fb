"""The public sources as training examples.

Every text is stored normalised. About one text in seventeen, chosen by its hash, is held back for calibration and never trained on.
A target is a distribution over neg, neu, pos; a *partial* target only says what the label is not ("not a complaint").
"""
import dataclasses
import gzip
import hashlib
import os
import random
import re

from normalise import normalise

NEG, NEU, POS = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
BY_NAME = {"neg": NEG, "neu": NEU, "pos": POS, "none": NEU, "mixed": (0.5, 0.1, 0.4)}
STARS = {"1": NEG, "2": (0.85, 0.15, 0.0), "3": NEU, "4": (0.0, 0.15, 0.85), "5": POS}
HOLD_BACK = 17


@dataclasses.dataclass
class Span:
    """An aspect: characters [start, end) of the text and its own polarity."""

    start: int
    end: int
    target: tuple


@dataclasses.dataclass
class Example:
    """One text. `target` is None where only the aspects are known; `joinable` texts may be set one after another."""

    text: str
    target: tuple | None
    weight: float = 1.0
    partial: bool = False
    spans: list = dataclasses.field(default_factory=list)
    joinable: str = ""


def held_back(text):
    """Whether a text belongs to the calibration part."""
    return int(hashlib.sha1(text.lower().encode()).hexdigest()[:8], 16) % HOLD_BACK == 0


def rows(folder, name):
    """The columns of one gzipped file."""
    with gzip.open(os.path.join(folder, name + ".tsv.gz"), "rt", encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f]


_BRACKETS = {"-lrb-": "(", "-rrb-": ")", "-lsb-": "[", "-rsb-": "]", "``": '"', "''": '"'}


def untokenise(text):
    """Treebank tokens to ordinary writing: "it 's n't good ." -> "it's n't good."."""
    text = " ".join(_BRACKETS.get(w, w) for w in text.replace("\\/", "/").split(" "))
    text = re.sub(r" (n't|'s|'re|'ve|'ll|'d|'m)\b", r"\1", text)
    return re.sub(r"\( ", "(", re.sub(r" ([.,;:!?)])", r"\1", text))


def _simple(folder, name, weight=1.0, joinable=""):
    return [Example(normalise(r[-1]), BY_NAME[r[0]], weight, joinable=joinable) for r in rows(folder, name)]


def _treebank(folder, name, least_words, seed=7):
    rng = random.Random(seed)
    out = []
    for label, text in rows(folder, name):
        if len(text.split()) < least_words:
            continue
        text = untokenise(text) if rng.random() < 0.5 else text
        out.append(Example(normalise(text[:1].upper() + text[1:] if rng.random() < 0.3 else text), STARS[label]))
    return out


def _mams(folder, name):
    """One example per sentence with all its aspects; terms by offset, categories where the word itself is written."""
    by_text = {}
    for label, aspect, start, text in rows(folder, f"mams_term_{name}"):
        clean = normalise(text)
        at = len(normalise(text[: int(start)] + "x")) - 1
        word = normalise(aspect)
        if clean[at : at + len(word)] != word:
            at = clean.find(word)
        if at >= 0:
            by_text.setdefault(clean, []).append(Span(at, at + len(word), BY_NAME[label]))
    if name == "train":
        for label, category, text in rows(folder, f"mams_cat_{name}"):
            clean = normalise(text)
            at = clean.lower().find(category)
            if at >= 0 and category != "miscellaneous":
                by_text.setdefault(clean, []).append(Span(at, at + len(category), BY_NAME[label]))
    return [Example(t, None, spans=s) for t, s in by_text.items()]


def _lounge(folder):
    """Reviews with a recommendation and a mark of ten; a middling mark softens the verdict."""
    out = []
    for label, mark, text in rows(folder, "skytrax_lounge"):
        target = BY_NAME[label]
        if mark in ("4.0", "5.0", "6.0"):
            target = tuple(0.7 * t + 0.3 * m for t, m in zip(target, (0.4, 0.2, 0.4)))
        out.append(Example(normalise(text), target))
    return out


def _complaints(folder):
    """Tweets to companies: a complaint is negative; anything else is merely not negative."""
    out = []
    for label, _, text in rows(folder, "complaints_tweets"):
        if label == "complaint":
            out.append(Example(normalise(text), (0.92, 0.08, 0.0)))
        else:
            out.append(Example(normalise(text), (0.0, 1.0, 1.0), 0.7, partial=True))
    return out


def _sarcasm(folder):
    """Sarcastic tweets are mostly negative; the others say nothing about polarity and are left out."""
    return [Example(normalise(r[1]), (0.65, 0.3, 0.05), 0.5) for r in rows(folder, "isarcasm_train") if r[0] == "sarcastic"]


def _short_films(folder):
    """Counterfactual pairs short enough that the edited words are seen."""
    return [Example(normalise(r[2]), BY_NAME[r[0]]) for r in rows(folder, "cad_imdb_train_pairs") if len(r[2]) < 700]


def sources(folder):
    """All sources by name, nothing held back yet."""
    out = {
        "tweets": _simple(folder, "semeval_tweets_train"),
        "treebank": _treebank(folder, "sst5_train", 1),
        "phrases": _treebank(folder, "sst5_train_phrases", 2)[1::3],
        "shops": [e for n in ("uci_amazon", "uci_yelp") for e in _simple(folder, n, joinable="en")] + _simple(folder, "uci_imdb", 0.7),
        "hotel_de": _simple(folder, "hotel_de_train", joinable="de"),
        "hotel_es": _simple(folder, "opener_es_sent_train", joinable="es"),
        "aspects": _mams(folder, "train"),
        "lounges": _lounge(folder),
        "films": _short_films(folder),
        "complaints": _complaints(folder),
        "sarcasm": _sarcasm(folder),
    }
    for language in ("en", "fr", "ge", "sp", "pt", "it"):
        out[f"umsab_{language}"] = _simple(folder, f"umsab_{language}_train")
    return out


def split(folder):
    """(training, held back): both dictionaries of source name to examples."""
    train, held = {}, {}
    for name, examples in sources(folder).items():
        train[name] = [e for e in examples if not held_back(e.text)]
        held[name] = [e for e in examples if held_back(e.text)]
    return train, held
