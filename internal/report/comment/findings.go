package comment

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// The bounds of the findings in the comment: new errors shown unfolded, findings shown
// of each kind, and runes of a place and of a message.
const (
	openFindings = 5
	mostFindings = 30
	placeRunes   = 80
	findingRunes = 240
)

// newErrors are the first of the findings that block a merge, moreNewErrors the rest.
func newErrors(r report.Report) string {
	first, _ := blocking(r)
	return markdown.Headed("#### New errors in the data\n\n", findingList(r, first))
}

func moreNewErrors(r report.Report) string {
	_, more := blocking(r)
	return foldFindings(r, "More new errors in the data", more)
}

func blocking(r report.Report) (first, more []report.Repeated) {
	errors, _, _ := r.SortedFindings()
	list := report.Joined(errors)
	shown := min(len(list), openFindings)
	return list[:shown], list[shown:]
}

func newWarnings(r report.Report) string {
	_, warned, _ := r.SortedFindings()
	return foldFindings(r, "New warnings in the data", report.Joined(warned))
}

// otherFindings are those that the base has too.
func otherFindings(r report.Report) string {
	_, _, old := r.SortedFindings()
	return foldFindings(r, "Other findings in the data", report.Joined(old))
}

// findingList writes findings, one per line.
func findingList(r report.Report, list []report.Repeated) string {
	var out strings.Builder
	for _, finding := range list[:min(len(list), mostFindings)] {
		fmt.Fprintf(&out, "- %s %s", markdown.LinkLine(finding.Where(), r.FileURL("", finding.File, finding.Line), placeRunes), markdown.Code(finding.Check))
		if finding.See != "" {
			fmt.Fprintf(&out, " (see %s)", markdown.LinkLine(finding.See, r.PlaceURL(finding.See), placeRunes))
		}
		fmt.Fprintf(&out, "%s: %s\n", finding.Often(), markdown.Prose(text.Shown(finding.Message, findingRunes)))
	}
	if left := report.Number(list[min(len(list), mostFindings):]); left > 0 {
		fmt.Fprintf(&out, "- %d more%s\n", left, r.Elsewhere())
	}
	return out.String()
}

// foldFindings folds findings under a title and their number.
func foldFindings(r report.Report, title string, list []report.Repeated) string {
	return markdown.Fold(fmt.Sprintf("%s (%d)", title, report.Number(list)), findingList(r, list))
}
