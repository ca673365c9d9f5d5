"""Renders conversations with a base model's chat template, to compare with what a server renders.

    render.py --request PATH [--answers PATH]

The request is a JSON object: base_dir, conversations (lists of {role, content}) and probe (one such list). Answers one
result: conversations (a list of {text, tokens}, with the generation prompt at the end), probe (the same for the probe),
eos and stop (the strings at which an answer ends: the tokenizer's, and those of the generation config).
"""

import sys
from typing import Any

from answers import answer_request
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


if __name__ == "__main__":
    sys.exit(answer_request(sys.argv[1:], __doc__, render))
