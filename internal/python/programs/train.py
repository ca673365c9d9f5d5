"""Trains a LoRA adapter as spec.json says: a short run with sample answers first, then the full run.

    train.py --spec PATH [--resume auto|never] [--answers PATH]

Writes into the spec's out_dir: samples.jsonl, checkpoints/, adapter/, changes.json. Answers progress, then one result
or one error (exit code 1). With --resume auto a killed run goes on from its last complete checkpoint, to the same
bytes.
"""

import argparse
import os
import sys

from answers import Problem, open_answers
from spec import read_spec


def main(argv: list[str]) -> int:
    """Runs the program and returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spec", required=True)
    parser.add_argument("--resume", choices=["auto", "never"], default="auto")
    parser.add_argument("--answers")
    args = parser.parse_args(argv)
    answers = open_answers(args.answers)
    # Spinning threads take the CPU from working ones: 2.7 times slower on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        spec = read_spec(args.spec)
        answers.send("progress", {"phase": "load", "step": 0, "steps": 0})
        from training import train  # its libraries take many seconds to import

        answers.send("result", train(spec, args.resume == "auto", answers))
    except Problem as problem:
        answers.fail(problem)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
