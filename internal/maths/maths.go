// Package maths compares an answer in free text with an expected expression: equal,
// different or unknown. Math-Verify does the comparison in a Python child process, which
// is killed when it takes too long: its parser and arithmetic are unbounded.
package maths

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
)

// Verdict is the outcome of a comparison.
type Verdict string

// The verdicts. Unknown is not a failed answer, but one that could not be decided.
const (
	Equal     Verdict = "equal"
	Different Verdict = "different"
	Unknown   Verdict = "unknown"
)

// Result is a verdict with what was compared, as text of at most 200 characters.
type Result struct {
	Verdict Verdict
	Gold    string // the expression read from the expected value
	Answer  string // the expression read from the answer; empty when there was none
	Why     string // the reason, unless equal
}

// Options of a Checker.
type Options struct {
	Wall time.Duration // a comparison that takes longer is unknown
	Log  io.Writer     // gets what the child writes to its standard streams; nil: dropped
}

// Bounds of the input, in bytes, and of a child's start, which imports for seconds.
const (
	maxGold    = 1 << 10
	maxAnswer  = 16 << 10
	startLimit = 2 * time.Minute
)

// badGold is the child's verdict on an expected value that is not an expression.
const badGold Verdict = "bad-gold"

// ErrGold is the error for such a value.
var ErrGold = errors.New("not an expression")

// Checker compares with one child at a time. It is safe for concurrent use.
type Checker struct {
	ctx         context.Context // of Start: bounds the life of every child
	launcher    proc.Launcher
	interpreter python.Interpreter
	options     Options

	mu     sync.Mutex
	child  *child
	lastID int
}

// Start starts the first child without waiting for it. Children end with ctx or
// [Checker.Close].
func Start(ctx context.Context, launcher proc.Launcher, interpreter python.Interpreter, o Options) (*Checker, error) {
	if o.Wall <= 0 {
		return nil, errors.New("maths: no time for comparisons (hint: set the wall limit)")
	}
	c := &Checker{ctx: ctx, launcher: launcher, interpreter: interpreter, options: o}
	return c, c.startChild()
}

// Compare reports whether answer (any text) equals gold (an expression, plain or
// LaTeX). An error means that nothing was compared: gold is not an expression, the
// child cannot run, or ctx has ended.
func (c *Checker) Compare(ctx context.Context, gold, answer string) (Result, error) {
	if len(gold) > maxGold {
		return Result{}, fmt.Errorf("maths: an expected value of %d bytes is %w (at most %d)", len(gold), ErrGold, maxGold)
	}
	if len(answer) > maxAnswer {
		return Result{Verdict: Unknown, Why: fmt.Sprintf("an answer of %d bytes is too long (at most %d)", len(answer), maxAnswer)}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.child == nil {
		if err := c.startChild(); err != nil {
			return Result{}, err
		}
	}
	if err := c.child.awaitReady(ctx); err != nil {
		c.stopChild()
		return Result{}, err
	}
	c.lastID++
	result, err := c.child.compare(ctx, request{ID: c.lastID, Gold: gold, Answer: answer}, c.options.Wall)
	if err != nil || result.Verdict == Unknown {
		// The next comparison gets a new child: this one may be stuck, dead or out of memory.
		c.stopChild()
	}
	if err != nil {
		return Result{}, err
	}
	if result.Verdict == badGold {
		return Result{}, fmt.Errorf("maths: %q is %w (hint: correct the suite's expected value)", gold, ErrGold)
	}
	return result, nil
}

// Close ends the child and waits until it is gone.
func (c *Checker) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopChild()
}

func (c *Checker) stopChild() {
	if c.child != nil {
		c.child.stop()
		c.child = nil
	}
}

func (c *Checker) startChild() error {
	started, err := startChild(c.ctx, c.launcher, c.interpreter, c.options.Log)
	if err != nil {
		return fmt.Errorf("maths: %w", err)
	}
	c.child = started
	return nil
}

// request is one line to the child.
type request struct {
	ID     int    `json:"id"`
	Gold   string `json:"gold"`
	Answer string `json:"answer"`
}

// comparison is the child's result.
type comparison struct {
	ID      int     `json:"id"`
	Verdict Verdict `json:"verdict"`
	Gold    string  `json:"gold"`
	Answer  string  `json:"answer"`
	Why     string  `json:"why"`
}

func (r request) line() ([]byte, error) {
	data, err := json.Marshal(r)
	return append(data, '\n'), err
}
