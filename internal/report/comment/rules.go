package comment

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// everyRule is the whole table of rules with its legend, folded.
func everyRule(r report.Report) string {
	rows, left := r.RuleTable(report.Markdown)
	if len(rows) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString(markdown.Row(report.RuleColumns()...))
	out.WriteString(markdown.Row("---", "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "---"))
	for _, cells := range rows {
		out.WriteString(markdown.Row(cells...))
	}
	if left > 0 {
		fmt.Fprintf(&out, "\n%s%s.\n", text.Count(left, "more rule"), r.Elsewhere())
	}
	return markdown.Fold("All rules, and how to read them", out.String()+"\n"+report.Legend+"\n")
}

// reasons says why rules did not pass; a failed verdict has them in its headline.
func reasons(r report.Report) string {
	if r.Verdict.Outcome == gate.Fail {
		return ""
	}
	var out strings.Builder
	for _, unmet := range r.Reasons(report.Markdown) {
		suite := ""
		if unmet.Suite != "" {
			suite = " " + unmet.Suite
		}
		fmt.Fprintf(&out, "- %s%s: %s\n", unmet.Rule, suite, unmet.Why)
	}
	return out.String()
}
