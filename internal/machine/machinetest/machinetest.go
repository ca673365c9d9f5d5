// Package machinetest provides machines for tests: an empty home, no graphics card, no
// tools, and readable progress.
package machinetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// Listener is a Progress that keeps its reports.
type Listener struct {
	mutex sync.Mutex
	lines []string
}

// Say keeps the line.
func (l *Listener) Say(format string, args ...any) { l.add(fmt.Sprintf(format, args...)) }

// Update keeps the stage and the detail.
func (l *Listener) Update(stage string, _, _ int64, _ time.Duration, detail string) {
	l.add(stage + ": " + detail)
}

func (l *Listener) add(line string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.lines = append(l.lines, line)
}

// Text returns all reports so far, one on each line.
func (l *Listener) Text() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Join(l.lines, "\n")
}

// New returns a machine whose home does not exist yet, and its reports. Its children run
// under the test binary, whose TestMain is proctest.Main.
func New(t testing.TB) (machine.Machine, *Listener) {
	t.Helper()
	heard := &Listener{}
	return machine.Machine{
		Home: filepath.Join(t.TempDir(), "home"), TempDir: t.TempDir(), Locks: filepath.Join(t.TempDir(), "locks"), Clock: time.Now, Progress: heard,
		Launcher: proctest.Launcher(t), LookPath: func(string) (string, error) { return "", os.ErrNotExist },
	}, heard
}
