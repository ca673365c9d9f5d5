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

// line is untrusted text as one line of at most the given runes, without workflow
// commands. The form of a command that counts only at the start of a line stays, so do
// not print it there.
func line(s string, most int) string { return text.Inert(text.Shown(s, most)) }

// printText prints untrusted text, bounded, each line after a bar.
func printText(out *bytes.Buffer, what, s string) {
	s = text.Cut(strings.TrimSpace(text.Clean(s)), textLines, textRunes)
	for line := range strings.SplitSeq(s, "\n") {
		fmt.Fprintf(out, "    %-9s | %s\n", what, text.Inert(line))
		what = ""
	}
}
