package proc

import (
	"context"
	"fmt"
	"io"
	"time"
)

const (
	shownLines    = 20 // of a failed child's output
	progressEvery = 5 * time.Second
)

// Run runs a command to its end, like [Launcher.Start] and [Process.Wait], and returns
// the last lines of its log, never nil. elapsed, unless nil, is called at the start and
// every few seconds with the time since the start.
func (l Launcher) Run(ctx context.Context, c Command, elapsed func(time.Duration)) (*Tail, error) {
	tail := NewTail(shownLines)
	if c.Log == nil {
		c.Log = tail
	} else {
		c.Log = io.MultiWriter(c.Log, tail)
	}
	child, err := l.Start(ctx, c)
	if err != nil {
		return tail, err
	}
	if elapsed == nil {
		return tail, child.Wait()
	}
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	for start := time.Now(); ; {
		elapsed(time.Since(start).Round(time.Second))
		select {
		case <-child.Done():
			return tail, child.Wait()
		case <-ticker.C:
		}
	}
}

// Explain adds the last lines, fenced, to a child's error. A nil error stays nil.
func (t *Tail) Explain(err error) error {
	if err == nil || t.String() == "" {
		return err
	}
	return fmt.Errorf("%w\n%s", err, t.Fenced())
}
