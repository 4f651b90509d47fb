"""Fine-tunes the encoder with both heads against the clock.

    python train.py --data DATA --work WORK --run RUN --minutes 70

The learning rate and the mix of sources are functions of elapsed training time over the budget, so the run always ends where it
should however busy the machine is. Checkpoints every few minutes; starting again with the same --run goes on from the last one.
"""
import argparse
import json
import os
import random
import signal
import time

import torch
import torch.distributed as dist
import torch.nn.functional as F

import data
import generate
import vocabulary
from augment import augment
from model import Encoder, collate

# Share of drawn examples at the start and at the end of a run: phrases and news tweets first, customers last.
MIX = {
    "tweets": (0.14, 0.09), "treebank": (0.08, 0.07), "phrases": (0.18, 0.14), "shops": (0.05, 0.06), "hotel_de": (0.03, 0.03),
    "hotel_es": (0.02, 0.02), "aspects": (0.05, 0.05), "lounges": (0.03, 0.035), "films": (0.02, 0.012), "complaints": (0.03, 0.03),
    "sarcasm": (0.01, 0.008), "umsab_en": (0.025, 0.025), "umsab_fr": (0.03, 0.03), "umsab_ge": (0.03, 0.03), "umsab_sp": (0.035, 0.035),
    "umsab_pt": (0.03, 0.03), "umsab_it": (0.03, 0.03), "grammar_en": (0.03, 0.03), "grammar_other": (0.04, 0.04), "service_en": (0.06, 0.06),
    "service_other": (0.05, 0.05), "people": (0.012, 0.012), "words": (0.012, 0.012),
}
MAX_PIECES = 160
TOKENS_PER_BATCH = 704
MOST_PER_BATCH = 32
SYNC = 8
SMOOTHING = 0.03


class Drawer:
    """Draws examples source by source without repeats until a source is used up, in the proportions of MIX."""

    def __init__(self, sources, rng):
        self.sources, self.rng, self.queues = sources, rng, {}

    def one(self, name):
        queue = self.queues.setdefault(name, [])
        if not queue:
            queue.extend(range(len(self.sources[name])))
            self.rng.shuffle(queue)
        return self.sources[name][queue.pop()]

    def draw(self, progress):
        names = [n for n in MIX if self.sources.get(n)]
        weights = [MIX[n][0] * (1 - progress) + MIX[n][1] * progress for n in names]
        name = self.rng.choices(names, weights)[0]
        example = self.one(name)
        if example.joinable and not example.spans and self.rng.random() < 0.15:
            example = self._joined(name, example)
        return augment(example, self.rng)

    def _joined(self, name, example):
        """Two or three short texts of the same language and verdict, one after another."""
        more = []
        for _ in range(12):
            other = self.one(name)
            if other.joinable == example.joinable and other.target == example.target and len(other.text) < 200 and not other.spans:
                more.append(other.text)
            if len(more) == 2:
                break
        texts = [example.text, *more[: self.rng.randint(1, 2)]]
        return data.Example(" ".join(texts), example.target, example.weight)


def batches(drawer, tokenizer, progress, pool=900):
    """Batches of similar length out of a pool of drawn examples."""
    drawn = [drawer.draw(progress) for _ in range(pool)]
    encoded = [e for e in zip(drawn, tokenizer.encode_batch([d.text for d in drawn])) if e[1].ids]
    encoded.sort(key=lambda e: len(e[1].ids) + drawer.rng.random() * 3)
    out, batch, longest = [], [], 0
    for e in encoded:
        n = min(len(e[1].ids) + 2, MAX_PIECES)
        if batch and (max(longest, n) * (len(batch) + 1) > TOKENS_PER_BATCH or len(batch) == MOST_PER_BATCH):
            out.append(batch)
            batch, longest = [], 0
        batch.append(e)
        longest = max(longest, n)
    out.append(batch)
    drawer.rng.shuffle(out)
    return out


def piece_span(encoding, span):
    """First piece and one past the last of a span of characters; pieces count <s> as 0. None when cut off."""
    inside = [i for i, (a, b) in enumerate(encoding.offsets) if a < span.end and b > span.start and i < MAX_PIECES - 2]
    return (inside[0] + 1, inside[-1] + 2) if inside else None


def loss_of(logits, targets, partial, weights):
    """Soft cross-entropy; for partial targets minus the log of the probability of all that is allowed."""
    logp = F.log_softmax(logits, -1)
    smooth = targets * (1 - SMOOTHING) + SMOOTHING / 3
    soft = -(smooth * logp).sum(-1)
    allowed = -torch.logsumexp(logp + torch.log(targets.clamp(min=1e-6)), -1)
    return (torch.where(partial, allowed, soft) * weights).sum() / weights.sum().clamp(min=1)


def tensors(batch):
    """Model inputs and targets of a batch."""
    sequences, spans, aspect_targets, targets, partial, weights = [], [], [], [], [], []
    for row, (example, encoding) in enumerate(batch):
        sequences.append([0, *encoding.ids[: MAX_PIECES - 2], 2])
        targets.append(example.target or (1 / 3, 1 / 3, 1 / 3))
        partial.append(example.partial)
        weights.append(example.weight if example.target else 0.0)
        for span in example.spans:
            at = piece_span(encoding, span)
            if at:
                spans.append((row, *at))
                aspect_targets.append(span.target)
    ids, mask, spans = collate(sequences, spans)
    return (ids, mask, spans), torch.tensor(targets), torch.tensor(partial), torch.tensor(weights), torch.tensor(aspect_targets).reshape(-1, 3)


def rate(progress, peak, warmup=0.03):
    """Learning rate: up over the first 3 % of the time, then linearly to nearly nothing."""
    return peak * (progress / warmup if progress < warmup else max(1 - progress, 0.01) / (1 - warmup))


class Run:
    """Model, optimiser, averaged weights and the clock, all of which a checkpoint holds."""

    def __init__(self, args):
        self.args = args
        self.rows = vocabulary.read(os.path.join(args.work, "vocab.tsv"))
        self.model = Encoder(len(self.rows), dropout=args.dropout)
        start = args.start or os.path.join(args.work, "base.pt")
        self.model.load_state_dict(torch.load(start, map_location="cpu")["average"])
        self.model.freeze(0)
        decay = [p for p in self.model.parameters() if p.requires_grad and p.dim() > 1]
        plain = [p for p in self.model.parameters() if p.requires_grad and p.dim() == 1]
        self.optimiser = torch.optim.AdamW([{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=args.rate, fused=True)
        self.model.freeze(args.freeze)  # after the optimiser, so that its state fits whatever is frozen later
        self.average = {k: v.detach().clone() for k, v in self.model.state_dict().items()}
        self.step, self.elapsed, self.stopped = 0, 0.0, False
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "stopped", True))
        if os.path.exists(self.path("last.pt")):
            self._resume()

    def path(self, name):
        return os.path.join(self.args.run, name)

    def _resume(self):
        saved = torch.load(self.path("last.pt"), map_location="cpu")
        self.model.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.average, self.step, self.elapsed = saved["average"], saved["step"], saved["elapsed"]
        print(f"resumed at step {self.step}, {self.elapsed / 60:.1f} min", flush=True)

    def save(self):
        """Writes last.pt whole or not at all, and keeps the averaged weights by name."""
        state = {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "average": self.average,
                 "step": self.step, "elapsed": self.elapsed}
        torch.save(state, self.path("last.tmp"))
        os.replace(self.path("last.tmp"), self.path("last.pt"))
        torch.save({"average": self.average}, self.path(f"average-{self.step:05d}.pt"))

    def learn(self, batch, progress):
        """One step; returns the two losses."""
        inputs, targets, partial, weights, aspects = tensors(batch)
        for group in self.optimiser.param_groups:
            group["lr"] = rate(progress, self.args.rate)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            polarity, aspect = self.model(*inputs)
        first = loss_of(polarity.float(), targets, partial, weights)
        second = torch.zeros(())
        if aspect is not None:
            second = loss_of(aspect.float(), aspects, torch.zeros(len(aspects), dtype=torch.bool), torch.ones(len(aspects)))
        # A batch with few aspects must not shout: its aspect loss counts by how many there are.
        (first + 0.5 * min(1.0, len(aspects) / 16) * second).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        return first.item(), second.item()

    def average_in(self):
        """Takes the present weights into the running average, which forgets over some 300 steps."""
        keep = 0.9 if self.elapsed < 0.1 * self.args.minutes * 60 else 0.97
        for k, v in self.model.state_dict().items():
            if v.is_floating_point() and "word_embeddings" not in k:
                self.average[k].lerp_(v, 1 - keep)


class Team:
    """The worker processes. Each has one core, its own batches and its own optimiser; every SYNC steps they take the mean of
    their weights (local SGD, Stich 2019). That is kinder to a busy machine than threads which wait for each other in every matrix."""

    def __init__(self, rank, size, meeting):
        self.rank, self.size = rank, size
        if size > 1:
            dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size)

    def agree(self, run):
        """Means of the weights; the first worker's clock; stopped if anyone is."""
        if self.size == 1:
            return
        weights = [p.data for p in run.model.parameters() if p.requires_grad]
        flat = torch.cat([w.flatten() for w in weights])
        dist.all_reduce(flat)
        flat /= self.size
        for w, part in zip(weights, flat.split([w.numel() for w in weights])):
            w.copy_(part.view_as(w))
        facts = torch.tensor([run.elapsed if self.rank == 0 else 0.0, float(run.stopped)], dtype=torch.float64)
        dist.all_reduce(facts)
        run.elapsed, run.stopped = facts[0].item(), bool(facts[1] > 0)


def train(rank, args):
    """One worker's run, from wherever the last checkpoint left off to the end of the budget."""
    if args.workers > 1:
        os.setsid()  # Linux shares processors between sessions first: every worker counts as one
    torch.set_num_threads(1 if args.workers > 1 else 2)
    team = Team(rank, args.workers, os.path.abspath(args.run) + "/meeting")
    run = Run(args)
    rng = random.Random(1000 * (rank + 1) + run.step)
    torch.manual_seed(1000 * (rank + 1) + run.step)
    sources, _ = data.split(os.path.join(args.data, "train"))
    sources |= generate.sources(seed=args.seed + run.step, amount=args.generated)
    if rank == 0:
        print(json.dumps({k: len(v) for k, v in sources.items()}), flush=True)
    tokenizer, drawer = vocabulary.build_tokenizer(run.rows), Drawer(sources, rng)
    run.model.train()
    team.agree(run)
    log, started, before = Log(args.minutes), time.time(), run.elapsed
    saved = started
    waiting = []
    while run.elapsed < args.minutes * 60 and not run.stopped:
        for _ in range(SYNC):
            waiting = waiting or batches(drawer, tokenizer, run.elapsed / (args.minutes * 60))
            log.add(run, waiting.pop(), min(run.elapsed / (args.minutes * 60), 1.0), rank == 0)
            run.elapsed = before + time.time() - started
        team.agree(run)
        if rank == 0:
            run.average_in()
            if time.time() - saved > args.save_every * 60:
                run.save()
                saved = time.time()
    if rank == 0:
        run.save()
        print("stopped, go on with the same command" if run.stopped else "done", flush=True)


class Log:
    """Learns and prints a line every fifty steps."""

    def __init__(self, minutes):
        self.minutes, self.losses, self.pieces, self.mark = minutes, [], 0, time.time()

    def add(self, run, batch, progress, speaks):
        self.losses.append(run.learn(batch, progress))
        self.pieces += sum(len(e[1].ids) + 2 for e in batch)
        if run.step % 50 == 0 and speaks:
            mean = [sum(x) / len(self.losses) for x in zip(*self.losses)]
            print(f"step {run.step} {run.elapsed / 60:.1f}/{self.minutes} min loss {mean[0]:.3f} aspects {mean[1]:.3f} "
                  f"{self.pieces / (time.time() - self.mark):.0f} pieces/s per worker", flush=True)
            self.losses, self.pieces, self.mark = [], 0, time.time()


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("--data", required=True)
    a.add_argument("--work", required=True)
    a.add_argument("--run", required=True)
    a.add_argument("--start", default="", help="weights to start from instead of WORK/base.pt")
    a.add_argument("--minutes", type=float, default=70)
    a.add_argument("--rate", type=float, default=8e-5)
    a.add_argument("--freeze", type=int, default=0, help="lowest layers left alone: quicker steps, for a short or late stage")
    a.add_argument("--generated", type=float, default=1.0, help="how many generated sentences, 1 is some 150,000")
    a.add_argument("--dropout", type=float, default=0.1, help="of the layers' outputs; attention has none")
    a.add_argument("--seed", type=int, default=0, help="of the generated sentences")
    a.add_argument("--workers", type=int, default=2, help="processes of one thread each")
    a.add_argument("--save-every", type=float, default=8, help="minutes")
    args = a.parse_args()
    os.makedirs(args.run, exist_ok=True)
    meeting = os.path.join(args.run, "meeting")
    if os.path.exists(meeting):
        os.remove(meeting)
    if args.workers == 1:
        train(0, args)
    else:
        torch.multiprocessing.spawn(train, args=(args,), nprocs=args.workers)


if __name__ == "__main__":
    main()
