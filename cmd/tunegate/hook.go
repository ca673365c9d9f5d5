package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tunegate/tunegate/internal/clean"
)

// hookWait bounds a hook: a runner waits for one without a limit.
const hookWait = 30 * time.Second

type hookCommand struct {
	Event string `arg:"" enum:"started,completed" help:"Job hook that calls it: started or completed."`
}

// Run cleans up. Both events do the same: a runner that went down calls no hook for
// its job. It fails no job: what it cannot do is printed and left to the next
// tunegate command.
func (c hookCommand) Run(s *session) error {
	progress := newProgress(s.world.stderr, s.world.clock, s.cli.Quiet)
	killed, err := s.afterKill(progress)
	progress.clear()
	if err != nil {
		s.world.complain(fmt.Errorf("note: hook %s: %w", c.Event, err))
	}
	if s.cli.JSON {
		return s.encode(killed)
	}
	return nil
}

func (s *session) afterKill(progress *progress) (clean.Killed, error) {
	m, err := s.machine(progress)
	if err != nil {
		return clean.Killed{}, err
	}
	ctx, cancel := context.WithTimeout(s.ctx, hookWait)
	defer cancel()
	type result struct {
		killed clean.Killed
		err    error
	}
	done := make(chan result, 1)
	go func() {
		killed, err := clean.AfterKill(ctx, m)
		done <- result{killed, err}
	}()
	select {
	case r := <-done:
		return r.killed, r.err
	case <-ctx.Done(): // such as a disk of a network that does not answer
		return clean.Killed{}, errors.New("cleanup after a killed tunegate did not finish in time (hint: run `tunegate clean`)")
	}
}
