"""Cuts the base's 250,037 pieces to those that our eight languages use.

Evidence for a piece is how often it comes up when the training texts and the frequency lists of `wordfreq` (words of ar de en es fr it nl
pt, weighted by frequency; used for this choice only, nothing of it is shipped) are segmented with the whole vocabulary. All single
characters of our scripts, digits, punctuation, symbols and emoji stay, so that any text remains readable in smaller pieces.
"""
import collections
import gzip
import unicodedata
import zipfile

import msgpack
from tokenizers import Tokenizer, models, pre_tokenizers

from normalise import normalise

LANGUAGES = ["ar", "de", "en", "es", "fr", "it", "nl", "pt"]
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
UNKNOWN = 3
BOOST = {"ar": 3.0}  # no Arabic text to count in: its word list speaks louder


def build_tokenizer(pieces):
    """A unigram tokenizer over (piece, score) rows; texts must be normalised before."""
    tokenizer = Tokenizer(models.Unigram([tuple(p) for p in pieces], unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    return tokenizer


def frequent_words(wheel, language, limit):
    """(word, weight) of a language, most frequent first; weight is occurrences per million words."""
    with zipfile.ZipFile(wheel) as z:
        packed = msgpack.unpackb(gzip.decompress(z.read(f"wordfreq/data/large_{language}.msgpack.gz")), raw=False)
    words = []
    for centibels, bucket in enumerate(packed[1:]):
        words += [(w, 1e6 * 10 ** (-centibels / 100)) for w in bucket]
        if len(words) > limit:
            break
    return words[:limit]


def _spellings(word):
    word = normalise(word)
    return {word: 1.0, word[:1].upper() + word[1:]: 0.3, word.upper(): 0.02}


def _is_ours(char):
    if ord(char) < 0x250 or unicodedata.category(char)[0] in "PSN":
        return True
    return 0x600 <= ord(char) <= 0x6FF


def cut(pieces, texts, wheel, limit, words_per_language=120_000):
    """Rows to keep, in the order of the base, specials first."""
    whole = build_tokenizer(pieces)
    weight = collections.Counter()
    for language in LANGUAGES:
        words = [(s, w * k * BOOST.get(language, 1.0)) for word, w in frequent_words(wheel, language, words_per_language) for s, k in _spellings(word).items() if s]
        for start in range(0, len(words), 20_000):
            part = words[start : start + 20_000]
            for e, (_, w) in zip(whole.encode_batch([s for s, _ in part]), part):
                for i in e.ids:
                    weight[i] += w
    for start in range(0, len(texts), 20_000):
        for e in whole.encode_batch([normalise(t) for t in texts[start : start + 20_000]]):
            weight.update(e.ids)
    keep = {i for i, (p, _) in enumerate(pieces) if i < 4 or (len(p.lstrip("▁")) <= 1 and all(_is_ours(c) for c in p.lstrip("▁")))}
    rest = [i for i, _ in weight.most_common() if i not in keep and len(pieces[i][0]) < 24]
    keep |= set(rest[: limit - len(keep)])
    return sorted(keep), weight


def escape(piece):
    """One line of vocab.tsv holds any piece: backslash, tab and newline are escaped."""
    return piece.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def unescape(piece):
    """Reverses escape."""
    return piece.replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n").replace("\0", "\\")


def write(path, pieces):
    """Writes vocab.tsv: piece, tab, score; the line number is the row."""
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.writelines(f"{escape(p)}\t{s:.6f}\n" for p, s in pieces)


def read(path):
    """Reads vocab.tsv back as (piece, score) rows."""
    with open(path, encoding="utf-8", newline="\n") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    return [(unescape(p), float(s)) for p, s in rows]
