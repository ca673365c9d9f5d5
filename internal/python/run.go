package python

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tunegate/tunegate/internal/proc"
)

// Problem is a failure that a program names: a guard that did not hold, or
// input that it can not use.
type Problem struct {
	Name    string `json:"name"` // such as guard/dead-adapter
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

func (p *Problem) Error() string { return fmt.Sprintf("%s: %s (hint: %s)", p.Name, p.Message, p.Hint) }

// answer is a line that a program writes on its descriptor 3: one of these keys.
type answer struct {
	Progress json.RawMessage `json:"progress"`
	Result   json.RawMessage `json:"result"`
	Error    *Problem        `json:"error"`
}

// shownLines is how much of a failed program's output its error shows.
const shownLines = 20

// Run runs a program to its end and returns its result. What it prints goes to
// log, each of its progress answers to progress. A failure that it names is a
// *Problem; any other ends with the last lines that it printed, fenced.
func Run(ctx context.Context, launcher proc.Launcher, c proc.Command, log io.Writer, progress func(json.RawMessage)) (json.RawMessage, error) {
	tail := proc.NewTail(shownLines)
	c.Log = tail
	if log != nil {
		c.Log = io.MultiWriter(log, tail)
	}
	var result json.RawMessage
	var problem *Problem
	var broken error
	c.Lines = func(line []byte) {
		var a answer
		switch err := json.Unmarshal(line, &a); {
		case err != nil:
			broken = errors.Join(broken, fmt.Errorf("%s: an answer is no JSON: %.100q", c.Name, line))
		case a.Error != nil:
			problem = a.Error
		case a.Result != nil:
			result = a.Result
		case progress != nil:
			progress(a.Progress)
		}
	}
	child, err := launcher.Start(ctx, c)
	if err != nil {
		return nil, err
	}
	err = child.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, err
	case problem != nil:
		return nil, problem
	case err != nil:
		return nil, fmt.Errorf("%w; its last lines:\n%s", err, tail.Fenced())
	case broken != nil:
		return nil, broken
	case result == nil:
		return nil, fmt.Errorf("%s ended without a result; its last lines:\n%s", c.Name, tail.Fenced())
	}
	return result, nil
}
