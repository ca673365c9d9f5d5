"""Compares answers with known results by Math-Verify, for as long as its standard input is open.

Each line of standard input is a JSON object: id, gold (an expression, LaTeX or plain) and answer (any text). Each is
answered by a result: id, verdict, gold and answer (what was read out of them), why. The verdict is equal, different,
unknown (it could not be decided) or bad-gold (there is no expression in gold).

There is no time limit in here: Math-Verify's own works by signals, which long arithmetic does not notice. Whoever
started this program kills it when a comparison takes too long.
"""

import json
import logging
import re
import resource
import sys
from typing import Any

from answers import Answers, open_answers

MEMORY_BYTES = 4 << 30
SHOWN = 200  # characters of an extracted expression
BEFORE_RESULT = re.compile(r"\bis\b|(?<![<>!])=|:\s|\n")
WORD = re.compile(r"(?<!\\)[A-Za-z]{2,}")


def compare(gold: str, answer: str) -> dict[str, str]:
    """The verdict on one answer."""
    from math_verify import verify

    wanted = extract(gold if "$" in gold or "\\boxed" in gold else f"${gold}$")
    if not any(not isinstance(e, str) for e in wanted):
        return {"verdict": "bad-gold", "gold": "", "answer": "", "why": "no expression in the expected value"}
    found = [e for text in readings(answer) if (e := extract(text))]
    shown = {"gold": as_text(wanted), "answer": as_text(found[0]) if found else ""}
    if not found:
        return {"verdict": "different", **shown, "why": "no maths found"}
    for expressions in found:
        # The order matters: only the first may be an equation that stands for its right side.
        if verify(wanted, expressions, timeout_seconds=None, raise_on_error=True):
            return {"verdict": "equal", "gold": shown["gold"], "answer": as_text(expressions), "why": ""}
    return {"verdict": "different", **shown, "why": "not the same value"}


def readings(answer: str) -> list[str]:
    """The answer, and its end as an expression when that is plain text: Math-Verify reads x^2 only within $ signs."""
    end = BEFORE_RESULT.split(answer.strip(" .*\n"))[-1].strip()
    return [answer] if not end or "$" in end or len(end) > SHOWN or WORD.search(end) else [f"${end}$", answer]


def extract(text: str) -> list[Any]:
    """The last expression of a text: parsed, then as text; empty when there is none."""
    from math_verify import parse

    return parse(text, parsing_timeout=None)


def as_text(expressions: list[Any]) -> str:
    """The text of an expression, never of its parsed form: that would evaluate a huge power."""
    return next((e for e in expressions if isinstance(e, str)), "")[:SHOWN]


def limit_resources() -> None:
    """Limits memory and forbids files: the parsed text comes from a model."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def serve(answers: Answers) -> None:
    """Answers requests until standard input ends."""
    import math_verify  # noqa: F401  takes seconds: at the start, not in the first request

    logging.disable(logging.CRITICAL)
    limit_resources()
    answers.send("progress", "ready")
    for line in sys.stdin:
        request = json.loads(line)
        try:
            result = compare(request["gold"], request["answer"])
        except Exception as error:  # noqa: BLE001  a parser of free text fails in many ways
            why = f"could not be compared: {type(error).__name__}"
            result = {"verdict": "unknown", "gold": "", "answer": "", "why": why}
        answers.send("result", {"id": request["id"], **result})


if __name__ == "__main__":
    serve(open_answers(sys.argv[1] if len(sys.argv) > 1 else None))
