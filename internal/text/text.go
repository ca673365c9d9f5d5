// Package text compares texts by their words, and makes untrusted texts safe to show. It
// measures similarity, finds near-duplicates, and measures how much of an answer repeats
// earlier text. Cleaned text has a limited length, is visible, and contains no commands
// for terminals or CI runners. All functions are pure.
package text

import "strings"

// Or joins words as a choice: "a, b or c".
func Or(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
