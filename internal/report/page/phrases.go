package page

import (
	"strings"

	"github.com/tunegate/tunegate/internal/report"
)

// mark encloses the names in a sentence of the page. Untrusted text cannot contain it,
// because text.Clean drops control characters.
const mark = "\x00"

// marked is the style of sentences that phrases cuts at the marks.
var marked = report.Style{Quote: mark, Prose: report.Reason}

// phrase is a part of a sentence: our words, or a name.
type phrase struct {
	Text string
	Name bool
}

// phrases cuts a sentence that was written in the style marked. Its first word, unless
// it is a name, gets a capital.
func phrases(sentence string) (parts []phrase) {
	for i, text := range strings.Split(sentence, mark) {
		if i == 0 && text != "" {
			text = strings.ToUpper(text[:1]) + text[1:]
		}
		if text != "" {
			parts = append(parts, phrase{text, i%2 == 1})
		}
	}
	return parts
}
