"""Renders conversations with a base model's chat template, to compare with what a server renders.

    render.py --request PATH [--answers PATH]

The request is a JSON object: base_dir, conversations (lists of {role, content}) and probe (one such list). Answers one
result: conversations (a list of {text, tokens}, with the generation prompt at the end), probe (the same for the probe),
eos and stop (the strings at which an answer ends: the tokenizer's, and those of the generation config).
"""

import argparse
import json
import sys
from typing import Any

from answers import Problem, open_answers
from tokenizer import load_tokenizer, stop_ids


def render(request: dict[str, Any]) -> dict[str, Any]:
    """Answers one request."""
    folder = request["base_dir"]
    tokenizer = load_tokenizer(folder)

    def rendered(messages: list[dict[str, str]]) -> dict[str, Any]:
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        return {"text": text, "tokens": len(tokenizer.encode(text, add_special_tokens=False))}

    return {
        "conversations": [rendered(messages) for messages in request["conversations"]],
        "probe": rendered(request["probe"]),
        "eos": tokenizer.eos_token,
        "stop": [tokenizer.decode(token) for token in stop_ids(folder)] or [tokenizer.eos_token],
    }


def main(argv: list[str]) -> int:
    """Runs the program and returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--request", required=True)
    parser.add_argument("--answers")
    args = parser.parse_args(argv)
    answers = open_answers(args.answers)
    try:
        with open(args.request, encoding="utf-8") as file:
            answers.send("result", render(json.load(file)))
    except Problem as problem:
        answers.fail(problem)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
