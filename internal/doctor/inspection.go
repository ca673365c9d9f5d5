package doctor

import (
	"context"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
)

// Subject is what the doctor examines.
type Subject struct {
	Repo       *repo.Repo // nil if none could be opened
	RepoErr    error      // why not
	ConfigPath string     // slash separated, from the top of the repository
	Command    string     // this program with its global flags, as in "tunegate -C demo"
}

// inspection is what several looks share; it is computed once, and no look changes
// it.
type inspection struct {
	machine machine.Machine
	about   Subject
	wanted
	base   baseModel
	device machine.Device

	// Why the device is unknown; nil: it is known.
	deviceErr error

	// Checks found along the way, reported in their turn.
	ofConfig check.Check
	ofBase   []check.Check
	ofTools  []check.Check
}

// wanted is what a run would use.
type wanted struct {
	runner config.Runner  // the defaults where there is no config
	config *config.Config // of the default branch, else of the working tree, else nil
	// plan is that of the default branch, which judges; if that has no config, that of
	// the working tree, which is not Gated; nil: neither has one without a mistake.
	plan *plan.Plan
	root string // the top of the working tree
}

func inspect(ctx context.Context, m machine.Machine, about Subject) inspection {
	in := inspection{machine: m, about: about}
	in.ofConfig, in.wanted = readConfig(ctx, about)
	in.base, in.ofBase = readBase(ctx, in.wanted)
	in.ofTools = append(pythonChecks(ctx, in), ollamaChecks(ctx, in)...)
	in.device, in.deviceErr = m.Device(ctx)
	return in
}

// setup is the command that installs what is missing.
func (in inspection) setup() string {
	if in.plan == nil || !in.plan.Gated { // setup would not find a config either
		return in.about.Command + " setup --tools"
	}
	return in.about.Command + " setup"
}

func configCheck(_ context.Context, in inspection) check.Check { return in.ofConfig }

func baseChecks(_ context.Context, in inspection) []check.Check { return in.ofBase }

func toolChecks(_ context.Context, in inspection) []check.Check { return in.ofTools }
