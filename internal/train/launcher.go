package train

import (
	"context"
	"encoding/json"
	"errors"
	"io"
)

// Launcher starts the trainer: on this machine, or as the job of a queue that
// goes on without tunegate. Each is a file of its own; nothing else knows where
// the trainer runs.
type Launcher interface {
	// Name is the launcher's word in the config and in a saved job.
	Name() string

	// Start starts a job. Where jobs outlive tunegate it calls save with all that
	// Attach needs to find this one again, as a JSON value, before the trainer can
	// run: with an identifier chosen beforehand, or with that of a job which is
	// held until save has returned. It gives up when save fails.
	Start(ctx context.Context, job Job, save func(handle json.RawMessage) error) (Running, error)

	// Attach finds a job that waits, runs or has ended by its handle, and lets go
	// one that is still held. ErrGone says that there is none, and only then may
	// another be started; any other error leaves that open.
	Attach(ctx context.Context, job Job, handle json.RawMessage) (Running, error)
}

// Job is one training: the program train.py, as main(Args).
type Job struct {
	// Dir is absolute. It holds the spec, which names the other files to read by
	// absolute paths, and gets all that the trainer writes.
	Dir string
	// Args are the program's arguments. A launcher that cannot give it a
	// descriptor 3 adds "--answers" and a file, to which the program appends.
	Args []string
	// Answer gets each answer of the program, a line of JSON, from the job's first
	// on. A launcher may add its own about what the job waits for:
	// {"progress": {"phase": "waiting: Resources"}}.
	Answer func(line []byte)
	// Log gets what the program prints, from the job's first line on; of several
	// processes last the lines of the one that failed first.
	Log io.Writer
}

// Running is a job that was started or found.
type Running interface {
	// Wait passes on answers and log until the trainer has ended, with an error
	// unless it succeeded, or ctx has. ErrUnreachable says that the trainer may go
	// on unseen.
	Wait(ctx context.Context) error

	// Cancel ends the job, or takes it out of the queue, and returns when the
	// trainer is gone. A job that has ended needs nothing.
	Cancel(ctx context.Context) error

	// Collect brings what a trainer that succeeded wrote into the job's Dir, also
	// where an earlier call brought some of it.
	Collect(ctx context.Context) error
}

// ErrGone says that a launcher knows no such job.
var ErrGone = errors.New("no such job")

// ErrUnreachable is behind errors after which the trainer may go on unseen.
var ErrUnreachable = errors.New("the trainer's job cannot be reached")
