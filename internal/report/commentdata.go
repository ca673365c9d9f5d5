package report

import (
	"fmt"
	"regexp"
	"strings"
)

// The bounds of what the comment says of records.
const (
	shownRows  = 3
	rowRunes   = 100
	placeRunes = 80
)

// findings are what the dataset checks found, a line each.
func (r Report) findings(list []repeated) string {
	var out strings.Builder
	for _, finding := range list[:min(len(list), foldedData)] {
		fmt.Fprintf(&out, "- %s %s", linkTo(finding.Where(), r.fileURL("", finding.File, finding.Line)), code(finding.Check))
		if finding.See != "" {
			fmt.Fprintf(&out, " (see %s)", linkTo(finding.See, r.placeURL(finding.See)))
		}
		fmt.Fprintf(&out, "%s: %s\n", finding.often(), prose(line(finding.Message, 240)))
	}
	if left := number(list[min(len(list), foldedData):]); left > 0 {
		fmt.Fprintf(&out, "- %d more%s\n", left, r.onPage())
	}
	return out.String()
}

// foldFindings are findings behind their number.
func foldFindings(r Report, title string, list []repeated) string {
	return fold(fmt.Sprintf("%s (%d)", title, number(list)), r.findings(list))
}

// number is how many findings were joined.
func number(list []repeated) (n int) {
	for _, finding := range list {
		n += finding.times
	}
	return n
}

// rowList is the first of the rows, a line each.
func (r Report) rowList(rows []Row) string {
	var out strings.Builder
	for _, row := range rows[:min(len(rows), shownRows)] {
		fmt.Fprintf(&out, "- %s (%s): %s\n", r.rowPlace(row), row.alike(), span(row.Question, rowRunes))
	}
	return out.String()
}

// rowPlace is where the row's record stands.
func (r Report) rowPlace(row Row) string {
	return linkTo(fmt.Sprintf("%s:%d", row.File, row.Line), r.fileURL(row.Side, row.File, row.Line))
}

// alike says whether the row is new, and how like it is to what was looked for.
func (row Row) alike() string {
	var said []string
	if row.New {
		said = append(said, "new")
	}
	if row.Likeness > 0 {
		said = append(said, fmt.Sprintf("%.0f %% alike", 100*min(row.Likeness, 1)))
	}
	return strings.Join(said, ", ")
}

// already says what the new rows teach that the baseline could do before.
func (r Report) already() string {
	if r.Already == nil || r.Already.Asked == 0 {
		return ""
	}
	out := fmt.Sprintf("**What the new rows already got right before training:** %s.\n", r.Already.said())
	for i, row := range r.Already.Rows[:min(len(r.Already.Rows), shownRows)] {
		if i == 0 {
			out += "\n"
		}
		out += fmt.Sprintf("- %s: %s\n", r.rowPlace(row), span(row.Question, rowRunes))
	}
	return out
}

// said is the count in words.
func (a Already) said() string {
	return fmt.Sprintf("of %d asked of %s whose answer ends in a value, the baseline had %d right", a.Asked, count(max(a.Of, a.Asked), "new row"), a.Right)
}

// safeAddress is one that Markdown leaves as it is: of a page, and of a file's line.
const safeAddress = `^https?://[A-Za-z0-9.:-]+/[A-Za-z0-9._~%/@:+,=-]*`

var plainPage, plainURL = regexp.MustCompile(safeAddress + `$`), regexp.MustCompile(safeAddress + `#L[0-9]+$`)

// linkTo is an untrusted text as a code span, linked where there is a plain
// address.
func linkTo(text, url string) string {
	if text = span(text, placeRunes); plainURL.MatchString(url) {
		return "[" + text + "](" + url + ")"
	}
	return text
}
