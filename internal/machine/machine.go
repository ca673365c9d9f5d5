// Package machine gives a run the computer that it uses: locks on the home and on
// graphics cards, the Python interpreter, and an Ollama server.
package machine

import (
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// Machine is what a run uses of the computer it runs on.
type Machine struct {
	Home     string // $TUNEGATE_HOME
	Tool     string // this program's version
	Launcher proc.Launcher
	Environ  []string
	TempDir  string
	Locks    string // folder of this user's locks on GPUs, which all homes share; empty: there is none
	Nodes    string // pattern of files that are there where a GPU is, such as /dev/nvidia*
	LookPath func(string) (string, error)
	Clock    func() time.Time
	Progress Progress
	// Interpreter is the one that programs run with, where it was found before; nil:
	// it is looked for.
	Interpreter *python.Interpreter
	NoWait      bool // give up with ErrBusy where another command holds a lock

	device *Device // what a locked machine computes on; nil: it is looked for
}

// Progress is told what happens. Its methods are called from one goroutine at a
// time.
type Progress interface {
	// Say prints one line.
	Say(format string, args ...any)
	// Update replaces the state of the running stage. Done and total count steps,
	// cases or bytes; an eta of 0 is unknown.
	Update(stage string, done, total int64, eta time.Duration, detail string)
}

// Store holds the results of this home.
func (m Machine) Store() *store.Store { return store.Open(filepath.Join(m.Home, "store"), m.Tool) }
