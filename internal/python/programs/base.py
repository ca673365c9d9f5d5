"""Loads the base model from a folder, without network access."""

from typing import Any

import torch
from transformers import AutoModelForCausalLM, BitsAndBytesConfig


def device() -> str:
    """Where models run: cuda when there is a GPU, else cpu."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def precision() -> torch.dtype:
    """What is computed in: bfloat16 on a GPU that has it; else float32.

    A CPU is slow in 16 bit, older GPUs only emulate bfloat16, and in float16 models that were trained in bfloat16
    overflow.
    """
    gpu = device() == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if gpu else torch.float32


def load_base(folder: str, nf4: bool, dtype: torch.dtype | None = None, where: str | None = None) -> Any:
    """The base model, its linear layers as 4-bit NF4 with double quantization when nf4 is set.

    It computes in dtype and lies on the device where; by default in precision() on device().
    """
    quantization = None
    if nf4:
        quantization = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=precision(),
            bnb_4bit_quant_storage=precision() if device() == "cuda" else torch.uint8,
        )
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype or precision(),
        quantization_config=quantization,
        device_map={"": where or device()},
        local_files_only=True,
    )
    for module in model.modules():
        # On some CPUs bitsandbytes would repack the 4-bit weights at the first evaluation, losing precision.
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return model
