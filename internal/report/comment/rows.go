package comment

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
)

// rowRunes bounds the question of a training row, in runes.
const rowRunes = 100

// rowList writes the first of the rows, one per line.
func rowList(r report.Report, rows []report.Row) string {
	var out strings.Builder
	for _, row := range rows[:min(len(rows), report.MostNearest)] {
		fmt.Fprintf(&out, "- %s (%s): %s\n", rowPlace(r, row), row.Label(), markdown.Span(row.Question, rowRunes))
	}
	return out.String()
}

// rowPlace is the place of the row's record, linked if possible.
func rowPlace(r report.Report, row report.Row) string {
	return markdown.LinkLine(fmt.Sprintf("%s:%d", row.File, row.Line), r.FileURL(row.Side, row.File, row.Line), placeRunes)
}

// baselineProbe counts the new rows that the baseline already answers.
func baselineProbe(r report.Report) string {
	summary := r.BaselineProbe.Summary()
	if summary == "" {
		return ""
	}
	out := fmt.Sprintf("**New rows the baseline already answers:** %s.\n", summary)
	for i, row := range r.BaselineProbe.Rows[:min(len(r.BaselineProbe.Rows), report.MostNearest)] {
		if i == 0 {
			out += "\n"
		}
		out += fmt.Sprintf("- %s: %s\n", rowPlace(r, row), markdown.Span(row.Question, rowRunes))
	}
	return out
}
