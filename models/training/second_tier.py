#!/usr/bin/env python3
"""Learns the second-tier classifier from the files that `sentinel train --second-tier DIR` writes into DIR.

    second_tier.py DIR folds [STEPS]     one network for every two folds that are left out -> DIR/held_out.N.f32
    second_tier.py DIR final [STEPS]     a network of all families -> DIR/weights.bin, DIR/weights.json

Needs PyTorch 1.13 or newer and numpy; one thread, so that the same input gives the same numbers on one machine.
Reading, cutting, folds, calibration and the graph are the program's: this file only learns numbers.
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

NARROW, WIDTH, HEADS, LAYERS, INNER, HIDDEN, EMBEDDING = 64, 96, 4, 2, 192, 96, 64
UNKNOWN, SPECIAL = 1, 16
BATCH, AUTHORED_SHARE, DUAL_WEIGHT, UNFRAMED_WEIGHT = 32, 0.8, 0.25, 0.1
DROP, DROP_PIECE_KEEP_SENSE, SWAP_SLOT, SLOT_MAX = 0.12, 0.25, 0.7, 16
KIND_BOOST, SMOOTHING, CONTRAST, TEMPERATURE = 3.0, 0.03, 0.1, 0.1
RATE, DECAY, AVERAGE = 1.5e-3, 0.05, 0.99
FOLDS_LEFT_OUT = 2


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.between = nn.LayerNorm(WIDTH)
        self.widen = nn.Linear(WIDTH, INNER)
        self.narrow = nn.Linear(INNER, WIDTH)

    def forward(self, x, mask):
        rows, length, _ = x.shape
        q, k, v = self.query_key_value(self.before(x)).view(rows, length, 3, HEADS, WIDTH // HEADS).unbind(2)
        scores = q.transpose(1, 2) @ k.permute(0, 2, 3, 1) * (WIDTH // HEADS) ** -0.5 + mask
        mixed = (scores.softmax(-1) @ v.transpose(1, 2)).transpose(1, 2).reshape(rows, length, WIDTH)
        x = x + F.dropout(self.out(mixed), 0.1, self.training)
        wide = self.widen(self.between(x))
        return x + F.dropout(self.narrow(wide * torch.sigmoid(1.702 * wide)), 0.1, self.training)


class Encoder(nn.Module):
    def __init__(self, plan):
        super().__init__()
        self.pieces = nn.Embedding(plan["piece_count"], NARROW)
        self.senses = nn.Embedding(plan["sense_count"], NARROW)
        self.concepts = nn.Embedding(plan["concept_count"], NARROW)
        self.places = nn.Embedding(plan["length_max"], WIDTH)
        self.widen = nn.Linear(NARROW, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.last = nn.LayerNorm(WIDTH)
        self.hidden = nn.Linear(2 * WIDTH, HIDDEN)
        self.labels = nn.Linear(HIDDEN, plan["label_count"])
        self.embedding = nn.Linear(2 * WIDTH, EMBEDDING)
        for table in (self.pieces, self.senses, self.concepts):
            nn.init.normal_(table.weight, std=0.3)
        with torch.no_grad():
            self.senses.weight[0] = 0
            self.concepts.weight[0] = 0
        nn.init.normal_(self.places.weight, std=0.02)

    def forward(self, pieces, senses, concepts):
        # No sense and no concept are no rows of their own: what is not named adds nothing.
        named = self.senses(senses) * (senses > 0)[..., None] + self.concepts(concepts) * (concepts > 0)[..., None]
        there = (pieces > 0)[..., None].float()
        mask = ((pieces == 0).float() * -1e4)[:, None, None, :]
        x = self.widen(self.pieces(pieces) + named) + self.places.weight[: pieces.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        x = self.last(x)
        mean = (x * there).sum(1) / there.sum(1).clamp(min=1)
        peak = (x + (there - 1) * 1e4).amax(1)
        pooled = torch.cat([mean, peak], 1)
        hidden = F.dropout(torch.tanh(self.hidden(pooled)), 0.2, self.training)
        return self.labels(hidden), F.normalize(self.embedding(pooled), dim=1)


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


def learn(prompts, left_out, steps, seed):
    torch.manual_seed(seed)
    random = np.random.RandomState(seed)
    prompts.keep(left_out, random)
    network = Encoder(prompts.plan)
    tables = [p for name, p in network.named_parameters() if "." in name and name.split(".")[0] in
              ("pieces", "senses", "concepts", "places")]
    others = [p for p in network.parameters() if not any(p is table for table in tables)]
    optimiser = torch.optim.AdamW(
        [{"params": tables, "weight_decay": 0.01}, {"params": others, "weight_decay": DECAY}], lr=RATE)
    average = {name: value.clone() for name, value in network.state_dict().items()}
    began, losses = time.time(), []
    for step, batch in zip(range(steps), batches(prompts, random)):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 100) * (1 - step / steps)
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
    network.load_state_dict(average)
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
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 1500
    with open(f"{folder}/plan.json", encoding="utf-8") as file:
        plan = json.load(file)
    prompts = Prompts(folder, plan)
    if what == "folds":
        for first in range(0, plan["fold_count"], FOLDS_LEFT_OUT):
            path = f"{folder}/held_out.{first}.f32"
            if os.path.exists(path):
                continue
            left_out = list(range(first, first + FOLDS_LEFT_OUT))
            network = learn(prompts, left_out, steps, plan["seed"] + 1 + first)
            wanted = prompts.measured[np.isin(prompts.rows[prompts.measured, 4], left_out)]
            logits, embedding = score(network, prompts, wanted)
            show(prompts, wanted, logits)
            print(f"frames told apart {frame_likeness(prompts, wanted, embedding):.3f}", flush=True)
            held_out = np.concatenate([wanted[:, None].astype(np.float32), logits], 1)
            held_out.tofile(path)
    else:
        network = learn(prompts, [], steps, plan["seed"])
        names = {}
        with open(f"{folder}/weights.bin", "wb") as file:
            for name, value in network.state_dict().items():
                names[name] = {"start": file.tell() // 4, "shape": list(value.shape)}
                file.write(value.numpy().astype("<f4").tobytes())
        with open(f"{folder}/weights.json", "w", encoding="utf-8") as file:
            json.dump({"heads": HEADS, "layers": LAYERS, "tensors": names}, file, indent=1)
        golden = np.fromfile(f"{folder}/golden.u16", np.uint16).astype(np.int64).reshape(-1, 3, plan["length_max"])
        with torch.no_grad():
            logits, _ = network(*torch.from_numpy(golden).unbind(1))
        logits.numpy().astype("<f4").tofile(f"{folder}/golden.f32")


if __name__ == "__main__":
    main()
