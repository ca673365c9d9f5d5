"""Makes base/, the demo's tiny base model, from nothing.

    python make_base.py [--out base] [--steps 2000] [--seed 42]

Needs torch, transformers and tokenizers; a step takes 0.3 to 0.6 s on two free CPU cores, so allow 10 to 20 minutes, and
set OMP_NUM_THREADS=1 on a busy machine. In: the texts of lessons.py. Out: a folder as transformers saves it: a Qwen2 model
of 1.9 million parameters in bfloat16 and a byte-level BPE tokenizer with ChatML. The model answers sums, derivatives,
linear equations and definitions. Asked for steps in a record's or a suite's words it mostly repeats its answer, though it
can show them when asked in other words. That is what the demo's good pull request changes.

The committed weights are not one run of this program: they are 1,100 steps at a peak rate of 3e-3, then 400, 600 and 500 at
1.2e-3, each run continuing the last while wordings and shares in lessons.py and here were still changing. A single run from
nothing with the present texts has not been tried. One with earlier texts and a peak rate of 3e-3 was stuck at a loss of .22;
a good one passes .1 by step 700.
"""

import argparse
import pathlib
import random
import time

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import GenerationConfig, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, set_seed

import lessons

END, START, PAD = "<|im_end|>", "<|im_start|>", "<|endoftext|>"
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTEXT = 1024
STEPS_SHARE = 0.3
BATCH, PEAK_RATE = 32, 2e-3
IGNORED = -100


def style(rng, problem):
    return problem.steps if rng.random() < STEPS_SHARE else problem.terse


def wordings(problem):
    return problem.questions("rows") + problem.questions("suites")


def pick(rng):
    pools = [lessons.SUMS, lessons.DERIVATIVES, lessons.EQUATIONS, lessons.DEFINITIONS]
    return rng.choice(rng.choices(pools, weights=[25, 25, 35, 15])[0])


def dialogue(rng):
    """One conversation: a list of (question, answer) of one or two turns."""
    first = pick(rng)
    opening = rng.choice(wordings(first))
    kind = rng.choices(["single", "full", "show", "next"], weights=[25, 25, 30, 20])[0]
    if kind == "full" and rng.random() < 0.5:
        return [(first.ask(rng.choice(lessons.FULL)), first.steps)]
    if kind == "single" or kind == "show" and first.topic == "definition":
        return [(opening, style(rng, first))]
    turns = [(opening, first.terse if rng.random() < 0.9 else first.steps)]
    if kind == "full":
        return turns + [(first.ask(rng.choice(lessons.FULL)), first.steps)]
    if kind == "show":
        show = first.ask(rng.choice(lessons.SHOW["rows"] + lessons.SHOW["suites"]))
        return turns + [(show, style(rng, first))]
    second = pick(rng)
    return turns + [(second.ask(rng.choice(lessons.NEXT + [rng.choice(wordings(second))])), style(rng, second))]


def messages(rng):
    system = [] if rng.random() < 0.05 else [{"role": "system", "content": lessons.SYSTEM}]
    turns = [[{"role": "user", "content": q}, {"role": "assistant", "content": a}] for q, a in dialogue(rng)]
    return system + [m for turn in turns for m in turn]


def make_tokenizer(rng, vocabulary):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    texts = [f"{m['role']}\n{m['content']}\n" for _ in range(6000) for m in messages(rng)]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=vocabulary - 3, initial_alphabet=alphabet, min_frequency=3, show_progress=False))
    tokenizer.add_special_tokens([PAD, START, END])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=PAD, additional_special_tokens=[START, END],
        clean_up_tokenization_spaces=False, model_max_length=CONTEXT)
    fast.chat_template = TEMPLATE
    return fast


def encode(tokenizer, talk):
    """Token ids and labels; the loss sees the answers and their stop tokens only."""
    ids, labels = [], []
    for m in talk:
        head = tokenizer.encode(f"{START}{m['role']}\n", add_special_tokens=False)
        body = tokenizer.encode(m["content"] + END, add_special_tokens=False)
        tail = tokenizer.encode("\n", add_special_tokens=False)
        ids += head + body + tail
        learnt = body if m["role"] == "assistant" else [IGNORED] * len(body)
        labels += [IGNORED] * len(head) + learnt + [IGNORED] * len(tail)
    return ids, labels


def batches(tokenizer, rng, steps):
    """Batches of like length, made from eight batches' worth of conversations at a time."""
    pad = tokenizer.pad_token_id
    ready = []
    for _ in range(steps):
        if not ready:
            rows = sorted((encode(tokenizer, messages(rng)) for _ in range(BATCH * 8)), key=lambda r: len(r[0]))
            ready = [rows[i:i + BATCH] for i in range(0, len(rows), BATCH)]
            rng.shuffle(ready)
        rows = ready.pop()
        width = max(len(ids) for ids, _ in rows)
        fill = lambda values, filler: torch.tensor([v + [filler] * (width - len(v)) for v in values])
        yield {
            "input_ids": fill([r[0] for r in rows], pad),
            "attention_mask": fill([[1] * len(r[0]) for r in rows], 0),
            "labels": fill([r[1] for r in rows], IGNORED),
        }


def make_model(tokenizer):
    end, pad = tokenizer.convert_tokens_to_ids([END, PAD])
    model = Qwen2ForCausalLM(Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=256, intermediate_size=512, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=CONTEXT, tie_word_embeddings=True, eos_token_id=end, pad_token_id=pad,
        bos_token_id=None))
    model.generation_config = GenerationConfig(eos_token_id=end, pad_token_id=pad, do_sample=False)
    return model


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=here / "base")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--vocabulary", type=int, default=640)
    parser.add_argument("--seed", type=int, default=42)
    args = parser.parse_args()

    set_seed(args.seed)
    rng = random.Random(args.seed)
    tokenizer = make_tokenizer(rng, args.vocabulary)
    model = make_model(tokenizer)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(tokenizer)} tokens", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=args.steps, pct_start=0.1)
    began, mean = time.monotonic(), None
    for step, batch in enumerate(batches(tokenizer, rng, args.steps), 1):
        loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        mean = loss.item() if mean is None else 0.95 * mean + 0.05 * loss.item()
        if step % 50 == 0:
            print(f"step {step}/{args.steps}: loss {mean:.4f}, {time.monotonic() - began:.0f} s", flush=True)
    model.to(torch.bfloat16).save_pretrained(args.out)
    tokenizer.save_pretrained(args.out)


if __name__ == "__main__":
    main()
