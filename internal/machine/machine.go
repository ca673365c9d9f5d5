// Package machine provides a run's machine: locks on the home and on graphics cards, the
// Python interpreter, and an Ollama server.
package machine

import (
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// Machine is what a run uses of its computer.
type Machine struct {
	Home     string // $TUNEGATE_HOME
	Tool     string // this program's version
	Launcher proc.Launcher
	Environ  []string
	TempDir  string
	Locks    string // folder of this user's GPU locks, shared by all homes; empty: none
	Nodes    string // pattern of files that exist if there is a GPU, such as /dev/nvidia*
	LookPath func(string) (string, error)
	Clock    func() time.Time
	Progress Progress
	// Interpreter runs the Python programs; nil: not looked up yet.
	Interpreter *python.Interpreter
	NoWait      bool // fail with ErrBusy if another command holds a lock

	device *Device // what a locked machine computes on; nil: not looked up yet
}

// Progress receives progress reports, from one goroutine at a time.
type Progress interface {
	// Say prints one line.
	Say(format string, args ...any)
	// Update replaces the state of the running stage. Done and total count steps,
	// cases or bytes; an eta of 0 is unknown.
	Update(stage string, done, total int64, eta time.Duration, detail string)
}

// Store returns the store of this home.
func (m Machine) Store() *store.Store { return store.Open(filepath.Join(m.Home, "store"), m.Tool) }
