"""Greedy answers to a few prompts, for people to read."""

import json
import os
from typing import Any

import torch

BATCH = 8


def generate(model: Any, tokenizer: Any, prompts: list[list[dict[str, str]]], tokens: int) -> list[str]:
    """The model's greedy answer to each prompt (chat messages), at most that many tokens long."""
    model.eval()
    texts = [tokenizer.apply_chat_template(p, add_generation_prompt=True, tokenize=False) for p in prompts]
    answers = []
    for start in range(0, len(texts), BATCH):
        batch = tokenizer(
            texts[start : start + BATCH],
            add_special_tokens=False,
            padding=True,
            padding_side="left",
            return_tensors="pt",
        ).to(model.device)
        with torch.no_grad():
            output = model.generate(
                input_ids=batch["input_ids"],
                attention_mask=batch["attention_mask"],
                do_sample=False,
                temperature=None,
                top_p=None,
                top_k=None,
                max_new_tokens=tokens,
                pad_token_id=tokenizer.pad_token_id,
            )
        answers += tokenizer.batch_decode(output[:, batch["input_ids"].shape[1] :], skip_special_tokens=True)
    return answers


def write_samples(path: str, samples: list[dict[str, Any]]) -> None:
    """Writes samples as JSON lines, all or nothing."""
    with open(path + ".partial", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(sample, ensure_ascii=False) + "\n" for sample in samples)
    os.replace(path + ".partial", path)


def read_samples(path: str) -> list[dict[str, Any]]:
    """The samples of an earlier attempt; none without such a file."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
