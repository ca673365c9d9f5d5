package proc

import (
	"fmt"
	"io"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// Fence before each line keeps untrusted text from being read as a workflow command
// ("::error::") in a step log.
const Fence = "| "

// maxLogLine limits a log line, in bytes.
const maxLogLine = 8 << 10

// Cleaner is a writer that makes a child's output harmless to terminals and CI logs: it
// cleans each line with [text.Clean], turns "##[" into "##\[", and cuts long lines. It
// writes each line in a single Write.
type Cleaner struct {
	out     io.Writer
	prefix  string
	line    []byte
	cut     int  // bytes of the line that are dropped
	afterCR bool // a following LF belongs to the CR
}

// NewCleaner returns a Cleaner that writes lines to out, each after prefix
// (see [Fence]).
func NewCleaner(out io.Writer, prefix string) *Cleaner {
	return &Cleaner{out: out, prefix: prefix}
}

// Write takes a piece of output and keeps an unfinished line for later.
func (c *Cleaner) Write(p []byte) (int, error) {
	for i, b := range p {
		end := b == '\r' || b == '\n' && !c.afterCR
		switch {
		case end:
			if err := c.emit(); err != nil {
				return i, err
			}
		case b == '\n':
		case len(c.line) < maxLogLine:
			c.line = append(c.line, b)
		default:
			c.cut++
		}
		c.afterCR = b == '\r'
	}
	return len(p), nil
}

// Close writes an unfinished last line. It does not close the underlying writer.
func (c *Cleaner) Close() error {
	if len(c.line) == 0 {
		return nil
	}
	return c.emit()
}

// emit writes the line, split at line ends other than CR and LF.
func (c *Cleaner) emit() error {
	lines := text.Clean(string(c.line))
	if c.cut > 0 {
		lines += fmt.Sprintf(" [%d bytes cut]", c.cut)
	}
	c.line, c.cut = c.line[:0], 0
	for line := range strings.SplitSeq(lines, "\n") {
		if _, err := io.WriteString(c.out, c.prefix+text.Inert(line)+"\n"); err != nil {
			return err
		}
	}
	return nil
}
