package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/pipeline"
)

type refs struct {
	Base string `help:"What is judged against (default: the default branch)." placeholder:"REF"`
	Head string `help:"What is judged (default: the working tree)." placeholder:"REF"`
}

type runCommand struct {
	refs
	Until       string        `help:"Stop after this stage." placeholder:"STAGE"`
	Force       string        `help:"Do this stage again even if its result is kept." placeholder:"STAGE"`
	MaxDuration time.Duration `help:"Give up after this long." default:"${maxDuration}"`
}

// stageCommand is `tunegate STAGE`: a run that ends after it.
type stageCommand struct {
	refs
}

func (c stageCommand) Run(s *session, parsed *kong.Context) error {
	return runCommand{refs: c.refs, Until: strings.Fields(parsed.Command())[0], MaxDuration: config.MaxDuration}.Run(s)
}

func (c runCommand) Run(s *session) error {
	if err := c.check(); err != nil {
		return usage(err)
	}
	repository, err := s.repository()
	if err != nil {
		return err
	}
	progress := newProgress(s.world.stderr, s.world.clock, s.cli.Quiet)
	machine, err := s.machine(progress)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(s.ctx, c.MaxDuration, fmt.Errorf("not done within --max-duration %s", c.MaxDuration))
	defer cancel()
	result, err := pipeline.Run(ctx, machine, repository, pipeline.Options{
		Refs:       pipeline.Refs{Base: c.Base, Head: c.Head},
		ConfigPath: s.cli.Config, Until: pipeline.Stage(c.Until), Force: pipeline.Stage(c.Force),
	})
	progress.clear()
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && s.ctx.Err() == nil {
			return fmt.Errorf("%w: %w", cause, err)
		}
		return inputError(err)
	}
	return s.show(result)
}

// check refuses the stages that a run can not stop at or do again.
func (c runCommand) check() error {
	for _, name := range []string{c.Until, c.Force} {
		if name != "" && !slices.Contains(pipeline.Stages(), pipeline.Stage(name)) {
			return fmt.Errorf("unknown stage %q (known: %s)", name, strings.Trim(fmt.Sprint(pipeline.Stages()), "[]"))
		}
	}
	switch pipeline.Stage(c.Force) {
	case pipeline.Gate, pipeline.Report:
		return fmt.Errorf("--force %s: verdict and report are made anew in every run, there is nothing to force (hint: leave it out)", c.Force)
	}
	if pipeline.Stage(c.Until) == pipeline.Gate {
		return errors.New("--until gate: a verdict always comes with its report (hint: --until eval stops before the verdict; leave it out for both)")
	}
	return nil
}

// inputError gives mistakes in what the user wrote or named their exit code.
func inputError(err error) error {
	if errors.Is(err, pipeline.ErrInput) {
		return usage(err)
	}
	return err
}

// encode prints the result of a command with --json.
func (s *session) encode(result any) error {
	encoder := json.NewEncoder(s.world.stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}

// show prints a finished run and gives the verdict's exit code.
func (s *session) show(result pipeline.Result) error {
	out := s.world.stdout
	switch {
	case s.cli.JSON:
		if err := s.encode(result); err != nil {
			return err
		}
	case result.Verdict == nil:
		fmt.Fprintf(out, "%s\nresults: %s\n", result.Stopped, result.Dir)
	default:
		fmt.Fprintf(out, "%s", result.Summary)
		fmt.Fprintf(out, "report: %s\n", filepath.Join(result.Dir, "report", "report.html"))
	}
	if result.Exit != 0 {
		return &exitError{code: result.Exit}
	}
	return nil
}
