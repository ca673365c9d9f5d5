// Package doctor looks for whatever would stop a run on this machine, and names the
// command that fixes it. It can also rehearse a run with a tiny model.
package doctor

import (
	"context"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
)

// look is one line of the doctor's list: it looks at one thing, and gives no
// check where there is nothing to look at.
type look func(context.Context, inspection) []check.Check

// looks are what the doctor does, in the order in which it tells of it: each after
// those that it takes to fix it.
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

// one is a look that gives a check in any case.
func one(f func(context.Context, inspection) check.Check) look {
	return func(ctx context.Context, in inspection) []check.Check { return []check.Check{f(ctx, in)} }
}

// Run looks at everything that a run with the subject's config needs. It changes
// nothing and starts nothing but queries.
func Run(ctx context.Context, m machine.Machine, about Subject) []check.Check {
	in := inspect(ctx, m, about)
	var found []check.Check
	for _, look := range looks() {
		found = append(found, look(ctx, in)...)
	}
	return found
}
