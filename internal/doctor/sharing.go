package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/text"
)

// shownProgram bounds the name of a program, in characters.
const shownProgram = 100

// sharingChecks list the programs on the card that do not belong to this home.
func sharingChecks(ctx context.Context, in inspection) []check.Check {
	if in.device.GPU == nil {
		return nil
	}
	programs, err := in.machine.GPUProcesses(ctx, []machine.GPU{*in.device.GPU})
	if err != nil {
		return []check.Check{check.Warned("sharing", err.Error(), "not required: it only hides whether others use the card")}
	}
	var found []string
	for _, p := range programs {
		if !strings.HasPrefix(p.Name, in.machine.Home+"/") {
			found = append(found, fmt.Sprintf("%s (process %d) holds %d MiB", text.Shown(p.Name, shownProgram), p.PID, p.MemoryMiB))
		}
	}
	if found == nil {
		return nil
	}
	return []check.Check{check.Warned("sharing", strings.Join(found, "\n"),
		"they are left running; if training runs out of memory, wait until they end (`nvidia-smi` shows them)")}
}
