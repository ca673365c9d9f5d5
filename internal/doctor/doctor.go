// Package doctor finds what would stop a run on this machine, and names the
// command that fixes it. It can also rehearse a run with a tiny model.
package doctor

import (
	"context"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
)

// look is one entry of the doctor's list: it checks one thing, and returns no
// check if that does not apply.
type look func(context.Context, inspection) []check.Check

// looks are the doctor's checks, in the order of its report: each after
// those needed to fix it.
func looks() []look {
	return []look{
		one(gitCheck),
		one(tempCheck),
		one(configCheck),
		uncommittedChecks,
		sourceChecks,
		cloneChecks,
		baseChecks,
		lockChecks,
		templateChecks,
		penaltyChecks,
		contextChecks,
		one(clockCheck),
		one(homeCheck),
		one(diskCheck),
		toolChecks, // Python, and Ollama with what it is built with
		servedChecks,
		promotionChecks,
		portChecks,
		one(networkCheck),
		one(gpuCheck),
		cudaChecks,
		memoryChecks,
		threadChecks,
		sharingChecks,
		storeChecks,
		modelsChecks,
		hookChecks,
	}
}

// one is a look that always returns a check.
func one(f func(context.Context, inspection) check.Check) look {
	return func(ctx context.Context, in inspection) []check.Check { return []check.Check{f(ctx, in)} }
}

// Run checks everything that a run with the subject's config needs. It changes
// nothing and starts nothing but queries.
func Run(ctx context.Context, m machine.Machine, about Subject) []check.Check {
	in := inspect(ctx, m, about)
	var found []check.Check
	for _, look := range looks() {
		found = append(found, look(ctx, in)...)
	}
	return found
}
