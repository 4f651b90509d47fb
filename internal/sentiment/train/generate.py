"""Generated training texts: grammar of negation and contrast, customers' sentences, people, single words, in eight languages.

Each module of `languages` holds words and templates. Slots: {n} {N} a subject (N capitalised), {p} {m} {u} a positive, negative, neutral
predicate agreeing with it, {who} a name, {place}, {k} a small number, {i} an identity, {f} an aside, and whatever SLOTS or the word lists of
the module name. [[...]] marks the aspect of a sentence. Labels: pos, neg, neu; `notneg`: a negated complaint; `nq`: a complaint denied on a
question. Names, places and identities carry no feeling: the same sentence keeps its verdict whoever is in it.
"""
import importlib
import random
import re

from augment import EMOJI
from data import BY_NAME, Example, Span
from languages.business import SENTENCES
from normalise import normalise

LANGUAGES = ["en", "de", "fr", "es", "pt", "it", "nl", "ar"]
TARGETS = BY_NAME | {"notneg": (0.02, 0.41, 0.57), "nq": (0.02, 0.68, 0.30)}
NAMES = """Sam|Maria|Ahmed|Fatima|Grace|Joy|Wei|Priya|Olga|John|Emily|Jamal|Lakisha|Mohammed|Aisha|Hans|Greta|Pierre|Amélie|Carlos|Lucía|João|Beatriz|Giulia|Marco|Sanne|Joris|Kofi|Chinedu|Yuki|Dmitri|Leila|Omar|Nadia|Ivan|Hope|Faith|Angel
|Dolores|Luz|Sunny|Will|Mark|Rose|Felix|Claire|Mónica|Ravi|Ming|Tariq|Destiny|Heather|Brett|Tyrone|Ebony|Kwame|Svetlana|Piotr|Agnieszka|Mehmet|Ayşe|Thanh|Soo-jin|Abdul|Rebecca|David|Noor|Youssef|Zainab|Ingrid|Frau Müller|Mr Khan|Herr Schmidt
|Mme Dubois|Dr Patel|Señora García|Lars|Chantal|Kevin|Sarah|Moses|Esther|Christian|Norma|Prosper|Victoria|Max""".replace("\n", "").split("|")
ARABIC_NAMES = "سامي|محمد|فاطمة|أحمد|ليلى|خالد|نورة|مريم|يوسف|سارة|عبدالله|جون|ماريا|أمل|سعيد|فرح|هدى|عمر|زينب|ديفيد|كريم".split("|")
PLACES = """London|Berlin|Lagos|Warsaw|Istanbul|Mexico City|Paris|Kabul|Tel Aviv|Gaza|Rome|Lisbon|Nairobi|Mumbai|Beijing|Moscow|Kyiv|Texas|Brussels|Amsterdam|Madrid|São Paulo|Cairo|Dubai|Tehran|Detroit|Naples|Dresden|Marseille|Dublin|Baghdad|Chicago
|Haiti|Somalia|Denmark|Japan|Canada|Ghana|Peru|Syria""".replace("\n", "").split("|")
ARABIC_PLACES = "الرياض|القاهرة|بيروت|بغداد|دبي|الرباط|تونس|غزة|لندن|باريس|عمان|جدة|الدوحة|دمشق|طهران|لاغوس".split("|")
SMALL = ["2", "3", "4", "5", "6", "8", "10", "12", "15", "20", "30", "40", "45"]
_ASPECT = re.compile(r"\[\[(.+?)\]\]")
_DETERMINED = re.compile(r"\[\[(the|your|my|our|this|\{)")
_SLOT = re.compile(r"\{(\w+)\}")


def language(code):
    return importlib.import_module(f"languages.{code}")


class Writer:
    """Fills the templates of one language."""

    def __init__(self, code, rng):
        self.code, self.pack, self.rng = code, language(code), rng
        arabic = code == "ar"
        self.names, self.places = (ARABIC_NAMES if arabic else NAMES), (ARABIC_PLACES if arabic else PLACES)
        trades = [self.pack.SERVICE, SENTENCES[code], *getattr(self.pack, "TRADES", [])]
        self.trades = [{label: [p.strip() for p in text.replace("\n", "").split("|")] for label, text in trade.items()} for trade in trades]

    def _agreeing(self, words, gender):
        """A word, in the form that agrees: "bon/bonne" is masculine/feminine."""
        forms = self.rng.choice(words).split("/")
        return forms[-1] if gender == "f" else forms[0]

    def fill(self, template):
        """A template with every slot filled; the subject is marked as the aspect."""
        noun, gender = self.rng.choice(self.pack.NOUNS)

        def slot(m):
            name, pack = m.group(1), self.pack
            if name in ("n", "N"):
                return f"[[{noun if name == 'n' else noun[:1].upper() + noun[1:]}]]"
            if name in ("p", "m", "u"):
                return self._agreeing({"p": pack.POS, "m": pack.NEG, "u": pack.NEU}[name], gender)
            if name in ("who", "place", "k"):
                return self.rng.choice({"who": self.names, "place": self.places, "k": SMALL}[name])
            if name in ("i", "f", "x"):
                return self.rng.choice({"i": getattr(pack, "IDENTITIES", [""]), "f": getattr(pack, "FILLERS", [""]), "x": pack.INTENSIFIERS}[name])
            words = pack.SLOTS[name] if name in pack.SLOTS else getattr(pack, name.upper())
            return self._agreeing(words, gender)

        return _SLOT.sub(slot, template)

    def example(self, label, marked, weight=1.0, joinable=True):
        """A sentence with at most one marked aspect, whose polarity is the sentence's."""
        return self.compose([(label, marked)], TARGETS[label], weight, self.code if joinable and label in BY_NAME else "")

    def compose(self, parts, target, weight=1.0, joinable="", pattern=None):
        """Parts (label, marked text) put together, by pattern or one after another, aspects located."""
        texts = [_finish(m, self.rng, self.code) for _, m in parts] if pattern is None else [pattern]
        marked = " ".join(texts)
        labels = [label for label, m in parts for _ in _ASPECT.findall(m)]
        spans, plain, at = [], "", 0
        for m, label in zip(_ASPECT.finditer(marked), labels):
            plain += marked[at : m.start()]
            spans.append((len(plain), len(m.group(1)), label))
            plain += m.group(1)
            at = m.end()
        plain += marked[at:]
        clean = normalise(plain)
        found = [Span(s, s + n, TARGETS[label]) for s, n, label in spans] if clean == plain else []
        keep = found if self.rng.random() < 0.6 else []
        return Example(clean, target, weight, spans=keep, joinable="" if keep else joinable)

    def grammar(self, n):
        return [self.example(label, self.fill(t)) for label, t in (self.rng.choice(self.pack.GRAMMAR) for _ in range(n))]

    def sentence(self, label, trade=None):
        """A sentence of a trade; without one, of any, each in proportion to how much it has to say."""
        trade = trade or self.rng.choices(self.trades, [len(t[label]) for t in self.trades])[0]
        template = self.rng.choice(trade[label])
        if self.code == "en" and template.startswith("[[") and not _DETERMINED.match(template) and self.rng.random() < 0.75:
            template = self.rng.choice(["the ", "the ", "the ", "our ", "my "]) + template
        return self.fill(template)

    def service_texts(self, n):
        """Single sentences, short stories of one feeling among plain facts, and contrasts."""
        out = []
        for _ in range(n):
            r = self.rng.random()
            label = self.rng.choice(["neg", "pos", "neu"])
            if r < 0.55:
                out.append(self.example(label, self.sentence(label)))
            elif r < 0.80:
                out.append(self._story(label))
            else:
                out.append(self._contrast())
        return out

    def _story(self, label):
        trade = self.rng.choice(self.trades)
        parts = [(label, self.sentence(label, trade)) for _ in range(self.rng.randint(1, 3))]
        if label != "neu":
            parts += [("neu", self.sentence("neu", trade)) for _ in range(self.rng.randint(0, 2))]
            if self.rng.random() < 0.3:
                parts.append((label, self._plain_grammar(label)))
        self.rng.shuffle(parts)
        if label != "pos" and self.rng.random() < 0.15:
            parts.append(("neu", self.fill(self.rng.choice(self.pack.CLOSERS))))
        return self.compose(parts, BY_NAME[label])

    def _plain_grammar(self, label):
        return self.fill(self.rng.choice([t for kind, t in self.pack.GRAMMAR if kind == label]))

    def _contrast(self):
        first, second = self.rng.choice([("pos", "neg"), ("neg", "pos")])
        trade = self.rng.choice(self.trades)
        a, b = self.sentence(first, trade).rstrip("?.!"), self.sentence(second, trade).rstrip("?.!")
        pattern = self.rng.choice(self.pack.BUT)
        text = pattern.replace("{A}", _upper(a)).replace("{B}", _upper(b)).replace("{a}", a).replace("{b}", b)
        return self.compose([(first, a), (second, b)], (0.5, 0.1, 0.4), 0.5, pattern=text + ".")

    def people(self, n):
        """The same carrier with two different people in it, so that nothing can be learnt from who it is."""
        out = []
        for _ in range(n):
            label, template = self.rng.choice(self.pack.PEOPLE)
            out += [self.example(label, self.fill(template), joinable=False) for _ in range(2)]
        return out

    def words(self):
        """Single words, plain, shouted, with a stop or an exclamation mark, each label equally often."""
        out = []
        for label, text in self.pack.WORDS.items():
            for word in text.split():
                for form in (word, word.capitalize(), word.upper(), word + ".", word + "!"):
                    out.append(Example(normalise(form), BY_NAME[label]))
        return out


def _upper(text):
    lead = 2 if text.startswith("[[") else 0
    return text[:lead] + text[lead : lead + 1].upper() + text[lead + 1 :]


def _finish(text, rng, code):
    text = _upper(text) if rng.random() < 0.85 else text
    if text[-1:] in "?.!؟" or rng.random() < 0.2:
        return text
    return text + rng.choice([".", ".", ".", "!"])


def _emoji(rng):
    return [Example(normalise(e * rng.choice((1, 1, 2, 3))), BY_NAME[label]) for label in EMOJI for e in EMOJI[label] for _ in range(2)]


def sources(seed, amount=1.0):
    """Generated sources by name; another seed gives other sentences."""
    rng = random.Random(seed)
    out = {"grammar_other": [], "service_other": [], "people": [], "words": _emoji(rng)}
    for code in LANGUAGES:
        try:
            writer = Writer(code, rng)
        except ModuleNotFoundError:
            continue
        english = code == "en"
        grammar, service = writer.grammar(int((20_000 if english else 5_000) * amount)), writer.service_texts(int((15_000 if english else 6_000) * amount))
        if english:
            out |= {"grammar_en": grammar, "service_en": service}
        else:
            share = 2 if code == "ar" else 1
            out["grammar_other"] += grammar * share
            out["service_other"] += service * share
        out["people"] += writer.people(int((1_500 if english else 500) * amount))
        out["words"] += writer.words()
    return out
