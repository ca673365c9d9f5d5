package report

import (
	"fmt"
	"html"
	"strings"
)

// The bounds of a broken case in the comment, in lines and runes.
const (
	askedLines    = 3
	answerLines   = 6
	failedLines   = 3
	nameRunes     = 80
	questionRunes = 90
)

// flipSections are the first broken cases with both answers and the training
// rows most like them, a section each, of which the first is open.
func (r Report) flipSections() []section {
	var sections []section
	flips := r.broken()
	for i, f := range flips[:min(len(flips), shownFlips)] {
		title, open := htmlCode(f.Name, nameRunes)+" "+htmlCode(f.Question, questionRunes), ""
		var out strings.Builder
		if i == 0 {
			fmt.Fprintf(&out, "#### What broke (%s)\n\n", count(len(flips), "case"))
			title, open = htmlCode(f.Name, nameRunes), " open"
		}
		fmt.Fprintf(&out, "<details%s><summary>%s</summary>\n\n%s\n", open, title, block(
			titledText{"asked", f.Question, askedLines}, titledText{"baseline", f.Baseline, answerLines},
			titledText{"candidate", f.Candidate, answerLines}, titledText{"failed", strings.Join(f.Failed, "\n"), failedLines},
		))
		alike := headed("Most alike in the training data:\n\n", r.rowList(r.Nearest[f.Name]))
		if alike == "" && r.compares() {
			alike = "No training row is like it.\n"
		}
		out.WriteString(alike + "\n</details>\n")
		sections = append(sections, section{2, "more of what broke", out.String()})
	}
	return sections
}

// compares says whether training rows like a broken case were found at all.
func (r Report) compares() bool {
	for _, rows := range r.Nearest {
		if len(rows) > 0 {
			return true
		}
	}
	return false
}

// htmlCode is untrusted text as code within a line of HTML, where Markdown has no
// meaning.
func htmlCode(s string, runes int) string {
	return "<code>" + html.EscapeString(line(s, runes)) + "</code>"
}

// flipNames lists what broke beyond the shown, and what was fixed.
func (r Report) flipNames() string {
	broken := r.broken()
	more, fixed := names(broken[min(len(broken), shownFlips):]), names(r.fixed())
	text := fold(fmt.Sprintf("Also broken (%d)", len(more)), spans("Cases: ", more))
	if text != "" && len(fixed) > 0 {
		text += "\n"
	}
	return text + fold(fmt.Sprintf("Fixed (%d)", len(fixed)), spans("Cases: ", fixed))
}

// spans lists names behind a title: a line that starts with the backticks of a
// span could open a fence.
func spans(title string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	written := make([]string, 0, foldedNames+1)
	for _, name := range names[:min(len(names), foldedNames)] {
		written = append(written, span(name, 200))
	}
	if left := len(names) - foldedNames; left > 0 {
		written = append(written, fmt.Sprintf("%d more", left))
	}
	return title + strings.Join(written, ", ") + "\n"
}
