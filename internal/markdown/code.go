// Package markdown writes untrusted text into GitHub's Markdown. The text cannot leave its
// code span, fence, link or table cell, and documents keep to a size.
package markdown

import (
	"html"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// backticks returns a run of at least the given length, longer than any in s: Markdown
// has no escape within code.
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

// Fence is untrusted text as a code block of at most the given lines and runes.
func Fence(s string, lines, runes int) string {
	return FenceClean(text.Block(strings.Trim(text.Clean(s), "\n"), lines, runes))
}

// FenceClean is a clean and bounded text as a code block.
func FenceClean(s string) string {
	marks := backticks(s, 3)
	return marks + "text\n" + s + "\n" + marks + "\n"
}

// Span is untrusted text as a code span of at most the given runes. Do not use it in a
// table, where a pipe would end the cell.
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

// HTMLCode is untrusted text of at most the given runes as code within a line of HTML,
// where Markdown has no meaning.
func HTMLCode(s string, runes int) string {
	return "<code>" + html.EscapeString(text.Shown(s, runes)) + "</code>"
}
