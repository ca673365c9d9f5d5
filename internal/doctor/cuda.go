package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
)

// cudaProgram checks that this torch can use the card with this driver.
const cudaProgram = `
import torch
torch.zeros(1, device="cuda")
print("torch", torch.__version__, "with CUDA", torch.version.cuda)
`

const (
	cudaWait   = 2 * time.Minute
	shownTorch = 5 // lines of what it prints
)

// cudaChecks have the trainer's torch use the card; none without Python.
func cudaChecks(ctx context.Context, in inspection) []check.Check {
	if in.device.GPU == nil {
		return nil
	}
	m := in.machine.On(in.device)
	path, err := python.Locate(ctx, m.Launcher, m.Home, m.PythonTools(), in.runner.Python)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, cudaWait)
	defer cancel()
	m.OpenCards(ctx)
	tail, err := m.Launcher.Run(ctx, proc.Command{
		Network: proc.NoNetwork, // as the trainer
		Name:    "torch", Path: path, Args: []string{"-I", "-B", "-c", cudaProgram}, Env: proc.CleanEnv(m.Environ),
	}, nil)
	if err != nil {
		return []check.Check{check.Failed("cuda", fmt.Sprintf("torch cannot use the card: %v\n%s", err, tail.Last(shownTorch)),
			"install a newer NVIDIA driver (https://www.nvidia.com/drivers), then restart the machine: `"+asRoot("reboot")+"`")}
	}
	return []check.Check{check.Passed("cuda", tail.Last(shownTorch))}
}
