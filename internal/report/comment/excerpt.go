package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/text"
)

// The comment shows texts after their titles in code blocks, which GitHub neither wraps
// nor folds. Its column holds titleRunes and excerptWidth runes.
const (
	titleRunes   = 11
	excerptWidth = 84
)

// titledText is a text with a title, of which at most lines are shown.
type titledText struct {
	title, text string
	lines       int
}

// block is a code block of texts, each after its title. No line of a text starts in the
// column of the titles.
func block(texts ...titledText) string {
	var out strings.Builder
	for _, t := range texts {
		title := t.title
		for _, line := range excerpt(t.text, t.lines) {
			out.WriteString(strings.TrimRight(fmt.Sprintf("%-*s%s", titleRunes, title, line), " ") + "\n")
			title = ""
		}
	}
	return markdown.FenceClean(strings.TrimSuffix(out.String(), "\n"))
}

// excerpt cuts an untrusted text into lines of at most excerptWidth runes. Of more than
// most lines it keeps the first and the last, because an answer ends with its result.
func excerpt(s string, most int) []string {
	s = strings.TrimSpace(text.Clean(s))
	if s == "" {
		return []string{"(empty)"}
	}
	lines := wrap(s, excerptWidth)
	if len(lines) <= most {
		return lines
	}
	tail := most / 3
	head := most - tail - 1
	return slices.Concat(lines[:head], []string{fmt.Sprintf("[%d more lines]", len(lines)-head-tail)}, lines[len(lines)-tail:])
}

// wrap breaks lines longer than the given runes, between words if possible, and drops
// empty lines.
func wrap(s string, runes int) (lines []string) {
	for line := range strings.SplitSeq(s, "\n") {
		left := []rune(strings.TrimRight(line, " \t"))
		for len(left) > runes {
			end := runes
			for end > runes/2 && left[end] != ' ' {
				end--
			}
			if left[end] != ' ' {
				end = runes
			}
			lines = append(lines, strings.TrimRight(string(left[:end]), " "))
			left = left[end:]
			for left[0] == ' ' { // not to the end, which is no space
				left = left[1:]
			}
		}
		if len(left) > 0 {
			lines = append(lines, string(left))
		}
	}
	return lines
}
