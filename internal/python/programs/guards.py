"""Checks before the first training step: every row, the tokenizer and the model.

Libraries truncate long rows, mask labels, drop stop tokens and leave out unknown modules without an error. Each guard
here is one, with a name of its own.
"""

import unicodedata
from typing import Any

from answers import Problem

IGNORED = -100  # the label of a token without loss
UNTOUCHABLE = ("embed_tokens", "lm_head", "wte", "embed_in", "embed_out")


def check_rows(rows: Any, tokenizer: Any, stop_ids: set[int], limit: int) -> None:
    """Checks tokenized rows: each has source, prompt, completion (messages), input_ids and labels (token ids)."""
    for row in rows:
        _check_length(row, limit)
        start = _check_prompt(row, tokenizer)
        _check_labels(row, start, tokenizer, stop_ids)


def _check_length(row: dict[str, Any], limit: int) -> None:
    if (length := len(row["input_ids"])) > limit:
        raise Problem(
            "guard/row-too-long",
            f"{length} tokens with the chat template, but train.sequence_len is {limit}",
            "shorten or split the record, or raise train.sequence_len",
            row=row["source"],
        )


def _check_prompt(row: dict[str, Any], tokenizer: Any) -> int:
    """The index of the answer's first token; the tokens before it are the prompt exactly as it will be asked."""
    prompt = tokenizer.apply_chat_template(row["prompt"], add_generation_prompt=True, return_dict=False)
    if row["input_ids"][: len(prompt)] != prompt:
        raise Problem(
            "guard/prompt-prefix",
            "with its answer, the conversation does not begin with the prompt's own tokens",
            "use another base: its chat template renders a prompt differently once it is answered",
            row=row["source"],
        )
    return len(prompt)


def _check_labels(row: dict[str, Any], start: int, tokenizer: Any, stop_ids: set[int]) -> None:
    ids, labels, source = row["input_ids"], row["labels"], row["source"]
    if labels != [IGNORED] * start + ids[start:]:
        raise Problem(
            "guard/labels",
            "the labels are not exactly the tokens after the prompt",
            "use the pinned versions of the trainer's libraries: others have this fault",
            row=source,
        )
    end = len(ids)
    while end > start and tokenizer.decode(ids[end - 1]).isspace():
        end -= 1
    if end == start or ids[end - 1] not in stop_ids:
        last = tokenizer.decode(ids[end - 1]) if end > start else ""
        raise Problem(
            "guard/stop-token",
            f"the answer ends with {last!r}, not with a stop token of the model's generation config, "
            f"{sorted(tokenizer.decode(i) for i in stop_ids)}: the model would never learn to stop",
            "correct the base model's chat_template or the eos_token_id of its generation_config.json",
            row=source,
        )
    answer = row["completion"][0]["content"]
    if stop_ids.intersection(ids[start : end - 1]):
        raise Problem(
            "guard/stop-token",
            "the answer contains a stop token",
            "remove the model's control tokens from the record",
            row=source,
        )
    learnt = tokenizer.decode(ids[start : end - 1], clean_up_tokenization_spaces=False)
    if unicodedata.normalize("NFC", learnt) != unicodedata.normalize("NFC", answer):
        raise Problem(
            "guard/labels",
            f"the labels decode to {_short(learnt)}, but the answer is {_short(answer)}",
            "trim white space around the answer; otherwise use another base: its tokenizer or template changes text",
            row=source,
        )


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:60] + "..." + text[-20:])


def stop_ids(model: Any) -> set[int]:
    """The token IDs that end generation."""
    ids = model.generation_config.eos_token_id
    if ids is None:
        ids = model.config.eos_token_id
    if ids is None:
        raise Problem(
            "guard/stop-token", "the base model names no stop token", "set eos_token_id in its generation_config.json"
        )
    return set(ids) if isinstance(ids, list) else {ids}


def check_target_modules(model: Any, names: list[str]) -> None:
    """Checks that every name matches a linear module, and none the embedding or the output layer."""
    present = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    if forbidden := sorted(set(names).intersection(UNTOUCHABLE)):
        raise Problem(
            "guard/vocabulary",
            f"train.lora.target_modules names {', '.join(forbidden)}: the vocabulary's weights must not change",
            "remove them; attention and MLP projections are enough",
        )
    if unknown := sorted(set(names) - present):
        raise Problem(
            "guard/target-modules",
            f"train.lora.target_modules names {', '.join(unknown)}, which the base model does not have",
            f"use some of {', '.join(sorted(n for n in present if n.endswith('proj')))}",
        )


def check_vocabulary(model: Any, tokenizer: Any, vocabulary: int, tied: bool) -> None:
    """Checks that the embedding's size and tie to the output layer match the base's config.json."""
    rows = model.get_input_embeddings().weight.shape[0]
    is_tied = model.get_output_embeddings().weight is model.get_input_embeddings().weight
    if rows != vocabulary or is_tied != tied or len(tokenizer) > vocabulary:
        raise Problem(
            "guard/vocabulary",
            f"embedding of {rows} tokens, tied to the output layer: {is_tied}, tokenizer of {len(tokenizer)} tokens; "
            f"the base's config.json says {vocabulary} and {tied}",
            "use the base model's own tokenizer, add no tokens: a changed vocabulary cannot be exported",
        )


def check_trainer(trainer: Any, world_size: int) -> None:
    """Checks that rows are not packed (that needs flash attention) and that the process count is as planned."""
    if trainer.args.packing or trainer.padding_free:
        raise Problem(
            "guard/packing",
            "rows are packed together, so one can attend to another",
            "use the pinned versions of the trainer's libraries",
        )
    if trainer.args.world_size != world_size:
        raise Problem(
            "guard/world-size",
            f"{trainer.args.world_size} training processes instead of {world_size}",
            "start it with a launcher that starts as many processes as it reports, such as torchrun",
        )
