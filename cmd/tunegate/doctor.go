package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/proc"
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
	about := runner.Subject{ConfigPath: s.cli.Config, Command: s.command()}
	about.Repo, about.RepoErr = s.repository()
	checks := runner.Doctor(s.ctx, machine, about)
	if s.cli.JSON {
		if err := s.encode(checks); err != nil {
			return err
		}
	} else {
		s.print(checks)
	}
	if !runner.Healthy(checks) {
		return &exitError{exitBroke, errors.New("something would stop a run")}
	}
	return nil
}

func (s *session) print(checks []runner.Check) {
	const indent = "             "
	out := proc.NewCleaner(s.world.stdout, "")
	for _, check := range checks {
		mark := "ok  "
		if !check.OK {
			mark = "FAIL"
		}
		fmt.Fprintf(out, "%s %-7s %s\n", mark, check.Name, strings.ReplaceAll(check.Found, "\n", "\n"+indent+proc.Fence))
		if !check.OK {
			fmt.Fprintf(out, "%smend: %s\n", indent, check.Mend)
		}
	}
}

// command is this program with the global flags that it was given.
func (s *session) command() string {
	command := "tunegate"
	for _, flag := range []struct{ name, value, standard string }{
		{"-C", s.cli.Dir, "."}, {"--config", s.cli.Config, config.FileName}, {"--home", s.cli.Home, ""},
	} {
		if flag.value != flag.standard {
			command += " " + flag.name + " " + quote(flag.value)
		}
	}
	return command
}

// quote makes one word of a shell of the value.
func quote(value string) string {
	if !strings.ContainsAny(value, " \t\n'\"\\$`*?[]{}()<>|&;~#!") {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
