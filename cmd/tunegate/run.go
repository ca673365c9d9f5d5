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
	for _, name := range []string{c.Until, c.Force} {
		if name != "" && !slices.Contains(pipeline.Stages(), pipeline.Stage(name)) {
			return usage(fmt.Errorf("unknown stage %q (known: %v)", name, pipeline.Stages()))
		}
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

// inputError gives mistakes in what the user wrote or named their exit code.
func inputError(err error) error {
	if errors.Is(err, pipeline.ErrInput) {
		return usage(err)
	}
	return err
}

// show prints a finished run and gives the verdict's exit code.
func (s *session) show(result pipeline.Result) error {
	out := s.world.stdout
	switch {
	case s.cli.JSON:
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(result); err != nil {
			return err
		}
	case result.Stopped:
		fmt.Fprintf(out, "stopped before a verdict, as asked; the results are in %s\n", result.Dir)
	default:
		fmt.Fprintf(out, "%s", result.Summary)
		fmt.Fprintf(out, "report: %s\n", filepath.Join(result.Dir, "report", "report.html"))
	}
	if result.Exit != 0 {
		return &exitError{code: result.Exit}
	}
	return nil
}
