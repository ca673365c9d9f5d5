// Package proc runs child programs that cannot outlive tunegate. It cleans a child's
// log, reads the lines that the child writes on its own descriptor, and says how it
// ended.
//
// Every child runs under a guard, a small process that holds one end of a pipe to
// tunegate (the lifeline). When the other end closes, because tunegate closes it or is
// gone, the guard ends the child and everything that the child has started.
package proc

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Launcher starts child programs, each in a process group of its own under a guard.
type Launcher struct {
	// Guard is the command line of a program that hands the arguments after
	// these to the function [Guard], e.g. {"/path/tunegate", "guard"}.
	Guard []string
	// Hold are files that each guard keeps open too. A flock on one of them so
	// lasts until every child is gone, also when tunegate is killed.
	Hold []*os.File
	// Mark is that of this process, which children are known by; zero: none.
	Mark Mark
	// Isolation says why no child can have a network of its own on this machine,
	// nil where each gets the one that it is to have. A nil function: it is tried
	// at every start; see [NewLauncher].
	Isolation func() error
}

// NewLauncher returns a Launcher with this command line of a guard, which tries
// once whether children can have networks of their own.
func NewLauncher(guard ...string) Launcher {
	l := Launcher{Guard: guard}
	l.Isolation = sync.OnceValue(l.TryIsolation)
	return l
}

// Command is a child program to start.
type Command struct {
	Name    string            // what messages call it, e.g. "trainer"
	Path    string            // absolute path of the executable
	Args    []string          // without the program's own name
	Env     []string          // the exact environment, see [CleanEnv]; of a name given twice the last counts
	Dir     string            // working folder; empty: that of this process
	Stdin   io.Reader         // nil: empty; read until it ends or the child does
	Log     io.Writer         // gets stdout and stderr as a [Cleaner] writes them; nil: dropped
	Network Network           // what it reaches; empty: as this process. Where the machine cannot isolate it: likewise
	Lines   func(line []byte) // gets each complete line written on descriptor 3, valid during the call; nil: the child has no descriptor 3
}

// pipeDelay bounds the wait for the child's pipes after its guard has ended;
// longer than that only a process that escaped the guard can hold them.
const pipeDelay = 5 * time.Second

// Start starts the command. When ctx ends the child and everything it started
// get SIGTERM, those left 3 seconds later SIGKILL, and Wait returns ctx's error.
func (l Launcher) Start(ctx context.Context, c Command) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: not started: %w", c.Name, err)
	}
	if !filepath.IsAbs(c.Path) {
		return nil, fmt.Errorf("%s: %q is not an absolute path", c.Name, c.Path)
	}
	if _, err := exec.LookPath(c.Path); err != nil {
		return nil, fmt.Errorf("%s: cannot start: %w", c.Name, err)
	}

	command := append([]string{c.Path}, c.Args...)
	c.Network = cmp.Or(c.Network, SharedNetwork)
	if c.Network != SharedNetwork && l.CheckIsolation() != nil {
		c.Network = SharedNetwork
	}
	if c.Network != SharedNetwork {
		command = l.inside(c, command)
	}
	return l.launch(ctx, c, command)
}

// launch starts a guard of the command line.
func (l Launcher) launch(ctx context.Context, c Command, command []string) (*Process, error) {
	// #nosec G204 -- no shell: a program and its arguments, as packages of tunegate give them
	cmd := exec.Command(l.Guard[0], slices.Concat(l.Guard[1:], c.words(), command)...)
	cmd.Env = append([]string{}, c.Env...) // never nil, which would mean our own
	if l.Mark.PID > 0 {
		cmd.Env = append(cmd.Env, l.Mark.entry())
	}
	cmd.Dir = c.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's Ctrl-C is for tunegate to act on
	cmd.WaitDelay = pipeDelay

	p := &Process{name: c.Name, cmd: cmd, done: make(chan struct{})}
	if c.Log != nil {
		p.log = NewCleaner(c.Log, "")
		cmd.Stdout, cmd.Stderr = p.log, p.log
	}
	if err := p.start(c, l.Hold); err != nil {
		p.portal.close()
		return nil, fmt.Errorf("%s: cannot start: %w", c.Name, err)
	}
	release := context.AfterFunc(ctx, func() { p.stop(ctx.Err()) })
	go func() {
		defer release()
		p.await()
	}()
	return p, nil
}
