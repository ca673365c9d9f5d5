"""Saves and measures the trained adapter, and proves that it works when loaded again."""

import json
import os
import random
import shutil
from typing import Any

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer

from answers import Problem

ADAPTER = "default"  # PEFT's name for a model's only adapter
PREFIX = "base_model.model."  # PEFT's prefix of the base model's module names
SAMPLED = 16
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"

# Largest allowed logit difference between base + adapter and the merged model. Rounding merged weights to 16 bit moves
# a tiny model's logits by 0.001, its adapter moves them by 2; bfloat16 logits above 16 are themselves 0.125 apart.
LOGIT_BOUND = {torch.float32: 0.05, torch.bfloat16: 1.0}


def save(model: PeftModel, folder: str, base_name: str) -> None:
    """Writes the adapter's weights and config into folder; their bytes depend on the training and base_name only."""
    draft = folder + ".partial"
    for stale in (draft, folder):
        shutil.rmtree(stale, ignore_errors=True)
    model.save_pretrained(draft, save_embedding_layers=False)
    with open(os.path.join(draft, CONFIG), encoding="utf-8") as file:
        config = json.load(file)
    config["base_model_name_or_path"] = base_name
    config["target_modules"] = sorted(config["target_modules"])
    with open(os.path.join(draft, CONFIG), "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2, sort_keys=True)
        file.write("\n")
    for name in os.listdir(draft):
        if name not in (WEIGHTS, CONFIG):
            os.remove(os.path.join(draft, name))
    os.rename(draft, folder)


def layers(model: PeftModel) -> list[tuple[str, LoraLayer]]:
    """The modules with an adapter, by their names in the base model."""
    return [(n.removeprefix(PREFIX), m) for n, m in model.named_modules() if isinstance(m, LoraLayer)]


def check_alive(model: PeftModel) -> None:
    """Raises Problem if a lora_B is still zero, its initial value."""
    dead = [name for name, layer in layers(model) if not layer.lora_B[ADAPTER].weight.any()]
    if dead:
        raise Problem(
            "guard/dead-adapter",
            f"lora_B is all zero after training in {len(dead)} modules, e.g. {dead[0]}",
            "raise train.learning_rate if it is tiny; otherwise use the pinned versions of the trainer's libraries",
        )


def changes(model: PeftModel, seed: int) -> list[dict[str, Any]]:
    """What the adapter adds to the base, a weight matrix an entry: {module, shape: [out, in], norm, samples}.

    The change s·B·A is PEFT's own (get_delta_weight, float32); norm is its Frobenius norm, summed in float64;
    samples are 16 entries {row, col, value} drawn by seed and module name.
    """
    measured = []
    for name, layer in layers(model):
        delta = layer.get_delta_weight(ADAPTER).detach()
        rows, cols = delta.shape
        rng = random.Random(f"{seed}:{name}")
        places = [(rng.randrange(rows), rng.randrange(cols)) for _ in range(SAMPLED)]
        measured.append(
            {
                "module": name,
                "shape": [rows, cols],
                "norm": torch.linalg.vector_norm(delta, dtype=torch.float64).item(),
                "samples": [{"row": r, "col": c, "value": delta[r, c].item()} for r, c in places],
            }
        )
    return measured


def check_reload(base: Any, folder: str, measured: list[dict[str, Any]], seed: int) -> PeftModel:
    """Loads the saved adapter onto base and checks that its changes equal those measured after training."""
    model = PeftModel.from_pretrained(base, folder)
    reloaded = changes(model, seed)
    differing = [
        old["module"]
        for old, new in zip(measured, reloaded, strict=False)
        if old["module"] != new["module"] or not _close(old, new)
    ]
    if len(measured) != len(reloaded) or differing:
        raise Problem(
            "guard/dead-adapter",
            f"the saved adapter differs from the trained one: {len(reloaded)} modules of {len(measured)}, "
            f"{len(differing)} differ, e.g. {(differing or ['the last'])[0]}",
            "use the pinned versions of the trainer's libraries",
        )
    return model


def _close(old: dict[str, Any], new: dict[str, Any]) -> bool:
    def values(change: dict[str, Any]) -> torch.Tensor:
        return torch.tensor([change["norm"], *(s["value"] for s in change["samples"])], dtype=torch.float64)

    return torch.allclose(values(old), values(new), rtol=1e-4, atol=1e-7)


def merge(model: PeftModel, tokenizer: Any, prompts: list[list[dict[str, str]]]) -> Any:
    """Merges a loaded adapter into its 16-bit base, in place, and returns the plain model.

    The merged weights are rounded to 16 bit, as they are when served. Where base + adapter and the merged model
    disagree about the next token of a prompt by more than rounding explains, the merge is wrong.
    """
    apart = [_next_token_logits(model, tokenizer, prompt) for prompt in prompts]
    model.merge_adapter()
    with torch.no_grad():
        for _, layer in layers(model):
            weight = layer.get_base_layer().weight
            weight.copy_(weight.to(torch.float16 if weight.dtype == torch.float32 else weight.dtype))
    merged = model.unload()
    bound = LOGIT_BOUND[merged.dtype]
    for prompt, before in zip(prompts, apart, strict=True):
        worst = (_next_token_logits(merged, tokenizer, prompt) - before).abs().max().item()
        if not worst <= bound:
            raise Problem(
                "guard/merge-logits",
                f"merged into the 16-bit base, a logit differs by {worst:.3g} from base + adapter (limit {bound}), "
                f"after the prompt {prompt[-1]['content'][:60]!r}",
                "use the pinned versions of the trainer's libraries",
            )
    return merged


def _next_token_logits(model: Any, tokenizer: Any, prompt: list[dict[str, str]]) -> torch.Tensor:
    model.eval()
    ids = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    with torch.no_grad():
        return model(**ids.to(model.device)).logits[0, -1].float()
