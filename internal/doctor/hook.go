package doctor

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/proc"
)

// The variables in which a runner finds the scripts that it calls before and after
// each job, see
// https://docs.github.com/en/actions/how-tos/manage-runners/self-hosted-runners/run-scripts
const (
	startedHook   = "ACTIONS_RUNNER_HOOK_JOB_STARTED"
	completedHook = "ACTIONS_RUNNER_HOOK_JOB_COMPLETED"
)

// hookChecks check, in a job of a self-hosted runner, that its hooks call
// `tunegate hook`.
func hookChecks(_ context.Context, in inspection) []check.Check {
	if !slices.Contains(in.machine.Environ, "RUNNER_ENVIRONMENT=self-hosted") {
		return nil
	}
	const fix = "call `tunegate hook started` and `tunegate hook completed` from the runner's job hooks: see docs/github.md of tunegate"
	var calls, missing []string
	for _, name := range []string{startedHook, completedHook} {
		script, _ := proc.LookupEnv(in.machine.Environ, name)
		// One that cannot be read here, as from a container, may call it.
		if text, err := os.ReadFile(script); script == "" || err == nil && !strings.Contains(string(text), "tunegate") {
			missing = append(missing, name)
			continue
		}
		calls = append(calls, script)
	}
	if missing != nil {
		return []check.Check{check.Warned("hooks", "what a killed job leaves is not cleaned up before the next one: "+strings.Join(missing, " and ")+" of the runner do not call tunegate", fix)}
	}
	return []check.Check{check.Passed("hooks", strings.Join(slices.Compact(calls), ", "))}
}
