// Package runner looks after the machine: in goes what a run would use of it,
// out comes each thing that would stop a run, with the command that mends it.
package runner

import (
	"context"
	"slices"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
)

// Level says how much a check matters.
type Level string

// The levels of a check.
const (
	OK   Level = "ok"
	Warn Level = "warn" // a run goes on, with something that its owner should know
	Fail Level = "fail" // a run would stop, or its result could not be relied on
)

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"`
	Level Level  `json:"level"`
	Found string `json:"found"`
	Mend  string `json:"mend,omitempty"` // a command, or words with commands and keys in backquotes; empty where Level is OK
}

// Doctor looks at everything that a run with the subject's config needs, each
// thing after those that it takes to bring it. It changes nothing and starts
// nothing but queries.
func Doctor(ctx context.Context, m machine.Machine, about Subject) []Check {
	git, temp := gitCheck(ctx, m), tempCheck(m.TempDir)
	settings, wanted := configCheck(ctx, about)
	setup := about.Command + " setup --tools"
	if wanted.plan != nil {
		setup = about.Command + " setup"
	}
	tools := append(pythonChecks(ctx, m, wanted.runner.Python, setup), ollamaChecks(ctx, m, wanted.runner.Ollama, setup)...)
	base, baseCheck := readBase(ctx, about.Repo, wanted)

	checks := []Check{git, temp, settings}
	checks = append(checks, baseCheck...)
	checks = append(checks, servingChecks(wanted, base)...)
	home := homeCheck(m.Home)
	checks = append(checks, clockCheck(ctx, m, about.Repo), home)
	checks = append(checks, diskCheck(m.Home, space(m, base, !Healthy(tools))))
	checks = append(checks, tools...)
	if wanted.runner.Ollama != config.Auto && Healthy(tools) {
		checks = append(checks, servedChecks(ctx, about.Command, wanted)...)
	}
	if wanted.runner.Ollama == config.Auto {
		checks = append(checks, portCheck())
	}
	checks = append(checks, gpuChecks(ctx, m, wanted, base)...)
	if home.Level != Fail {
		checks = append(checks, storeCheck(ctx, m, about.Command), modelsCheck(ctx, m, about.Command))
	}
	for i := range checks {
		if checks[i].Level == OK {
			checks[i].Mend = ""
		}
	}
	return checks
}

// Healthy says whether nothing would stop a run.
func Healthy(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return c.Level == Fail })
}

// judge is a check of something that is right or stops a run.
func judge(name string, right bool, found, mend string) Check {
	check := Check{Name: name, Level: OK, Found: found}
	if !right {
		check.Level, check.Mend = Fail, mend
	}
	return check
}
