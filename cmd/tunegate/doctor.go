package main

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/doctor"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/text"
)

type doctorCommand struct {
	E2E bool `name:"e2e" help:"Also run everything once with a tiny model and tiny data (about 2 minutes)."`
}

// Run checks the machine for the config at the default branch, or for the
// defaults if there is none.
func (c doctorCommand) Run(s *session) error {
	progress := newProgress(s.world.stderr, s.world.clock, s.cli.Quiet)
	machine, err := s.machine(progress)
	if err != nil {
		return err
	}
	about := doctor.Subject{ConfigPath: s.cli.Config, Command: s.command()}
	about.Repo, about.RepoErr = s.repository()
	checks := doctor.Run(s.ctx, machine, about)
	progress.clear()
	if !s.cli.JSON {
		s.print(checks)
	}
	hint := "run each `fix:` command in order, then run doctor again"
	if c.E2E && !check.Healthy(checks) {
		hint += "; the tiny run was skipped"
	} else if c.E2E {
		tiny := doctor.Rehearse(s.ctx, machine, about)
		progress.clear()
		if !s.cli.JSON {
			s.print(tiny)
		}
		checks = append(checks, tiny...)
	}
	if s.cli.JSON {
		if err := s.encode(checks); err != nil {
			return err
		}
	}
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	if !check.Healthy(checks) {
		return &exitError{exitBroke, fmt.Errorf("something would stop a run (hint: %s)", hint)}
	}
	return nil
}

func (s *session) print(checks []check.Check) {
	const marks, gap = 5, 1
	width := 0
	for _, c := range checks {
		width = max(width, len(c.Name))
	}
	indent := strings.Repeat(" ", marks+width+gap)
	said := func(s string) string { return strings.ReplaceAll(text.Clean(s), "\n", "\n"+indent+proc.Fence) }
	out := proc.NewCleaner(s.world.stdout, "")
	for _, c := range checks {
		mark := string(c.Level)
		if c.Level == check.Fail {
			mark = "FAIL"
		}
		fmt.Fprintf(out, "%-4s %-*s %s\n", mark, width, c.Name, said(c.Found))
		if c.Fix != "" {
			fmt.Fprintf(out, "%sfix: %s\n", indent, said(c.Fix))
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
			command += " " + flag.name + " " + text.ShellWord(flag.value)
		}
	}
	return command
}
