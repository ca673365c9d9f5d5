package maths

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
)

// child is one run of maths.py.
type child struct {
	process  *proc.Process
	requests *io.PipeWriter
	answers  chan python.Answer // at most one is pending at a time
	tail     *proc.Tail
	ready    bool
}

func startChild(ctx context.Context, launcher proc.Launcher, interpreter python.Interpreter, log io.Writer) (*child, error) {
	stdin, requests := io.Pipe()
	c := &child{requests: requests, answers: make(chan python.Answer, 1), tail: proc.NewTail(20)}
	command := interpreter.Command("maths.py")
	command.Stdin = stdin
	command.Log = c.tail
	if log != nil {
		command.Log = io.MultiWriter(c.tail, log)
	}
	command.Lines = func(line []byte) {
		var a python.Answer
		if json.Unmarshal(line, &a) != nil {
			return
		}
		select {
		case c.answers <- a:
		default: // not requested
		}
	}
	var err error
	if c.process, err = launcher.Start(ctx, command); err != nil {
		return nil, err
	}
	return c, nil
}

// stop ends the process and waits for it.
func (c *child) stop() {
	c.requests.Close()
	c.process.Stop()
	c.process.Wait()
}

// awaitReady waits until the child has imported its libraries.
func (c *child) awaitReady(ctx context.Context) error {
	if c.ready {
		return nil
	}
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	select {
	case a := <-c.answers:
		c.ready = string(a.Progress) == `"ready"`
	case <-c.process.Done():
	case <-limit.C:
		return fmt.Errorf("maths: not ready after %v (hint: try again when the machine is less busy)", startLimit)
	case <-ctx.Done():
		return fmt.Errorf("maths: %w", ctx.Err())
	}
	if !c.ready {
		return fmt.Errorf("maths: the child process did not start: %v\n%s", c.process.Wait(), c.tail.Fenced())
	}
	return nil
}

// compare sends a request and waits for its result, no longer than wall.
func (c *child) compare(ctx context.Context, r request, wall time.Duration) (Result, error) {
	line, err := r.line()
	if err != nil {
		return Result{}, fmt.Errorf("maths: %w", err)
	}
	limit := time.NewTimer(wall)
	defer limit.Stop()
	go c.requests.Write(line) // returns when the child reads it, or at stop
	for {
		select {
		case a := <-c.answers:
			var got comparison
			if json.Unmarshal(a.Result, &got) != nil || got.ID != r.ID {
				continue
			}
			return Result{Verdict: got.Verdict, Gold: got.Gold, Answer: got.Answer, Why: got.Why}, nil
		case <-c.process.Done():
			if ctx.Err() != nil {
				return Result{}, fmt.Errorf("maths: %w", ctx.Err())
			}
			return Result{Verdict: Unknown, Why: fmt.Sprintf("the comparison crashed its process: %v", c.process.Wait())}, nil
		case <-limit.C:
			return Result{Verdict: Unknown, Why: fmt.Sprintf("not decided within %v", wall)}, nil
		case <-ctx.Done():
			return Result{}, fmt.Errorf("maths: %w", ctx.Err())
		}
	}
}
