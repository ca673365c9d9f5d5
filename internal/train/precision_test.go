package train

import (
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python/pythontest"
)

// precisions asks base.py what it computes in, on a machine without a card, on a
// card that has bfloat16, and on one that emulates it.
const precisions = `
import sys
sys.path.insert(0, sys.argv[1])
import torch
import base

def card(has_bf16):
    torch.cuda.is_available = lambda: True
    torch.cuda.is_bf16_supported = lambda including_emulation=True: has_bf16 or including_emulation

torch.cuda.is_available = lambda: False
assert base.precision() is torch.float32, "CPU"
card(has_bf16=True)
assert base.precision() is torch.bfloat16, "a card that has it"
card(has_bf16=False)
assert base.precision() is torch.float32, "a card that emulates it"
`

func TestPrecision(t *testing.T) {
	t.Parallel()
	py := pythontest.Interpreter(t)
	command := py.Command("train.py")
	command.Args = []string{"-s", "-c", precisions, py.ProgramsDir}
	if last, err := proctest.Launcher(t).Run(t.Context(), command, nil); err != nil {
		t.Error(last.Explain(err))
	}
}
