package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/tunegate/tunegate/internal/text"
)

// lineEvery is how often a log gets a line about work in progress.
const lineEvery = 5 * time.Second

// progress shows work in progress: a live line on a terminal, a plain
// line every few seconds in a log.
type progress struct {
	mutex sync.Mutex
	out   io.Writer
	clock func() time.Time
	live  bool
	quiet bool
	shown bool      // a live line is on the terminal
	last  time.Time // of the last plain line
	stage string    // of the last plain line
}

func newProgress(out io.Writer, clock func() time.Time, quiet bool) *progress {
	file, ok := out.(*os.File)
	return &progress{out: out, clock: clock, quiet: quiet, live: ok && term.IsTerminal(int(file.Fd()))}
}

func (p *progress) Say(format string, args ...any) {
	if p.quiet {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.erase()
	fmt.Fprint(p.out, fenced(fmt.Sprintf(format, args...)))
}

func (p *progress) Update(stage string, done, total int64, eta time.Duration, detail string) {
	if p.quiet {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	line := stage + ": " + amount(done, total)
	if eta > 0 {
		line += ", " + eta.Round(time.Second).String() + " left"
	}
	if detail != "" {
		line += " (" + detail + ")"
	}
	line = text.Inert(quoted(line))
	if p.live {
		p.erase()
		fmt.Fprintf(p.out, "%.100s", bar(done, total)+line)
		p.shown = true
		return
	}
	now := p.clock()
	if stage == p.stage && now.Sub(p.last) < lineEvery {
		return
	}
	p.stage, p.last = stage, now
	fmt.Fprintln(p.out, line)
}

// clear removes the live line from the terminal.
func (p *progress) clear() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.erase()
}

func (p *progress) erase() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.shown = false
	}
}

func amount(done, total int64) string {
	if total <= 0 {
		return fmt.Sprintf("%d s", done)
	}
	return fmt.Sprintf("%d of %d", done, total)
}

func bar(done, total int64) string {
	const width = 20
	if total <= 0 {
		return ""
	}
	filled := int(min(width, width*done/total))
	return "[" + strings.Repeat("#", filled) + strings.Repeat(".", width-filled) + "] "
}
