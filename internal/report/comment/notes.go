package comment

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// noteRunes bounds a note, in runes.
const noteRunes = 400

// notes writes the notes as a GitHub alert.
func notes(r report.Report) string {
	if len(r.Notes) == 0 {
		return ""
	}
	out := "> [!NOTE]\n"
	for _, note := range r.Notes[:min(len(r.Notes), report.MostNotes)] {
		said := markdown.Prose(note)
		if !unicode.IsLetter([]rune(said)[0]) { // it could open a list
			said = markdown.Span(note, noteRunes)
		}
		out += "> " + said + "\n>\n"
	}
	if left := len(r.Notes) - report.MostNotes; left > 0 {
		out += fmt.Sprintf("> %s%s.\n", text.Count(left, "more note"), r.Elsewhere())
	}
	return strings.TrimSuffix(out, ">\n")
}
