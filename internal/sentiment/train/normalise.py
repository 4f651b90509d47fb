"""What happens to a text before it is cut into pieces.

The Go engine does exactly the same, in this order; export.py writes the description into meta.json so that the two cannot drift apart
unnoticed (reference.jsonl proves it text by text).
"""
import re
import unicodedata

DESCRIPTION = [
    "1. Unicode NFKC",
    "2. U+2018 U+2019 U+201B U+2032 U+0060 U+00B4 become ' ; U+201C U+201D U+201E U+00AB U+00BB U+2033 become \" ; U+2013 U+2014 become -",
    "3. removed: U+00AD, U+034F, U+0640 (tatweel), U+064B..U+0652 and U+0670 (Arabic vowel signs), U+200B..U+200F, U+202A..U+202E, "
    "U+2060..U+2069, U+FE00..U+FE0F, U+FEFF, U+1F3FB..U+1F3FF (skin tones)",
    "4. control characters (category Cc) become a blank",
    "5. whatever matches (?:https?://|www\\.)[^\\s]+ or an e-mail address [\\w.+-]+@[\\w-]+\\.[\\w.-]+ becomes 'http'",
    "6. @\\w+ becomes '@user'",
    "7. of a run of digits of length 3 or more every digit becomes 0",
    "8. a run of more than three of the same character keeps three",
    "9. runs of white space become one blank; trimmed. Case is kept.",
]

_QUOTES = {ord(c): "'" for c in "\u2018\u2019\u201b\u2032\u0060\u00b4"}
_QUOTES |= {ord(c): '"' for c in "\u201c\u201d\u201e\u00ab\u00bb\u2033"}
_QUOTES |= {0x2013: "-", 0x2014: "-"}
_RANGES = [(0xAD, 0xAD), (0x34F, 0x34F), (0x640, 0x640), (0x64B, 0x652), (0x670, 0x670), (0x200B, 0x200F), (0x202A, 0x202E),
           (0x2060, 0x2069), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0x1F3FB, 0x1F3FF)]
_TABLE = _QUOTES | {c: None for low, high in _RANGES for c in range(low, high + 1)} | {c: " " for c in [*range(32), *range(127, 160)]}
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s]+|[\w.+-]+@[\w-]+\.[\w.-]+")
_MENTION = re.compile(r"@\w+")
_DIGITS = re.compile(r"[0-9]{3,}")
_RUN = re.compile(r"(.)\1{3,}", re.S)
_BLANK = re.compile(r"\s+")


def normalise(text):
    """The text as the tokeniser sees it; idempotent for all practical purposes."""
    text = unicodedata.normalize("NFKC", text).translate(_TABLE)
    text = _ADDRESS.sub("http", text)
    text = _MENTION.sub("@user", text)
    text = _DIGITS.sub(lambda m: "0" * len(m.group()), text)
    text = _RUN.sub(lambda m: m.group(1) * 3, text)
    return _BLANK.sub(" ", text).strip()
