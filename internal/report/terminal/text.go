package terminal

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// The bounds of a text of several lines.
const (
	textLines = 8
	textRunes = 600
)

// line is untrusted text as one line of at most so many runes, in which no
// workflow command is. The form of a command that counts at the start of a line
// stays, so it must not stand there.
func line(s string, most int) string { return text.Inert(text.Shown(s, most)) }

// printText prints untrusted text, bounded, each line behind a bar.
func printText(out *bytes.Buffer, what, s string) {
	s = text.Cut(strings.TrimSpace(text.Clean(s)), textLines, textRunes)
	for line := range strings.SplitSeq(s, "\n") {
		fmt.Fprintf(out, "    %-9s | %s\n", what, text.Inert(line))
		what = ""
	}
}
