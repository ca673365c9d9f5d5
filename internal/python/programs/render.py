"""Renders conversations with a base model's chat template, to compare with what a server renders.

    render.py --request PATH [--answers PATH]

The request is a JSON object: base_dir, conversations (lists of {role, content}) and probe (one such list). Answers one
result: conversations (a list of {text, tokens}, with the generation prompt at the end), probe (the same for the probe),
eos and stop (the strings at which an answer ends: the tokenizer's, and those of the generation config).
"""

import argparse
import json
import os
import sys
from typing import Any

from answers import Problem, open_answers


def render(request: dict[str, Any]) -> dict[str, Any]:
    """Answers one request."""
    # Unlike AutoTokenizer this does not import torch, which takes longer than all the rest.
    from transformers import PreTrainedTokenizerFast

    folder = request["base_dir"]
    try:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise Problem("base/tokenizer", f"{folder}: {error}", "the base model needs its tokenizer.json") from error
    if not tokenizer.chat_template:
        raise Problem("base/chat-template", f"{folder}: no chat template", "use an instruct model as the base")

    def rendered(messages: list[dict[str, str]]) -> dict[str, Any]:
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        return {"text": text, "tokens": len(tokenizer.encode(text, add_special_tokens=False))}

    return {
        "conversations": [rendered(messages) for messages in request["conversations"]],
        "probe": rendered(request["probe"]),
        "eos": tokenizer.eos_token,
        "stop": [tokenizer.decode(token) for token in stop_ids(folder)] or [tokenizer.eos_token],
    }


def stop_ids(folder: str) -> list[int]:
    """The eos_token_id of the generation config, else of the model's config, as a list."""
    for name in ("generation_config.json", "config.json"):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                ids = json.load(file).get("eos_token_id")
            if ids is not None:
                return ids if isinstance(ids, list) else [ids]
    return []


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
