package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// compared is a row of the comment's table: one measure on the same suites, and the
// outcomes of the rules on it.
type compared struct {
	measure        string // empty: the pass rate
	rule           gate.Rule
	merge, promote gate.Outcome // empty: no such rule
}

// measures name what rules other than those on the pass rate compare.
var measures = map[string]string{
	gate.Answers: "usable answers", gate.OutputTokens: "tokens per answer", gate.LatencyMedian: "median time, ms",
}

// comparedRules joins the rules on the same measure and suites: those that block a merge
// first, then by p value.
func comparedRules(r report.Report) (rows []compared) {
	index := make(map[[2]string]int)
	for _, rule := range r.Verdict.Rules {
		if rule.Rule == gate.DataErrors {
			continue
		}
		key := [2]string{measures[rule.Rule], rule.Suite}
		i, known := index[key]
		if !known {
			i = len(rows)
			index[key] = i
			rows = append(rows, compared{measure: key[0], rule: rule})
		}
		switch {
		case strings.HasPrefix(rule.Rule, "merge."):
			rows[i].merge = rule.Outcome
		case strings.HasPrefix(rule.Rule, "promote."):
			rows[i].promote = rule.Outcome
		}
	}
	rank := map[gate.Outcome]int{gate.Fail: -2, gate.Inconclusive: -1}
	slices.SortStableFunc(rows, func(a, b compared) int {
		return cmp.Or(cmp.Compare(rank[a.merge], rank[b.merge]), cmp.Compare(a.rule.P, b.rule.P))
	})
	return rows
}

// shownOutcomes are the outcomes as the table shows them.
var shownOutcomes = map[gate.Outcome]string{"": "", gate.Pass: "pass", gate.Fail: "❌ **fail**", gate.Inconclusive: "inconclusive"}

// cells are the row in Markdown, in the columns of comparedColumns.
func (c compared) cells() []string {
	rule, what := c.rule, c.measure
	switch {
	case what == "" && rule.Suite == "":
		what = "no suite"
	case what == "":
		what = report.Markdown.Suites(rule)
	}
	cells := []string{what, "", "", "", ""}
	switch {
	case rule.N == 0:
	case rule.Rule == gate.OutputTokens || rule.Rule == gate.LatencyMedian:
		cells = []string{what, fmt.Sprintf("%.1f", rule.Baseline), fmt.Sprintf("%.1f", rule.Candidate), report.Minus(report.Signed(rule.Delta)) + " %", ""}
	default:
		cells = []string{
			what, gate.Points(rule.Baseline) + " %", gate.Points(rule.Candidate) + " %",
			nonBreaking(report.Minus(fmt.Sprintf("%s (%s to %s)", report.Signed(rule.Delta), report.Signed(rule.CI[0]), report.Signed(rule.CI[1])))),
			nonBreaking(fmt.Sprintf("%d / %d of %d", len(rule.Regressed), len(rule.Fixed), rule.N)),
		}
	}
	for _, outcome := range []gate.Outcome{c.merge, c.promote} {
		said, known := shownOutcomes[outcome]
		if !known {
			said = text.Name(string(outcome))
		}
		cells = append(cells, said)
	}
	return cells
}

// nonBreaking keeps numbers on one line.
func nonBreaking(numbers string) string { return strings.ReplaceAll(numbers, " ", "\u00a0") }

var comparedColumns = []string{"suite", "baseline", "candidate", "change (90 % interval)", "regressed / fixed", "merge", "promote"}

// rates says whether the row compares pass rates of one suite.
func (c compared) rates() bool {
	return c.measure == "" && c.rule.N > 0 && !(c.rule.Pooled() && strings.Contains(c.rule.Suite, ", "))
}

// comparison is the table that compares both models.
func comparison(r report.Report) string {
	rows := comparedRules(r)
	if len(rows) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString(markdown.Row(comparedColumns...))
	out.WriteString(markdown.Row("---", "--:", "--:", "--:", "--:", "---", "---"))
	for _, row := range rows[:min(len(rows), report.MostRules)] {
		out.WriteString(markdown.Row(row.cells()...))
	}
	if left := len(rows) - report.MostRules; left > 0 {
		fmt.Fprintf(&out, "\n%s%s.\n", text.Count(left, "more row"), r.Elsewhere())
	}
	return out.String()
}
