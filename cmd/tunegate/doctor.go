package main

import (
	"encoding/json"
	"fmt"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/runner"
)

type doctorCommand struct{}

// Run looks at the machine for the config at the default branch, or for the
// defaults where there is none.
func (doctorCommand) Run(s *session) error {
	machine, err := s.machine(newProgress(s.world.stderr, s.world.clock, s.cli.Quiet))
	if err != nil {
		return err
	}
	wanted := config.Runner{Python: "auto", Ollama: "auto"}
	about := "no config here, so for the defaults"
	if repository, err := s.repository(); err == nil {
		if plan, err := pipeline.NewPlan(s.ctx, repository, s.cli.Config, pipeline.Refs{}); err == nil {
			wanted, about = plan.Config.Runner, "for "+s.cli.Config+" at "+plan.BaseRef
		} else {
			about = fmt.Sprintf("for the defaults, since the config is not usable: %v", err)
		}
	}
	checks := runner.Doctor(s.ctx, machine, wanted)
	if s.cli.JSON {
		encoder := json.NewEncoder(s.world.stdout)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(checks); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(s.world.stdout, about)
		for _, check := range checks {
			mark := "ok  "
			if !check.OK {
				mark = "FAIL"
			}
			fmt.Fprintf(s.world.stdout, "%s %-7s %s\n", mark, check.Name, check.Found)
			if !check.OK {
				fmt.Fprintf(s.world.stdout, "             mend: %s\n", check.Mend)
			}
		}
	}
	if !runner.Healthy(checks) {
		return &exitError{exitBroke, fmt.Errorf("something would stop a run")}
	}
	return nil
}
