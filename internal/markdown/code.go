// Package markdown writes untrusted text into GitHub's Markdown. Nothing in the text
// can leave its code span, fence, link or table, and a document keeps to a size.
package markdown

import (
	"html"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// backticks gives a run of at least so many, longer than any in s: Markdown has
// no escape within code.
func backticks(s string, least int) string {
	longest, run := 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return strings.Repeat("`", max(least, longest+1))
}

// Fence is untrusted text as a code block of at most so many lines and runes.
func Fence(s string, lines, runes int) string {
	return FenceClean(text.Block(strings.Trim(text.Clean(s), "\n"), lines, runes))
}

// FenceClean is a text that is clean and bounded as a code block.
func FenceClean(s string) string {
	marks := backticks(s, 3)
	return marks + "text\n" + s + "\n" + marks + "\n"
}

// Span is untrusted text as a code span of at most so many runes. It must not
// stand in a table, where a pipe would end the cell.
func Span(s string, runes int) string {
	s = text.Shown(s, runes)
	marks := backticks(s, 1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return marks + s + marks
}

// Code is an untrusted name as a code span, fit for a table.
func Code(s string) string { return "`" + text.Name(s) + "`" }

// HTMLCode is untrusted text of at most so many runes as code within a line of
// HTML, where Markdown has no meaning.
func HTMLCode(s string, runes int) string {
	return "<code>" + html.EscapeString(text.Shown(s, runes)) + "</code>"
}
