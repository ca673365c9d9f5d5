"""Runs train.py for several specs in one process, because its imports take longer than all the rest.

several.py PROGRAMS_DIR SPEC[=SABOTAGE] ...: answers go to SPEC.answers. A sabotage breaks one thing in the libraries for
the run of its spec, to see that it is noticed.
"""

import os
import sys

sys.path.insert(0, sys.argv[1])
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

import adapter
import safetensors.torch
from peft.tuners.lora.layer import Linear
from train import main


def merge_nothing():
    """Merging leaves the base as it is."""
    Linear.merge = lambda *_, **__: None


def lose_a_factor():
    """The saved adapter has a lora_B of zeros."""
    save = adapter.save

    def broken(model, folder, name):
        save(model, folder, name)
        path = os.path.join(folder, adapter.WEIGHTS)
        weights = safetensors.torch.load_file(path)
        weights[next(name for name in weights if "lora_B" in name)].zero_()
        safetensors.torch.save_file(weights, path)

    adapter.save = broken


SABOTAGES = {
    "merge-nothing": merge_nothing,
    "lose-a-factor": lose_a_factor,
    "": lambda: None,
}
intact = (Linear.merge, adapter.save)
for argument in sys.argv[2:]:
    spec, _, sabotage = argument.partition("=")
    SABOTAGES[sabotage]()
    main(["--spec", spec, "--answers", spec + ".answers"])
    Linear.merge, adapter.save = intact
