package comment

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
)

// rowRunes bounds the question of a training row, in runes.
const rowRunes = 100

// rowList is the first of the rows, a line each.
func rowList(r report.Report, rows []report.Row) string {
	var out strings.Builder
	for _, row := range rows[:min(len(rows), report.MostNearest)] {
		fmt.Fprintf(&out, "- %s (%s): %s\n", rowPlace(r, row), row.Alike(), markdown.Span(row.Question, rowRunes))
	}
	return out.String()
}

// rowPlace is where the row's record stands.
func rowPlace(r report.Report, row report.Row) string {
	return markdown.LinkLine(fmt.Sprintf("%s:%d", row.File, row.Line), r.FileURL(row.Side, row.File, row.Line), placeRunes)
}

// baselineProbe says what the new rows teach that the baseline could do before.
func baselineProbe(r report.Report) string {
	said := r.BaselineProbe.Sentence()
	if said == "" {
		return ""
	}
	out := fmt.Sprintf("**What the new rows already got right before training:** %s.\n", said)
	for i, row := range r.BaselineProbe.Rows[:min(len(r.BaselineProbe.Rows), report.MostNearest)] {
		if i == 0 {
			out += "\n"
		}
		out += fmt.Sprintf("- %s: %s\n", rowPlace(r, row), markdown.Span(row.Question, rowRunes))
	}
	return out
}
