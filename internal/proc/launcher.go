// Package proc runs child programs that cannot outlive tunegate. It cleans a child's
// log, reads the lines that the child writes to descriptor 3, and reports how it ended.
//
// Every child runs under a guard, a small process that holds one end of a pipe to
// tunegate (the lifeline). When the other end closes, because tunegate closes it or
// dies, the guard ends the child and all its descendants.
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

// Launcher starts child programs, each in its own process group under a guard.
type Launcher struct {
	// Guard is the command line of a program that passes the arguments after these to
	// the function [Guard], e.g. {"/path/tunegate", "guard"}.
	Guard []string
	// Hold are files that each guard also keeps open, so that a flock on them lasts
	// until every child is gone, even if tunegate is killed.
	Hold []*os.File
	// Mark identifies children of this process; zero: none.
	Mark Mark
	// Isolation returns why children cannot have their own networks on this machine,
	// nil if they can. A nil function: it is tried at every start; see [NewLauncher].
	Isolation func() error
}

// NewLauncher returns a Launcher with this guard command line, which tries only once
// whether children can have their own networks.
func NewLauncher(guard ...string) Launcher {
	l := Launcher{Guard: guard}
	l.Isolation = sync.OnceValue(l.TryIsolation)
	return l
}

// Command is a child program to start.
type Command struct {
	Name    string            // for messages, e.g. "trainer"
	Path    string            // absolute path of the executable
	Args    []string          // without the program's own name
	Env     []string          // the exact environment, see [CleanEnv]; the last of duplicate names counts
	Dir     string            // working folder; empty: this process's
	Stdin   io.Reader         // nil: empty; read until it or the child ends
	Log     io.Writer         // receives stdout and stderr through a [Cleaner]; nil: dropped
	Network Network           // what it can reach; empty, or if the machine cannot isolate it: the same as this process
	Lines   func(line []byte) // receives each complete line on descriptor 3, valid during the call; nil: the child has no descriptor 3
}

// pipeDelay limits the wait for the child's pipes after its guard ended; only a process
// that escaped the guard can hold them longer.
const pipeDelay = 5 * time.Second

// Start starts the command. When ctx ends, the child and its descendants get SIGTERM,
// after 3 seconds SIGKILL, and Wait returns ctx's error.
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

// launch starts a guard for the command line.
func (l Launcher) launch(ctx context.Context, c Command, command []string) (*Process, error) {
	// #nosec G204 -- no shell: a program and its arguments, as packages of tunegate give them
	cmd := exec.Command(l.Guard[0], slices.Concat(l.Guard[1:], c.words(), command)...)
	cmd.Env = append([]string{}, c.Env...) // not nil, which would mean our own
	if l.Mark.PID > 0 {
		cmd.Env = append(cmd.Env, l.Mark.entry())
	}
	cmd.Dir = c.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // tunegate handles a terminal's Ctrl-C
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
