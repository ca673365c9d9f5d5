package main

import (
	"errors"
	"io"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/proc"
)

type setupCommand struct {
	Tools bool   `help:"Only the Python environment and Ollama, for no repository in particular."`
	Base  string `help:"The ref whose config and base model are prepared (default: the default branch)." placeholder:"REF"`

	RenewLock bool `help:"Write tunegate.lock anew, of the base model that lies here, whatever it says now; without it a base model that is another than the lock's is an error."`
}

func (c setupCommand) Run(s *session) error {
	progress := newProgress(s.world.stderr, s.world.clock, s.cli.Quiet)
	defer progress.clear()
	machine, err := s.machine(progress)
	if err != nil {
		return err
	}
	if c.Tools && c.RenewLock {
		return usage(errors.New("--tools is about no repository, so --renew-lock has no effect (hint: leave one of them out)"))
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
