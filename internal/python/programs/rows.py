"""Training rows: from the dataset stage's JSON lines to what TRL's SFTTrainer reads."""

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
                    "the conversation does not end with an assistant's answer to something",
                    "end it with the answer that shall be learnt",
                    row=row["source"],
                )
            rows.append({"source": row["source"], "prompt": messages[:-1], "completion": messages[-1:]})
    if not rows:
        raise Problem("rows/none", f"{path}: no rows", "look at the dataset stage's findings")
    return Dataset.from_list(rows)
