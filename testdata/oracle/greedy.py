"""What PEFT's merge into the 16-bit base answers: the oracle for the served model.

usage: greedy.py BASE_DIR ADAPTER_DIR < conversations.jsonl > answers.jsonl

Reads one conversation a line ({"messages": [...]}) and writes one answer a line:
{"text", "logprobs": [natural logarithm of each generated token's probability]}.
The merge is PEFT's own; its result is rounded to float16, as it is stored, and
computed with in float32, as the server does.
"""

import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

MAX_TOKENS = 64


def main() -> None:
    base_dir, adapter_dir = sys.argv[1:]
    torch.set_num_threads(1)  # of a tiny model: more only wait for each other
    tokenizer = PreTrainedTokenizerFast.from_pretrained(base_dir)
    base = AutoModelForCausalLM.from_pretrained(base_dir, dtype=torch.float32)
    model = PeftModel.from_pretrained(base, adapter_dir).merge_and_unload()
    for parameter in model.parameters():
        if parameter.dim() == 2:
            parameter.data = parameter.data.half().float()
    model.eval()
    for line in sys.stdin:
        messages = json.loads(line)["messages"]
        inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
        with torch.no_grad():
            out = model.generate(
                **inputs, do_sample=False, max_new_tokens=MAX_TOKENS, output_logits=True, return_dict_in_generate=True
            )
        tokens = out.sequences[0, inputs["input_ids"].shape[1] :]
        logprobs = [torch.log_softmax(logits[0], -1)[token].item() for token, logits in zip(tokens, out.logits)]
        text = tokenizer.decode(tokens, skip_special_tokens=True)
        print(json.dumps({"text": text, "logprobs": logprobs}), flush=True)


if __name__ == "__main__":
    main()
