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
	replies  chan reply    // at most one is due at a time
	ended    chan struct{} // closed when the process is gone
	tail     *proc.Tail
	ready    bool
}

func startChild(ctx context.Context, launcher proc.Launcher, interpreter python.Interpreter, log io.Writer) (*child, error) {
	stdin, requests := io.Pipe()
	c := &child{requests: requests, replies: make(chan reply, 1), ended: make(chan struct{}), tail: proc.NewTail(20)}
	command := interpreter.Command("maths.py")
	command.Stdin = stdin
	command.Log = c.tail
	if log != nil {
		command.Log = io.MultiWriter(c.tail, log)
	}
	command.Lines = func(line []byte) {
		var r reply
		if json.Unmarshal(line, &r) != nil {
			return
		}
		select {
		case c.replies <- r:
		default: // nobody asked
		}
	}
	var err error
	if c.process, err = launcher.Start(ctx, command); err != nil {
		return nil, err
	}
	go func() {
		c.process.Wait()
		stdin.Close()
		close(c.ended)
	}()
	return c, nil
}

// stop ends the process and waits for its end.
func (c *child) stop() {
	c.requests.Close()
	c.process.Stop()
	<-c.ended
}

// awaitReady waits until the child has imported what it needs.
func (c *child) awaitReady(ctx context.Context) error {
	if c.ready {
		return nil
	}
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	select {
	case r := <-c.replies:
		c.ready = r.Progress == "ready"
	case <-c.ended:
	case <-limit.C:
		return fmt.Errorf("maths: not ready after %v: is the machine overloaded?", startLimit)
	case <-ctx.Done():
		return fmt.Errorf("maths: %w", ctx.Err())
	}
	if !c.ready {
		return fmt.Errorf("maths: the child does not start: %v\n%s", c.process.Wait(), c.tail.Fenced())
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
	go c.requests.Write(line) // fails when the child ends, which is seen below
	for {
		select {
		case got := <-c.replies:
			if got.Result.ID != r.ID {
				continue
			}
			return Result{Verdict: got.Result.Verdict, Gold: got.Result.Gold, Answer: got.Result.Answer, Why: got.Result.Why}, nil
		case <-c.ended:
			if ctx.Err() != nil {
				return Result{}, fmt.Errorf("maths: %w", ctx.Err())
			}
			return Result{Verdict: Unknown, Why: fmt.Sprintf("the comparison broke its process: %v", c.process.Wait())}, nil
		case <-limit.C:
			return Result{Verdict: Unknown, Why: fmt.Sprintf("not decided within %v", wall)}, nil
		case <-ctx.Done():
			return Result{}, fmt.Errorf("maths: %w", ctx.Err())
		}
	}
}
