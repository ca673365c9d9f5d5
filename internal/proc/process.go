package proc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Process is a child started by [Launcher.Start].
type Process struct {
	name string
	cmd  *exec.Cmd // the guard's
	log  *Cleaner

	lifeline  *os.File // closing it makes the guard end the child
	lines     *os.File
	portal    *portal // into a private network; nil if the child has none
	linesRead chan error

	mu    sync.Mutex
	ended bool
	cause error // why tunegate ended the child, when it did

	done chan struct{} // closed when err is final
	err  error
}

// ExitError means that a child ended by itself with an error.
type ExitError struct {
	Name string // of the command
	Code int    // exit code; 128 + n after signal n; 127: could not be executed
}

func (e *ExitError) Error() string {
	switch signal := syscall.Signal(e.Code - signalBase); {
	case signal == syscall.SIGKILL:
		return fmt.Sprintf("%s: killed (exit code %d), perhaps by the system's out-of-memory killer "+
			"(hint: check `dmesg`, free memory or use smaller batches)", e.Name, e.Code)
	case signal > 0 && signal < 65:
		return fmt.Sprintf("%s: ended by signal %v (exit code %d)", e.Name, signal, e.Code)
	default:
		return fmt.Sprintf("%s: exit code %d", e.Name, e.Code)
	}
}

var errStopped = errors.New("stopped")

// Stop ends the child, like the end of Start's context, and returns at once. Wait then
// returns nil.
func (p *Process) Stop() { p.stop(errStopped) }

func (p *Process) stop(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended && p.cause == nil {
		p.cause = cause
		p.lifeline.Close()
	}
}

// Wait returns when the child and its descendants are gone and all their output has
// been passed on. The error is nil after exit code 0 or a Stop, wraps the context's
// error if that ended the child, and is an [*ExitError] after another exit code. Any
// number of callers may wait.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Done is closed when Wait no longer blocks.
func (p *Process) Done() <-chan struct{} { return p.done }

// start creates the pipes and starts the guard. The local ends are close-on-exec, as
// from os.Pipe: a lifeline inherited by a sibling would keep this child alive.
func (p *Process) start(c Command, hold []*os.File) error {
	lifelineRead, lifeline, err := os.Pipe()
	if err != nil {
		return err
	}
	theirs, ours := []*os.File{lifelineRead}, []*os.File{lifeline}
	if c.Lines != nil {
		linesRead, linesWrite, err := os.Pipe()
		if err != nil {
			closeAll(theirs, ours)
			return err
		}
		p.lines = linesRead
		theirs, ours = append(theirs, linesWrite), append(ours, linesRead)
	}
	if c.Network == PrivateNetwork {
		far, err := p.openPortal()
		if err != nil {
			closeAll(theirs, ours)
			return err
		}
		theirs = append(theirs, far)
	}
	p.lifeline, p.cmd.ExtraFiles = lifeline, slices.Concat(theirs, hold)

	feed := func() {}
	if c.Stdin != nil {
		// Not exec.Cmd's own copying, whose Wait waits for a reader that blocks.
		w, err := p.cmd.StdinPipe()
		if err != nil {
			closeAll(theirs, ours)
			return err
		}
		feed = func() {
			io.Copy(w, c.Stdin) // fails if the child ends first, which is fine
			w.Close()
		}
	}

	err = p.cmd.Start()
	closeAll(theirs)
	if err != nil {
		closeAll(ours)
		return err
	}
	go feed()
	if c.Lines != nil {
		p.linesRead = make(chan error, 1)
		go func() { p.linesRead <- p.readLines(c.Lines) }()
	}
	return nil
}

func closeAll(lists ...[]*os.File) {
	for _, f := range slices.Concat(lists...) {
		f.Close()
	}
}

// await reaps the guard and settles what Wait returns.
func (p *Process) await() {
	defer close(p.done)
	err := p.cmd.Wait()
	p.portal.close()
	if p.log != nil {
		if logErr := p.log.Close(); err == nil {
			err = logErr
		}
	}
	if p.lines != nil {
		p.lines.SetReadDeadline(time.Now().Add(pipeDelay))
		linesErr := <-p.linesRead
		if err == nil {
			err = linesErr
		}
	}

	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	switch p.cause {
	case nil:
		p.lifeline.Close()
		p.err = p.outcome(err)
	case errStopped:
	default:
		p.err = fmt.Errorf("%s: %w", p.name, p.cause)
	}
}

// outcome turns the error of exec.Cmd's Wait into one that names the child.
func (p *Process) outcome(err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.Exited():
		return &ExitError{Name: p.name, Code: exit.ExitCode()}
	case exit != nil:
		return fmt.Errorf("%s: its guard process was killed from outside: %w", p.name, err)
	default:
		return fmt.Errorf("%s: %w", p.name, err)
	}
}
