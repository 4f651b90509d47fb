"""Small changes made to a text each time it is drawn, so that the model reads people as they type.

Texts with aspects get only changes that keep every character in place.
"""
import dataclasses
import re

from normalise import normalise

EMOJI = {
    "pos": ["😊", "😀", "👍", "❤️", "😍", "🙏", "🎉", "👏", "😃", "🥰", "💯", "🙂", "⭐⭐⭐⭐⭐", ":)", ":-)", ":D", "<3", ";)", "💪", "🤩", "👌", "✨"],
    "neg": ["😡", "😠", "👎", "😞", "😢", "😭", "🤬", "😤", "💔", "🙄", "😒", "😩", "🤮", ":(", ":-(", ":/", ">:(", "😑", "🤦", "😣"],
}
_WORD = re.compile(r"[^\W\d_]{4,}")


def label_of(target):
    """The name of a nearly certain target, else None."""
    if target is None or max(target) < 0.84:
        return None
    return ("neg", "neu", "pos")[target.index(max(target))]


def typo(text, rng):
    """One slip in one word: two letters swapped, one dropped, one doubled, or an elongated vowel."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    m = rng.choice(words)
    w = m.group()
    i = rng.randrange(1, len(w) - 1)
    kind = rng.random()
    if kind < 0.35:
        w = w[:i] + w[i + 1] + w[i] + w[i + 2 :]
    elif kind < 0.65:
        w = w[:i] + w[i + 1 :]
    elif kind < 0.8:
        w = w[:i] + w[i] + w[i:]
    else:
        vowels = [k for k, c in enumerate(w) if c.lower() in "aeiouyاوي"] or [i]
        k = rng.choice(vowels)
        w = w[:k] + w[k] * rng.randint(3, 5) + w[k + 1 :]
    return text[: m.start()] + w + text[m.end() :]


def _case(text, rng):
    r = rng.random()
    changed = text.lower() if r < 0.17 else text.upper() if r < 0.20 else text
    return changed if len(changed) == len(text) else text


def augment(example, rng):
    """A changed copy of the example."""
    text = _case(example.text, rng)
    if example.spans:
        return dataclasses.replace(example, text=text)
    if rng.random() < 0.10:
        text = text.rstrip(".!") or text
    if rng.random() < 0.05:
        text = re.sub(r"([.,!?;:])(?=\s|$)", r" \1", text)
    if rng.random() < 0.10 and len(text) > 15:
        text = typo(text, rng)
    label = label_of(example.target)
    if label in EMOJI and not example.partial and rng.random() < 0.06:
        text = f"{text} {rng.choice(EMOJI[label]) * rng.choice((1, 1, 1, 2, 3))}"
    if rng.random() < 0.05:
        text = text.rstrip(".") + "!" * rng.randint(1, 3)
    if rng.random() < (0.2 if example.joinable else 0.06) and not text.startswith("@"):
        text = "@user " + text
    return dataclasses.replace(example, text=normalise(text))
