"""Reads the dataset stage's JSON lines into the rows that TRL's SFTTrainer takes."""

import json

from datasets import Dataset

from answers import Problem


def load_rows(path: str) -> Dataset:
    """The rows of a JSON lines file: source, prompt (messages) and completion (the last one, the assistant's)."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            messages = [{"role": m["role"], "content": m["content"]} for m in row["messages"]]
            if len(messages) < 2 or messages[-1]["role"] != "assistant":
                raise Problem(
                    "rows/no-answer",
                    "the conversation does not end with an assistant's answer",
                    "end it with the answer to learn",
                    row=row["source"],
                )
            rows.append({"source": row["source"], "prompt": messages[:-1], "completion": messages[-1:]})
    if not rows:
        raise Problem("rows/none", f"{path}: no rows", "check the dataset stage's findings")
    return Dataset.from_list(rows)
