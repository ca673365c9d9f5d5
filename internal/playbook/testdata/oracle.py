"""What the playbook's scripts write, by CPython's own means: the expectation of the tests.

Standard input holds a JSON list of jobs, standard output gets a JSON list of
answers, bytes as base64, None where the scripts fail:
{"prepare": FILE}, {"base": FILE, "followup": FILE, "weight": N, "seed": N or null}
or {"characters": true}, for a table of how CPython sees each character.
"""

import base64
import json
import random
import sys
import unicodedata

INSTRUCTION = "instruction question prompt user input_question query".split()
OUTPUT = "output answer response assistant solution target".split()
LEVEL = "learner_level level student_level audience".split()


def records(data):
    top = json.loads(base64.b64decode(data).decode("utf-8"))
    if isinstance(top, dict):
        lists = [top[name] for name in ("records", "items", "examples", "data") if isinstance(top.get(name), list)]
        top = lists[0] if lists else []
    return [entry for entry in top if isinstance(entry, dict)] if isinstance(top, list) else []


def first(record, names):
    values = (" ".join(str(record[name]).split()) for name in names if record.get(name))
    return next(filter(None, values), "")


def prepare(data):
    rows, seen = [], set()
    for record in records(data):
        instruction, output = first(record, INSTRUCTION), first(record, OUTPUT)
        level = first(record, LEVEL).lower()
        if level not in ("kids", "teen", "college", "adult"):
            level = "teen"
        row = {"instruction": instruction, "input": "Learner level: " + level, "output": output}
        identity = tuple(part.lower() for part in row.values())
        if instruction and output and identity not in seen:
            seen.add(identity)
            rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(rows)


def merge(base, followup, weight, seed):
    merged = records(base) + records(followup) * weight
    if seed is not None:
        random.Random(seed).shuffle(merged)
    return json.dumps(merged, ensure_ascii=False, indent=2) + "\n"


def characters():
    """A line each: code point, str.lower, repr, white space or not, and words with sigmas.

    Without those that are no characters, and with a few of the private ones.
    """
    for code in range(0x110000):
        c = chr(code)
        category = unicodedata.category(c)
        if category in ("Cn", "Cs") or category == "Co" and code % 997:
            continue
        sigmas = ("aΣ" + c + "b " + "a" + c + "Σ " + c + "Σ aΣ" + c).lower()
        yield json.dumps([code, c.lower(), repr(c), c.isspace(), sigmas]) + "\n"


def answer(job):
    if "characters" in job:
        return "".join(characters())
    try:
        made = prepare(job["prepare"]) if "prepare" in job else merge(**job)
        made.encode("utf-8")
        return made
    except (ValueError, RecursionError):
        return None


answers = [answer(job) for job in json.load(sys.stdin)]
json.dump([None if a is None else base64.b64encode(a.encode("utf-8")).decode() for a in answers], sys.stdout)
