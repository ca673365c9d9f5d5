package comment

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// The bounds of a regressed case in the comment, in lines and runes.
const (
	promptLines   = 3
	answerLines   = 6
	failedLines   = 3
	nameRunes     = 80
	questionRunes = 90
	mostNames     = 100 // of cases
)

// regressions shows the first regressed cases with both answers and the most similar
// training rows, one part each. The first is unfolded.
func regressions(r report.Report) (parts []string) {
	regressed := r.Regressed()
	for i, f := range r.ShownRegressions() {
		title, open := markdown.HTMLCode(f.Name, nameRunes)+" "+markdown.HTMLCode(f.Question, questionRunes), ""
		var out strings.Builder
		if i == 0 {
			fmt.Fprintf(&out, "#### Regressions (%s)\n\n", text.Count(len(regressed), "case"))
			title, open = markdown.HTMLCode(f.Name, nameRunes), " open"
		}
		fmt.Fprintf(&out, "<details%s><summary>%s</summary>\n\n%s\n", open, title, block(
			titledText{"prompt", f.Question, promptLines}, titledText{"baseline", f.Baseline, answerLines},
			titledText{"candidate", f.Candidate, answerLines}, titledText{"failed", strings.Join(f.Failed, "\n"), failedLines},
		))
		similar := markdown.Headed("Most similar training rows:\n\n", rowList(r, r.Nearest[f.Name]))
		if similar == "" && compares(r) {
			similar = "No similar training row.\n"
		}
		out.WriteString(similar + "\n</details>\n")
		parts = append(parts, out.String())
	}
	return parts
}

// compares says whether similar training rows were found for any case.
func compares(r report.Report) bool {
	for _, rows := range r.Nearest {
		if len(rows) > 0 {
			return true
		}
	}
	return false
}

// flipNames lists the regressed cases that are not shown, and the fixed ones.
func flipNames(r report.Report) string {
	regressed := r.Regressed()
	more, fixed := report.Names(regressed[len(r.ShownRegressions()):]), report.Names(r.Fixed())
	text := markdown.Fold(fmt.Sprintf("Also regressed (%d)", len(more)), spans("Cases: ", more))
	if text != "" && len(fixed) > 0 {
		text += "\n"
	}
	return text + markdown.Fold(fmt.Sprintf("Fixed (%d)", len(fixed)), spans("Cases: ", fixed))
}

// spans lists names after a title, because a line that starts with the backticks of a
// span could open a fence.
func spans(title string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	written := make([]string, 0, mostNames+1)
	for _, name := range names[:min(len(names), mostNames)] {
		written = append(written, markdown.Span(name, 200))
	}
	if left := len(names) - mostNames; left > 0 {
		written = append(written, fmt.Sprintf("%d more", left))
	}
	return title + strings.Join(written, ", ") + "\n"
}
