package markdown

import (
	"regexp"
	"strings"
)

// maxProse bounds a sentence, in bytes, and in runes where it becomes a code span.
const maxProse = 400

var (
	// sentence matches the gate's reasons: no character with a meaning in Markdown, no
	// colon that could open an emoji.
	sentence = regexp.MustCompile(`^(?:[A-Za-z0-9,.;()%+='<-]+:?(?: |$))+$`)
	// quoted is a name in backticks within such a text.
	quoted = regexp.MustCompile("`[A-Za-z0-9._:/ -]{1,64}`")
	// linked matches what GitHub links automatically within such a text.
	linked = regexp.MustCompile(`(?i)www\.|\b[a-z]+-[0-9]|\b[0-9a-f]{7,}\b`)
)

// Prose writes one of our sentences, such as a reason, as text; one with anything
// unusual becomes a code span.
func Prose(s string) string {
	plain := quoted.ReplaceAllString(s, "'") // which ends a word as a backtick does
	if !sentence.MatchString(plain) || linked.MatchString(plain) || len(s) > maxProse {
		return Span(s, maxProse)
	}
	return strings.ReplaceAll(s, "<", "&lt;")
}
