package comment

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// The bounds of what the comment says of records: so many new errors are open,
// so many findings of a kind are shown at all.
const (
	openFindings = 5
	mostFindings = 30
	placeRunes   = 80
	findingRunes = 240
)

// newErrors are the first of the findings that stop a merge, moreNewErrors the
// others.
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

// otherFindings are what the base has as well.
func otherFindings(r report.Report) string {
	_, _, old := r.SortedFindings()
	return foldFindings(r, "Other findings in the data", report.Joined(old))
}

// findingList is what the dataset checks found, a line each.
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

// foldFindings are findings behind their number.
func foldFindings(r report.Report, title string, list []report.Repeated) string {
	return markdown.Fold(fmt.Sprintf("%s (%d)", title, report.Number(list)), findingList(r, list))
}
