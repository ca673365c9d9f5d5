"""One training run: sanity run, full run, and proof that the saved adapter does what was trained."""

import gc
import importlib.metadata
import json
import math
import os
import platform
import resource
import shutil
from typing import Any

import datasets
import torch
from peft import LoraConfig, load_peft_weights, set_peft_model_state_dict
from transformers import PrinterCallback, TrainerState, set_seed
from transformers.utils.logging import disable_progress_bar
from trl import SFTConfig, SFTTrainer

import adapter
import guards
from answers import Answers, Problem
from base import device, load_base, precision
from progress import Progress, mean_loss, trained_seconds
from rows import load_rows
from samples import generate, read_samples, write_samples
from spec import Spec
from tokenizer import load_tokenizer

PACKAGES = ("torch", "transformers", "trl", "peft", "bitsandbytes", "accelerate", "datasets", "tokenizers")
STATE = "trainer_state.json"  # the last file written into a checkpoint
LOSS_ROWS = 64  # rows on which the loss before and after the run is compared
LOGIT_PROMPTS = 4


def train(spec: Spec, resume: bool, answers: Answers) -> dict[str, Any]:
    """Runs the spec and returns the result answer."""
    datasets.disable_progress_bars()
    disable_progress_bar()
    samples_path = os.path.join(spec.out_dir, "samples.jsonl")
    if not resume:
        shutil.rmtree(os.path.join(spec.out_dir, "checkpoints"), ignore_errors=True)
    try:
        run = Run(spec, answers)
        shown = [s for s in read_samples(samples_path) if s["phase"] == "sanity"] if resume else []
        if not shown and spec.sanity_prompts:
            shown = run.sanity()
            write_samples(samples_path, shown)
        result, measured = run.full()
        write_samples(samples_path, shown + run.prove(shown, measured))
    except torch.OutOfMemoryError as error:
        raise Problem(
            "trainer/out-of-memory",
            str(error).partition(". ")[0],
            "lower train.micro_batch_size (raise gradient_accumulation_steps instead) or train.sequence_len",
        ) from error
    return result


class Run:
    """The base model and the rows of a run; the model carries an adapter only while one of the methods trains it."""

    def __init__(self, spec: Spec, answers: Answers) -> None:
        set_seed(spec.seed)
        self.spec = spec
        self.answers = answers
        self.tokenizer = load_tokenizer(spec.base_dir)
        self.model = load_base(spec.base_dir, nf4=spec.quantization == "nf4")
        guards.check_target_modules(self.model, spec.lora.target_modules)
        config = self.model.config.get_text_config()
        self.vocabulary = (config.vocab_size, config.tie_word_embeddings)
        guards.check_vocabulary(self.model, self.tokenizer, *self.vocabulary)
        self.train_rows = load_rows(spec.train_rows)
        self.val_rows = load_rows(spec.val_rows) if spec.val_rows else None
        batches = math.ceil(len(self.train_rows) / (spec.micro_batch_size * spec.world_size))
        self.steps_per_epoch = math.ceil(batches / spec.gradient_accumulation_steps)
        self.steps = math.ceil(spec.epochs * self.steps_per_epoch)
        self.checked = False

    def sanity(self) -> list[dict[str, Any]]:
        """Trains for a few steps and asks base and adapter the sanity prompts; leaves the model unchanged."""
        steps = self.spec.sanity_steps or max(1, min(20, self.steps // 10))
        trainer = self._trainer("sanity", steps)
        trainer.train()
        model, prompts = trainer.model, self.spec.sanity_prompts
        trained = generate(model, self.tokenizer, prompts, self.spec.sample_tokens)
        with model.disable_adapter():
            base = generate(model, self.tokenizer, prompts, self.spec.sample_tokens)
        self.model = model.unload()
        return [
            {"phase": "sanity", "steps": steps, "prompt": p, "base": b, "adapter": a}
            for p, b, a in zip(prompts, base, trained, strict=True)
        ]

    def full(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Trains the adapter, or what a killed attempt left of that, and saves it.

        Returns the result answer and the adapter's changes. The base model is gone afterwards.
        """
        set_seed(self.spec.seed)
        trainer = self._trainer("train", self.steps)
        loss_before = self._loss(trainer)
        set_seed(self.spec.seed)
        checkpoint = last_checkpoint(trainer.args.output_dir)
        if checkpoint and load_state(checkpoint).global_step >= self.steps:
            trainer.state = load_state(checkpoint)
            best = trainer.state.best_model_checkpoint or checkpoint
            set_peft_model_state_dict(trainer.model, load_peft_weights(best, device=device()))
        else:
            trainer.train(resume_from_checkpoint=checkpoint)
        adapter.check_alive(trainer.model)
        loss_after = self._loss(trainer)
        if not loss_after < loss_before:
            raise Problem(
                "guard/loss",
                f"the loss on the training rows did not fall: {loss_before:.4f} before, {loss_after:.4f} after",
                "lower train.learning_rate if it is high; otherwise check that the rows teach anything",
            )
        guards.check_vocabulary(trainer.model.get_base_model(), self.tokenizer, *self.vocabulary)
        adapter.save(trainer.model, os.path.join(self.spec.out_dir, "adapter"), self.spec.base_name)
        measured = adapter.changes(trainer.model, self.spec.seed)
        with open(os.path.join(self.spec.out_dir, "changes.json"), "w", encoding="utf-8") as file:
            file.write("[\n" + ",\n".join(json.dumps(change) for change in measured) + "\n]\n")
        return self._result(trainer.state), measured

    def prove(self, shown: list[dict[str, Any]], measured: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Loads the saved adapter onto the 16-bit base, merges it, and returns the merged model's samples."""
        self.answers.send("progress", {"phase": "check", "step": 0, "steps": 0})
        self.model = None
        gc.collect()
        torch.cuda.empty_cache()
        model = adapter.check_reload(
            load_base(self.spec.base_dir, nf4=False),
            os.path.join(self.spec.out_dir, "adapter"),
            measured,
            self.spec.seed,
        )
        merged = adapter.merge(model, self.tokenizer, self.train_rows["prompt"][:LOGIT_PROMPTS])
        final = generate(merged, self.tokenizer, self.spec.sanity_prompts, self.spec.sample_tokens)
        return [
            {**sample, "phase": "final", "steps": self.steps, "adapter": answer}
            for sample, answer in zip(shown, final, strict=True)
        ]

    def _trainer(self, phase: str, steps: int) -> SFTTrainer:
        """A trainer of a new adapter on the base model. Runs the guards on the rows the first time."""
        spec, gpu, full = self.spec, device() == "cuda", phase == "train"
        validate = full and self.val_rows is not None
        args = SFTConfig(
            output_dir=os.path.join(spec.out_dir, "checkpoints"),
            seed=spec.seed,
            data_seed=spec.seed,
            use_cpu=not gpu,
            bf16=precision() is torch.bfloat16,
            fp16=False,
            activation_checkpointing=gpu,
            max_steps=steps,
            per_device_train_batch_size=spec.micro_batch_size,
            per_device_eval_batch_size=spec.micro_batch_size,
            gradient_accumulation_steps=spec.gradient_accumulation_steps,
            learning_rate=spec.learning_rate,
            lr_scheduler_type=spec.scheduler,
            warmup_steps=spec.warmup,
            weight_decay=spec.weight_decay,
            max_grad_norm=spec.max_grad_norm,
            optim="adamw_torch_fused",
            max_length=None,  # a row that is too long is an error, never truncated
            packing=False,
            padding_free=False,
            completion_only_loss=True,
            logging_steps=1,
            logging_nan_inf_filter=False,
            include_num_input_tokens_seen="non_padding",
            eval_strategy="steps" if validate else "no",
            eval_steps=self.steps_per_epoch,
            save_strategy="steps" if full else "no",
            save_steps=self.steps_per_epoch,
            save_total_limit=2,
            load_best_model_at_end=validate,
            metric_for_best_model="eval_loss",
            greater_is_better=False,
            report_to="none",
            disable_tqdm=True,
            dataloader_pin_memory=gpu,
        )
        trainer = SFTTrainer(
            model=self.model,
            args=args,
            train_dataset=self.train_rows,
            eval_dataset=self.val_rows if validate or not self.checked else None,
            processing_class=self.tokenizer,
            peft_config=LoraConfig(
                task_type="CAUSAL_LM",
                r=spec.lora.r,
                lora_alpha=spec.lora.alpha,
                lora_dropout=spec.lora.dropout,
                use_rslora=spec.lora.rslora,
                target_modules=spec.lora.target_modules,
                bias="none",
            ),
            callbacks=[Progress(self.answers, phase, spec.save_seconds if full else 0, 0 if full else self.steps)],
        )
        trainer.remove_callback(PrinterCallback)
        for parameter in trainer.model.parameters():
            if parameter.requires_grad:  # TRL makes it bfloat16, which loses small updates
                parameter.data = parameter.data.float()
        if not self.checked:
            self._check(trainer)
        return trainer

    def _check(self, trainer: SFTTrainer) -> None:
        """Runs the guards on the tokenized rows and keeps these for the next trainer."""
        guards.check_trainer(trainer, self.spec.world_size)
        stops = guards.stop_ids(self.model)
        guards.check_rows(trainer.train_dataset, self.tokenizer, stops, self.spec.sequence_len)
        self.train_rows = trainer.train_dataset
        if self.val_rows is not None:
            guards.check_rows(trainer.eval_dataset, self.tokenizer, stops, self.spec.sequence_len)
            self.val_rows = trainer.eval_dataset
        self.checked = True

    def _loss(self, trainer: SFTTrainer) -> float:
        """The mean loss per learnt token on the first training rows, without dropout."""
        model, total, count = trainer.model, 0.0, 0
        model.eval()
        rows = [self.train_rows[i] for i in range(min(LOSS_ROWS, len(self.train_rows)))]
        for start in range(0, len(rows), self.spec.micro_batch_size):
            batch = trainer.data_collator(rows[start : start + self.spec.micro_batch_size])
            learnt = int((batch["labels"] != guards.IGNORED).sum())
            with torch.no_grad():
                total += model(**{k: v.to(model.device) for k, v in batch.items()}).loss.item() * learnt
            count += learnt
        return total / count

    def _result(self, state: TrainerState) -> dict[str, Any]:
        gpu = device() == "cuda"
        seconds = trained_seconds(state)
        return {
            "versions": {
                "python": platform.python_version(),
                **{name: importlib.metadata.version(name) for name in PACKAGES},
            },
            "device": torch.cuda.get_device_name() if gpu else f"cpu, {torch.get_num_threads()} threads",
            "precision": str(precision()).removeprefix("torch."),
            "seed": self.spec.seed,
            "data_seed": self.spec.seed,
            "train_rows": len(self.train_rows),
            "val_rows": len(self.val_rows) if self.val_rows is not None else 0,
            "steps": state.global_step,
            "tokens": state.num_input_tokens_seen,
            "seconds": seconds,
            "tokens_per_second": state.num_input_tokens_seen / seconds,
            "peak_memory_bytes": torch.cuda.max_memory_allocated()
            if gpu
            else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if platform.system() == "Darwin" else 1024),
            "train_loss": mean_loss(state),
            "eval_loss": state.best_metric,
        }


def last_checkpoint(folder: str) -> str | None:
    """The newest complete checkpoint in folder; partial ones are removed."""
    complete = {}
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        path = os.path.join(folder, name)
        try:
            complete[load_state(path).global_step] = path
        except (OSError, ValueError, TypeError):
            shutil.rmtree(path, ignore_errors=True)
    return complete[max(complete)] if complete else None


def load_state(checkpoint: str) -> TrainerState:
    """The trainer's state in a checkpoint."""
    return TrainerState.load_from_json(os.path.join(checkpoint, STATE))
