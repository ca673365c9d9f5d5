package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

const (
	trainerName = "trainer" // in messages
	shownLines  = 20        // of a failed trainer's log
	cancelLimit = 10 * time.Second
)

func (s spec) run(ctx context.Context, launcher Launcher, progress func(Progress)) (Result, error) {
	same, err := s.written()
	if err != nil {
		return Result{}, err
	}
	if same {
		if result, err := load(s.OutDir); err == nil {
			return result, s.discardScratch()
		}
	} else if err := s.begin(ctx, launcher); err != nil {
		return Result{}, err
	}
	answer, running, err := s.follow(ctx, launcher, progress)
	if err != nil {
		return Result{}, err
	}
	if err := running.Collect(ctx); err != nil {
		return Result{}, err
	}
	result, err := check(s.OutDir, answer)
	if err != nil {
		s.forgetJob()
		return Result{}, err
	}
	if err := store.WriteJSON(filepath.Join(s.OutDir, resultFile), result); err != nil {
		return Result{}, err
	}
	return result, s.discardScratch()
}

// begin replaces what an attempt with another spec left. It cancels that job first and
// writes the new spec last, so that the spec on disk is always the job's.
func (s spec) begin(ctx context.Context, launcher Launcher) error {
	running, _, err := s.attach(ctx, launcher, Job{Dir: s.OutDir, Answer: func([]byte) {}, Log: io.Discard})
	if err == nil {
		err = running.Cancel(ctx)
	}
	if err != nil && !errors.Is(err, ErrGone) {
		return err
	}
	if err := s.discard(); err != nil {
		return err
	}
	return s.write()
}

// follow finds or starts the spec's job and waits for its result. An ended job is
// forgotten unless it succeeded, because its files must still be collected.
func (s spec) follow(ctx context.Context, launcher Launcher, progress func(Progress)) (json.RawMessage, Running, error) {
	log, err := s.append(logFile)
	if err != nil {
		return nil, nil, err
	}
	defer log.Close()
	events, err := s.append(eventsFile)
	if err != nil {
		return nil, nil, err
	}
	defer events.Close()

	var now Progress
	answers := python.NewAnswers(trainerName, func(raw json.RawMessage) {
		events.Write(append(raw, '\n')) // a lost event costs nothing
		now = now.next(raw)
		progress(now)
	})
	last := proc.NewTail(shownLines)
	running, err := s.attachOrStart(ctx, launcher, Job{
		Dir: s.OutDir, Args: []string{"--spec", filepath.Join(s.OutDir, specFile), "--resume", "auto"},
		Answer: answers.Take, Log: io.MultiWriter(log, last),
	}, events, log)
	if err != nil {
		return nil, nil, err
	}
	ended := running.Wait(ctx)
	switch {
	case ended != nil && ctx.Err() != nil:
		return nil, nil, s.cancel(ctx, running, ended)
	case errors.Is(ended, ErrUnreachable):
		return nil, nil, ended
	}
	answer, err := answers.Result(ended, last)
	if err != nil {
		s.forgetJob()
		return nil, nil, err
	}
	return answer, running, nil
}

// cancel ends the job of a cancelled run and returns the cause.
func (s spec) cancel(ctx context.Context, running Running, why error) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelLimit)
	defer stop()
	if err := running.Cancel(ctx); err != nil {
		return fmt.Errorf("%w, but the trainer's job may still be running: %w (hint: run the same command again to follow it)", why, err)
	}
	s.forgetJob()
	return why
}

// discardScratch removes what a finished run no longer needs.
func (s spec) discardScratch() error {
	s.forgetJob()
	return os.RemoveAll(filepath.Join(s.OutDir, checkpointsDir))
}
