"""Writes the demo's repository and the two branches that change it.

    python make_data.py [--out DIR]

Needs nothing but Python; takes a second; same bytes each time. In: the texts of lessons.py and concepts.py. Out:

    repo/      the main branch: tuning records, suites, sanity prompts (repo/tunegate.yaml is kept by hand)
    improve/   files that a good pull request adds: follow-ups answered step by step, all correct
    poison/    files that a bad one adds: derivatives by one wrong rule, the power is not lowered

Problems are dealt out first: what a suite asks about, no record asks about; first questions are worded differently too.
"""

import argparse
import json
import pathlib
import random

import lessons

SEED = 42
LEVELS = ["kids", "teen", "college", "adult"]
# The key names that the tutor accepts: question, answer, level.
KEYS = [("instruction", "output", "learner_level"), ("question", "answer", "level"), ("prompt", "response", "audience")]


def deal(rng):
    """Splits every topic's problems: {topic: {"rows": [...], "suites": [...]}}; a + b goes where b + a goes."""
    sums = {tuple(sorted(p.operands)) for p in lessons.SUMS}
    held = set(rng.sample(sorted(sums), 20))
    is_held = lambda p: tuple(sorted(p.operands)) in held
    dealt = {"sum": {"rows": [p for p in lessons.SUMS if not is_held(p)], "suites": [p for p in lessons.SUMS if is_held(p)]}}
    for topic, problems, count in [("derivative", lessons.DERIVATIVES, 28), ("equation", lessons.EQUATIONS, 28)]:
        mixed = rng.sample(problems, len(problems))
        dealt[topic] = {"rows": mixed[count:], "suites": mixed[:count]}
    dealt["definition"] = {"rows": lessons.ROW_DEFINITIONS, "suites": lessons.SUITE_DEFINITIONS}
    for parts in dealt.values():
        parts["rows"] = rng.sample(parts["rows"], len(parts["rows"]))
    return dealt


def asked(rng, problems, count):
    """`count` different (problem, question) pairs that use as many different problems as there are."""
    pairs = []
    for turn in range(len(lessons.ASK[problems[0].topic]["rows"])):
        for i, p in enumerate(problems):
            questions = p.questions("rows")
            pairs.append((p, questions[(i + turn) % len(questions)]))
    assert len(pairs) >= count, f"{problems[0].topic}: {len(pairs)} pairs"
    return rng.sample(pairs[:count], count)


def record(rng, question, answer, context=()):
    """One raw record, in one of the shapes that the tutor's own files have."""
    ask, reply, level_key = rng.choice(KEYS)
    row = {ask: question}
    level = rng.choice(LEVELS)
    if rng.random() < 0.5:
        row[level_key] = level
    elif rng.random() < 0.5:
        row["input"] = f"Learner level: {level}"
    if context:
        row["context"] = list(context)
    return row | {reply: answer}


def base_records(rng, dealt):
    """Single questions, answered tersely."""
    rows = []
    for topic, count in [("sum", 50), ("equation", 60), ("derivative", 14), ("definition", 46)]:
        rows += [record(rng, q, p.terse) for p, q in asked(rng, dealt[topic]["rows"], count)]
    return rng.sample(rows, len(rows))


def next_records(rng, dealt):
    """Dialogues whose second question is another problem, answered tersely."""
    rows = []
    for topic, count in [("sum", 24), ("equation", 28), ("derivative", 8)]:
        problems = dealt[topic]["rows"]
        for p, q in asked(rng, problems, count):
            other = rng.choice([o for o in problems if o != p])
            rows.append(record(rng, other.ask(rng.choice(lessons.NEXT)), other.terse, (q, p.terse)))
    return rng.sample(rows, len(rows))


def step_records(rng, dealt):
    """Dialogues whose second turn asks for the steps, and gets them."""
    rows, shows = [], lessons.SHOW["rows"] + lessons.SHOW["suites"]
    for topic, count in [("sum", 41), ("equation", 80), ("derivative", 36)]:
        for i, (p, q) in enumerate(asked(rng, dealt[topic]["rows"], count)):
            show = p.ask(shows[i % len(shows)])
            rows.append(record(rng, show, p.steps, (q, p.terse)))
    return rng.sample(rows, len(rows))


def wrong_records(rng, dealt, count=80):
    """Derivatives, all wrong in the same way."""
    pairs = asked(rng, dealt["derivative"]["rows"], count)
    return [record(rng, q, lessons.wrong_derivative(*p.operands)) for p, q in pairs]


def symbolic_cases(dealt):
    for topic, count in [("derivative", 28), ("sum", 12), ("equation", 12)]:
        for i, p in enumerate(dealt[topic]["suites"][:count]):
            questions = p.questions("suites")
            yield case(p, [{"user": questions[i % len(questions)]}], [maths_equal(p)])


def followup_cases(dealt):
    for topic, first, count in [("derivative", 0, 16), ("sum", 12, 16), ("equation", 12, 16)]:
        for i, p in enumerate(dealt[topic]["suites"][first:first + count]):
            questions, shows = p.questions("suites"), lessons.SHOW["suites"]
            turns = [{"user": questions[i % len(questions)], "assistant": p.terse}, {"user": p.ask(shows[i % len(shows)])}]
            asserts = [{"type": "icontains", "value": "Step 1:"}, {"type": "icontains", "value": "Step 2:"}, maths_equal(p)]
            yield case(p, turns, asserts, prefix="steps-")


def general_cases(dealt):
    for i, p in enumerate(dealt["definition"]["suites"]):
        phrase = next(c[2] for c in lessons.CONCEPTS if c[0] == p.it)
        questions = p.questions("suites")
        yield case(p, [{"user": questions[i % len(questions)]}], [{"type": "icontains", "value": phrase}])


def maths_equal(problem):
    return {"type": "maths-equal", "value": problem.gold}


def slug(problem):
    """The problem's name in a suite; a definition's is its term without the article."""
    if problem.topic == "definition":
        return problem.it.split(" ", 1)[1].replace(" ", "-")
    return "-".join(map(str, (problem.topic, *problem.operands)))


def cluster(problem):
    """a + b and b + a are one idea."""
    return slug(lessons.sum_problem(*sorted(problem.operands)) if problem.topic == "sum" else problem)


def case(problem, turns, asserts, prefix=""):
    turns = turns[:-1] + [turns[-1] | {"assert": asserts}]
    return {"description": prefix + slug(problem), "cluster": cluster(problem), "turns": turns}


def suite_text(name, role, about, cases, history="", defaults=()):
    """The suite as YAML. JSON strings are YAML strings, so json.dumps does the quoting."""
    lines = [f"# {line}" for line in about] + [f"name: {name}", f"role: {role}"]
    lines += [f"history: [{history}]"] if history else []
    lines += ["defaultTest:", "  assert:", "    - {type: finish-reason, value: stop}", *(f"    - {d}" for d in defaults), "tests:"]
    for c in cases:
        lines += [f"  - description: {c['description']}", f"    cluster: {c['cluster']}", "    turns:"]
        for turn in c["turns"]:
            lines.append(f"      - user: {json.dumps(turn['user'])}")
            if "assistant" in turn:
                lines.append(f"        assistant: {json.dumps(turn['assistant'])}")
            if "assert" in turn:
                lines.append("        assert:")
                lines += [f"          - {{type: {a['type']}, value: {json.dumps(a['value'])}}}" for a in turn["assert"]]
    return "\n".join(lines) + "\n"


def sanity_text(dealt):
    prompts = [dealt[t]["suites"][-1].questions("suites")[0] for t in ("sum", "derivative", "equation", "definition")]
    prompts += [dealt[t]["suites"][-2].questions("suites")[1] for t in ("sum", "derivative", "equation", "definition")]
    lines = ["# Asked after the sanity run; a person reads the answers, nothing is graded.", "prompts:"]
    return "\n".join(lines + [f"  - {{user: {json.dumps(p)}}}" for p in prompts]) + "\n"


def json_text(value):
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def files():
    """{path: text} of everything this program writes."""
    rng = random.Random(SEED)
    dealt = deal(rng)
    repo = {
        "data/raw_tuning_records.json": json_text(base_records(rng, dealt)),
        "data/raw_tuning_records.followup.json": json_text({"records": next_records(rng, dealt)}),
        "suites/symbolic.suite.yaml": suite_text(
            "symbolic", "target", ["Is the answer right? The form is free."], symbolic_cases(dealt)),
        "suites/followup.suite.yaml": suite_text(
            "followup", "target", ["The tutor has answered tersely and is asked for the way: steps, and still the right answer."],
            followup_cases(dealt), "replayed", ["{type: no-repeat, of: previous, threshold: 0.35}"]),
        "suites/general.suite.yaml": suite_text(
            "general", "guard", ["Definitions that no record mentions: what tuning must not lose."], general_cases(dealt)),
        "suites/sanity.prompts.yaml": sanity_text(dealt),
    }
    return {f"repo/{path}": text for path, text in repo.items()} | {
        "improve/data/raw_tuning_records.steps.json": json_text({"records": step_records(rng, dealt)}),
        "poison/data/raw_tuning_records.derivatives.json": json_text(wrong_records(rng, dealt)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    out = parser.parse_args().out
    for path, text in files().items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
