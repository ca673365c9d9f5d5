"""Computes reference values of a base model with the trainer's libraries, to compare with a server.

    reference.py --request PATH [--answers PATH]

The request is a JSON object: base_dir, out_dir, prompts and texts (both lists of conversations: lists of {role,
content}). Writes into out_dir the model's files as the libraries resolve them, in the form of a base folder without
weights: config.json, generation_config.json, tokenizer.json, tokenizer_config.json. Answers one result: precision, the
type that was computed in; prompts, for each the likeliest first tokens of an answer as {token, logprob}; and tokens,
the number of tokens of each text. Prompts and texts are rendered with the start of an answer.
"""

import json
import os
import sys
from typing import Any

from answers import answer_request
from tokenizer import load_tokenizer, stop_ids

TOP = 5
LOADING = 1.2  # peak memory of loading, as a multiple of the loaded weights


def reference(request: dict[str, Any]) -> dict[str, Any]:
    """Answers one request."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in train.py
    folder = request["base_dir"]
    tokenizer = load_tokenizer(folder)
    resolve(folder, tokenizer, request["out_dir"])

    def rendered(messages: list[dict[str, str]]) -> str:
        return tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)

    precision, likeliest = first_tokens(folder, tokenizer, [rendered(prompt) for prompt in request["prompts"]])
    return {
        "precision": precision,
        "prompts": likeliest,
        "tokens": [len(tokenizer.encode(rendered(text), add_special_tokens=False)) for text in request["texts"]],
    }


def resolve(folder: str, tokenizer: Any, out: str) -> None:
    """Writes the base folder's files, except its weights, as the libraries resolved them."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(folder, local_files_only=True).to_dict()
    named = {key: getattr(tokenizer, key) for key in ("bos_token", "eos_token", "pad_token")}
    os.makedirs(out, exist_ok=True)
    for name, text in (
        ("config.json", json.dumps(config)),
        ("generation_config.json", json.dumps({"eos_token_id": stop_ids(folder)})),
        ("tokenizer.json", tokenizer.backend_tokenizer.to_str()),
        ("tokenizer_config.json", json.dumps(named)),
    ):
        with open(os.path.join(out, name), "w", encoding="utf-8") as file:
            file.write(text)


def first_tokens(folder: str, tokenizer: Any, prompts: list[str]) -> tuple[str, list[list[dict[str, Any]]]]:
    """The type that the base computes in, and the likeliest first tokens after each prompt.

    Tokens that a server does not give as text are left out: special ones, and parts of a character.
    """
    import torch

    from base import load_base

    special = {i for i, token in tokenizer.added_tokens_decoder.items() if token.special}
    model = load_base(folder, nf4=False, **exact(folder))
    model.eval()
    answers = []
    for prompt in prompts:
        ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt").to(model.device)
        with torch.no_grad():
            logits = model(input_ids=ids["input_ids"], attention_mask=ids["attention_mask"]).logits[0, -1]
        top = torch.log_softmax(logits.double(), -1).topk(TOP)
        texts = [(i, tokenizer.decode([i]), value) for i, value in zip(top.indices.tolist(), top.values.tolist())]
        answers.append([{"token": t, "logprob": v} for i, t, v in texts if t and i not in special and "\ufffd" not in t])
    return str(model.dtype).removeprefix("torch."), answers


def exact(folder: str) -> dict[str, Any]:
    """How to load the base: in float32 where memory allows."""
    import torch

    needs = 2 * LOADING * sum(os.path.getsize(e) for e in os.scandir(folder) if e.name.endswith(".safetensors"))
    if torch.cuda.is_available() and torch.cuda.mem_get_info()[0] > needs:
        return {"dtype": torch.float32, "where": "cuda"}
    if available() > needs:
        return {"dtype": torch.float32, "where": "cpu"}
    return {}


def available() -> int:
    """The memory available to this program, in bytes."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            fields = dict(line.split(":") for line in file)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


if __name__ == "__main__":
    sys.exit(answer_request(sys.argv[1:], __doc__, reference))
