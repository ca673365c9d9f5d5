package referencetest

import (
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
)

// Table is a table in Markdown. A pipe in a cell is shown as such.
func Table(head []string, rows [][]string) string {
	var out strings.Builder
	out.WriteString(markdown.Row(head...))
	out.WriteString("|" + strings.Repeat("---|", len(head)) + "\n")
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.ReplaceAll(cell, "|", `\|`)
		}
		out.WriteString(markdown.Row(cells...))
	}
	return out.String()
}

// Sentence begins a text with a capital, and ends it with a full stop.
func Sentence(s string) string {
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}
