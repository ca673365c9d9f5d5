"""Loads the base model's tokenizer, the same way for training, rendering and counting."""

import json
import os
from typing import Any

from answers import Problem


def load_tokenizer(folder: str) -> Any:
    """The tokenizer defined by tokenizer.json, which must have a chat template.

    AutoTokenizer would build the rules of the class that tokenizer_config.json names and drop those of tokenizer.json
    that the class does not know; it also imports torch, which takes longer than all the rest.
    """
    from transformers import PreTrainedTokenizerFast

    try:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise Problem("base/tokenizer", f"{folder}: {error}", "download the base model again") from error
    if not tokenizer.chat_template:
        raise Problem(
            "base/chat-template", f"{folder}: the tokenizer has no chat template", "use an instruct model as the base"
        )
    return tokenizer


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
