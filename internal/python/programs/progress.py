"""Follows a training run: reports each step, stops on a loss that is not finite, saves checkpoints."""

import math
import time

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from answers import Answers, Problem

SECONDS_KEY = "seconds"  # in the trainer's log history, which a checkpoint keeps


class Progress(TrainerCallback):
    """Sends a progress answer after each step and each evaluation.

    phase names the run; save_seconds is the time after which a checkpoint is due (0: never); later_steps are optimizer
    steps that come after this run, for the estimate of the time that is left.
    """

    def __init__(self, answers: Answers, phase: str, save_seconds: float, later_steps: int) -> None:
        self._answers = answers
        self._phase = phase
        self._save_seconds = save_seconds
        self._later_steps = later_steps
        self._began = self._saved = time.monotonic()
        self._first_step = 0
        self._seconds_before = 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        """Starts the clock; state is that of the checkpoint when a run is resumed."""
        self._began = self._saved = time.monotonic()
        self._first_step = state.global_step
        self._seconds_before = trained_seconds(state)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float],
        **_: object,
    ) -> None:
        """Checks and reports what the trainer measured."""
        elapsed = time.monotonic() - self._began
        state.log_history[-1][SECONDS_KEY] = self._seconds_before + elapsed
        for name in ("loss", "grad_norm", "eval_loss"):
            if name in logs and not math.isfinite(logs[name]):
                raise Problem(
                    "guard/loss",
                    f"{name} is {logs[name]} at step {state.global_step} of {state.max_steps}",
                    "lower train.learning_rate",
                )
        if logs.get("grad_norm") == 0:
            raise Problem(
                "guard/loss",
                f"no gradient reaches the adapter at step {state.global_step} of {state.max_steps}",
                "use the pinned versions of the trainer's libraries",
            )
        if not {"loss", "eval_loss"}.isdisjoint(logs):
            steps = state.global_step - self._first_step
            left = state.max_steps - state.global_step + self._later_steps
            self._answers.send(
                "progress",
                {
                    "phase": self._phase,
                    "step": state.global_step,
                    "steps": state.max_steps,
                    "loss": logs.get("loss"),
                    "eval_loss": logs.get("eval_loss"),
                    "tokens": state.num_input_tokens_seen,
                    "eta_s": round(elapsed / steps * left, 1) if steps else None,
                },
            )

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        """Requests a checkpoint when the last one is too old."""
        if self._save_seconds and time.monotonic() - self._saved > self._save_seconds:
            control.should_save = True

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        """Restarts the clock at the checkpoint just written."""
        self._saved = time.monotonic()


def trained_seconds(state: TrainerState) -> float:
    """Seconds of training behind a trainer's state, including those before a resume."""
    return max((entry.get(SECONDS_KEY, 0.0) for entry in state.log_history), default=0.0)


def mean_loss(state: TrainerState) -> float:
    """The mean training loss of all steps, including those before a resume."""
    losses = [entry["loss"] for entry in state.log_history if "loss" in entry]
    return sum(losses) / len(losses)
