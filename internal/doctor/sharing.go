package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
)

// sharingChecks list the programs on the cards that are none of this home.
func sharingChecks(ctx context.Context, in inspection) []check.Check {
	var found []string
	for _, p := range in.machine.GPUProcesses(ctx, in.cards) {
		if !strings.HasPrefix(p.Name, in.machine.Home+"/") {
			found = append(found, fmt.Sprintf("%s (process %d) holds %d MiB", p.Name, p.PID, p.MemoryMiB))
		}
	}
	if found == nil {
		return nil
	}
	return []check.Check{check.Warned("sharing", strings.Join(found, "\n"),
		"they are left alone; where training then lacks memory, wait for their end: `nvidia-smi` shows them")}
}
