package train

import (
	"context"
	"encoding/json"

	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
)

// Local runs the trainer as a child process that dies with tunegate: there is no job to
// attach to, and the next run resumes from the last checkpoint.
type Local struct {
	Children    proc.Launcher
	Interpreter python.Interpreter
}

// Name is "local".
func (Local) Name() string { return "local" }

// Start starts the child. It ends with ctx.
func (l Local) Start(ctx context.Context, job Job, _ func(json.RawMessage) error) (Running, error) {
	command := l.Interpreter.Command("train.py", job.Args...)
	command.Name, command.Log, command.Lines = trainerName, job.Log, job.Answer
	child, err := l.Children.Start(ctx, command)
	if err != nil {
		return nil, err
	}
	return localRun{child}, nil
}

// Attach returns ErrGone.
func (Local) Attach(context.Context, Job, json.RawMessage) (Running, error) { return nil, ErrGone }

type localRun struct{ child *proc.Process }

func (r localRun) Wait(context.Context) error { return r.child.Wait() }

func (r localRun) Cancel(context.Context) error {
	r.child.Stop()
	<-r.child.Done()
	return nil
}

func (localRun) Collect(context.Context) error { return nil }
