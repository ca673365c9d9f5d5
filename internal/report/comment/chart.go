package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// The chart needs at least chartLeast suites, and stays legible for up to chartMost
// with names of up to chartName letters.
const (
	chartLeast = 2
	chartMost  = 8
	chartName  = 28
)

// chart draws the suites' pass rates as a Mermaid chart, a bar each: the lower
// one, with the candidate's loss or gain behind it. A series covers the ones before it.
// Only the suites' names are foreign text; they are cleaned.
func chart(r report.Report) string {
	var names, lost, gained, both []string
	for _, row := range comparedRules(r) {
		if !row.rates() {
			continue
		}
		label := text.Name(row.rule.Suite)
		label = `"` + label[:min(len(label), chartName)] + `"`
		if slices.Contains(names, label) {
			return "" // Mermaid would draw them as one
		}
		names = append(names, label)
		lost = append(lost, gate.Points(row.rule.Baseline))
		gained = append(gained, gate.Points(row.rule.Candidate))
		both = append(both, gate.Points(min(row.rule.Baseline, row.rule.Candidate)))
	}
	if len(names) < chartLeast || len(names) > chartMost {
		return ""
	}
	list := func(values []string) string { return strings.Join(values, ", ") }
	return fmt.Sprintf("```mermaid\n"+`---
config:
  xyChart: {width: 720, height: %d, titleFontSize: 14, xAxis: {showTick: false}, yAxis: {labelFontSize: 12}}
  themeVariables: {xyChart: {plotColorPalette: "#cf222e, #0969da, #8c959f"}}
---
xychart-beta horizontal
  title "Pass rate: both (grey), net loss (red), net gain (blue)"
  x-axis [%s]
  y-axis 0 --> 100
  bar [%s]
  bar [%s]
  bar [%s]
`+"```\n", 60+32*len(names), list(names), list(lost), list(gained), list(both))
}
