package train

import (
	"context"
	"encoding/json"
	"errors"
	"io"
)

// Launcher starts the trainer: on this machine, or as a queue's job that continues
// without tunegate. Each launcher has its own file; nothing else depends on where the
// trainer runs.
type Launcher interface {
	// Name is the launcher's name in the config and in a saved job.
	Name() string

	// Start starts a job. If jobs outlive tunegate, it calls save with a JSON value
	// that lets Attach find the job, before the trainer can run: with an identifier
	// chosen beforehand, or that of a job held until save returns. It fails if save
	// fails.
	Start(ctx context.Context, job Job, save func(handle json.RawMessage) error) (Running, error)

	// Attach finds a waiting, running or ended job by its handle, and releases one
	// that is still held. ErrGone means that there is none; only then may another be
	// started, not after any other error.
	Attach(ctx context.Context, job Job, handle json.RawMessage) (Running, error)
}

// Job is one training: the program train.py, as main(Args).
type Job struct {
	// Dir is absolute. It holds the spec, which names the input files by absolute path,
	// and receives everything that the trainer writes.
	Dir string
	// Args are the program's arguments. A launcher that cannot give it a
	// descriptor 3 adds "--answers" and a file, to which the program appends.
	Args []string
	// Answer receives each answer of the program, a line of JSON, from the job's first
	// on. A launcher may add its own about what the job waits for:
	// {"progress": {"phase": "waiting: Resources"}}.
	Answer func(line []byte)
	// Log receives the program's output from its first line on; with several processes,
	// the lines of the first to fail come last.
	Log io.Writer
}

// Running is a started or found job.
type Running interface {
	// Wait passes on answers and log until the trainer ends, with an error unless it
	// succeeded, or ctx ends. ErrUnreachable means that the trainer may continue
	// unobserved.
	Wait(ctx context.Context) error

	// Cancel ends the job, or removes it from the queue, and returns when the trainer
	// is gone. For an ended job it does nothing.
	Cancel(ctx context.Context) error

	// Collect copies what a successful trainer wrote to the job's Dir, even if an
	// earlier call copied part of it.
	Collect(ctx context.Context) error
}

// ErrGone means that the launcher has no such job.
var ErrGone = errors.New("no such job")

// ErrUnreachable marks errors after which the trainer may continue unobserved.
var ErrUnreachable = errors.New("the trainer's job cannot be reached")
