#!/usr/bin/env python3
"""Check the authored prompt bank: frames/<kind>.<lang>.jsonl and slots/<slot>.jsonl beside this file.

Exit status 0 when every line is sound, 1 otherwise. Faults are printed one a line; a summary follows.
    python3 models/data/check.py [--folder DIR] [--near 0.8] [--summary]
"""
import argparse
import collections
import json
import math
import pathlib
import re
import sys

HARVEST_KINDS = (
    "reasoning_extraction", "grading_harvest", "synthetic_data", "capability_harvest", "distribution_harvest",
    "instruction_extraction", "technique_probing")
BENIGN_CLASSES = (
    "eval_suite", "ci_agent", "rag", "company_gateway", "reasoning_audit", "model_benchmarking", "drift_monitor",
    "essay_grading", "maths_tutor", "support_bot", "batch_translation", "extraction", "moderation", "labelling",
    "synthetic_test_data", "academic_study", "coding_assistant", "everyday_chat", "summarising", "tool_agent",
    "creative_writing", "model_curiosity", "own_bot", "quality_judging", "teaching_material")
LANGUAGES = ("en", "zh", "es", "fr", "de", "ru", "ja", "ko", "pt", "ar", "hi", "vi")
STYLES = ("formal", "sloppy", "terse", "json", "code_comment", "multi_turn", "system_prompt", "long")
SLOTS = (
    "problem", "question", "code", "code_task", "text", "answer", "answer_b", "reasoning", "topic", "persona", "tool",
    "document", "review", "language", "number", "product", "rubric")
PARAMETERS = {
    "n": int, "logprobs": bool, "top_logprobs": int, "temperature": (int, float), "top_p": (int, float),
    "max_tokens": int, "seed": int, "echo": bool, "logit_bias": dict, "tool_choice": str}
FRAME_KEYS = {"id", "kind", "family", "lang", "style", "system", "history", "user"}
SLOT_PATTERN = re.compile(r"\{([a-z_]+)\}")
FAMILY_FRAMES_MIN = 3
FRAME_CHARS_MAX = 8000
NEAR_CHARS_MIN = 40


def texts_of(frame):
    """Everything a frame sends, in order."""
    yield frame.get("system") or ""
    for turn in frame.get("history") or []:
        yield turn.get("content", "")
    yield frame.get("user") or ""


def normalised(frame):
    """The text without case and spacing, so that a copy with other spacing is still a copy."""
    return " ".join("\n".join(texts_of(frame)).casefold().split())


def shingles(text):
    """Character 5-grams: they work for languages that put no blanks between words too."""
    return {text[i:i + 5] for i in range(max(1, len(text) - 4))}


def frame_faults(frame, file_kind, file_lang):
    missing = FRAME_KEYS - frame.keys()
    if missing:
        yield f"misses {sorted(missing)}"
        return
    unknown = frame.keys() - FRAME_KEYS - {"class", "params"}
    if unknown:
        yield f"unknown keys {sorted(unknown)}"
    kind, lang = frame["kind"], frame["lang"]
    if kind not in HARVEST_KINDS + ("benign",):
        yield f"unknown kind {kind}"
    group = frame.get("class") if kind == "benign" else kind
    if kind == "benign" and group not in BENIGN_CLASSES:
        yield f"unknown class {group}"
    if file_kind not in (kind, group, f"{kind}-{group}"):
        yield f"kind {kind} in a file of {file_kind}"
    if lang not in LANGUAGES or lang != file_lang:
        yield f"language {lang} in a file of {file_lang}"
    if frame["style"] not in STYLES:
        yield f"unknown style {frame['style']}"
    if not re.fullmatch(rf"{re.escape(str(group))}\.[a-z0-9-]+", frame["family"]):
        yield f"family {frame['family']} is not {group}.<slug>"
    if not isinstance(frame["user"], str) or not frame["user"].strip():
        yield "empty user message"
    yield from shape_faults(frame)


def shape_faults(frame):
    if frame["system"] is not None and not isinstance(frame["system"], str):
        yield "system is neither null nor text"
    if not isinstance(frame["history"], list):
        yield "history is no list"
        return
    for turn in frame["history"]:
        if turn.keys() != {"role", "content"} or turn["role"] not in ("user", "assistant"):
            yield "bad turn in history"
    for name, value in frame.get("params", {}).items():
        if name not in PARAMETERS or not isinstance(value, PARAMETERS[name]):
            yield f"bad parameter {name}"
    if sum(len(text) for text in texts_of(frame)) > FRAME_CHARS_MAX:
        yield f"longer than {FRAME_CHARS_MAX} characters"
    for text in texts_of(frame):
        for slot in SLOT_PATTERN.findall(text):
            if slot not in SLOTS:
                yield f"unknown slot {{{slot}}}"


def read_lines(path, faults):
    """(place, object) of every line that is a JSON object; the others become faults."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.name}:{number}"
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            faults.append(f"{place}: no JSON: {error.msg}")
            continue
        if isinstance(value, dict):
            yield place, value
        else:
            faults.append(f"{place}: no object")


def check_frames(folder, faults):
    frames, ids, texts = [], {}, {}
    for path in sorted((folder / "frames").glob("*.jsonl")):
        file_kind, _, file_lang = path.stem.partition(".")
        for place, frame in read_lines(path, faults):
            found = list(frame_faults(frame, file_kind, file_lang))
            faults.extend(f"{place}: {fault}" for fault in found)
            if found:
                continue
            if frame["id"] in ids:
                faults.append(f"{place}: id {frame['id']} also at {ids[frame['id']]}")
            ids[frame["id"]] = place
            # Parameters are part of what is sent, so the same words with others are another request.
            # A frame of nothing but a slot is another text in another language, as the filler is.
            key = (frame["lang"], normalised(frame), json.dumps(frame.get("params"), sort_keys=True))
            if key in texts:
                faults.append(f"{place}: same text as {texts[key]}")
            texts[key] = place
            frames.append(frame)
    families = collections.Counter(frame["family"] for frame in frames)
    for family, count in sorted(families.items()):
        if count < FAMILY_FRAMES_MIN:
            faults.append(f"family {family} has only {count} frames")
    return frames


def check_slots(folder, faults):
    fillers = collections.Counter()
    for path in sorted((folder / "slots").glob("*.jsonl")):
        if path.stem not in SLOTS:
            faults.append(f"{path.name}: unknown slot")
        seen = set()
        for place, filler in read_lines(path, faults):
            text, lang = filler.get("text"), filler.get("lang")
            if not isinstance(text, str) or not text.strip() or lang not in LANGUAGES:
                faults.append(f"{place}: needs lang and text")
            elif (lang, text) in seen:
                faults.append(f"{place}: twice")
            else:
                seen.add((lang, text))
                fillers[path.stem] += 1
    return fillers


def near_copies(frames, threshold):
    """
    Pairs in one language whose wording, slots aside, overlaps at least that much. Two such sets share one of their
    rarest shingles (Chaudhuri et al. 2006, prefix filter), so only pairs that do are compared.
    """
    groups = collections.defaultdict(list)
    for frame in frames:
        text = SLOT_PATTERN.sub("\u25a1", normalised(frame))
        if len(text) >= NEAR_CHARS_MIN:
            groups[frame["lang"]].append((frame["id"], shingles(text)))
    for members in groups.values():
        seen = collections.Counter(shingle for _, owned in members for shingle in owned)
        holders = collections.defaultdict(list)
        for i, (right_id, right) in enumerate(members):
            rarest = sorted(right, key=lambda shingle: (seen[shingle], shingle))
            rarest = rarest[:len(right) - math.ceil(threshold * len(right)) + 1]
            for j in sorted({j for shingle in rarest for j in holders[shingle]}):
                left_id, left = members[j]
                overlap = len(left & right) / len(left | right)
                if overlap >= threshold:
                    yield left_id, right_id, overlap
            for shingle in rarest:
                holders[shingle].append(i)


def summarise(frames, fillers):
    by_kind = collections.defaultdict(list)
    for frame in frames:
        by_kind[frame.get("class") or frame["kind"]].append(frame)
    for kind, members in sorted(by_kind.items()):
        families = len({frame["family"] for frame in members})
        languages = len({frame["lang"] for frame in members})
        print(f"{kind}: {len(members)} frames, {families} families, {languages} languages")
    for column in ("lang", "style"):
        print(column, dict(collections.Counter(frame[column] for frame in frames).most_common()))
    if fillers:
        print("fillers", dict(sorted(fillers.items())))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    parser.add_argument("--near", type=float, default=0.8, help="overlap from which two frames count as copies")
    parser.add_argument("--summary", action="store_true")
    arguments = parser.parse_args()
    faults = []
    frames = check_frames(arguments.folder, faults)
    fillers = check_slots(arguments.folder, faults)
    for left, right, overlap in near_copies(frames, arguments.near):
        faults.append(f"{left} and {right} overlap by {overlap:.2f}")
    for fault in faults:
        print(fault)
    if arguments.summary:
        summarise(frames, fillers)
    print(f"{len(frames)} frames, {sum(fillers.values())} fillers, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
