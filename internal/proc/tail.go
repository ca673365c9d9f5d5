package proc

import (
	"strings"
	"sync"
)

// Tail is a writer that keeps the last lines written to it, cleaned by a [Cleaner], for
// error messages about failed children.
type Tail struct {
	mu      sync.Mutex
	cleaner *Cleaner
	lines   lastLines
}

// NewTail returns a Tail that keeps at most keep lines.
func NewTail(keep int) *Tail {
	t := &Tail{lines: lastLines{keep: keep}}
	t.cleaner = NewCleaner(&t.lines, "")
	return t
}

// Write takes a piece of output and never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cleaner.Write(p)
}

// String returns the last complete lines, without a newline at the end.
func (t *Tail) String() string {
	return t.Last(t.lines.keep)
}

// Last returns the last n complete lines, or all if there are fewer.
func (t *Tail) Last(n int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := t.lines.kept
	return strings.TrimSuffix(strings.Join(kept[max(0, len(kept)-n):], ""), "\n")
}

// Fenced is String with [Fence] before each line, for a message of several lines.
func (t *Tail) Fenced() string {
	return Fence + strings.ReplaceAll(t.String(), "\n", "\n"+Fence)
}

// lastLines receives one line for each Write.
type lastLines struct {
	keep int
	kept []string
}

func (l *lastLines) Write(line []byte) (int, error) {
	l.kept = append(l.kept, string(line))
	if len(l.kept) > l.keep {
		l.kept = l.kept[1:]
	}
	return len(line), nil
}
