package main

import (
	"errors"
	"io"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/proc"
)

type setupCommand struct {
	Tools bool   `help:"Install only the Python environment and Ollama; needs no repository."`
	Base  string `help:"Ref whose config and base model to prepare (default: the default branch)." placeholder:"REF"`

	RenewLock bool `help:"Rewrite tunegate.lock from the base model on this machine. Without this flag a base model that differs from the lock is an error."`
}

func (c setupCommand) Run(s *session) error {
	progress := newProgress(s.world.stderr, s.world.clock, s.cli.Quiet)
	defer progress.clear()
	machine, err := s.machine(progress)
	if err != nil {
		return err
	}
	if c.Tools && c.RenewLock {
		return usage(errors.New("--renew-lock has no effect with --tools (hint: leave one of them out)"))
	}
	log := s.world.stderr
	if s.cli.Quiet {
		log = io.Discard
	}
	installers := proc.NewCleaner(log, proc.Fence)
	if c.Tools {
		err = pipeline.Tools(s.ctx, machine, config.Runner{Python: "auto", Ollama: "auto"}, installers)
	} else {
		repository, openErr := s.repository()
		if openErr != nil {
			return openErr
		}
		err = pipeline.Setup(s.ctx, machine, repository, pipeline.SetupOptions{ConfigPath: s.cli.Config, Base: c.Base, Relock: c.RenewLock}, installers)
	}
	if err = errors.Join(err, installers.Close()); err != nil {
		return inputError(err)
	}
	if s.cli.JSON {
		return s.encode(map[string]string{"home": machine.Home})
	}
	return printClean(s.world.stdout, "ready: %s\n", machine.Home)
}
