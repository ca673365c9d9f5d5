"""The resolved spec of one training run, as tunegate writes it to spec.json."""

import dataclasses
import json
from typing import Any

from answers import Problem

Message = dict[str, str]


@dataclasses.dataclass(frozen=True)
class LoRA:
    """The shape of the adapter."""

    r: int
    alpha: float
    dropout: float
    target_modules: list[str]
    rslora: bool


@dataclasses.dataclass(frozen=True)
class Spec:
    """Everything that decides a run. Paths are absolute; there are no defaults."""

    base_dir: str
    base_name: str  # what the adapter's config calls its base
    train_rows: str
    val_rows: str  # empty: no validation
    out_dir: str
    seed: int
    world_size: int
    quantization: str  # nf4 or none
    lora: LoRA
    learning_rate: float
    scheduler: str
    warmup: float  # share of the steps
    weight_decay: float
    max_grad_norm: float
    epochs: float
    sequence_len: int  # tokens
    micro_batch_size: int
    gradient_accumulation_steps: int
    save_seconds: float  # at most that much training is lost when the run is killed
    sanity_steps: int  # 0: a tenth of the run, at most 20
    sanity_prompts: list[list[Message]]
    sample_tokens: int  # at most that many tokens an answer


def read_spec(path: str) -> Spec:
    """Reads spec.json; an unknown or missing key is an error."""
    with open(path, encoding="utf-8") as file:
        values = json.load(file)
    lora = _fields(LoRA, values.get("lora", {}), "lora.")
    return Spec(**{**_fields(Spec, values, ""), "lora": LoRA(**lora)})


def _fields(kind: type, values: dict[str, Any], prefix: str) -> dict[str, Any]:
    known = {field.name for field in dataclasses.fields(kind)}
    for problem, keys in (("missing", known - values.keys()), ("unknown", values.keys() - known)):
        if keys:
            names = ", ".join(prefix + key for key in sorted(keys))
            raise Problem(
                "spec/keys", f"{problem} in spec.json: {names}", "run `tunegate setup` again"
            )
    return values
